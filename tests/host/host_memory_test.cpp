#include "models/host/host_memory.h"

#include <gtest/gtest.h>

#include "tests/pcie/pcie_bench.h"

namespace snsim {
namespace {

HostMemoryParams plain() {
    auto p = defaults<HostMemoryParams>();
    p.llc_latency = 40_ns;
    p.dram_latency = 50_ns;
    p.write_latency = 100_ns;
    p.numa_latency = 90_ns;
    p.jitter = 0_ps;
    p.refresh = 0_ps;
    return p;
}

class MemoryBench : public Bench {
  public:
    explicit MemoryBench(const HostMemoryParams& p = plain())
        : memory("memory", partition, p, 1), bus("bus", agenda) {
        bus.out.bind(memory.in);
        run_until(1);
    }
    Picoseconds read(std::uint64_t address, Picoseconds t) {
        bus.read(address, 64, t);
        return bus.answers.back().t - t;
    }
    Picoseconds write(std::uint64_t address, Picoseconds t) {
        bus.write(address, 64, t);
        return bus.answers.back().t - t;
    }
    HostMemory memory;
    Requester bus;
};

TEST(HostMemory, ReadsFromTheCacheOrFromDram) {
    MemoryBench bench;
    const std::uint64_t region = bench.memory.allocate(8192);
    EXPECT_EQ(bench.read(region, 1000), 90'000);
    bench.memory.llc.touch(region, 64);
    EXPECT_EQ(bench.read(region, 1'000'000), 40'000);
}

TEST(HostMemory, FindsInTheCacheWhatADeviceWrote) {
    MemoryBench bench;
    const std::uint64_t region = bench.memory.allocate(8192);
    EXPECT_EQ(bench.write(region, 0), 100'000);
    EXPECT_EQ(bench.read(region, 1'000'000), 40'000);
}

TEST(HostMemory, MakesWritesVisibleInTheirOrder) {
    MemoryBench bench;
    const std::uint64_t far = bench.memory.allocate(4096, 1);
    const std::uint64_t near = bench.memory.allocate(4096, 0);
    EXPECT_EQ(bench.write(far, 0), 190'000);
    EXPECT_EQ(bench.write(near, 10'000), 180'000) << "not before the one in front";
}

TEST(HostMemory, OtherSocketsAreFarther) {
    MemoryBench bench;
    const std::uint64_t far = bench.memory.allocate(4096, 1);
    bench.memory.llc.touch(far, 4096);
    EXPECT_EQ(bench.read(far, 0), 130'000);
}

TEST(HostMemory, TellsWatchersOfTheirRegionWhenAWriteIsVisible) {
    MemoryBench bench;
    const std::uint64_t watched = bench.memory.allocate(4096);
    const std::uint64_t other = bench.memory.allocate(4096);
    struct Heard {
        std::vector<std::pair<std::uint64_t, Picoseconds>> all;
    } heard;
    bench.memory.watch(
        watched + 64, 64,
        [](void* context, Payload& payload, Picoseconds t) {
            static_cast<Heard*>(context)->all.emplace_back(payload.get_address(), t);
        },
        &heard);
    bench.write(other, 0);
    bench.write(watched, 1000);
    bench.write(watched + 64, 2000);
    bench.write(watched + 128, 3000);
    ASSERT_EQ(heard.all.size(), 1U);
    EXPECT_EQ(heard.all[0].first, watched + 64);
    EXPECT_EQ(heard.all[0].second, 102'000);
}

TEST(HostMemory, MeetsARefreshAsOftenAsOneIsUnderWay) {
    HostMemoryParams p = plain();
    p.refresh = 350_ns;
    p.refresh_interval = 7800_ns;
    MemoryBench bench(p);
    const std::uint64_t region = bench.memory.allocate(4096);
    int late = 0;
    Picoseconds longest = 0;
    constexpr int reads = 100'000;
    for (int i = 0; i < reads; ++i) {
        const Picoseconds latency = bench.read(region, Picoseconds{i} * 1'000'000);
        late += latency > 90'000 ? 1 : 0;
        longest = std::max(longest, latency);
    }
    EXPECT_NEAR(static_cast<double>(late) / reads, 350.0 / 7800, 0.003);
    EXPECT_LE(longest, 90'000 + 350'000);
    EXPECT_GT(longest, 90'000 + 340'000);
}

TEST(HostMemory, DramCarriesNoMoreThanItsChannels) {
    HostMemoryParams p = plain();
    p.bandwidth = 64_gbps;  // 8 ns a line
    MemoryBench bench(p);
    const std::uint64_t far = bench.memory.allocate(1U << 20U, 1);
    const std::uint64_t near = bench.memory.allocate(1U << 20U);
    constexpr std::uint64_t reads = 1000;
    Picoseconds last = 0;
    for (std::uint64_t i = 0; i < reads; ++i)
        last = bench.read(near + 4096 * (i % 256) + i / 256 * 64, 1000);
    EXPECT_EQ(last, 90'000 + static_cast<Picoseconds>(reads - 1) * 8000);
    EXPECT_EQ(bench.read(far, 1000), 180'000) << "the other socket has channels of its own";
}

}  // namespace
}  // namespace snsim
