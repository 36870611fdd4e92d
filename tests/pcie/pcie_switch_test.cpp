// labels: timing
#include "models/pcie/pcie_switch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/pcie/link_format.h"
#include "tests/pcie/pcie_bench.h"

namespace snsim {
namespace {

constexpr Picoseconds us = 1'000'000;
constexpr std::uint64_t host_memory = 0x1000;

LinkParams lanes(std::int64_t count) {
    LinkParams link = plain_link();
    link.lanes = count;
    return link;
}

struct Behind {
    std::vector<LinkParams> devices{lanes(8), lanes(8)};
    std::vector<std::int64_t> weights{1, 1};
};

SwitchParams plain_switch(std::int64_t up_lanes = 16) {
    auto params = defaults<SwitchParams>();
    params.pcie = lanes(up_lanes);
    return params;
}

/// Without limits: what is measured is the lines' alone.
RootParams endless() {
    auto root = defaults<RootParams>();
    root.credits = {};
    return root;
}

/// A device with its link: somebody who asks, and memory that answers.
struct Device {
    Device(const std::string& name, Partition& partition, const LinkParams& params,
           const SwitchParams& by, std::uint8_t number)
        : link((name + "_link").c_str(), partition, params,
               {by.credits, static_cast<std::uint32_t>(params.mps.value), 1, number, true}),
          asks((name + "_asks").c_str(), partition.agenda),
          memory((name + "_memory").c_str(), partition.agenda, 50'000),
          line(Bytes{1} / link.up.rate()) {
        asks.out.bind(link.device->in);
        link.device->out.bind(memory.in);
    }

    [[nodiscard]] Picoseconds bytes(std::uint64_t count) const { return (line * count).ps; }

    PcieLink link;
    Requester asks;
    Responder memory;
    UnitTime line;
};

class SwitchBench : public Bench {
  public:
    explicit SwitchBench(const SwitchParams& params = plain_switch(), const Behind& behind = {},
                         const RootParams& root = endless())
        : host("host", agenda, 200'000), cores("cores", agenda) {
        for (std::size_t i = 0; i < behind.devices.size(); ++i) {
            const std::uint8_t number = map.add_device(0);
            map.claim(number, BusMap::memory_of(number), 1U << 20U);
        }
        by = std::make_unique<PcieSwitch>("sw0", partition, params, root, map, behind.weights, 1);
        for (std::size_t i = 0; i < behind.devices.size(); ++i) {
            devices.push_back(std::make_unique<Device>("device" + std::to_string(i), partition,
                                                       behind.devices[i], params,
                                                       static_cast<std::uint8_t>(i + 1)));
            by->attach(i, static_cast<std::uint8_t>(i + 1), devices.back()->link);
        }
        by->pcie.host->out.bind(host.in);
        cores.out.bind(by->pcie.host->in);
    }

    [[nodiscard]] Device& device(std::size_t index) { return *devices[index]; }
    [[nodiscard]] Picoseconds up_bytes(std::uint64_t count) const {
        const UnitTime line(Bytes{1} / by->pcie.up.rate());
        return (line * count).ps;
    }
    /// Payload bits per second that one device's writes reach the host with, up to the last time at
    /// which all of them wrote.
    [[nodiscard]] double rate_of(std::size_t index, std::uint32_t bytes, Picoseconds until) const {
        double count = 0;
        for (const auto& request : host.requests) {
            count += request.address == address(index) && request.t <= until ? 1 : 0;
        }
        return count * bytes * 8 / (static_cast<double>(until) * 1e-12);
    }
    static std::uint64_t address(std::size_t index) { return host_memory + index * 0x10000; }
    /// Each device writes so often, all at once.
    void write_all(std::uint64_t writes, std::uint32_t bytes) {
        at(0, [this, writes, bytes] {
            for (std::size_t i = 0; i < devices.size(); ++i) {
                for (std::uint64_t n = 0; n < writes; ++n)
                    device(i).asks.write(address(i), bytes, 0);
            }
        });
    }

    BusMap map;
    std::unique_ptr<PcieSwitch> by;
    std::vector<std::unique_ptr<Device>> devices;
    Responder host;
    Requester cores;
    static constexpr Picoseconds link_latency = 60'000;
    static constexpr Picoseconds latency = 100'000;
};

TEST(PcieSwitch, CutsThroughAndAddsItsLatencyAndALink) {
    SwitchBench bench;
    bench.at(0, [&] { bench.device(0).asks.write(host_memory, 64, 0); });
    bench.run_until(us);
    ASSERT_EQ(bench.host.requests.size(), 1U);
    const Picoseconds came = bench.device(0).bytes(88) + SwitchBench::link_latency;
    // The line up is twice as fast: it starts late enough not to run dry.
    EXPECT_NEAR(static_cast<double>(bench.host.requests[0].t),
                static_cast<double>(came + SwitchBench::latency + SwitchBench::link_latency), 1);
    EXPECT_EQ(bench.device(0).asks.answers.at(0).t, bench.device(0).bytes(88))
        << "a write is done when it has left the device";
}

TEST(PcieSwitch, StartsASlowerLineWithTheFirstBit) {
    SwitchBench bench(plain_switch(4));
    bench.at(0, [&] { bench.device(0).asks.write(host_memory, 64, 0); });
    bench.run_until(us);
    EXPECT_NEAR(static_cast<double>(bench.host.requests.at(0).t),
                static_cast<double>(SwitchBench::link_latency + SwitchBench::latency +
                                    bench.up_bytes(88) + SwitchBench::link_latency),
                1);
}

TEST(PcieSwitch, StoresAndForwardsIfItHasTo) {
    SwitchParams params = plain_switch();
    params.forwarding = SwitchForwarding::store_and_forward;
    SwitchBench bench(params);
    bench.at(0, [&] { bench.device(0).asks.write(host_memory, 64, 0); });
    bench.run_until(us);
    EXPECT_NEAR(
        static_cast<double>(bench.host.requests.at(0).t),
        static_cast<double>(bench.device(0).bytes(88) + SwitchBench::link_latency +
                            SwitchBench::latency + bench.up_bytes(88) + SwitchBench::link_latency),
        1);
}

TEST(PcieSwitch, PassesEachTlpOfATrainOnAsItComes) {
    SwitchBench bench;
    bench.at(0, [&] { bench.device(0).asks.write(host_memory, 2048, 0); });
    bench.run_until(3 * us);
    ASSERT_EQ(bench.host.requests.size(), 1U);
    EXPECT_NEAR(static_cast<double>(bench.host.requests[0].t),
                static_cast<double>(bench.device(0).bytes(8 * 280) + SwitchBench::link_latency +
                                    SwitchBench::latency + SwitchBench::link_latency),
                2);
}

TEST(PcieSwitch, ReadsComeBackToWhoAsked) {
    SwitchBench bench;
    bench.at(0, [&] {
        bench.device(0).asks.read(host_memory, 1024, 0);
        bench.device(1).asks.read(host_memory + 4096, 64, 0);
        Payload& of_core = bench.cores.make(tlm::TLM_READ_COMMAND, BusMap::memory_of(2), 4);
        info_of<PcieRequest>(of_core).requester = BusMap::nobody;
        bench.cores.ask(of_core, 0);
    });
    bench.run_until(5 * us);
    ASSERT_EQ(bench.device(0).asks.answers.size(), 1U);
    EXPECT_EQ(bench.device(0).asks.answers[0].address, host_memory);
    ASSERT_EQ(bench.device(1).asks.answers.size(), 1U);
    EXPECT_EQ(bench.device(1).asks.answers[0].address, host_memory + 4096);
    EXPECT_EQ(bench.cores.answers.size(), 1U);
}

TEST(PcieSwitch, TwoDevicesShareTheLinkUpEvenly) {
    SwitchBench bench(plain_switch(8));
    constexpr std::uint64_t writes = 60'000;
    bench.write_all(writes, 256);
    bench.run_until(100'000 * us);
    ASSERT_EQ(bench.host.requests.size(), 2 * writes);
    const Picoseconds end = bench.host.requests.back().t - 10 * us;
    const double closed = static_cast<double>(bench.by->pcie.up.rate().value) * 256 / 280;
    EXPECT_NEAR(bench.rate_of(0, 256, end) / (closed / 2), 1, 0.01);
    EXPECT_NEAR(bench.rate_of(1, 256, end) / (closed / 2), 1, 0.01);
}

TEST(PcieSwitch, SixteenLanesUpGiveTwoDevicesTheirEight) {
    // The guideline's share for data link packets is larger for 16 lanes than for 8.
    const auto with_events = [](LinkParams link) {
        link.dll = DllMode::events;
        return link;
    };
    SwitchParams params = plain_switch();
    params.pcie = with_events(params.pcie);
    SwitchBench bench(params, {{with_events(lanes(8)), with_events(lanes(8))}, {1, 1}});
    constexpr std::uint64_t writes = 60'000;
    bench.write_all(writes, 256);
    bench.run_until(100'000 * us);
    const Picoseconds end = bench.host.requests.back().t - 10 * us;
    const double closed = static_cast<double>(bench.device(0).link.up.rate().value) * 256 / 280;
    EXPECT_NEAR(bench.rate_of(0, 256, end) / closed, 1, 0.01);
    EXPECT_NEAR(bench.rate_of(1, 256, end) / closed, 1, 0.01);
}

TEST(PcieSwitch, ADeviceOfFourLanesGetsItsFourBesideAFastOne) {
    SwitchBench bench(plain_switch(8), {{lanes(4), lanes(8)}, {1, 1}});
    constexpr std::uint64_t writes = 60'000;
    bench.write_all(writes, 256);
    bench.run_until(100'000 * us);
    const auto last_of = [&](std::size_t index) {
        Picoseconds t = 0;
        for (const auto& request : bench.host.requests) {
            if (request.address == SwitchBench::address(index)) t = request.t;
        }
        return t;
    };
    // Half of eight lanes each: the slow one's four, and the fast one has the rest.
    const Picoseconds end = std::min(last_of(0), last_of(1)) - 10 * us;
    const double closed = static_cast<double>(bench.device(0).link.up.rate().value) * 256 / 280;
    EXPECT_NEAR(bench.rate_of(0, 256, end) / closed, 1, 0.01);
    EXPECT_NEAR(bench.rate_of(1, 256, end) / closed, 1, 0.01);
}

TEST(PcieSwitch, PortsTakeTurnsByWeight) {
    SwitchBench bench(plain_switch(4), {{lanes(8), lanes(8)}, {3, 1}});
    bench.write_all(40'000, 256);
    bench.run_until(4000 * us);
    const double heavy = bench.rate_of(0, 256, 4000 * us);
    const double light = bench.rate_of(1, 256, 4000 * us);
    EXPECT_NEAR(heavy / light, 3, 0.03);
}

TEST(PcieSwitch, HoldsBackWhatItCannotPassOn) {
    SwitchParams params = plain_switch();
    params.credits.posted_headers = 8;
    RootParams root = endless();
    root.credits.posted_headers = 1;
    SwitchBench bench(params, {}, root);
    bench.host.on_request = [](Payload& payload, Picoseconds t) {
        info_of<PcieRequest>(payload).drained = t + 50 * us;
    };
    ProtocolChecker sent(bench.device(0).link.up);
    bench.at(0, [&] {
        for (int i = 0; i < 100; ++i) bench.device(0).asks.write(host_memory, 64, 0);
        for (int i = 0; i < 3; ++i) bench.device(1).asks.read(host_memory, 64, 0);
    });
    bench.run_until(40 * us);
    EXPECT_EQ(bench.host.requests.size(), 1U + 3U) << "reads of another port go on";
    EXPECT_EQ(sent.starts.size(), 1U + 8U) << "one is through, and the buffer is full";
    bench.run_until(6000 * us);
    EXPECT_EQ(bench.host.requests.size(), 103U);
    const FlowCredits& credits = bench.device(0).link.up.credits(PcieFlow::posted);
    EXPECT_EQ(credits.held(), 0);
    EXPECT_EQ(credits.here_or_coming(), credits.issued());
}

TEST(PcieSwitch, KeepsTheOrderOfAPort) {
    RootParams root = endless();
    root.credits.posted_headers = 1;
    SwitchBench bench(plain_switch(), {}, root);
    bench.at(0, [&] {
        for (std::uint64_t i = 0; i < 4; ++i) bench.device(0).asks.write(0x1000 + i * 64, 64, 0);
        bench.device(0).asks.read(0x9000, 64, 0);
    });
    bench.run_until(20 * us);
    ASSERT_EQ(bench.host.requests.size(), 5U);
    EXPECT_TRUE(bench.host.requests.back().read) << "a read passed a write";
    for (std::uint64_t i = 0; i < 4; ++i) {
        EXPECT_EQ(bench.host.requests[i].address, 0x1000 + i * 64);
    }
}

TEST(PcieSwitch, TurnsWhatOneDeviceAsksOfAnother) {
    SwitchBench bench;
    bench.at(0, [&] {
        bench.device(0).asks.write(BusMap::memory_of(2), 64, 0);
        bench.device(0).asks.read(BusMap::memory_of(2), 64, 0);
    });
    bench.run_until(5 * us);
    EXPECT_TRUE(bench.host.requests.empty());
    ASSERT_EQ(bench.device(1).memory.requests.size(), 2U);
    const Device& device = bench.device(0);
    EXPECT_NEAR(static_cast<double>(bench.device(1).memory.requests[0].t),
                static_cast<double>(device.bytes(88) + SwitchBench::link_latency +
                                    SwitchBench::latency + SwitchBench::link_latency),
                1);
    EXPECT_EQ(bench.by->peer_requests(), 2U);
    EXPECT_EQ(bench.device(0).asks.answers.size(), 2U);
}

TEST(PcieSwitch, RedirectsItToTheRootComplexWithAcs) {
    SwitchParams params = plain_switch();
    params.acs = true;
    SwitchBench bench(params);
    bench.at(0, [&] { bench.device(0).asks.write(BusMap::memory_of(2), 64, 0); });
    bench.run_until(5 * us);
    EXPECT_EQ(bench.host.requests.size(), 1U);
    EXPECT_TRUE(bench.device(1).memory.requests.empty());
    EXPECT_EQ(bench.by->peer_requests(), 0U);
}

TEST(PcieSwitch, LosesNothingWhereAllSendToAll) {
    SwitchParams params = plain_switch(4);
    params.pcie.error_rate = {0.05};
    params.credits.posted_headers = 4;
    params.credits.completion_headers = 3;
    params.credits.nonposted_headers = 2;
    SwitchBench bench(params, {{lanes(4), lanes(8), lanes(1)}, {1, 2, 1}});
    bench.at(0, [&] {
        for (std::uint32_t i = 0; i < 900; ++i) {
            const std::uint32_t bytes = 1 + i * 37 % 1500;
            Requester& asks = bench.device(i % 3).asks;
            const std::uint64_t to =
                i % 5 == 0 ? BusMap::memory_of(static_cast<std::uint8_t>(1 + (i + 1) % 3))
                           : host_memory;
            if (i % 2 == 0) {
                asks.read(to, bytes, 0);
            } else {
                asks.write(to, bytes, 0);
            }
        }
    });
    bench.run_until(20'000 * us);
    std::size_t asked = bench.host.requests.size();
    std::size_t answers = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        asked += bench.device(i).memory.requests.size();
        answers += bench.device(i).asks.answers.size();
        EXPECT_EQ(bench.device(i).link.up.accepted_bytes(),
                  bench.device(i).link.up.delivered_bytes());
        EXPECT_EQ(bench.device(i).link.down.accepted_bytes(),
                  bench.device(i).link.down.delivered_bytes());
    }
    EXPECT_EQ(asked, 900U);
    EXPECT_EQ(answers, 900U);
}

}  // namespace
}  // namespace snsim
