// labels: timing law
#include "models/host/kernel_driver.h"

#include <gmock/gmock.h>

#include "tests/functions/frames.h"
#include "tests/host/bench.h"

namespace snsim {
namespace {

using testing::Each;
using testing::ElementsAre;

constexpr Picoseconds ns = 1000;
constexpr Picoseconds us = 1000 * ns;

class Kernel : public testing::Test, public HostBench {
  protected:
    Kernel() {
        drive_by_interrupts();
        params.refill = 64;
        params.gro = false;
        costs.interrupt.packet = 200;
        costs.stack.buffer = 5;
        costs.stack.receive = 7;
        costs.stack.input = 11;
        costs.stack.udp = 13;
        costs.stack.tcp = 17;
        costs.stack.socket = 19;
        costs.stack.wakeup = 300;
        costs.stack.copy_miss_kib = 4096;
    }
};

/// A TCP segment of one connection with so much payload.
StubCard::Fill segment(std::uint32_t sequence, std::uint32_t payload,
                       std::uint8_t flags = tcp_flag::ack, std::uint16_t port = 1000) {
    return [=](Frame& frame) {
        HeaderFields fields =
            fields_of(endpoint("10.0.0.1", port), endpoint("10.0.0.2", 80), ip_protocol::tcp);
        fields.tcp_flags = flags;
        fields.tcp_seq = sequence;
        fields.payload_bytes = payload;
        const TestFrame headers = make_frame(fields);
        frame.header_bytes = static_cast<std::uint8_t>(headers.parsed.header_bytes);
        std::copy_n(headers.header.data(), frame.header_bytes, frame.header.data());
        frame.bytes = frame.header_bytes + payload + fcs_bytes;
    };
}

TEST_F(Kernel, AFrameCostsInterruptPollStackAndWakeUpInThisOrder) {
    build();
    card->send(1 * us, bytes_only(64));
    bench.run_until(20 * us);
    // interrupt 1000, softirq 100, poll 50, packet 200, buffer 5, receive 7, input 11, udp 13,
    // socket 19, wake-up 300; then the round ends (20 + 10), and the thread runs: system call 500,
    // 60 bytes without headers.
    constexpr Picoseconds thread = 1000 + 1000 + 100 + 50 + 200 + 5 + 7 + 11 + 13 + 19 + 300 + 30;
    EXPECT_THAT(received, ElementsAre(Got{0, (thread + 500 + 60) * ns}));
    EXPECT_EQ(cycles(CycleCause::interrupt), 1000U);
    EXPECT_EQ(cycles(CycleCause::softirq), 170U);
    EXPECT_EQ(cycles(CycleCause::wakeup), 300U);
    EXPECT_EQ(cycles(CycleCause::copy), 60U);
    // The read after it finds nothing and blocks.
    EXPECT_EQ(cycles(CycleCause::system_call), 1000U);
    EXPECT_EQ(cycles(CycleCause::context_switch), 400U);
}

TEST_F(Kernel, ASecondInterruptComesOnlyAfterTheRoundEndedAndTheQueueWasArmed) {
    build();
    for (int i = 0; i < 10; ++i) card->send((1000 + i * 100) * ns, bytes_only(64));
    bench.run_until(50 * us);
    // The first round takes the ten: they all came while the interrupt was entered.
    EXPECT_EQ(card->interrupts.size(), 1U);
    EXPECT_EQ(received.size(), 10U);
}

TEST_F(Kernel, FramesThatComeWhileARoundEndsRaiseAnInterruptWhenTheQueueIsArmed) {
    build();
    card->send(1 * us, bytes_only(64));
    card->send(1 * us + 1151 * ns, bytes_only(64));  // after the driver was called
    bench.run_until(50 * us);
    ASSERT_EQ(card->interrupts.size(), 2U);
    const Picoseconds armed = card->doorbells.back().first;
    EXPECT_GT(armed, card->interrupts[1]);
    EXPECT_EQ(card->interrupts[1], (1000 + 1000 + 100 + 50 + 555 + 30) * ns);
    EXPECT_EQ(received.size(), 2U);
}

TEST_F(Kernel, ACallTakesTheBudgetAndNoMore) {
    params.budget = 4;
    std::vector<std::uint32_t> calls;
    build();
    struct Listener {
        std::vector<std::uint32_t>& calls;
        void polled(const DriverPolled& fact) { calls.push_back(fact.frames); }
    } listener{calls};
    interface->kernel(0).polled.listen<&Listener::polled>(listener);
    for (int i = 0; i < 10; ++i) card->send(1 * us, bytes_only(64));
    bench.run_until(50 * us);
    EXPECT_THAT(calls, ElementsAre(4, 4, 2));
}

TEST_F(Kernel, UnderLoadTheRestIsLeftToAThreadSoThatTheApplicationRuns) {
    params.budget = 8;
    params.softirq_budget = 16;
    record = false;
    build();
    // More than the core can take, for ever.
    card->set_source([this](Frame&) { return bench.agenda.now() + 200 * ns; }, 1 * us);
    bench.run_until(5'000 * us);
    EXPECT_GT(ended, 100U);
    EXPECT_GT(card->no_descriptor, 100U);
    EXPECT_EQ(processor->core(0).idle_ps(), 1 * us);  // before the first frame
}

TEST_F(Kernel, UnderLoadTheKernelsThreadAndTheApplicationShareTheCoreEvenly) {
    params.budget = 8;
    params.softirq_budget = 16;
    record = false;
    build();
    card->set_source([this](Frame&) { return bench.agenda.now() + 100 * ns; }, 1 * us);
    bench.run_until(10'000 * us);
    Core& core = processor->core(0);
    std::uint64_t application = 0;
    for (const CycleCause cause :
         {CycleCause::system_call, CycleCause::copy, CycleCause::context_switch}) {
        application += core.cycles(cause).total();
    }
    std::uint64_t all = 0;
    for (std::size_t c = 0; c < cycle_causes; ++c) {
        all += core.cycles(static_cast<CycleCause>(c)).total();
    }
    EXPECT_NEAR(static_cast<double>(application) / static_cast<double>(all), 0.5, 0.01);
}

TEST_F(Kernel, ACoreInDeepSleepTakesItsExitLatencyFirst) {
    costs.idle_states = {{"c1", 2_us, 2_us}, {"c6", 100_us, 400_us}};
    build();
    for (int i = 0; i < 20; ++i) card->send((i + 1) * 1000 * us, bytes_only(64));
    bench.run_until(30'000 * us);
    ASSERT_EQ(received.size(), 20U);
    const Picoseconds awake = received[0].t - 1000 * us;
    EXPECT_EQ(received[19].t - 20'000 * us, awake + 100 * us);
}

TEST_F(Kernel, APackageBeginsToWakeWithWhatTheCardWritesAndTheCoreWithItsInterrupt) {
    costs.idle_states = {{"c6", 100_us, 400_us, 30_us}};
    build();
    card->interrupt_delay = 8 * us;
    for (int i = 0; i < 20; ++i) card->send((i + 1) * 1000 * us, bytes_only(64));
    bench.run_until(20'900 * us);
    ASSERT_EQ(received.size(), 20U);
    const Picoseconds awake = received[0].t - 1008 * us;
    EXPECT_EQ(received[19].t - 20'000 * us, awake + 100 * us);
    // An interrupt that comes late finds the package awake, and the core asleep.
    card->interrupt_delay = 90 * us;
    card->send(21'000 * us, bytes_only(64));
    bench.run_until(30'000 * us);
    ASSERT_EQ(received.size(), 21U);
    EXPECT_EQ(received[20].t - 21'000 * us, awake + (90 + 30) * us);
}

TEST_F(Kernel, ACoreThatSleepsShortlyChoosesTheShallowState) {
    costs.idle_states = {{"c1", 2_us, 2_us}, {"c6", 100_us, 400_us}};
    build();
    for (int i = 0; i < 20; ++i) card->send((i + 1) * 50 * us, bytes_only(64));
    bench.run_until(30'000 * us);
    ASSERT_EQ(received.size(), 20U);
    EXPECT_EQ(received[19].t - received[18].t, 50 * us);
    EXPECT_EQ(received[19].t - 20 * 50 * us, received[0].t - 50 * us + 2 * us);
}

TEST_F(Kernel, AProgramAtTheEarlyHookDropsBeforeAnythingElseIsSpent) {
    params.program = EarlyProgram::drop;
    costs.interrupt.program = 40;
    build();
    card->send(1 * us, bytes_only(64));
    bench.run_until(50 * us);
    EXPECT_THAT(reasons, ElementsAre(DropReason::program_drop));
    EXPECT_THAT(dropped, ElementsAre(Got{0, (1000 + 1000 + 100 + 50 + 240) * ns}));
    EXPECT_EQ(cycles(CycleCause::buffer), 0U);
}

TEST_F(Kernel, TheRawTableDropsBeforeTheNetworkLayerTheInputTableBehindIt) {
    params.filter = PacketFilter::raw;
    costs.stack.rule = 60;
    costs.stack.filter = 80;
    build();
    card->send(1 * us, bytes_only(64));
    bench.run_until(50 * us);
    EXPECT_THAT(reasons, ElementsAre(DropReason::filter_drop));
    EXPECT_EQ(cycles(CycleCause::filter), 60U);
    EXPECT_EQ(cycles(CycleCause::ip), 7U);
}

TEST_F(Kernel, SegmentsOfAConnectionAreMergedUntilTheRoundEnds) {
    params.gro = true;
    costs.stack.gro = 30;
    costs.stack.merge = 3;
    build();
    for (std::uint32_t i = 0; i < 10; ++i) card->send(1 * us, segment(1 + i * 1448, 1448));
    bench.run_until(500 * us);
    EXPECT_THAT(merges, ElementsAre(10));
    EXPECT_EQ(received.size(), 10U);
    EXPECT_EQ(cycles(CycleCause::gro), 10U * 30 + 9 * 3);
    EXPECT_EQ(cycles(CycleCause::transport), 17U);
    EXPECT_EQ(cycles(CycleCause::copy), 14480U);
}

TEST_F(Kernel, AGapAFlagAShortSegmentAndAnotherConnectionEndAPacket) {
    params.gro = true;
    build();
    const auto send = [&](std::uint32_t sequence, std::uint32_t payload, std::uint8_t flags,
                          std::uint16_t port) {
        card->send(1 * us, segment(sequence, payload, flags, port));
    };
    send(1, 1000, tcp_flag::ack, 1);
    send(1001, 1000, tcp_flag::ack, 1);
    send(3001, 1000, tcp_flag::ack, 1);                  // a gap: two go on
    send(4001, 1000, tcp_flag::ack | tcp_flag::psh, 1);  // push: two go on
    send(1, 1000, tcp_flag::ack, 2);
    send(5001, 1000, tcp_flag::ack, 1);
    send(1001, 500, tcp_flag::ack, 2);  // short: two go on
    send(6001, 1000, tcp_flag::ack, 1);
    send(7001, 1000, tcp_flag::ack | tcp_flag::fin, 1);  // not merged: two go on
    bench.run_until(500 * us);
    EXPECT_THAT(merges, ElementsAre(2, 2, 2, 2));
    EXPECT_EQ(received.size(), 9U);
}

TEST_F(Kernel, APacketIsNoLongerThan64KiB) {
    params.gro = true;
    ring = 128;
    params.budget = 128;
    build();
    for (std::uint32_t i = 0; i < 100; ++i) card->send(1 * us, segment(1 + i * 1448, 1448));
    bench.run_until(5000 * us);
    // 45 payloads and one set of headers fit.
    EXPECT_THAT(merges, ElementsAre(45, 45, 10));
}

TEST_F(Kernel, ASocketWithoutRoomDrops) {
    params.socket = 2048_b;
    params.application_core = 1;
    costs.stack.context_switch = 1'000'000;
    costs.stack.system_call = 100'000;
    build();
    for (int i = 0; i < 10; ++i) card->send(1 * us, bytes_only(1000));
    bench.run_until(100'000 * us);
    EXPECT_EQ(received.size(), 2U);
    EXPECT_EQ(dropped.size(), 8U);
    EXPECT_THAT(reasons, Each(DropReason::socket_full));
}

TEST_F(Kernel, BytesOfWhichTheCacheLostAShareAreCopiedFromMemoryByThatShare) {
    cache = {Bytes{2008}, 1};
    build();
    for (int i = 0; i < 2; ++i) card->send(1 * us, bytes_only(1004));
    bench.run_until(100'000 * us);
    EXPECT_EQ(received.size(), 2U);
    // One way, half of which the second frame fills: 1 - exp(-1/2) of the first is gone.
    EXPECT_NEAR(static_cast<double>(cycles(CycleCause::copy)), 2000 + 3000 * 0.393469, 4);
}

TEST(DeviceCache, LosesWhatAsManyLaterLinesAsWaysFellOnto) {
    const DeviceCache cache{1_mib, 2};
    EXPECT_DOUBLE_EQ(cache.missing(0), 0);
    EXPECT_NEAR(cache.missing(1024 * 1024), 1 - 3 * 0.1353353, 1e-6);
    EXPECT_DOUBLE_EQ(cache.missing(1024 * 1024 * 1024), 1);
    EXPECT_DOUBLE_EQ((DeviceCache{Bytes{0}, 2}.missing(1)), 1);
}

TEST_F(Kernel, TheThreadMayRunOnAnotherCore) {
    params.application_core = 1;
    costs.stack.transfer = 9;
    costs.stack.connection_lines = 2;
    costs.stack.packet_lines = 1;
    costs.stack.frame_lines = 2;
    build();
    for (int i = 0; i < 10; ++i) card->send((1 + i) * 10 * us, bytes_only(64));
    bench.run_until(1000 * us);
    EXPECT_EQ(received.size(), 10U);
    EXPECT_EQ(cycles(CycleCause::copy, 0), 0U);
    EXPECT_EQ(cycles(CycleCause::copy, 1), 600U);
    EXPECT_EQ(cycles(CycleCause::transfer, 1), 10U * 3 * 9);
    EXPECT_EQ(cycles(CycleCause::transport, 1), 10U * 2 * 9);
    EXPECT_EQ(cycles(CycleCause::interrupt, 1), 0U);
}

TEST_F(Kernel, CyclesByCauseAreTheTimeTheCoreWorked) {
    costs.clock = Frequency{2'600'000'001};
    params.gro = true;
    build();
    for (std::uint32_t i = 0; i < 60; ++i) {
        card->send(i * 3333 * ns, segment(1 + i * 1448, 1448));
    }
    bench.run_until(10'000 * us);
    const Core& core = processor->core(0);
    // Whole picoseconds: each time the core wakes up, less than one is lost.
    EXPECT_NEAR(static_cast<double>(all_cycles()) * 1e12 / 2'600'000'001.0,
                static_cast<double>(core.busy_ps()), static_cast<double>(core.sleeps() + 1));
    EXPECT_EQ(core.busy_ps() + core.idle_ps(), core.accounted_until());
}

TEST_F(Kernel, AdaptiveModerationSettlesOnLongerTimesUnderMoreTraffic) {
    params.adaptive = true;
    costs.clock = 3_ghz;
    record = false;
    build();
    card->set_source([this](Frame&) { return bench.agenda.now() + 4 * us; }, 1 * us);
    bench.run_until(100'000 * us);
    EXPECT_GT(card->interrupts.size(), 1000U);
    const auto written = card->values.find(
        BarAddress{0, 0, ring_registers(0, RingKind::rx_completion) + ring_register::time_ns}
            .address());
    ASSERT_NE(written, card->values.end());
    EXPECT_NE(written->second, 0U);
}

}  // namespace
}  // namespace snsim
