#include "models/asic/traffic_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "models/base/params.h"
#include "tests/support/bench.h"

namespace snsim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Picoseconds latency = 1280;  // of a credit

struct Drop {
    std::uint64_t sequence;
    DropReason reason;
    Picoseconds t;
    friend bool operator==(const Drop& a, const Drop& b) {
        return a.sequence == b.sequence && a.reason == b.reason && a.t == b.t;
    }
    friend std::ostream& operator<<(std::ostream& out, const Drop& d) {
        return out << "#" << d.sequence << " " << name(d.reason) << "@" << d.t;
    }
};

struct Cells {
    void released(Frame& frame, Picoseconds t) { back.push_back({frame.sequence, t}); }
    std::vector<Got> back;
};

class Tm : public testing::Test {
  protected:
    void build(std::int64_t queue_cells, std::int64_t contexts, std::int64_t fifo0 = 1 << 20,
               std::int64_t fifo1 = 1 << 20) {
        auto params = defaults<TrafficManagerParams>();
        params.queue_limit = Bytes{queue_cells * 64};
        tm = std::make_unique<TrafficManager>(
            "tm", bench.partition,
            TrafficManager::Build{
                params, 64_b, contexts, {Bytes{fifo0}, Bytes{fifo1}}, Duration{latency}, {}});
        ingress.out.bind(tm->from_ingress);
        tm->to_egress.bind(egress.in);
        tm->release.bind<&Cells::released>(cells);
        tm->dropped_here.listen<&Tm::on_dropped>(*this);
        egress.on_frame = [this](Frame& frame, Picoseconds) { ports.push_back(frame.out_port); };
    }
    void on_dropped(const FrameDropped& fact) {
        dropped.push_back({fact.frame.sequence, fact.reason, fact.t});
        place = fact.frame.drop_place;
    }
    static ScriptedSource::Fill to(std::uint8_t port, std::uint32_t bytes = 64) {
        return [port, bytes](Frame& frame) {
            frame.bytes = bytes;
            frame.out_port = port;
            frame.cells = static_cast<std::uint16_t>((bytes + 63) / 64);
        };
    }
    static ScriptedSource::Fill condemned(DropReason reason) {
        return [reason](Frame& frame) {
            to(0)(frame);
            frame.drop_reason = static_cast<std::uint8_t>(reason);
        };
    }
    /// Tells the traffic manager at 0 of a frame that arrives later.
    void announce(Picoseconds t, const ScriptedSource::Fill& fill) {
        bench.at(0, [this, t, fill] {
            Frame& frame = bench.agenda.frames().take();
            frame.sequence = static_cast<std::uint64_t>(t);
            fill(frame);
            ingress.out.send(frame, t);
        });
    }
    /// The port's FIFO has room for `bytes` more from t on.
    void transmitted(std::uint8_t port, std::uint32_t bytes, Picoseconds t) {
        Frame& frame = bench.agenda.frames().take();
        frame.out_port = port;
        frame.bytes = bytes;
        tm->transmit_credit(frame, t);
        bench.agenda.frames().release(frame);
    }

    Bench bench;
    ScriptedSource ingress{"ingress", bench.agenda};
    RecordingSink egress{"egress", bench.agenda};
    Cells cells;
    std::unique_ptr<TrafficManager> tm;
    std::vector<int> ports;
    std::vector<Drop> dropped;
    std::uint8_t place = 255;
};

TEST_F(Tm, PassesAFrameWithoutDelayWhileThereIsCredit) {
    build(100, 10);
    ingress.send(100, to(0));
    ingress.send(100, to(1));
    ingress.send(250, to(0));
    bench.run_until(1000);
    EXPECT_THAT(egress.got, ElementsAre(Got{0, 100}, Got{1, 100}, Got{2, 250}));
    EXPECT_EQ(tm->issued(), 3);
    EXPECT_EQ(tm->contexts_out(), 3);
}

TEST_F(Tm, AFrameThatNothingHoldsUpGoesAheadOfItsTime) {
    build(100, 2);
    for (const Picoseconds t : {100, 200, 300, 400}) announce(t, to(0));
    bench.at(10, [this] { EXPECT_THAT(egress.got, ElementsAre(Got{100, 100}, Got{200, 200})); });
    bench.run_until(1000);
    EXPECT_EQ(egress.got.size(), 2u);  // no context for the others
    EXPECT_EQ(bench.agenda.items(), 4u);
    EXPECT_EQ(bench.agenda.executed(), 5u + 2u);  // the cues' and those of the frames that wait
}

TEST_F(Tm, AFrameGoesAheadAgainOnceTheOneThatWaitedHasGone) {
    build(100, 1);
    egress.credit_after = 150_ps;
    for (const Picoseconds t : {100, 200, 500, 700}) announce(t, to(0));
    bench.at(210, [this] { EXPECT_EQ(egress.got.size(), 1u); });
    bench.at(510, [this] { EXPECT_EQ(egress.got.size(), 4u); });
    bench.run_until(10'000);
    EXPECT_THAT(egress.got,
                ElementsAre(Got{100, 100}, Got{200, 250}, Got{500, 500}, Got{700, 700}));
}

TEST_F(Tm, ACondemnedFrameWaitsForItsTurnAndHoldsBackThoseBehindIt) {
    build(100, 10);
    announce(100, to(0));
    announce(200, condemned(DropReason::acl_deny));
    announce(300, to(0));
    bench.at(150, [this] {
        EXPECT_THAT(dropped, IsEmpty());
        EXPECT_EQ(egress.got.size(), 1u);
    });
    bench.at(250, [this] { EXPECT_EQ(egress.got.size(), 2u); });
    bench.run_until(1000);
    EXPECT_THAT(dropped, ElementsAre(Drop{200, DropReason::acl_deny, 200}));
    EXPECT_THAT(egress.got, ElementsAre(Got{100, 100}, Got{300, 300}));
    EXPECT_EQ(bench.agenda.items(), 3u);
}

TEST_F(Tm, TwoFullQueuesTakeTurns) {
    build(1000, 1);
    egress.keep = true;
    for (int i = 0; i < 3; ++i) ingress.send(0, to(0));
    for (int i = 0; i < 4; ++i) ingress.send(1, to(1));
    ingress.send(2, to(0));
    for (Picoseconds t = 100; t <= 700; t += 100) bench.at(t, [this, t] { egress.give_back(t); });
    bench.run_until(10'000);
    EXPECT_THAT(ports, ElementsAre(0, 1, 0, 1, 0, 1, 0, 1));
    EXPECT_THAT(egress.got, ElementsAre(Got{0, 0}, Got{3, 100}, Got{1, 200}, Got{4, 300},
                                        Got{2, 400}, Got{5, 500}, Got{7, 600}, Got{6, 700}));
}

TEST_F(Tm, AnEmptyQueueLosesNoTurnOfTheOther) {
    build(1000, 1);
    egress.keep = true;
    for (int i = 0; i < 3; ++i) ingress.send(0, to(1));
    for (const Picoseconds t : {100, 200}) bench.at(t, [this, t] { egress.give_back(t); });
    bench.run_until(1000);
    EXPECT_THAT(egress.got, ElementsAre(Got{0, 0}, Got{1, 100}, Got{2, 200}));
}

TEST_F(Tm, AFrameGoesTheMomentAContextComesBack) {
    build(1000, 1);
    egress.keep = true;
    ingress.send(0, to(0));
    ingress.send(10, to(0));
    bench.at(50, [this] { egress.give_back(777); });
    bench.run_until(777);
    EXPECT_EQ(egress.got.size(), 1u);  // not ready at 776
    bench.run_until(10'000);
    EXPECT_THAT(egress.got, ElementsAre(Got{0, 0}, Got{1, 777}));
    EXPECT_EQ(tm->issued(), 2);
    EXPECT_EQ(tm->contexts_out(), 1);
}

TEST_F(Tm, AContextKnownToComeBackServesAnArrivalAtThatTime) {
    build(1000, 1);
    egress.credit_after = 300_ps;
    ingress.send(0, to(0));
    ingress.send(300, to(0));
    ingress.send(599, to(0));
    bench.run_until(10'000);
    EXPECT_THAT(egress.got, ElementsAre(Got{0, 0}, Got{1, 300}, Got{2, 600}));
}

TEST_F(Tm, HoldsAFrameUntilItsPortsFifoHasRoomForAllOfIt) {
    build(1000, 100, 1000);
    ingress.send(0, to(0, 600));
    ingress.send(0, to(0, 400));  // 1000 B exactly
    ingress.send(0, to(0, 64));
    bench.at(10, [this] { transmitted(0, 63, 500); });
    bench.at(20, [this] { transmitted(0, 1, 900); });
    bench.run_until(10'000);
    EXPECT_THAT(egress.got, ElementsAre(Got{0, 0}, Got{1, 0}, Got{2, 900}));
}

TEST_F(Tm, AFullFifoOfOnePortDoesNotHoldTheOther) {
    build(1000, 100, 64, 1000);
    ingress.send(0, to(0));
    ingress.send(0, to(0));
    ingress.send(10, to(1));
    ingress.send(20, to(0));
    ingress.send(30, to(1));
    bench.at(100, [this] { transmitted(0, 64, 5000); });
    bench.at(5001, [this] { transmitted(0, 64, 6000); });
    bench.run_until(10'000);
    EXPECT_THAT(egress.got,
                ElementsAre(Got{0, 0}, Got{2, 10}, Got{4, 30}, Got{1, 5000}, Got{3, 6000}));
}

TEST_F(Tm, AFrameLargerThanTheFifoTakesAllOfItAndGivesItBack) {
    build(1000, 10, 500);
    ingress.send(100, to(0, 2000));
    ingress.send(110, to(0, 100));
    bench.at(400, [this] { transmitted(0, 2000, 400); });
    bench.run_until(10'000);
    EXPECT_THAT(egress.got, ElementsAre(Got{0, 100}, Got{1, 400}));
}

TEST_F(Tm, AHeldFrameIsNotTakenForADeepQueueByThoseThatOvertakeIt) {
    build(1000, 1000, 100, 1 << 20);
    ingress.send(0, to(0, 100));
    ingress.send(10, to(0, 100));  // waits for port 0's FIFO
    for (int i = 0; i < 50; ++i) ingress.send(100 + 10 * i, to(1));
    bench.at(5000, [this] { transmitted(0, 100, 5000); });
    StationBin cell;
    bench.partition.stations.entries()[0].station->tally.set_cell(cell, 0, 1'000'000);
    bench.run_until(10'000);
    ASSERT_EQ(egress.got.size(), 52u);
    EXPECT_EQ(cell.left + cell.whole, 52u);
    EXPECT_LE(cell.max_depth, 2u);
}

TEST_F(Tm, WaitsForTheLaterOfFifoAndContext) {
    build(1000, 1, 64);
    egress.keep = true;
    ingress.send(0, to(0));
    ingress.send(1, to(0));
    ingress.send(2, to(0));
    bench.at(10, [this] {
        transmitted(0, 64, 500);
        egress.give_back(700);
    });
    bench.at(1000, [this] {
        egress.give_back(1100);
        transmitted(0, 64, 1300);
    });
    bench.run_until(10'000);
    EXPECT_THAT(egress.got, ElementsAre(Got{0, 0}, Got{1, 700}, Got{2, 1300}));
}

TEST_F(Tm, DropsAFrameBeyondTheQueuesLimitOfCells) {
    build(3, 1);
    egress.keep = true;
    ingress.send(0, to(0));          // gone
    ingress.send(2001, to(0, 128));  // two cells
    ingress.send(2002, to(0, 65));   // two more do not fit
    ingress.send(2003, to(0, 64));   // one does
    ingress.send(2004, to(0, 64));
    ingress.send(2005, to(1, 64));  // the other queue has its own limit
    bench.run_until(10'000);
    EXPECT_THAT(dropped, ElementsAre(Drop{2, DropReason::queue_full, 2002},
                                     Drop{4, DropReason::queue_full, 2004}));
    EXPECT_THAT(cells.back, ElementsAre(Got{2, 2002 + latency}, Got{4, 2004 + latency}));
    EXPECT_EQ(bench.partition.places[place], "tm");
}

TEST_F(Tm, ASlotFreedAtATimeServesAnArrivalAtThatTime) {
    // The frame that leaves at 0 or 5000 gives its cell back one credit latency later.
    build(1, 1);
    egress.keep = true;
    ingress.send(0, to(0));
    ingress.send(latency - 1, to(0));  // dropped: the first one's cell is still on its way
    ingress.send(latency, to(0));      // waits
    ingress.send(5000 + latency - 1, to(0));
    ingress.send(5000 + latency, to(0));
    bench.at(4000, [this] { egress.give_back(5000); });
    bench.run_until(100'000);
    EXPECT_THAT(dropped, ElementsAre(Drop{1, DropReason::queue_full, latency - 1},
                                     Drop{3, DropReason::queue_full, 5000 + latency - 1}));
    EXPECT_THAT(egress.got, ElementsAre(Got{0, 0}, Got{2, 5000}));
}

TEST_F(Tm, EndsFramesThatAFunctionDroppedInTheirOrder) {
    build(1000, 10);
    ingress.send(0, to(0));
    ingress.send(10, condemned(DropReason::acl_deny));
    ingress.send(10, condemned(DropReason::ttl_expired));
    ingress.send(20, to(1));
    bench.run_until(1000);
    EXPECT_THAT(dropped, ElementsAre(Drop{1, DropReason::acl_deny, 10},
                                     Drop{2, DropReason::ttl_expired, 10}));
    EXPECT_THAT(cells.back, ElementsAre(Got{1, 10 + latency}, Got{2, 10 + latency}));
    EXPECT_THAT(egress.got, ElementsAre(Got{0, 0}, Got{3, 20}));
    EXPECT_EQ(bench.agenda.frames().live(), 0u);
}

TEST_F(Tm, ACondemnedFrameNeedsNoRoomAndNoCredit) {
    build(1, 1);
    egress.keep = true;
    ingress.send(0, to(0));
    ingress.send(2000, to(0));  // fills the queue
    ingress.send(2001, condemned(DropReason::no_route));
    bench.run_until(10'000);
    EXPECT_THAT(dropped, ElementsAre(Drop{2, DropReason::no_route, 2001}));
    EXPECT_THAT(egress.got, ElementsAre(Got{0, 0}));
}

TEST_F(Tm, ItsQueueIsTheTimeFromArrivalToDispatch) {
    build(1000, 1);
    egress.credit_after = 300_ps;
    std::vector<Picoseconds> residence;
    egress.on_frame = [&](Frame& frame, Picoseconds) { residence.push_back(frame.residence); };
    for (int i = 0; i < 3; ++i) ingress.send(i * 10, to(0));
    bench.run_until(10'000);
    EXPECT_THAT(residence, ElementsAre(0, 290, 580));
    EXPECT_THAT(dropped, IsEmpty());
}

}  // namespace
}  // namespace snsim
