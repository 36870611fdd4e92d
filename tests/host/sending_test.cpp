// labels: timing law
// What applications send: by the kernel, by polling, and what a host sends on.
#include <gmock/gmock.h>

#include "models/protocols/headers.h"
#include "tests/functions/frames.h"
#include "tests/host/bench.h"

namespace snsim {
namespace {

using testing::ElementsAre;

constexpr Picoseconds ns = 1000;
constexpr Picoseconds us = 1000 * ns;

/// Frames of one connection at given times.
class Script final : public TrafficSource, private HeaderSource {
  public:
    Script(std::vector<Picoseconds> times, std::uint32_t payload, std::uint8_t protocol)
        : times_(std::move(times)), payload_(payload), protocol_(protocol) {}

    Picoseconds next_ready() override { return next_ < times_.size() ? times_[next_] : never; }
    Picoseconds fill(Frame& frame) override {
        frame.sequence = next_++;
        frame.flow = 0;
        frame.source = this;
        return next_ready();
    }

  private:
    void write_header(Frame& frame) override {
        HeaderFields fields =
            fields_of(endpoint("10.0.0.2", 1000), endpoint("10.0.0.1", 80), protocol_);
        fields.payload_bytes = payload_;
        const HeaderLayout layout = write_headers(fields, frame.header.data());
        frame.header_bytes = static_cast<std::uint8_t>(layout.header_bytes);
        frame.bytes = layout.header_bytes + payload_ + fcs_bytes;
    }

    std::vector<Picoseconds> times_;
    std::uint32_t payload_;
    std::uint8_t protocol_;
    std::size_t next_ = 0;
};

class Sending : public testing::Test, public HostBench {
  protected:
    Sending() {
        drive_by_interrupts();
        costs.send.buffer = 3;
        costs.send.fragment_kib = 0;
        costs.send.tcp = 5;
        costs.send.udp = 7;
        costs.send.ip = 11;
        costs.send.queue = 13;
        costs.send.segment = 17;
        costs.send.complete = 19;
        costs.send.acknowledgement = 23;
    }
    void offer(std::vector<Picoseconds> times, std::uint32_t payload,
               std::uint8_t protocol = ip_protocol::udp) {
        build();
        card->transmit_time = card_time;
        interface->outbox.sent.listen<&Sending::on_sent>(*this);
        interface->outbox.add_source(std::make_unique<Script>(std::move(times), payload, protocol));
    }
    Picoseconds card_time = 0;  ///< that the card takes to send
    std::vector<Got> called;    ///< when each frame was handed over
    std::vector<Picoseconds> late;

  private:
    void on_sent(const FrameSentByHost& fact) {
        called.push_back({fact.frame.sequence, fact.t});
        late.push_back(fact.frame.late);
    }
};

TEST_F(Sending, ADatagramCostsACallItsBytesTheStackAndADoorbell) {
    costs.send.fragment_kib = 2048;
    offer({5 * us}, 100);
    bench.run_until(20 * us);
    EXPECT_THAT(called, ElementsAre(Got{0, 5 * us}));
    EXPECT_THAT(card->transmitted,
                ElementsAre(Got{0, (5000 + 500 + 100 + 3 + 200 + 7 + 11 + 13 + 10) * ns}));
    EXPECT_EQ(cycles(CycleCause::copy), 100U);
    EXPECT_EQ(cycles(CycleCause::transport), 7U);
}

TEST_F(Sending, WhatTheCardHasSentIsFreedBehindItsInterrupt) {
    offer({5 * us}, 100);
    bench.run_until(30 * us);
    ASSERT_EQ(card->interrupts.size(), 1U);
    EXPECT_EQ(cycles(CycleCause::interrupt), 1000U);
    EXPECT_EQ(cycles(CycleCause::transmit), 13U + 19);
    EXPECT_EQ(cycles(CycleCause::acknowledge), 0U);
}

TEST_F(Sending, ASenderThatIsBehindIsLateAndLosesNothing) {
    params.when_full = WhenFull::wait;
    offer({5 * us, 5 * us, 5 * us}, 100);
    bench.run_until(30 * us);
    const Picoseconds call = (500 + 100 + 3 + 7 + 11 + 13 + 10) * ns;
    EXPECT_EQ(called.size(), 3U);
    EXPECT_EQ(late[0], 0);
    EXPECT_GE(late[1], call);
    EXPECT_GE(late[2], 2 * call);
    EXPECT_EQ(card->frames_transmitted, 3U);
}

/// Length, MSS and flags of each descriptor.
using Described = std::vector<std::array<int, 3>>;
Described described(const StubCard& card) {
    Described all;
    for (const TxDescriptor& d : card.descriptors) all.push_back({d.length, d.mss, d.flags});
    return all;
}

TEST_F(Sending, AStreamIsOnePacketOfHeadersAndPiecesOfDataToTheCard) {
    offer({5 * us, 5 * us, 5 * us}, 1000, ip_protocol::tcp);
    bench.run_until(30 * us);
    EXPECT_EQ(described(*card), (Described{{1054, 1000, TxDescriptor::segment},
                                           {1000, 0, 0},
                                           {1000, 0, TxDescriptor::end_of_packet}}));
    EXPECT_EQ(card->descriptors[0].header_bytes, 54);
}

TEST_F(Sending, WithoutSegmentationEachSegmentIsAPacket) {
    params.tso = false;
    offer({5 * us, 5 * us}, 1000, ip_protocol::tcp);
    bench.run_until(30 * us);
    EXPECT_EQ(described(*card), (Described{{1054, 0, TxDescriptor::end_of_packet},
                                           {1054, 0, TxDescriptor::end_of_packet}}));
}

TEST_F(Sending, APacketHasNoMorePiecesThanTheCardTakes) {
    most_pieces = 2;
    offer({5 * us, 5 * us, 5 * us}, 1000, ip_protocol::tcp);
    bench.run_until(30 * us);
    EXPECT_EQ(described(*card), (Described{{1054, 1000, TxDescriptor::segment},
                                           {1000, 0, TxDescriptor::end_of_packet},
                                           {1054, 0, TxDescriptor::end_of_packet}}));
}

TEST_F(Sending, WhoIsInAVlanAsksTheCardForItsTag) {
    vlan = 7;
    offer({5 * us}, 100);
    bench.run_until(30 * us);
    EXPECT_EQ(card->descriptors.at(0).vlan, 7);
    EXPECT_EQ(card->descriptors[0].flags, TxDescriptor::end_of_packet | TxDescriptor::insert_vlan);
}

TEST_F(Sending, ASinkSendsWhatIsDueTogetherAsOnePacket) {
    params.driver = Driver::sink;
    offer({5 * us, 5 * us, 5 * us, 9 * us}, 1000, ip_protocol::tcp);
    bench.run_until(30 * us);
    EXPECT_EQ(described(*card), (Described{{1054, 1000, TxDescriptor::segment},
                                           {1000, 0, 0},
                                           {1000, 0, TxDescriptor::end_of_packet},
                                           {1054, 0, TxDescriptor::end_of_packet}}));
}

TEST_F(Sending, SoftwareThatSumsPaysByTheByte) {
    params.tso = params.checksum_offload = false;
    costs.stack.checksum_kib = 512;
    offer({5 * us}, 1000);
    bench.run_until(30 * us);
    EXPECT_EQ(cycles(CycleCause::checksum), 500U);
}

TEST_F(Sending, AStreamIsWrittenWithOneCallAndIsOnePacket) {
    offer({5 * us, 5 * us, 5 * us}, 1000, ip_protocol::tcp);
    bench.run_until(30 * us);
    EXPECT_EQ(card->frames_transmitted, 3U);
    EXPECT_EQ(card->transmitted[0].t, card->transmitted[2].t);
    // The call, and the one that finds nothing any more ends in a sleep.
    EXPECT_EQ(cycles(CycleCause::system_call), 500U);
    EXPECT_EQ(cycles(CycleCause::transport), 5U);
    EXPECT_EQ(cycles(CycleCause::transmit), 13U + 2 * 17 + 19);
    EXPECT_EQ(cycles(CycleCause::acknowledge), 23U);
}

TEST_F(Sending, WithoutTsoEverySegmentPassesTheStack) {
    params.tso = false;
    offer({5 * us, 5 * us, 5 * us}, 1000, ip_protocol::tcp);
    bench.run_until(30 * us);
    EXPECT_EQ(cycles(CycleCause::system_call), 500U);
    EXPECT_EQ(cycles(CycleCause::transport), 3U * 5);
    EXPECT_EQ(cycles(CycleCause::transmit), 3U * (13 + 19));
}

TEST_F(Sending, AWriteTakesNoMoreThanItsBytes) {
    params.write = 2000_b;
    offer({5 * us, 5 * us, 5 * us}, 1000, ip_protocol::tcp);
    bench.run_until(30 * us);
    EXPECT_EQ(cycles(CycleCause::system_call), 2U * 500);
}

TEST_F(Sending, WithAFullRingUdpIsLost) {
    ring = 8;
    card_time = 100 * us;
    offer(std::vector<Picoseconds>(20, 5 * us), 100);
    bench.run_until(90 * us);
    EXPECT_EQ(dropped.size(), 12U);
    EXPECT_EQ(reasons.front(), DropReason::queue_full);
    bench.run_until(300 * us);
    EXPECT_EQ(card->frames_transmitted, 8U);
}

TEST_F(Sending, TcpWaitsForAPlaceAndGoesOnWhenTheCardHasSent) {
    ring = 8;
    card_time = 100 * us;
    params.tso = false;
    params.write = 100_b;
    offer(std::vector<Picoseconds>(20, 5 * us), 100, ip_protocol::tcp);
    bench.run_until(90 * us);
    EXPECT_EQ(called.size(), 8U);
    bench.run_until(1000 * us);
    EXPECT_EQ(card->frames_transmitted, 20U);
    EXPECT_TRUE(dropped.empty());
}

class PollSending : public Sending {
  protected:
    PollSending() {
        params.driver = Driver::poll;
        costs.poll.look = 30;
        costs.poll.burst = 60;
        costs.poll.packet = 70;
        costs.poll.send = 50;
        costs.doorbell = 100;
    }
};

TEST_F(PollSending, TheLookThatBeginsWhenAFrameIsDueSendsIt) {
    offer({900 * ns}, 100);
    bench.run_until(10 * us);
    EXPECT_THAT(called, ElementsAre(Got{0, (900 + 60) * ns}));
    EXPECT_THAT(card->transmitted, ElementsAre(Got{0, (900 + 60 + 50 + 100) * ns}));
}

TEST_F(PollSending, ABurstGoesWithOneDoorbell) {
    params.burst = 4;
    offer(std::vector<Picoseconds>(6, 900 * ns), 100);
    bench.run_until(10 * us);
    ASSERT_EQ(card->transmitted.size(), 6U);
    EXPECT_EQ(card->transmitted[3].t, card->transmitted[0].t);
    EXPECT_GT(card->transmitted[4].t, card->transmitted[3].t);
    EXPECT_EQ(cycles(CycleCause::doorbell), 200U);
}

TEST_F(PollSending, AFullRingHoldsItUp) {
    ring = 8;
    card_time = 100 * us;
    offer(std::vector<Picoseconds>(20, 5 * us), 100);
    bench.run_until(90 * us);
    EXPECT_EQ(called.size(), 8U);
    bench.run_until(1000 * us);
    EXPECT_EQ(card->frames_transmitted, 20U);
    EXPECT_TRUE(dropped.empty());
}

TEST_F(PollSending, AskedToItLosesWhatFindsNoRoom) {
    ring = 8;
    card_time = 100 * us;
    params.when_full = WhenFull::drop;
    offer(std::vector<Picoseconds>(20, 5 * us), 100);
    bench.run_until(90 * us);
    EXPECT_EQ(dropped.size(), 12U);
}

class SendingOn : public Sending {
  protected:
    SendingOn() {
        next_hops.own = {2, 0, 0, 0, 2, 1};
        next_hops.of_class = {MacAddress{2, 0, 0, 0, 1, 1}};
    }
    /// Sends one frame through; returns its headers as they leave.
    ParsedHeaders pass(std::uint8_t ttl) {
        build();
        card->on_transmitted = [this](const Frame& frame) { left = frame.header; };
        card->send(5 * us, [ttl](Frame& frame) {
            HeaderFields fields =
                fields_of(endpoint("10.0.0.2", 1000), endpoint("10.0.0.1", 80), ip_protocol::udp);
            fields.ttl = ttl;
            fields.payload_bytes = 100;
            const HeaderLayout layout = write_headers(fields, frame.header.data());
            frame.header_bytes = static_cast<std::uint8_t>(layout.header_bytes);
            frame.bytes = layout.header_bytes + 100 + fcs_bytes;
        });
        bench.run_until(100 * us);
        ParsedHeaders parsed;
        parse(left.data(), 42, 142, parsed);
        return parsed;
    }
    [[nodiscard]] std::vector<int> macs() const { return {left.begin(), left.begin() + 12}; }

    std::array<std::uint8_t, max_header_bytes> left{};
};

TEST_F(SendingOn, ARouterWritesTheNextHopAndALowerTtlUnderARightChecksum) {
    params.application = Application::forward;
    const ParsedHeaders parsed = pass(64);
    EXPECT_EQ(parsed.status, ParseStatus::ok);
    EXPECT_EQ(parsed.ttl, 63);
    EXPECT_THAT(macs(), ElementsAre(2, 0, 0, 0, 1, 1, 2, 0, 0, 0, 2, 1));
}

TEST_F(SendingOn, AProgramThatRedirectsLeavesTheTtlAlone) {
    params.program = EarlyProgram::redirect;
    const ParsedHeaders parsed = pass(64);
    EXPECT_EQ(parsed.status, ParseStatus::ok);
    EXPECT_EQ(parsed.ttl, 64);
    EXPECT_THAT(macs(), ElementsAre(2, 0, 0, 0, 1, 1, 2, 0, 0, 0, 2, 1));
}

TEST_F(SendingOn, ARouterDropsWhatHasNoHopLeft) {
    params.program = EarlyProgram::route;
    static_cast<void>(pass(1));
    EXPECT_EQ(card->frames_transmitted, 0U);
    EXPECT_THAT(reasons, ElementsAre(DropReason::ttl_expired));
}

TEST_F(Sending, AnApplicationRepliesByTheKernel) {
    params.application = Application::reply;
    build();
    card->send(5 * us, [](Frame& frame) {
        HeaderFields fields =
            fields_of(endpoint("10.0.0.2", 1000), endpoint("10.0.0.1", 80), ip_protocol::udp);
        fields.payload_bytes = 100;
        const HeaderLayout layout = write_headers(fields, frame.header.data());
        frame.header_bytes = static_cast<std::uint8_t>(layout.header_bytes);
        frame.bytes = layout.header_bytes + 100 + fcs_bytes;
    });
    bench.run_until(100 * us);
    EXPECT_EQ(card->frames_transmitted, 1U);
    EXPECT_TRUE(received.empty());
    EXPECT_EQ(cycles(CycleCause::copy), 200U);  // in and out
    // The read, the reply, and a read in vain.
    EXPECT_EQ(cycles(CycleCause::system_call), 3U * 500);
}

}  // namespace
}  // namespace snsim
