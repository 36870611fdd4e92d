#include <algorithm>
#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/base/frame_pool.h"
#include "models/base/random.h"
#include "models/base/servers.h"

namespace snsim {
namespace {

/// Collects what a station announces.
struct Ear {
    explicit Ear(Station& station) { station.tally.visited.listen<&Ear::on_visited>(*this); }
    void on_visited(const Visited& fact) { visited.push_back(fact); }
    std::vector<Visited> visited;
};

Frame& new_frame(FramePool& pool, Picoseconds t_in = 0) {
    Frame& frame = pool.take();
    frame.t_in = t_in;
    return frame;
}

/// floor(count x numerator / denominator) picoseconds.
Picoseconds exact_time(std::uint64_t count, std::uint64_t numerator, std::uint64_t denominator) {
    return static_cast<Picoseconds>(static_cast<Uint128>(count) * numerator / denominator);
}

TEST(FreeTime, TenMillionCyclesAt833333333HzEndToThePicosecond) {
    FreeTime free;
    const Exact cycle = cycles(1, 833'333'333_hz);
    for (std::uint64_t i = 1; i <= 10'000'000; ++i) {
        free.occupy(0, cycle);
        if (i % 1'000'003 == 0 || i == 10'000'000) {
            ASSERT_EQ(free.ps(), exact_time(i, 1'000'000'000'000, 833'333'333));
        }
    }
    const double rate = 1e7 / (static_cast<double>(free.ps()) * 1e-12);
    EXPECT_NEAR(rate / 833'333'333.0, 1.0, 1e-9);
}

TEST(FreeTime, TenMillionTransfersAtGen3ByteTimesEndToThePicosecond) {
    // 8 lanes x 8 GT/s x 128/130 and 4 lanes of it; sizes of TLPs with their overhead.
    for (const std::int64_t rate : {63'015'384'615, 31'507'692'308}) {
        FreeTime free;
        std::uint64_t bytes = 0;
        const std::uint64_t sizes[] = {88, 24, 280, 20, 153};
        for (std::uint64_t i = 0; i < 10'000'000; ++i) {
            const std::uint64_t size = sizes[i % 5];
            free.occupy(0, Bytes{static_cast<std::int64_t>(size)} / BitRate{rate});
            bytes += size;
        }
        EXPECT_EQ(free.ps(),
                  exact_time(bytes, 8'000'000'000'000, static_cast<std::uint64_t>(rate)));
        const double served = static_cast<double>(bytes) * 8e12 / static_cast<double>(free.ps());
        EXPECT_NEAR(served / static_cast<double>(rate), 1.0, 1e-9);
    }
}

TEST(FreeTime, KeepsItsRemainderWhileBusyAndDropsItWhenIdle) {
    FreeTime free;
    const Exact third{1, 1, 3};  // 1 1/3 ps
    EXPECT_EQ(free.occupy(0, third), 0);
    EXPECT_EQ(free.ps(), 1);
    EXPECT_EQ(free.occupy(1, third), 1);  // arrives within the last fraction of the one before
    EXPECT_EQ(free.ps(), 2);              // 2 2/3
    EXPECT_EQ(free.occupy(10, third), 10);
    EXPECT_EQ(free.ps(), 11);  // 11 1/3: the fraction of the time before the pause is gone
    EXPECT_EQ(free.occupy(11, third), 11);
    EXPECT_EQ(free.ps(), 12);  // 12 2/3
    EXPECT_EQ(free.occupy(12, third), 12);
    EXPECT_EQ(free.ps(), 14);  // 14 exactly
}

TEST(FreeTime, ComparesToTheFractionOfAPicosecond) {
    FreeTime a;
    FreeTime b;
    a.occupy(0, {1, 1, 3});
    b.occupy(0, {1, 2, 3});
    EXPECT_TRUE(a.before(b));
    EXPECT_FALSE(b.before(a));
    EXPECT_FALSE(a.before(a));
}

TEST(FifoServer, ServesInOrderOneAtATime) {
    FramePool pool;
    FifoServer server("server", 3);
    const Ear ear(server.station);
    RandomStream random(1, "fifo");
    Picoseconds t = 0;
    Picoseconds free = 0;
    for (int i = 0; i < 10'000; ++i) {
        t += static_cast<Picoseconds>(random.below(200));
        const auto service = static_cast<Picoseconds>(random.below(190));
        const Picoseconds start = std::max(t, free);
        free = start + service;
        Frame& frame = new_frame(pool);
        ASSERT_EQ(server.pass(frame, t, {service, 0, 1}, 7), free);
        ASSERT_EQ(server.free_at(), free);
        ASSERT_EQ(frame.residence, free - t);
        ASSERT_EQ(frame.left[3], free);
        ASSERT_EQ(frame.visited, std::uint64_t{1} << 3);
        ASSERT_EQ(frame.at, Frame::no_station);
        const Visited& fact = ear.visited.back();
        ASSERT_EQ(fact.enter, t);
        ASSERT_EQ(fact.served.start, start);
        ASSERT_EQ(fact.served.finish, free);
        ASSERT_EQ(fact.served.leave, free);
        ASSERT_EQ(fact.served.work, 7u);
        pool.release(frame);
    }
    EXPECT_EQ(ear.visited.size(), 10'000u);
}

/// k engines in a plain array: earliest free first, lowest index on ties, exits in entry order.
class BruteForcePool {
  public:
    BruteForcePool(std::size_t engines, std::uint64_t denominator)
        : free_(engines, 0), denominator_(denominator) {}

    Served pass(Picoseconds t, const Exact& service) {
        auto engine = std::min_element(free_.begin(), free_.end());
        const Uint128 arrival = static_cast<Uint128>(t) * denominator_;
        // A server that was free before this picosecond starts at its beginning.
        const Uint128 start = *engine / denominator_ < static_cast<Uint128>(t) ? arrival : *engine;
        *engine = start + static_cast<Uint128>(service.ps) * denominator_ + service.rem;
        const auto finish = static_cast<Picoseconds>(*engine / denominator_);
        leave_ = std::max(leave_, finish);
        return {static_cast<Picoseconds>(start / denominator_), finish, leave_, 0};
    }

  private:
    std::vector<Uint128> free_;  // in parts of a picosecond
    std::uint64_t denominator_;
    Picoseconds leave_ = 0;
};

TEST(EnginePool, AgreesWithABruteForceSearchForTheEarliestFreeEngine) {
    FramePool pool;
    for (const Frequency clock : {781'250_khz, 833'333'333_hz, 700_mhz}) {
        for (const std::uint32_t engines : {1u, 2u, 3u, 4u, 7u, 16u}) {
            EnginePool tested("pool", 0, engines);
            BruteForcePool reference(engines, cycles(1, clock).den);
            const Ear ear(tested.station);
            RandomStream random(engines, "services");
            Picoseconds t = 0;
            for (int i = 0; i < 20'000; ++i) {
                // On average a little less than the pool can take, with pauses and bursts.
                if (random.below(4) != 0) {
                    t += static_cast<Picoseconds>(random.below(2 * 40 * 1280 / engines + 1));
                }
                if (random.below(500) == 0) t += 200'000;
                const std::uint64_t work = 1 + random.below(60);
                Frame& frame = new_frame(pool);
                const Picoseconds leave =
                    tested.pass(frame, t, cycles(work, clock), static_cast<std::uint32_t>(work));
                const Served expected = reference.pass(t, cycles(work, clock));
                const Visited& fact = ear.visited.back();
                ASSERT_EQ(fact.enter, t);
                ASSERT_EQ(fact.served.start, expected.start) << engines << " frame " << i;
                ASSERT_EQ(fact.served.finish, expected.finish) << engines << " frame " << i;
                ASSERT_EQ(fact.served.leave, expected.leave) << engines << " frame " << i;
                ASSERT_EQ(leave, expected.leave);
                ASSERT_EQ(fact.served.work, work);
                ASSERT_EQ(frame.residence, leave - t);
                pool.release(frame);
            }
        }
    }
}

TEST(EnginePool, HoldsAQuickFrameBehindASlowOneButFreesItsEngine) {
    FramePool pool;
    EnginePool engines("pool", 0, 2);
    const Ear ear(engines.station);
    EXPECT_EQ(engines.pass(new_frame(pool), 0, {100, 0, 1}, 0), 100);
    EXPECT_EQ(engines.pass(new_frame(pool), 0, {10, 0, 1}, 0), 100);  // done at 10, leaves in order
    EXPECT_EQ(engines.pass(new_frame(pool), 10, {50, 0, 1}, 0), 100);
    EXPECT_EQ(ear.visited[2].served.start, 10);  // not ready at 9, ready at 10
    EXPECT_EQ(ear.visited[2].served.finish, 60);
    EXPECT_EQ(engines.pass(new_frame(pool), 10, {50, 0, 1}, 0), 110);
    EXPECT_EQ(ear.visited[3].served.start, 60);
}

TEST(EnginePool, ReachesTheRateOfAllItsEngines) {
    FramePool pool;
    EnginePool engines("pool", 0, 4);
    Frame& frame = new_frame(pool);
    const Exact service = cycles(131, 833'333'333_hz);
    Picoseconds leave = 0;
    constexpr std::uint64_t frames = 4'000'000;
    for (std::uint64_t i = 0; i < frames; ++i) leave = engines.pass(frame, 0, service, 131);
    EXPECT_EQ(leave, exact_time(frames / 4 * 131, 1'000'000'000'000, 833'333'333));
}

TEST(Delay, TakesAnyNumberOfFramesForItsTime) {
    FramePool pool;
    Delay delay("delay", 5, 150_ns);
    const Ear ear(delay.station);
    for (int i = 0; i < 5; ++i) {
        Frame& frame = new_frame(pool);
        EXPECT_EQ(delay.pass(frame, 1000), 151'000);
        EXPECT_EQ(frame.left[5], 151'000);
    }
    EXPECT_EQ(delay.pass(new_frame(pool), 1001), 151'001);
    EXPECT_EQ(ear.visited.size(), 6u);
    EXPECT_EQ(ear.visited.back().served.leave, 151'001);
    EXPECT_EQ(delay.station.servers(), 0u);
}

TEST(Station, TellsOfAVisitThatTheAgendaDecidesWhenAllOfItIsKnown) {
    FramePool pool;
    Station station("queue", 2, 0);
    const Ear ear(station);
    Frame& frame = new_frame(pool);
    station.enter(frame, 10);
    EXPECT_EQ(frame.at, 2);
    EXPECT_EQ(frame.entered, 10);
    EXPECT_TRUE(ear.visited.empty());
    station.serve(frame, {30, 40, 50, 6});
    EXPECT_EQ(frame.at, Frame::no_station);
    EXPECT_EQ(frame.left[2], 50);
    EXPECT_EQ(frame.residence, 40);
    ASSERT_EQ(ear.visited.size(), 1u);
    EXPECT_EQ(ear.visited[0].enter, 10);
    EXPECT_EQ(ear.visited[0].served.start, 30);
    EXPECT_EQ(ear.visited[0].served.finish, 40);
    EXPECT_EQ(ear.visited[0].served.leave, 50);
    EXPECT_EQ(ear.visited[0].served.work, 6u);
}

TEST(Station, TellsOfAServiceWhoseEndWasNotKnownWhenItLeaves) {
    FramePool pool;
    Station station("lookup", 2, 4);
    const Ear ear(station);
    Frame& frame = new_frame(pool);
    station.enter(frame, 10);
    station.start(20, 1);
    EXPECT_EQ(station.tally.starts(), 1u);
    EXPECT_TRUE(ear.visited.empty());
    station.leave(frame, {20, 90, 30, 1});
    EXPECT_EQ(frame.left[2], 90);
    EXPECT_EQ(frame.residence, 80);
    ASSERT_EQ(ear.visited.size(), 1u);
    EXPECT_EQ(ear.visited[0].served.start, 20);
    EXPECT_EQ(ear.visited[0].served.finish, 90);
    EXPECT_EQ(station.tally.starts(), 1u);
    EXPECT_EQ(station.tally.work(), 1u);
}

TEST(StationRegistry, GivesSlotsInJourneyOrderAndRefusesOneTooMany) {
    StationRegistry registry;
    std::deque<Station> stations;
    for (std::size_t i = 0; i < max_stations; ++i) {
        const std::uint8_t slot = registry.next_slot();
        EXPECT_EQ(slot, i);
        stations.emplace_back("s" + std::to_string(i), slot, 1);
        registry.add(stations.back(), {"card", "engines"});
    }
    EXPECT_THROW(static_cast<void>(registry.next_slot()), std::logic_error);
    ASSERT_EQ(registry.entries().size(), max_stations);
    EXPECT_EQ(registry.entries()[7].station->path(), "s7");
    EXPECT_EQ(registry.entries()[7].resource.path, "card");
    EXPECT_EQ(registry.entries()[7].resource.name, "engines");
}

}  // namespace
}  // namespace snsim
