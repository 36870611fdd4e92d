#include "models/asic/packet_buffer.h"

#include <algorithm>
#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <vector>

#include "models/base/params.h"
#include "tests/support/bench.h"

namespace snsim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Drop {
    std::uint64_t sequence;
    std::uint8_t port;
    DropReason reason;
    Picoseconds t;
    friend bool operator==(const Drop& a, const Drop& b) {
        return a.sequence == b.sequence && a.port == b.port && a.reason == b.reason && a.t == b.t;
    }
    friend std::ostream& operator<<(std::ostream& out, const Drop& d) {
        return out << "#" << d.sequence << " of port " << +d.port << "@" << d.t;
    }
};

constexpr DropReason full = DropReason::buffer_full;

/// A buffer of `cells` cells of 64 B, of which each port may take `share` while waiting.
class Buffer : public testing::Test {
  protected:
    void build(std::int64_t cells, std::int64_t share, std::int64_t contexts,
               Duration notice = 0_ps) {
        auto params = defaults<PacketBufferParams>();
        params.size = Bytes{cells * 64};
        params.cell = 64_b;
        params.port_limit = Bytes{share * 64};
        buffer =
            std::make_unique<PacketBuffer>("buffer", bench.partition, params, contexts, notice);
        port0.out.bind(buffer->from_port0);
        port1.out.bind(buffer->from_port1);
        buffer->to_parser.bind(parser.in);
        buffer->dropped_here.listen<&Buffer::on_dropped>(*this);
        buffer->buffered.listen<&Buffer::on_buffered>(*this);
        parser.on_frame = [this](Frame& frame, Picoseconds) { cells_of.push_back(frame.cells); };
    }
    void on_dropped(const FrameDropped& fact) {
        dropped.push_back({fact.frame.sequence, fact.frame.in_port, fact.reason, fact.t});
        place = fact.frame.drop_place;
    }
    void on_buffered(const FrameBuffered& fact) {
        buffered.push_back({fact.frame.sequence, fact.t});
    }
    static ScriptedSource::Fill in(std::uint8_t port, std::uint32_t bytes) {
        return [port, bytes](Frame& frame) {
            frame.bytes = bytes;
            frame.in_port = port;
        };
    }
    /// Tells the buffer at 0 of frames that arrive later.
    void announce(ScriptedSource& port, std::uint8_t index, std::vector<Picoseconds> arrivals) {
        bench.at(0, [this, &port, index, arrivals = std::move(arrivals)] {
            for (const Picoseconds t : arrivals) {
                Frame& frame = bench.agenda.frames().take();
                frame.sequence = static_cast<std::uint64_t>(t);
                frame.t_in = t;
                in(index, 64)(frame);
                port.out.send(frame, t);
            }
        });
    }
    /// Gives `cells` back for t.
    template <PacketBuffer::Lane lane>
    void release(Picoseconds t, std::uint16_t cells) {
        Frame& frame = bench.agenda.frames().take();
        frame.cells = cells;
        buffer->release<lane>(frame, t);
        bench.agenda.frames().release(frame);
    }

    Bench bench;
    ScriptedSource port0{"port0", bench.agenda};
    ScriptedSource port1{"port1", bench.agenda};
    RecordingSink parser{"parser", bench.agenda};
    std::unique_ptr<PacketBuffer> buffer;
    std::vector<Drop> dropped;
    std::vector<Got> buffered;
    std::vector<std::uint16_t> cells_of;
    std::uint8_t place = 255;
};

TEST_F(Buffer, PassesAFrameWithoutDelayWhileThereAreContexts) {
    build(100, 100, 4);
    port0.send(10, in(0, 64));
    port0.send(10, in(0, 64));
    port0.send(25, in(0, 1518));
    bench.run_until(1000);
    EXPECT_THAT(parser.got, ElementsAre(Got{0, 10}, Got{1, 10}, Got{2, 25}));
    EXPECT_THAT(buffered, ElementsAre(Got{0, 10}, Got{1, 10}, Got{2, 25}));
    EXPECT_THAT(dropped, IsEmpty());
    EXPECT_EQ(buffer->issued(), 3);
    EXPECT_EQ(buffer->contexts_out(), 3);
}

TEST_F(Buffer, TakesWholeCells) {
    build(1000, 1000, 100);
    for (const std::uint32_t bytes : {64u, 65u, 128u, 129u, 1518u}) port0.send(0, in(0, bytes));
    bench.run_until(10);
    EXPECT_THAT(cells_of, ElementsAre(1, 1 + 1, 2, 3, 24));
}

TEST_F(Buffer, DropsAFrameWhenItsCellsAreNotThereAndTakesItWhenTheyAre) {
    build(4, 4, 100);
    for (int i = 0; i < 4; ++i) port0.send(0, in(0, 64));
    port0.send(999, in(0, 64));   // one cell comes back at 1000
    port0.send(1000, in(0, 64));  // and serves this arrival
    port0.send(1000, in(0, 64));
    bench.at(500, [this] { release<PacketBuffer::departed0>(1000, 1); });
    bench.run_until(2000);
    EXPECT_THAT(dropped, ElementsAre(Drop{4, 0, full, 999}, Drop{6, 0, full, 1000}));
    EXPECT_EQ(parser.got.size(), 5u);
    EXPECT_EQ(bench.partition.places[place], "buffer");
    EXPECT_EQ(bench.agenda.frames().live(), 0u);  // dropped ones went back to the pool
}

TEST_F(Buffer, CountsItsDropsWhereTheyHappen) {
    struct Lender final : LentCell<FrameCount>::Lender {
        void lend(LentCell<FrameCount>& to, std::size_t, Picoseconds t) override {
            const auto span = static_cast<std::size_t>(t / 1000);
            const Picoseconds start = t / 1000 * 1000;
            to.set(counts.at(span), start, start + 1000);
        }
        std::array<FrameCount, 3> counts;
    };
    Lender lender;
    build(2, 2, 100);
    buffer->drops.cells.set_lender(lender);
    for (const Picoseconds t : {0, 0, 999, 999, 1000}) port0.send(t, in(0, 64));
    bench.run_until(3000);
    EXPECT_EQ(lender.counts[0].frames, 2u);
    EXPECT_EQ(lender.counts[0].bytes, 128u);
    EXPECT_EQ(lender.counts[1].frames, 1u);
    EXPECT_EQ(lender.counts[2].frames, 0u);
}

TEST_F(Buffer, DropsALargeFrameWhereASmallOneStillFits) {
    build(3, 3, 100);
    port0.send(0, in(0, 64));
    port0.send(1, in(0, 193));  // four cells
    port0.send(2, in(0, 128));
    port0.send(3, in(0, 64));
    bench.run_until(10);
    EXPECT_THAT(parser.got, ElementsAre(Got{0, 0}, Got{2, 2}));
    EXPECT_THAT(dropped, ElementsAre(Drop{1, 0, full, 1}, Drop{3, 0, full, 3}));
}

TEST_F(Buffer, TakesCellsBackFromEveryGiverInAnyOrder) {
    build(3, 3, 100);
    for (int i = 0; i < 3; ++i) port0.send(0, in(0, 64));
    bench.at(10, [this] {
        release<PacketBuffer::departed1>(900, 1);
        release<PacketBuffer::dropped>(700, 1);
        release<PacketBuffer::departed0>(800, 1);
    });
    for (const Picoseconds t : {699, 700, 799, 800, 899, 900}) port0.send(t, in(0, 64));
    bench.run_until(1000);
    EXPECT_THAT(dropped,
                ElementsAre(Drop{3, 0, full, 699}, Drop{5, 0, full, 799}, Drop{7, 0, full, 899}));
}

TEST_F(Buffer, KeepsOnePortFromTakingAllOfTheQueue) {
    build(100, 2, 1);
    port0.send(0, in(0, 64));  // gets the context
    for (int i = 0; i < 3; ++i) port0.send(1, in(0, 64));
    port1.send(2, in(1, 64));
    bench.run_until(10);
    EXPECT_THAT(parser.got, ElementsAre(Got{0, 0}));
    EXPECT_THAT(dropped, ElementsAre(Drop{3, 0, full, 1}));
    EXPECT_EQ(buffered.size(), 4u);
}

TEST_F(Buffer, FreesAPortsShareWhenItsFrameGoesToTheParser) {
    build(100, 1, 1);
    parser.keep = true;
    port0.send(0, in(0, 64));     // to the parser
    port0.send(1, in(0, 64));     // waits, the share is used up
    port0.send(999, in(0, 64));   // dropped
    port0.send(1000, in(0, 64));  // the waiting frame goes at 1000
    bench.at(500, [this] { parser.give_back(1000); });
    bench.run_until(2000);
    EXPECT_THAT(parser.got, ElementsAre(Got{0, 0}, Got{1, 1000}));
    EXPECT_THAT(dropped, ElementsAre(Drop{2, 0, full, 999}));
    EXPECT_EQ(buffered.size(), 3u);
    EXPECT_EQ(buffer->contexts_out(), 1);
}

TEST_F(Buffer, FreesTheShareOfThePortTheFrameCameBy) {
    build(100, 1, 1);
    parser.keep = true;
    port0.send(0, in(0, 64));     // to the parser
    port1.send(1, in(1, 64));     // waits, port 1's share is used up
    port0.send(2, in(0, 64));     // waits, port 0's is
    port0.send(1000, in(0, 64));  // dropped: it was port 1's frame that went
    port1.send(1000, in(1, 64));
    bench.at(500, [this] { parser.give_back(1000); });
    bench.run_until(2000);
    EXPECT_THAT(parser.got, ElementsAre(Got{0, 0}, Got{0, 1000}));
    EXPECT_THAT(dropped, ElementsAre(Drop{2, 0, full, 1000}));
}

TEST_F(Buffer, AWaitingFrameGoesTheMomentAContextComesBack) {
    build(100, 100, 2);
    parser.keep = true;
    for (int i = 0; i < 4; ++i) port0.send(i, in(0, 64));
    bench.at(500, [this] { parser.give_back(777); });
    bench.at(600, [this] { parser.give_back(778); });
    bench.run_until(2000);
    EXPECT_THAT(parser.got, ElementsAre(Got{0, 0}, Got{1, 1}, Got{2, 777}, Got{3, 778}));
    EXPECT_EQ(buffer->issued(), 4);
    EXPECT_EQ(buffer->contexts_out(), 2);
}

TEST_F(Buffer, AFrameThatFindsNoContextTakesOneKnownToComeBack) {
    build(100, 100, 1);
    parser.credit_after = 300_ps;
    for (int i = 0; i < 4; ++i) port0.send(i * 10, in(0, 64));
    bench.run_until(5000);
    EXPECT_THAT(parser.got, ElementsAre(Got{0, 0}, Got{1, 300}, Got{2, 600}, Got{3, 900}));
}

TEST_F(Buffer, ACreditForATimeServesAnArrivalAtThatTime) {
    build(100, 100, 1);
    parser.credit_after = 300_ps;
    port0.send(0, in(0, 64));
    port0.send(300, in(0, 64));
    bench.run_until(5000);
    EXPECT_THAT(parser.got, ElementsAre(Got{0, 0}, Got{1, 300}));
}

TEST_F(Buffer, FramesWaitInOrderOfArrivalOverBothPorts) {
    build(100, 100, 1);
    parser.keep = true;
    std::vector<int> ports;
    parser.on_frame = [&](Frame& frame, Picoseconds) { ports.push_back(frame.in_port); };
    port0.send(0, in(0, 64));
    port1.send(5, in(1, 64));
    port0.send(6, in(0, 64));
    port0.send(7, in(0, 64));
    port1.send(8, in(1, 64));
    for (Picoseconds t = 100; t < 500; t += 100) bench.at(t, [this, t] { parser.give_back(t); });
    bench.run_until(2000);
    EXPECT_THAT(ports, ElementsAre(0, 1, 0, 0, 1));
    EXPECT_THAT(parser.got,
                ElementsAre(Got{0, 0}, Got{0, 100}, Got{1, 200}, Got{2, 300}, Got{1, 400}));
}

TEST_F(Buffer, OneItemPassesAllFramesWhoseFateIsSettled) {
    build(100, 100, 100, 500_ps);
    announce(port0, 0, {10, 20, 509, 510, 700});
    bench.at(15, [this] { EXPECT_EQ(parser.got.size(), 3u); });
    bench.run_until(1000);
    EXPECT_THAT(parser.got,
                ElementsAre(Got{10, 10}, Got{20, 20}, Got{509, 509}, Got{510, 510}, Got{700, 700}));
    EXPECT_EQ(bench.agenda.items(), 5u);
    EXPECT_EQ(bench.agenda.executed(), 2u + 2u);  // the cues' and the buffer's
}

TEST_F(Buffer, WithoutRunAheadEveryFrameWaitsForItsTime) {
    bench.agenda.run_ahead = false;
    build(100, 100, 100, 500_ps);
    announce(port0, 0, {10, 20, 509});
    bench.at(15, [this] { EXPECT_EQ(parser.got.size(), 1u); });
    bench.run_until(1000);
    EXPECT_THAT(parser.got, ElementsAre(Got{10, 10}, Got{20, 20}, Got{509, 509}));
    EXPECT_EQ(bench.agenda.items(), 3u);
}

TEST_F(Buffer, DecidesOnNothingBeyondTheTimeThatIsExecuted) {
    build(100, 100, 100, 500_ps);
    announce(port0, 0, {10, 20, 30});
    bench.run_until(20);
    EXPECT_THAT(parser.got, ElementsAre(Got{10, 10}));
    bench.run_until(1000);
    EXPECT_EQ(parser.got.size(), 3u);
}

TEST_F(Buffer, KeepsTheOrderOfBothPortsAheadOfTime) {
    build(100, 100, 100, 500_ps);
    announce(port0, 0, {10, 300, 900});
    announce(port1, 1, {10, 200, 301, 800});
    bench.at(15, [this] { EXPECT_EQ(parser.got.size(), 6u); });  // of port 1 no more is known
    bench.run_until(1000);
    std::vector<std::uint64_t> order;
    for (const Got& got : parser.got) order.push_back(got.sequence);
    EXPECT_THAT(order, ElementsAre(10, 10, 200, 300, 301, 800, 900));
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_F(Buffer, AFrameDecidedOnAheadDoesNotLeaveBeforeItArrives) {
    build(100, 100, 1, 1000_ps);
    parser.keep = true;
    announce(port0, 0, {10, 500});
    bench.at(100, [this] { parser.give_back(200); });  // before the second one is there
    bench.run_until(2000);
    EXPECT_THAT(parser.got, ElementsAre(Got{10, 10}, Got{500, 500}));
}

TEST_F(Buffer, ADropIsDecidedAheadOnlyWhenNoRoomCanComeBackInTime) {
    build(100, 1, 1, 5000_ps);
    parser.keep = true;
    announce(port0, 0, {10, 20, 900, 1000, 1100});
    bench.at(500, [this] {
        EXPECT_EQ(dropped.size(), 0u);  // the first one may be done any moment
        parser.give_back(1000);
    });
    bench.run_until(4000);
    EXPECT_THAT(parser.got, ElementsAre(Got{10, 10}, Got{20, 1000}));
    EXPECT_THAT(dropped, ElementsAre(Drop{900, 0, full, 900}, Drop{1100, 0, full, 1100}));
}

TEST_F(Buffer, DropsAheadWhatComesBeforeTheNextContext) {
    build(100, 2, 1, 5000_ps);
    parser.keep = true;
    announce(port0, 0, {10, 20, 30, 600, 700, 900, 1000, 1100});
    bench.at(500, [this] { parser.give_back(1000); });
    bench.at(650, [this] {  // decided at 600, by when it was known that nothing comes until 1000
        EXPECT_THAT(dropped, ElementsAre(Drop{600, 0, full, 600}, Drop{700, 0, full, 700},
                                         Drop{900, 0, full, 900}));
    });
    bench.run_until(4000);
    EXPECT_THAT(parser.got, ElementsAre(Got{10, 10}, Got{20, 1000}));
    EXPECT_EQ(buffered.size(), 4u);  // the one of 1000 found the share that was freed then
    EXPECT_EQ(dropped.back(), (Drop{1100, 0, full, 1100}));
}

TEST_F(Buffer, RefusesToBeToldTooLate) {
    build(100, 100, 100, 500_ps);
    announce(port0, 0, {10, 400});
    bench.run_until(1000);
    Frame& frame = bench.agenda.frames().take();
    EXPECT_THROW(port1.out.send(frame, 399), std::logic_error);
}

TEST_F(Buffer, IssuedContextsAreHeldOrReturned) {
    build(1000, 1000, 5);
    parser.credit_after = 3000_ps;
    for (int i = 0; i < 100; ++i) port0.send(i * 100, in(0, 64));
    bench.run_until(5000);
    EXPECT_EQ(buffer->contexts_out(), 0);  // every return is known at the hand-over
    bench.run_until(1'000'000);
    EXPECT_EQ(buffer->issued(), 100);
    EXPECT_EQ(parser.got.back().t, 57'400);
}

TEST_F(Buffer, WritesTheHeaderOfFramesItTakesAndOfNoOthers) {
    struct Source final : HeaderSource {
        void write_header(Frame&) override { ++calls; }
        int calls = 0;
    };
    Source source;
    build(2, 2, 100);
    for (int i = 0; i < 5; ++i) {
        port0.send(0, [&](Frame& frame) {
            frame.bytes = 64;
            frame.source = &source;
        });
    }
    bench.run_until(10);
    EXPECT_EQ(source.calls, 2);
    EXPECT_EQ(dropped.size(), 3u);
}

TEST_F(Buffer, ItsQueueIsTheTimeFromArrivalToIssue) {
    build(100, 100, 1);
    parser.credit_after = 300_ps;
    std::vector<Picoseconds> residence;
    parser.on_frame = [&](Frame& frame, Picoseconds) { residence.push_back(frame.residence); };
    for (int i = 0; i < 3; ++i) port0.send(i * 10, in(0, 64));
    bench.run_until(5000);
    EXPECT_THAT(residence, ElementsAre(0, 290, 580));
}

}  // namespace
}  // namespace snsim
