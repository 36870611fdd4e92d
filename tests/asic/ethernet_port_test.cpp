#include "models/asic/ethernet_port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "models/base/params.h"
#include "models/base/random.h"
#include "tests/support/bench.h"

namespace snsim {
namespace {

using testing::ElementsAre;

constexpr Picoseconds fec = 100'000;
constexpr Picoseconds mac = 50'000;
constexpr Picoseconds credit = 1280;

/// Takes credits of both kinds back and notes when.
struct Credits {
    void tx(Frame&, Picoseconds t) { tx_times.push_back(t); }
    void cells(Frame&, Picoseconds t) { cell_times.push_back(t); }
    std::vector<Picoseconds> tx_times;
    std::vector<Picoseconds> cell_times;
};

struct Departure {
    std::uint64_t sequence;
    Picoseconds first;
    Picoseconds last;
    friend bool operator==(const Departure& a, const Departure& b) {
        return a.sequence == b.sequence && a.first == b.first && a.last == b.last;
    }
    friend std::ostream& operator<<(std::ostream& out, const Departure& d) {
        return out << "#" << d.sequence << " " << d.first << " to " << d.last;
    }
};

class Port : public testing::Test {
  protected:
    void build(BitRate rate, std::uint8_t index = 0) {
        auto params = defaults<PortParams>();
        params.rate = rate;
        params.fec_latency = Duration{fec};
        params.mac_latency = Duration{mac};
        port = std::make_unique<EthernetPort>("port", bench.partition, params, index, 0, 1,
                                              Duration{credit});
        wire.out.bind(port->from_wire);
        port->to_buffer.bind(buffer.in);
        egress.out.bind(port->from_egress);
        port->to_wire.bind(far_end.in);
        port->tx_credit.bind<&Credits::tx>(credits);
        port->release.bind<&Credits::cells>(credits);
        port->departed.listen<&Port::on_departed>(*this);
        port->arrived.listen<&Port::on_arrived>(*this);
    }
    void on_departed(const FrameDeparted& fact) {
        departures.push_back({fact.frame.sequence, fact.first_bit, fact.last_bit});
    }
    void on_arrived(const FrameArrived& fact) { arrivals.push_back({fact.frame.sequence, fact.t}); }

    Bench bench;
    ScriptedSource wire{"wire", bench.agenda};
    ScriptedSource egress{"egress", bench.agenda};
    RecordingSink buffer{"buffer", bench.agenda};
    RecordingSink far_end{"far_end", bench.agenda};
    Credits credits;
    std::unique_ptr<EthernetPort> port;
    std::vector<Departure> departures;
    std::vector<Got> arrivals;
};

TEST_F(Port, HandsAReceivedFrameOnAfterFecAndMac) {
    build(100_gbps, 1);
    std::uint8_t in_port = 255;
    buffer.on_frame = [&](Frame& frame, Picoseconds) { in_port = frame.in_port; };
    wire.send(1000, plain(64));
    wire.send(7720, plain(1518));
    bench.run_until(1'000'000);
    EXPECT_THAT(buffer.got, ElementsAre(Got{0, 1000 + fec + mac}, Got{1, 7720 + fec + mac}));
    EXPECT_EQ(in_port, 1);
}

TEST_F(Port, TellsOfAnArrivalAndItsTimeInThePortWhenTheBufferHasTheFrame) {
    build(100_gbps, 1);
    buffer.keep = true;
    wire.send(1000, plain(64));
    bench.run_until(1'000'000);
    EXPECT_TRUE(arrivals.empty());
    const Frame& frame = *buffer.held.front();
    EXPECT_EQ(frame.residence, 0);
    buffer.give_back(1000 + fec + mac);
    EXPECT_THAT(arrivals, ElementsAre(Got{0, 1000}));
    EXPECT_EQ(frame.residence, fec + mac);
}

TEST_F(Port, SendsAFrameWithItsFirstBitAfterTheMac) {
    build(100_gbps);
    egress.send(5000, plain(64));
    bench.run_until(10'000'000);
    // 72 bytes with the preamble at 80 ps each
    EXPECT_THAT(departures, ElementsAre(Departure{0, 5000 + mac, 5000 + mac + 5760}));
    EXPECT_THAT(far_end.got, ElementsAre(Got{0, 5000 + mac + 5760}));
    EXPECT_THAT(credits.tx_times, ElementsAre(5000 + credit));
    EXPECT_THAT(credits.cell_times, ElementsAre(5000 + 6720 + credit));
}

TEST_F(Port, GivesFifoSpaceBackWhenTheLineStartsAndCellsWhenItEnds) {
    build(100_gbps);
    for (int i = 0; i < 3; ++i) egress.send(0, plain(1518));
    bench.run_until(10'000'000);
    constexpr Picoseconds line = 1538 * 80;
    EXPECT_THAT(credits.tx_times, ElementsAre(credit, line + credit, 2 * line + credit));
    EXPECT_THAT(credits.cell_times,
                ElementsAre(line + credit, 2 * line + credit, 3 * line + credit));
}

TEST_F(Port, TheTimeInThePortIsWaitingForTheLineAndTheMac) {
    build(100_gbps);
    std::vector<Picoseconds> residence;
    far_end.on_frame = [&](Frame& frame, Picoseconds) { residence.push_back(frame.residence); };
    for (int i = 0; i < 2; ++i) egress.send(0, plain(64));
    bench.run_until(10'000'000);
    EXPECT_THAT(residence, ElementsAre(mac, 6720 + mac));
}

class LineRate : public Port, public testing::WithParamInterface<std::int64_t> {};

TEST_P(LineRate, IsExactForEveryFrameSize) {
    build(BitRate{GetParam()});
    const auto rate = static_cast<std::uint64_t>(GetParam());
    std::vector<std::uint32_t> sizes;
    for (std::uint32_t bytes = 64; bytes <= 1518; ++bytes) sizes.push_back(bytes);
    for (int i = 0; i < 2000; ++i) sizes.push_back(64);
    for (const std::uint32_t bytes : sizes) egress.send(0, plain(bytes));
    bench.run_until(10'000'000'000'000);
    ASSERT_EQ(departures.size(), sizes.size());
    std::uint64_t sent = 0;  // bytes on the wire before this frame
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const auto start =
            static_cast<Picoseconds>(static_cast<Uint128>(sent) * 8'000'000'000'000 / rate);
        ASSERT_EQ(departures[i].first, start + mac) << i;
        sent += sizes[i] + 20;
    }
}

INSTANTIATE_TEST_SUITE_P(Rates, LineRate,
                         testing::Values(100'000'000'000, 25'000'000'000, 40'000'000'000,
                                         10'000'000, 3'000'000'007));

TEST_F(Port, SendsMinimumFramesAt148Point8MillionPerSecond) {
    build(100_gbps);
    constexpr int frames = 10'000;
    for (int i = 0; i < frames; ++i) egress.send(0, plain(64));
    bench.run_until(1'000'000'000);
    const Picoseconds span = departures.back().first - departures.front().first;
    EXPECT_EQ(span, (frames - 1) * Picoseconds{6720});  // 148,809,523.8 frames per second
}

TEST_F(Port, AnIdleLineStartsAtOnceAndOnWholePicoseconds) {
    build(BitRate{3'000'000'000});  // 84 B take 224 ns exactly, 85 B 226 2/3 ns
    egress.send(0, plain(65));
    egress.send(226'667, plain(64));  // the line is free within this picosecond's first third
    egress.send(10'000'000, plain(64));
    bench.run_until(100'000'000);
    EXPECT_EQ(departures[1].first, 226'667 + mac);
    EXPECT_EQ(departures[2].first, 10'000'000 + mac);
}

TEST_F(Port, BothDirectionsWorkSideBySide) {
    build(100_gbps);
    for (int i = 0; i < 10; ++i) {
        wire.send(i * 6720, plain(64));
        egress.send(i * 6720, plain(64));
    }
    bench.run_until(10'000'000);
    EXPECT_EQ(buffer.got.back().t, 9 * 6720 + fec + mac);
    EXPECT_EQ(departures.back().first, 9 * 6720 + mac);
}

}  // namespace
}  // namespace snsim
