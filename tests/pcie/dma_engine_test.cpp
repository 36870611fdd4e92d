// labels: timing
#include "models/pcie/dma_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/host/host_memory.h"
#include "models/pcie/root_complex.h"
#include "tests/pcie/pcie_bench.h"

namespace snsim {
namespace {

constexpr Picoseconds us = 1'000'000;

DmaParams plain_engine() {
    auto params = defaults<DmaParams>();
    params.clock = 1_ghz;
    params.issue_cycles = 10;
    params.issue_line_cycles = 0;
    params.move_cycles = 20;
    params.move_line_cycles = 5;
    params.read_latency = 7_ns;
    params.write_latency = 3_ns;
    return params;
}

/// An engine in front of somebody who answers each request after a fixed time.
class EngineBench : public Bench {
  public:
    explicit EngineBench(const DmaParams& params = plain_engine(), Picoseconds latency = 500'000)
        : dma("dma", partition, params, plain_link(), 2),
          bus("bus", agenda, latency),
          first("first", agenda),
          second("second", agenda),
          done(dma.done) {
        first.out.bind(dma.in(0));
        second.out.bind(dma.in(1));
        dma.to_link.bind(bus.in);
    }

    DmaEngine dma;
    Responder bus;
    Requester first;
    Requester second;
    Facts<DmaDone> done;
};

TEST(DmaEngine, AReadIsIssuedThenMovedOnceItsDataAreThere) {
    EngineBench bench;
    bench.at(1000, [&] { bench.first.read(0x1000, 256, 1000); });
    bench.run_until(2 * us);
    EXPECT_EQ(bench.bus.requests.at(0).t, 1000 + 10'000);
    // 20 cycles and 5 for each of 4 lines, then the engine's own latency.
    EXPECT_EQ(bench.first.answers.at(0).t, 1000 + 10'000 + 500'000 + 40'000 + 7'000);
    EXPECT_EQ(bench.done.all.at(0).issued, 1000);
}

TEST(DmaEngine, AWriteIsMovedBeforeItIsSent) {
    EngineBench bench;
    bench.at(0, [&] { bench.first.write(0x1000, 64, 0); });
    bench.run_until(2 * us);
    EXPECT_EQ(bench.bus.requests.at(0).t, 10'000 + 25'000 + 3'000);
    EXPECT_EQ(bench.first.answers.at(0).t, 38'000 + 500'000);
}

TEST(DmaEngine, WritesKeepTheirLeastInterval) {
    DmaParams params = plain_engine();
    params.write_interval = 60_ns;
    EngineBench bench(params);
    bench.at(0, [&] {
        for (int i = 0; i < 4; ++i) bench.first.write(0x1000, 64, 0);
    });
    bench.run_until(2 * us);
    for (std::size_t i = 1; i < 4; ++i) {
        EXPECT_EQ(bench.bus.requests.at(i).t - bench.bus.requests.at(i - 1).t, 60'000);
    }
}

TEST(DmaEngine, AnAccessBesideTheEngineTakesNeitherItsStagesNorItsPlaces) {
    DmaParams params = plain_engine();
    params.outstanding = 1;
    params.direct_latency = 2_ns;
    EngineBench bench(params);
    bench.at(0, [&] {
        bench.first.read(0x1000, 64, 0);
        Payload& direct = bench.second.make(tlm::TLM_READ_COMMAND, 0x2000, 8);
        info_of<PcieRequest>(direct).direct = true;
        bench.second.ask(direct, 0);
    });
    bench.run_until(2 * us);
    EXPECT_EQ(bench.second.answers.at(0).t, 2'000 + 500'000);
}

TEST(DmaEngine, HasNoMoreReadsUnderWayThanPlaces) {
    DmaParams params = plain_engine();
    params.outstanding = 4;
    EngineBench bench(params);
    bench.at(0, [&] {
        for (int i = 0; i < 40; ++i) bench.first.read(0x1000, 64, 0);
    });
    bench.run_until(100 * us);
    ASSERT_EQ(bench.first.answers.size(), 40U);
    for (std::size_t i = 4; i < 40; ++i) {
        EXPECT_GE(bench.bus.requests[i].t, bench.first.answers[i - 4].t + 10'000) << i;
    }
    EXPECT_EQ(bench.bus.requests[4].t, bench.first.answers[0].t + 10'000) << "and no fewer";
}

TEST(DmaEngine, NeverUsesMoreTagsThanThereAre) {
    DmaParams params = plain_engine();
    params.tags = 8;
    EngineBench bench(params);
    bench.at(0, [&] {
        for (int i = 0; i < 100; ++i) {
            // 1 to 8 requests of 512 B
            bench.first.read(0x10000, static_cast<std::uint32_t>(i * 509 % 4096 + 1), 0);
        }
    });
    bench.run_until(1000 * us);
    EXPECT_EQ(bench.first.answers.size(), 100U);
    EXPECT_LE(bench.dma.most_tags_held(), 8);
    EXPECT_GE(bench.dma.most_tags_held(), 7);
    EXPECT_EQ(bench.dma.tags_held(), 0);
    EXPECT_EQ(bench.dma.bytes_asked(), bench.dma.bytes_done());
}

TEST(DmaEngine, AReadWithMoreRequestsThanThereAreTagsIsDoneInParts) {
    DmaParams params = plain_engine();
    params.tags = 1;
    EngineBench bench(params);
    // Two requests, as it crosses a page.
    bench.at(0, [&] { bench.first.read(0x1000 - 100, 512, 0); });
    bench.run_until(10 * us);
    ASSERT_EQ(bench.bus.requests.size(), 2U);
    EXPECT_EQ(bench.bus.requests[0].address, 0x1000U - 100);
    EXPECT_EQ(bench.bus.requests[1].address, 0x1000U);
    EXPECT_GE(bench.bus.requests[1].t, bench.bus.requests[0].t + 500'000) << "there is one tag";
    ASSERT_EQ(bench.first.answers.size(), 1U);
    EXPECT_EQ(bench.first.answers[0].address, 0x1000U - 100);
    EXPECT_GE(bench.first.answers[0].t, bench.bus.requests[1].t + 500'000);
    EXPECT_EQ(bench.dma.most_tags_held(), 1);
    EXPECT_EQ(bench.dma.bytes_asked(), 512U);
    EXPECT_EQ(bench.dma.bytes_done(), 512U);
    EXPECT_EQ(bench.first.pool.live(), 0U);
}

TEST(DmaEngine, PartsOfAReadBringTheirPartsOfItsData) {
    DmaParams params = plain_engine();
    params.tags = 2;
    EngineBench bench(params);
    std::vector<std::uint8_t> data(4096);
    bench.bus.on_request = [](Payload& payload, Picoseconds) {
        const std::uint64_t address = payload.get_address();
        for (std::uint32_t i = 0; i < payload.get_data_length(); ++i) {
            payload.get_data_ptr()[i] = static_cast<std::uint8_t>((address + i) * 7 >> 3);
        }
    };
    bench.at(0, [&] {
        Payload& read = bench.first.make(tlm::TLM_READ_COMMAND, 0x1234, 4096);
        read.set_data_ptr(data.data());
        bench.first.ask(read, 300'000);
    });
    bench.run_until(20 * us);
    ASSERT_EQ(bench.first.answers.size(), 1U);
    EXPECT_EQ(bench.bus.requests.size(), 5U) << "9 requests, 2 at once";
    for (std::uint32_t i = 0; i < 4096; ++i) {
        ASSERT_EQ(data[i], static_cast<std::uint8_t>((0x1234U + i) * 7 >> 3)) << i;
    }
}

TEST(DmaEngine, WritesGoOnWhileReadsWaitForPlaces) {
    DmaParams params = plain_engine();
    params.outstanding = 1;
    EngineBench bench(params);
    bench.at(0, [&] {
        bench.first.read(0x1000, 64, 0);
        bench.first.read(0x2000, 64, 0);
        bench.second.write(0x3000, 64, 0);
    });
    bench.run_until(3 * us);
    ASSERT_EQ(bench.bus.requests.size(), 3U);
    EXPECT_EQ(bench.bus.requests[1].address, 0x3000U);
}

TEST(DmaEngine, AReadFollowsTheWriteThatWasStartedBeforeIt) {
    EngineBench bench;
    bench.at(0, [&] {
        bench.first.write(0x1000, 2048, 0);
        bench.first.read(0x1000, 64, 0);
    });
    bench.run_until(3 * us);
    ASSERT_EQ(bench.bus.requests.size(), 2U);
    EXPECT_FALSE(bench.bus.requests[0].read);
    EXPECT_GE(bench.bus.requests[1].t, bench.bus.requests[0].t);
}

TEST(DmaEngine, AnInterruptFollowsAllWritesThatWereAskedForBeforeIt) {
    DmaParams params = plain_engine();
    params.outstanding = 1;
    EngineBench bench(params);
    bench.at(0, [&] {
        for (int i = 0; i < 3; ++i) bench.first.write(0x1000, 1024, 0);
        Payload& interrupt = bench.second.make(tlm::TLM_WRITE_COMMAND, 0xfee00000, 4);
        info_of<PcieRequest>(interrupt).kind = PcieKind::interrupt;
        bench.second.ask(interrupt, 0);
    });
    bench.run_until(10 * us);
    ASSERT_EQ(bench.bus.requests.size(), 4U);
    EXPECT_EQ(bench.bus.requests[3].address, 0xfee00000U);
}

TEST(DmaEngine, TakesWhatIsAskedForAheadOfThePresentInTheOrderOfItsTime) {
    EngineBench bench;
    bench.at(0, [&] {
        bench.second.read(0x2000, 64, 300'000);
        bench.first.read(0x1000, 64, 200'000);
    });
    bench.run_until(2 * us);
    ASSERT_EQ(bench.bus.requests.size(), 2U);
    EXPECT_EQ(bench.bus.requests[0].address, 0x1000U);
    EXPECT_EQ(bench.bus.requests[0].t, 210'000);
    EXPECT_EQ(bench.bus.requests[1].t, 310'000);
}

}  // namespace
}  // namespace snsim
