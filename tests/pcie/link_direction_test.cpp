// labels: timing
#include "models/pcie/link_direction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pcie/pcie_bench.h"

namespace snsim {
namespace {

constexpr Picoseconds us = 1'000'000;

TEST(LinkDirection, AWriteArrivesWithItsLastBitAndIsDoneWhenItHasLeft) {
    LinkBench bench;
    bench.at(1000, [&] { bench.card.write(0x1000, 64, 1000); });
    bench.run_until(1000 + bench.bytes(88) + bench.latency);
    ASSERT_EQ(bench.host.requests.size(), 1U);
    EXPECT_EQ(bench.host.requests[0].t, 1000 + bench.bytes(88) + bench.latency);
    EXPECT_EQ(bench.card.answers.at(0).t, 1000 + bench.bytes(88));
}

TEST(LinkDirection, AReadCostsARequestAndACompletion) {
    LinkBench bench;
    bench.at(1000, [&] { bench.card.read(0x1000, 64, 1000); });
    bench.run_until(2 * us);
    EXPECT_EQ(bench.card.answers.at(0).t, 1000 + bench.bytes(24) + bench.latency +
                                              bench.host.latency + bench.bytes(84) + bench.latency);
    EXPECT_EQ(bench.up.starts.at(0).payload_bytes, 0U);
    EXPECT_EQ(bench.down.starts.at(0).payload_bytes, 64U);
}

TEST(LinkDirection, ATrainThatNobodyDisturbsCostsOneItem) {
    LinkBench bench;
    bench.run_until(10);
    const auto before = bench.agenda.items();
    bench.at(1000, [&] { bench.card.write(0x1000, 1500, 1000); });
    bench.run_until(2 * us);
    EXPECT_EQ(bench.up.starts.size(), 6U);
    EXPECT_EQ(bench.agenda.items() - before, 1U);
}

TEST(LinkDirection, AReadOf4KiBCostsAFewItemsOfWhateverManyTlps) {
    LinkBench bench;
    bench.run_until(10);
    const auto before = bench.agenda.items();
    bench.at(1000, [&] { bench.card.read(0x1000, 4096, 1000); });
    bench.run_until(3 * us);
    EXPECT_EQ(bench.down.starts.size(), 16U);
    EXPECT_LE(bench.agenda.items() - before, 4U);
    EXPECT_EQ(bench.card.answers.size(), 1U);
}

TEST(LinkDirection, TlpsOfATrainFollowEachOtherWithoutAGap) {
    LinkBench bench;
    bench.at(0, [&] { bench.card.write(0x1000, 2048, 0); });
    bench.run_until(2 * us);
    ASSERT_EQ(bench.up.starts.size(), 8U);
    for (std::size_t i = 0; i < 8; ++i) {
        EXPECT_EQ(bench.up.starts[i].t, bench.bytes(280 * i)) << i;
    }
}

TEST(LinkDirection, AnotherSendersTlpGoesBetweenTheTlpsOfATrain) {
    LinkBench bench;
    // A register read whose answer is ready in the middle of a train of 8 TLPs up.
    bench.at(0, [&] { bench.cores.read(0xf000, 4, 0); });
    const Picoseconds answer = bench.bytes(24) + bench.latency + bench.registers.latency;
    const Picoseconds begin = answer - bench.bytes(2 * 280) + 1;
    bench.at(begin, [&] { bench.card.write(0x1000, 2048, begin); });
    bench.run_until(3 * us);
    ASSERT_EQ(bench.up.starts.size(), 9U);
    EXPECT_EQ(bench.up.starts[2].flow, PcieFlow::completion);
    EXPECT_EQ(bench.up.starts[2].t, begin + bench.bytes(2 * 280));
    EXPECT_EQ(bench.up.starts[3].t, begin + bench.bytes(2 * 280 + 24));
    EXPECT_EQ(bench.host.requests.at(0).t, begin + bench.bytes(2240 + 24) + bench.latency);
}

TEST(LinkDirection, AReadPassesNoWriteThatLacksCredit) {
    auto root = defaults<RootParams>();
    root.credits.posted_headers = 1;
    LinkBench bench(plain_link(), root);
    bench.at(0, [&] {
        for (int i = 0; i < 4; ++i) bench.card.write(0x1000, 64, 0);
        bench.card.read(0x2000, 64, 0);
    });
    bench.run_until(20 * us);
    ASSERT_EQ(bench.host.requests.size(), 5U);
    EXPECT_TRUE(bench.host.requests.back().read);
    for (std::size_t i = 1; i < 4; ++i) {
        EXPECT_GE(bench.up.starts[i].t,
                  bench.up.starts[i - 1].t + bench.bytes(88) + 2 * bench.latency)
            << "the credit has to come back first";
    }
}

TEST(LinkDirection, AWritePassesReadsThatLackCredit) {
    auto root = defaults<RootParams>();
    root.credits.nonposted_headers = 1;
    LinkBench bench(plain_link(), root);
    bench.at(0, [&] {
        bench.card.read(0x1000, 64, 0);
        bench.card.read(0x2000, 64, 0);
        bench.card.write(0x3000, 64, 1);
    });
    bench.run_until(20 * us);
    ASSERT_EQ(bench.up.starts.size(), 3U);
    EXPECT_EQ(bench.up.starts[1].address, 0x3000U);
    EXPECT_EQ(bench.up.starts[1].t, bench.bytes(24));
}

TEST(LinkDirection, AnAnswerWaitsForTheWritesHandedOverBeforeIt) {
    auto root = defaults<RootParams>();
    root.credits.posted_headers = 1;
    LinkBench bench(plain_link(), root);
    bench.at(0, [&] {
        bench.cores.read(0xf000, 4, 0);
        bench.card.write(0x1000, 64, 0);
        bench.card.write(0x2000, 64, 0);
    });
    bench.host.on_request = [](Payload& payload, Picoseconds t) {
        info_of<PcieRequest>(payload).drained = t + 2 * us;
    };
    bench.run_until(20 * us);
    ASSERT_EQ(bench.up.starts.size(), 3U);
    EXPECT_EQ(bench.up.starts[1].address, 0x2000U);
    EXPECT_EQ(bench.up.starts[2].flow, PcieFlow::completion);
}

TEST(LinkDirection, ARelaxedAnswerPassesWritesThatLackCredit) {
    auto root = defaults<RootParams>();
    root.credits.posted_headers = 1;
    LinkBench bench(plain_link(), root);
    bench.at(0, [&] {
        Payload& read = bench.cores.make(tlm::TLM_READ_COMMAND, 0xf000, 4);
        info_of<PcieRequest>(read).relaxed_ordering = true;
        bench.cores.out.request(read, 0);
        bench.card.write(0x1000, 64, 0);
        bench.card.write(0x2000, 64, 0);
    });
    bench.host.on_request = [](Payload& payload, Picoseconds t) {
        info_of<PcieRequest>(payload).drained = t + 2 * us;
    };
    bench.run_until(20 * us);
    ASSERT_EQ(bench.up.starts.size(), 3U);
    EXPECT_EQ(bench.up.starts[1].flow, PcieFlow::completion);
}

TEST(LinkDirection, NeverHasMoreUnderWayThanTheFarEndAdvertised) {
    auto root = defaults<RootParams>();
    root.credits.posted_headers = 4;
    root.credits.posted_data = 40;  // 640 B
    LinkBench bench(plain_link(), root);
    std::vector<std::pair<Picoseconds, std::uint32_t>> drained;
    bench.host.on_request = [&](Payload& payload, Picoseconds t) {
        info_of<PcieRequest>(payload).drained = t + 700'000;
        drained.emplace_back(t + 700'000, payload.get_data_length());
    };
    bench.at(0, [&] {
        for (std::uint32_t i = 0; i < 200; ++i) bench.card.write(0x1000, 64 + i % 3 * 96, 0);
    });
    bench.run_until(200 * us);
    ASSERT_EQ(bench.up.starts.size(), 200U);
    for (std::size_t i = 0; i < 200; ++i) {
        std::int64_t headers = 0;
        std::int64_t data = 0;
        for (std::size_t k = 0; k <= i; ++k) {
            if (k < i && drained[k].first <= bench.up.starts[i].t) continue;
            ++headers;
            data += FlowCredits::units(bench.up.starts[k].payload_bytes);
        }
        EXPECT_LE(headers, 4);
        EXPECT_LE(data, 40);
    }
    const FlowCredits& credits = bench.link.up.credits(PcieFlow::posted);
    EXPECT_EQ(credits.held(), 0);
    EXPECT_EQ(credits.here_or_coming(), credits.issued());
}

TEST(LinkDirection, SendsAgainWhatArrivesBrokenAndLosesNothing) {
    LinkParams params = plain_link();
    params.error_rate = {0.2};
    LinkBench bench(params);
    std::uint64_t asked = 0;
    bench.at(0, [&] {
        for (std::uint32_t i = 0; i < 300; ++i) {
            const std::uint32_t bytes = 1 + i * 7 % 1000;
            asked += bytes;
            if (i % 2 == 0) {
                bench.card.read(0x10000 + 4096 * i, bytes, 0);
            } else {
                bench.card.write(0x10000 + 4096 * i, bytes, 0);
            }
        }
    });
    bench.run_until(2000 * us);
    EXPECT_GT(bench.link.up.replays(), 50U);
    EXPECT_EQ(bench.card.answers.size(), 300U);
    EXPECT_EQ(bench.link.up.accepted_bytes(), bench.link.up.delivered_bytes());
    std::uint64_t moved = 0;
    for (const auto* checker : {&bench.up, &bench.down}) {
        for (const TlpFact& fact : checker->arrivals) moved += fact.payload_bytes;
    }
    EXPECT_EQ(moved, asked);
}

TEST(LinkDirection, WakesUpFromTheSleepItsIdleTimeLedTo) {
    LinkParams params = plain_link();
    params.power_states.l0s_after = Duration{1 * us};
    params.power_states.l0s_exit = Duration{300'000};
    params.power_states.l1_after = Duration{50 * us};
    params.power_states.l1_exit = Duration{8 * us};
    LinkBench bench(params);
    for (const Picoseconds t : {500'000L, 600'000L, 5'000'000L, 500'000'000L}) {
        bench.at(t, [&bench, t] { bench.card.write(0x1000, 64, t); });
    }
    bench.run_until(600 * us);
    ASSERT_EQ(bench.up.starts.size(), 4U);
    EXPECT_EQ(bench.up.starts[0].t, 500'000);
    EXPECT_EQ(bench.up.starts[1].t, 600'000);
    EXPECT_EQ(bench.up.starts[2].t, 5'300'000);
    EXPECT_EQ(bench.up.starts[3].t, 508'000'000);
}

TEST(LinkDirection, AcknowledgementsTravelTheOtherWay) {
    LinkParams params = plain_link();
    params.dll = DllMode::events;
    auto root = defaults<RootParams>();
    LinkBench bench(params, root);
    bench.at(0, [&] {
        for (int i = 0; i < 100; ++i) bench.card.write(0x1000, 256, 0);
    });
    bench.run_until(100 * us);
    EXPECT_EQ(bench.link.up.dllps(), 0U);
    // 100 TLPs take 3.6 us; one acknowledgement and one update each 206 ns.
    EXPECT_GE(bench.link.down.dllps(), 2 * 17U);
    EXPECT_LE(bench.link.down.dllps(), 2 * 19U);
}

/// Gen3 x8 with MPS 256: table 3-9 of the specification.
Picoseconds interval_of(const LinkBench& bench) { return bench.bytes(203 * 8); }

LinkParams with_acknowledgements() {
    LinkParams params = plain_link();
    params.dll = DllMode::events;
    return params;
}

RootParams endless() {
    auto root = defaults<RootParams>();
    root.credits = {};
    return root;
}

TEST(LinkDirection, StopsUntilItIsToldWhenItsReplayBufferIsFull) {
    LinkParams params = with_acknowledgements();
    params.replay_buffer = 512_b;  // five TLPs of 88 B
    LinkBench bench(params, endless());
    bench.at(0, [&] {
        for (int i = 0; i < 20; ++i) bench.card.write(0x1000, 64, 0);
    });
    bench.run_until(20 * us);
    ASSERT_EQ(bench.up.starts.size(), 20U);
    const Picoseconds told =
        bench.bytes(88) + bench.latency + interval_of(bench) + bench.latency + bench.bytes(8);
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(bench.up.starts[i].t, bench.bytes(88 * i));
    for (std::size_t i = 5; i < 20; ++i) {
        const Picoseconds before = bench.up.starts[i - 5].t;
        EXPECT_NEAR(static_cast<double>(bench.up.starts[i].t - before), static_cast<double>(told),
                    static_cast<double>(bench.bytes(8) * 5))
            << i << ": five each round trip";
    }
    const ReplayBuffer& buffer = bench.link.up.replay_buffer();
    EXPECT_EQ(buffer.here_or_coming() + buffer.open(), buffer.issued());
}

TEST(LinkDirection, SendsAgainWhenNoAcknowledgementComesInTime) {
    LinkParams params = with_acknowledgements();
    params.ack_loss = {0.5};
    LinkBench bench(params, endless());
    constexpr std::size_t writes = 400;
    for (std::size_t i = 0; i < writes; ++i) {
        const auto t = static_cast<Picoseconds>(i) * 50 * us;
        bench.at(t, [&bench, t] { bench.card.write(0x1000, 64, t); });
    }
    bench.run_until(writes * 50 * us);
    EXPECT_EQ(bench.host.requests.size(), writes) << "what comes twice is thrown away";
    // Alone, each lost acknowledgement costs a replay, and that one's may be lost again.
    EXPECT_NEAR(static_cast<double>(bench.link.up.replays()), writes, 0.2 * writes);
}

TEST(LinkDirection, TheNextAcknowledgementTellsOfTheLostOnesTlps) {
    LinkParams params = with_acknowledgements();
    params.ack_loss = {0.1};
    LinkBench bench(params, endless());
    constexpr std::uint64_t writes = 20'000;
    bench.card.on_ask = nullptr;
    bench.at(0, [&] {
        for (std::uint64_t i = 0; i < writes; ++i) bench.card.write(0x1000, 64, 0);
    });
    bench.run_until(10'000 * us);
    EXPECT_EQ(bench.host.requests.size(), writes);
    // 1,090 intervals; only where two in a row are lost nothing tells in time.
    EXPECT_NEAR(static_cast<double>(bench.link.up.replays()), 10.9, 10);
}

TEST(LinkDirection, ReachesTheClosedFormOfWritesToATenthOfAPerMill) {
    auto root = defaults<RootParams>();
    root.credits = {};
    LinkBench bench(plain_link(), root);
    bench.card.on_ask = nullptr;  // the checker's list would grow long
    constexpr std::uint64_t writes = 100'000;
    bench.at(0, [&] {
        for (std::uint64_t i = 0; i < writes; ++i) bench.card.write(0x1000, 257, 0);
    });
    bench.run_until(1'000'000 * us);
    ASSERT_EQ(bench.card.answers.size(), writes);
    const double rate = static_cast<double>(writes * 257 * 8) /
                        (static_cast<double>(bench.card.answers.back().t) * 1e-12);
    const double closed = static_cast<double>(bench.link.up.rate().value) * 257 / (257 + 2 * 24);
    EXPECT_NEAR(rate / closed, 1, 1e-4);
}

}  // namespace
}  // namespace snsim
