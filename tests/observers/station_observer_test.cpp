#include "observers/station_observer.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

#include "models/base/frame_pool.h"
#include "models/base/random.h"

namespace snsim {
namespace {

/// One visit as it was, to be integrated by hand.
struct Visit {
    Picoseconds enter;
    Picoseconds start;
    Picoseconds finish;
    Picoseconds leave;
    Picoseconds stalled;
    std::uint32_t work;
};

struct Window {
    Picoseconds start;
    Picoseconds end;
    [[nodiscard]] Uint128 clip(Picoseconds from, Picoseconds to) const {
        const Picoseconds a = std::max(from, start);
        const Picoseconds b = std::min(to, end);
        return b > a ? static_cast<Uint128>(b - a) : 0;
    }
    [[nodiscard]] bool holds(Picoseconds t) const { return t >= start && t < end; }
};

struct Expected {
    Uint128 inside = 0;
    Uint128 waiting = 0;
    Uint128 busy = 0;
    Uint128 stalled = 0;
    std::uint64_t entered = 0;
    std::uint64_t started = 0;
    std::uint64_t finished = 0;
    std::uint64_t left = 0;
    std::uint64_t work = 0;
    std::uint64_t max_depth = 0;  ///< met by a frame that left in the window
};

Expected integrate(const std::vector<Visit>& visits, const Window& window) {
    Expected e;
    for (std::size_t i = 0; i < visits.size(); ++i) {
        const Visit& v = visits[i];
        e.inside += window.clip(v.enter, v.leave);
        e.waiting += window.clip(v.enter, v.start);
        e.busy += window.clip(v.start, v.finish);
        e.entered += window.holds(v.enter) ? 1u : 0u;
        e.started += window.holds(v.start) ? 1u : 0u;
        e.finished += window.holds(v.finish) ? 1u : 0u;
        e.left += window.holds(v.leave) ? 1u : 0u;
        e.work += window.holds(v.start) ? v.work : 0;
        if (!window.holds(v.leave)) continue;
        e.stalled += static_cast<Uint128>(v.stalled);
        std::uint64_t depth = 1;
        for (std::size_t j = i; j-- > 0 && visits[j].leave > v.enter;) ++depth;
        e.max_depth = std::max(e.max_depth, depth);
    }
    return e;
}

enum class How { visited, served, halves };

/// One station under observation; what it announces is in `how`.
class Watch {
  public:
    explicit Watch(Picoseconds interval, Picoseconds lag = 1'000'000)
        : timeline(Duration{interval}, Duration{lag}), observer(timeline) {
        observer.watch(station, {"card", "engines"});
    }
    void announce(const Visit& v, How how) {
        frame_.reset();
        switch (how) {
            case How::visited:
                station.visit(frame_, v.enter, {v.start, v.finish, v.leave, v.work});
                break;
            case How::served:
                station.enter(frame_, v.enter);
                station.serve(frame_, {v.start, v.finish, v.leave, v.work});
                break;
            case How::halves:
                station.enter(frame_, v.enter);
                station.start(v.start, v.work);
                station.leave(frame_, {v.start, v.leave, v.stalled, v.work});
                break;
        }
    }
    void close_all(Picoseconds now, const Window& window) {
        timeline.close_until(now, [&](const Bin& bin) {
            observer.close(bin, bin.start >= window.start && bin.start < window.end);
        });
    }
    void expect(const Expected& e) const {
        const StationTotals& got = observer.stations()[0].window;
        EXPECT_TRUE(got.inside == e.inside);
        EXPECT_TRUE(got.waiting == e.waiting);
        EXPECT_TRUE(got.busy == e.busy);
        EXPECT_TRUE(got.stalled == e.stalled);
        EXPECT_EQ(got.entered, e.entered);
        EXPECT_EQ(got.started, e.started);
        EXPECT_EQ(got.finished, e.finished);
        EXPECT_EQ(got.left, e.left);
        EXPECT_EQ(got.work, e.work);
        EXPECT_EQ(observer.stations()[0].max_depth, e.max_depth);
    }

    Timeline timeline;
    StationObserver observer;
    Station station{"queue", 0, 1};

  private:
    Frame frame_{};
};

TEST(StationObserver, IntegratesAVisitWithinOneBin) {
    Watch watch(1000);
    watch.announce({100, 150, 250, 300, 0, 9}, How::visited);
    watch.close_all(10'000'000, {0, 1000});
    watch.expect({200, 50, 100, 0, 1, 1, 1, 1, 9, 1});
    EXPECT_DOUBLE_EQ(watch.observer.stations()[0].mean_inside, 0.0);  // of the latest bin
}

TEST(StationObserver, CutsAVisitAtTheEdgesOfTheWindow) {
    Watch watch(1000);
    watch.announce({900, 1500, 2500, 3100, 0, 4}, How::visited);
    watch.close_all(10'000'000, {1000, 3000});
    watch.expect({2000, 500, 1000, 0, 0, 1, 1, 0, 4, 0});
}

TEST(StationObserver, CountsABinsEdgeToTheBinItBegins) {
    for (const How how : {How::visited, How::served}) {
        Watch watch(1000);
        watch.announce({1000, 1000, 2000, 2000, 0, 1}, how);
        watch.close_all(10'000'000, {1000, 2000});
        watch.expect({1000, 0, 1000, 0, 1, 1, 0, 0, 1, 0});
    }
    for (const How how : {How::visited, How::served}) {
        Watch watch(1000);
        watch.announce({1000, 1000, 1500, 2000, 0, 1}, how);  // done before the edge, leaves at it
        watch.close_all(10'000'000, {1000, 2000});
        watch.expect({1000, 0, 500, 0, 1, 1, 1, 0, 1, 0});
    }
}

TEST(StationObserver, MeansAreThoseOfTheLatestBin) {
    Watch watch(1000, 0);
    watch.announce({0, 500, 1500, 1500, 0, 1}, How::served);
    std::vector<double> inside;
    std::vector<double> busy;
    watch.timeline.close_until(2000, [&](const Bin& bin) {
        watch.observer.close(bin, true);
        inside.push_back(watch.observer.stations()[0].mean_inside);
        busy.push_back(watch.observer.stations()[0].mean_busy);
    });
    ASSERT_EQ(inside.size(), 2u);
    EXPECT_DOUBLE_EQ(inside[0], 1.0);
    EXPECT_DOUBLE_EQ(inside[1], 0.5);
    EXPECT_DOUBLE_EQ(busy[0], 0.5);
    EXPECT_DOUBLE_EQ(busy[1], 0.5);
}

TEST(StationObserver, AFrameThatNeverLeavesCountsToTheEnd) {
    Watch watch(1000);
    Frame frame{};
    frame.reset();
    watch.station.enter(frame, 2500);
    watch.close_all(10'000'000, {2000, 5000});
    EXPECT_TRUE(watch.observer.stations()[0].window.inside == 2500u);
    EXPECT_EQ(watch.observer.stations()[0].window.left, 0u);
}

TEST(StationObserver, StallIsKeptApartFromService) {
    Watch watch(1000);
    watch.announce({100, 200, 700, 700, 300, 1}, How::halves);
    watch.close_all(10'000'000, {0, 1000});
    watch.expect({600, 100, 500, 300, 1, 1, 1, 1, 1, 1});
    EXPECT_DOUBLE_EQ(watch.observer.stations()[0].window.served(), 200.0);
}

/// Frames through a pool of engines with exits in order, as stations do it.
std::vector<Visit> random_visits(RandomStream& random, int count, bool halves) {
    std::vector<Visit> visits;
    Picoseconds t = 0;
    Picoseconds leave = 0;
    std::vector<Picoseconds> free(3, 0);
    for (int i = 0; i < count; ++i) {
        t += static_cast<Picoseconds>(random.below(400));
        if (random.below(200) == 0) t += 20'000;
        auto engine = std::min_element(free.begin(), free.end());
        Visit v{};
        v.enter = t;
        v.start = std::max(t, *engine);
        v.finish = v.start + static_cast<Picoseconds>(random.below(1150));
        *engine = v.finish;
        v.leave = leave = std::max(leave, v.finish);
        if (halves) {
            v.finish = v.leave;  // a slot is held until the exit
            v.stalled = static_cast<Picoseconds>(
                random.below(static_cast<std::uint64_t>(v.leave - v.start) + 1));
        }
        v.work = static_cast<std::uint32_t>(random.below(100));
        visits.push_back(v);
    }
    return visits;
}

TEST(StationObserver, IntegralsAreThoseOfABruteForceSum) {
    for (const How how : {How::visited, How::served, How::halves}) {
        for (const Picoseconds interval : {7, 100, 1000, 33'333}) {
            RandomStream random(static_cast<std::uint64_t>(interval), "visits");
            const std::vector<Visit> visits = random_visits(random, 4000, how == How::halves);
            const Window window{interval * 3, interval * (3 + 200'000 / interval)};
            Watch watch(interval);
            for (const Visit& v : visits) watch.announce(v, how);
            watch.close_all(visits.back().leave + 2'000'000, window);
            watch.expect(integrate(visits, window));
        }
    }
}

TEST(StationObserver, IntegralsDoNotDependOnHowAVisitIsAnnounced) {
    RandomStream random(5, "mixed");
    const std::vector<Visit> visits = random_visits(random, 4000, false);
    const Window window{10'000, 500'000};
    Watch watch(1000);
    for (const Visit& v : visits) {
        watch.announce(v, random.below(2) == 0 ? How::visited : How::served);
    }
    watch.close_all(10'000'000, window);
    watch.expect(integrate(visits, window));
}

TEST(StationObserver, EntriesMayBeToldLongBeforeTheirServices) {
    RandomStream random(6, "queue");
    const std::vector<Visit> visits = random_visits(random, 3000, false);
    const Window window{10'000, 300'000};
    Watch watch(1000);
    FramePool pool;
    std::vector<Frame*> inside;
    std::size_t served = 0;
    for (const Visit& v : visits) {
        inside.push_back(&pool.take());
        watch.station.enter(*inside.back(), v.enter);
        while (inside.size() - served > 20) {
            const Visit& s = visits[served];
            watch.station.serve(*inside[served], {s.start, s.finish, s.leave, s.work});
            ++served;
        }
    }
    for (; served < visits.size(); ++served) {
        const Visit& s = visits[served];
        watch.station.serve(*inside[served], {s.start, s.finish, s.leave, s.work});
    }
    watch.close_all(10'000'000, window);
    watch.expect(integrate(visits, window));
}

TEST(StationObserver, OccupancyIsArrivalsTimesTimeInTheStation) {
    // Little's law is exact here: the window holds every visit whole.
    RandomStream random(7, "little");
    const std::vector<Visit> visits = random_visits(random, 2000, false);
    Watch watch(1000);
    Uint128 time_inside = 0;
    for (const Visit& v : visits) {
        watch.announce(v, How::served);
        time_inside += static_cast<Uint128>(v.leave - v.enter);
    }
    watch.close_all(20'000'000, {0, 19'000'000});
    EXPECT_TRUE(watch.observer.stations()[0].window.inside == time_inside);
    EXPECT_EQ(watch.observer.stations()[0].window.left, visits.size());
}

TEST(StationObserver, WatchesManyStationsApart) {
    Timeline timeline(1000_ps, 0_ps);
    StationObserver observer(timeline);
    Station a("a", 0, 1);
    Station b("b", 1, 2);
    EXPECT_EQ(observer.watch(a, {"card", "x"}), 0u);
    EXPECT_EQ(observer.watch(b, {"card", "y"}), 1u);
    Frame frame{};
    frame.reset();
    a.visit(frame, 0, {0, 10, 10, 1});
    b.visit(frame, 10, {10, 40, 40, 2});
    timeline.close_until(1000, [&](const Bin& bin) { observer.close(bin, true); });
    EXPECT_TRUE(observer.stations()[0].window.busy == 10u);
    EXPECT_TRUE(observer.stations()[1].window.busy == 30u);
    EXPECT_EQ(observer.stations()[1].resource.name, "y");
    EXPECT_EQ(observer.stations()[1].station->path(), "b");
}

}  // namespace
}  // namespace snsim
