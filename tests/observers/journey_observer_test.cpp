#include "observers/journey_observer.h"

#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "models/base/frame_pool.h"
#include "models/base/random.h"

namespace snsim {
namespace {

using Sum = Uint128;

const OneIn none(0);

/// A frame that entered at t_in and left stations 0, 1, ... at these times.
class Journey {
  public:
    explicit Journey(Picoseconds t_in, const std::vector<Picoseconds>& left,
                     std::uint32_t bytes = 64)
        : frame_(std::make_unique<Frame>()) {
        frame_->reset();
        frame_->t_in = t_in;
        frame_->bytes = bytes;
        frame_->traffic_class = 0;
        frame_->sequence = 0;
        Picoseconds from = t_in;
        for (std::size_t i = 0; i < left.size(); ++i) {
            frame_->enter(static_cast<std::uint8_t>(i), from);
            frame_->leave(static_cast<std::uint8_t>(i), left[i]);
            from = left[i];
        }
    }
    Frame& operator*() { return *frame_; }
    Frame* operator->() { return frame_.get(); }

  private:
    std::unique_ptr<Frame> frame_;
};

TEST(Window, ClipsASpanToItsPartInside) {
    const Window window{100, 200};
    EXPECT_EQ(window.clip(0, 100), 0);
    EXPECT_EQ(window.clip(0, 101), 1);
    EXPECT_EQ(window.clip(50, 300), 100);
    EXPECT_EQ(window.clip(150, 160), 10);
    EXPECT_EQ(window.clip(199, 250), 1);
    EXPECT_EQ(window.clip(200, 250), 0);
    EXPECT_TRUE(window.holds(100));
    EXPECT_FALSE(window.holds(99));
    EXPECT_TRUE(window.holds(199));
    EXPECT_FALSE(window.holds(200));
    EXPECT_FALSE(Window{}.known());
}

TEST(JourneyObserver, ClipsEveryResidenceToTheWindow) {
    JourneyObserver observer(1, 0, none);
    observer.open({1000, 2000});
    Journey before(100, {500, 900, 1000});    // out before the window
    Journey across(900, {1000, 1400, 2300});  // 0, 400, 600 inside
    Journey inside(1100, {1110, 1130, 1160});
    Journey after(2000, {2100, 2200, 2300});
    for (Journey* j : {&before, &across, &inside, &after}) {
        observer.delivered(**j, (*j)->left[2], (*j)->left[2]);
    }
    observer.finish();
    EXPECT_TRUE(observer.residence()[0] == Sum{10});
    EXPECT_TRUE(observer.residence()[1] == Sum{400 + 20});
    EXPECT_TRUE(observer.residence()[2] == Sum{600 + 30});
}

TEST(JourneyObserver, CountsFramesUnderWayAtTheEdgesOfTheWindow) {
    JourneyObserver observer(1, 0, none);
    observer.open({1000, 2000});
    struct Case {
        Picoseconds in;
        Picoseconds out;
    };
    for (const Case c : {Case{100, 999}, Case{100, 1000}, Case{999, 1500}, Case{1000, 1500},
                         Case{1500, 1999}, Case{1500, 2000}, Case{500, 2500}, Case{2000, 2100}}) {
        Journey j(c.in, {c.out}, 100);
        observer.delivered(*j, c.out, c.out);
    }
    // Under way at 1000: those that came before and end at 1000 or later.
    EXPECT_EQ(observer.in_flight_at_start(), 3u);
    EXPECT_EQ(observer.in_flight_at_end(), 2u);
    EXPECT_EQ(observer.in_flight_bytes_at_start(), 300u);
    EXPECT_EQ(observer.in_flight_bytes_at_end(), 200u);
}

TEST(JourneyObserver, MeasuresTheLatencyOfThoseThatArriveInTheWindow) {
    JourneyObserver observer(2, 0, none);
    observer.open({1000, 2000});
    Journey early(999, {1500});
    Journey first(1000, {1100, 1300});
    Journey last(1999, {2100, 2999});  // followed through the drain
    Journey late(2000, {2500});
    Journey other(1200, {1250});
    other->traffic_class = 1;
    observer.delivered(*early, 1500, 1500);
    observer.delivered(*first, 1300, 1310);
    observer.delivered(*last, 2999, 3010);
    observer.delivered(*late, 2500, 2500);
    observer.delivered(*other, 1250, 1260);
    observer.finish();
    const auto& c = observer.classes();
    EXPECT_EQ(c[0].cohort, 2u);
    EXPECT_TRUE(c[0].latency_sum == Sum{300 + 1000});
    EXPECT_EQ(c[0].latency.count(), 2u);
    EXPECT_EQ(c[0].latency.min(), 300);
    EXPECT_EQ(c[0].latency.max(), 1000);
    EXPECT_EQ(c[0].residence[0].sum, 100u + 101u);
    EXPECT_EQ(c[0].residence[1].sum, 200u + 899u);
    EXPECT_EQ(c[0].residence[1].times.count(), 2u);
    EXPECT_EQ(c[1].cohort, 1u);
    EXPECT_EQ(observer.checked(), 5u);
    EXPECT_EQ(observer.gaps(), 0u);
}

TEST(JourneyObserver, TheStationTimesOfAClassAddUpToItsLatency) {
    JourneyObserver observer(1, 0, none);
    observer.open({0, 10'000'000});
    RandomStream random(1, "journeys");
    for (int i = 0; i < 5000; ++i) {
        auto t = static_cast<Picoseconds>(random.below(9'000'000));
        const Picoseconds t_in = t;
        std::vector<Picoseconds> left;
        // Few distinct times: batches of equal ones, and some that are not.
        for (int s = 0; s < 12; ++s) left.push_back(t += static_cast<Picoseconds>(random.below(3)));
        Journey j(t_in, left);
        observer.delivered(*j, t, t);
    }
    observer.finish();
    const auto& c = observer.classes()[0];
    Sum sum = 0;
    for (std::size_t s = 0; s < 12; ++s) {
        EXPECT_EQ(c.residence[s].times.count(), 5000u);
        EXPECT_TRUE(c.residence[s].times.sum() == Sum{c.residence[s].sum});
        sum += c.residence[s].sum;
    }
    EXPECT_TRUE(sum == c.latency_sum);
}

TEST(JourneyObserver, BooksFramesOfManyWaysTogetherAsEachAlone) {
    constexpr Window window{0, 100'000'000};
    JourneyObserver together(3, 0, none);
    together.open(window);
    std::array<Histogram, max_stations> times[3];
    std::array<Sum, max_stations> residence{};
    Histogram latency[3];
    RandomStream random(4, "ways");
    // Ways through the card: more than there are batches, some with gaps at either end.
    std::vector<std::uint64_t> ways = {1, std::uint64_t{1} << 47, 0xffff'ffff'ffff, 6};
    while (ways.size() < 12) ways.push_back(random.next() >> 16);
    for (int i = 0; i < 20'000; ++i) {
        const std::size_t way = random.below(8) == 0 ? random.below(ways.size()) : 2;
        const bool delivered = random.below(10) != 0;
        auto t = static_cast<Picoseconds>(random.below(90'000'000));
        Journey j(t, {});
        for (Picoseconds& left : j->left) left = static_cast<Picoseconds>(random.next());
        j->traffic_class = static_cast<std::uint16_t>(random.below(3));
        for (std::uint8_t slot = 0; slot < max_stations; ++slot) {
            if ((ways[way] >> slot & 1) == 0) continue;
            const Picoseconds from = t;
            // Some stations take a fixed time.
            t += slot % 3 == 0 ? 1000 : static_cast<Picoseconds>(random.below(4000));
            j->enter(slot, from);
            j->leave(slot, t);
            residence[slot] += static_cast<Sum>(t - from);
            if (delivered) times[j->traffic_class][slot].add(t - from);
        }
        if (delivered) {
            latency[j->traffic_class].add(t - j->t_in);
            together.delivered(*j, t, t);
        } else {
            together.dropped({*j, DropReason::buffer_full, t});
        }
    }
    together.finish();
    const auto buckets = [](const Histogram& histogram) {
        std::vector<std::pair<std::int64_t, std::uint64_t>> all;
        histogram.for_each([&](auto lower, auto, auto count) { all.emplace_back(lower, count); });
        return all;
    };
    EXPECT_EQ(together.gaps(), 0u);
    for (std::size_t c = 0; c < 3; ++c) {
        const auto& found = together.classes()[c];
        EXPECT_EQ(found.cohort, latency[c].count());
        EXPECT_TRUE(found.latency_sum == latency[c].sum());
        EXPECT_EQ(buckets(found.latency), buckets(latency[c]));
        for (std::size_t slot = 0; slot < max_stations; ++slot) {
            EXPECT_EQ(buckets(found.residence[slot].times), buckets(times[c][slot])) << slot;
            EXPECT_TRUE(Sum{found.residence[slot].sum} == times[c][slot].sum()) << slot;
        }
    }
    for (std::size_t slot = 0; slot < max_stations; ++slot) {
        EXPECT_TRUE(together.residence()[slot] == residence[slot]) << slot;
    }
}

TEST(JourneyObserver, FindsAFrameWhoseStationTimesLeaveAGap) {
    JourneyObserver observer(1, 0, none);
    observer.open({0, 10'000});
    Journey whole(100, {200, 300});
    observer.delivered(*whole, 300, 300);
    EXPECT_EQ(observer.gaps(), 0u);
    Journey gap(100, {200, 300});
    observer.delivered(*gap, 301, 301);  // 1 ps that no station accounts for
    EXPECT_EQ(observer.gaps(), 1u);
    EXPECT_EQ(observer.checked(), 2u);
}

TEST(JourneyObserver, DroppedFramesCountInTheLedgerAndNotInTheLatency) {
    JourneyObserver observer(1, 0, none);
    observer.open({1000, 2000});
    Journey j(900, {1100, 1200});
    observer.dropped({*j, DropReason::buffer_full, 1200});
    EXPECT_EQ(observer.in_flight_at_start(), 1u);
    EXPECT_EQ(observer.in_flight_at_end(), 0u);
    EXPECT_TRUE(observer.residence()[0] == Sum{100});
    EXPECT_TRUE(observer.residence()[1] == Sum{100});
    EXPECT_EQ(observer.classes()[0].cohort, 0u);
    EXPECT_EQ(observer.checked(), 0u);
}

TEST(JourneyObserver, AddsTheTimeOfFramesStillInAStation) {
    JourneyObserver observer(1, 0, none);
    observer.open({1000, 2000});
    Journey j(1200, {1500});
    j->enter(1, 1500);
    observer.in_flight(*j, 5000);  // waited in station 1 to the end of the run
    EXPECT_TRUE(observer.residence()[0] == Sum{300});
    EXPECT_TRUE(observer.residence()[1] == Sum{500});
    EXPECT_EQ(observer.unfinished(), 1u);
    EXPECT_EQ(observer.in_flight_at_end(), 1u);
    Journey later(2000, {});
    observer.in_flight(*later, 5000);
    EXPECT_EQ(observer.unfinished(), 1u);
}

TEST(JourneyObserver, RemembersFramesThatEndBeforeTheWindowIsKnown) {
    JourneyObserver known(1, 0, none);
    JourneyObserver unknown(1, 0, none);
    const Window window{1000, 2000};
    known.open(window);
    RandomStream random(2, "ends");
    for (int i = 0; i < 1000; ++i) {
        const auto t_in = static_cast<Picoseconds>(random.below(3000));
        const Picoseconds a = t_in + static_cast<Picoseconds>(random.below(800));
        const Picoseconds b = a + static_cast<Picoseconds>(random.below(800));
        Journey j(t_in, {a, b});
        known.dropped({*j, DropReason::buffer_full, b});
        unknown.dropped({*j, DropReason::buffer_full, b});
    }
    unknown.forget_before(1000);  // the window opens at 1000 at the earliest
    unknown.open(window);
    known.finish();
    EXPECT_TRUE(known.residence() == unknown.residence());
    EXPECT_EQ(known.in_flight_at_start(), unknown.in_flight_at_start());
    EXPECT_EQ(known.in_flight_at_end(), unknown.in_flight_at_end());
    EXPECT_GT(known.in_flight_at_start(), 0u);
}

TEST(JourneyObserver, KeepsTheFirstSampledFramesByArrival) {
    JourneyObserver observer(1, 5, OneIn(2));
    observer.open({0, 1'000'000});
    RandomStream random(3, "trace");
    std::vector<Picoseconds> arrivals;
    for (std::uint64_t i = 0; i < 200; ++i) {
        const auto t_in = static_cast<Picoseconds>(random.below(900'000));
        Journey j(t_in, {t_in + 10});
        j->sequence = i;
        if (RandomStream::mix(i) % 2 == 0) arrivals.push_back(t_in);
        observer.delivered(*j, t_in + 10, t_in + 12);
    }
    std::sort(arrivals.begin(), arrivals.end());
    observer.finish();
    const auto& rows = observer.traced();
    ASSERT_EQ(rows.size(), 5u);
    ASSERT_LT(arrivals.size(), 150u);
    EXPECT_EQ(observer.traced_seen(), arrivals.size());
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(rows[i].t_in, arrivals[i]);
        EXPECT_EQ(rows[i].t_out, arrivals[i] + 10);
        EXPECT_EQ(rows[i].left, std::vector<Picoseconds>{arrivals[i] + 10});
        EXPECT_EQ(rows[i].slots, std::vector<std::uint8_t>{0});
    }
}

/// A journey past station 0, twice past stations 1 and 2, each time in this order.
Frame& turned(FramePool& pool, Picoseconds t_in, const std::vector<Picoseconds>& left) {
    Frame& frame = pool.take();
    frame.t_in = t_in;
    frame.bytes = 64;
    frame.sequence = 0;
    const std::uint8_t slots[] = {0, 1, 2, 1, 2};
    Picoseconds from = t_in;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (i == 3) pool.begin_leg(frame);
        frame.pass(slots[i], from, left[i]);
        from = left[i];
    }
    return frame;
}

TEST(JourneyObserver, AddsUpStationsThatAFramePassesTwice) {
    FramePool pool;
    JourneyObserver observer(1, 5, OneIn(1));
    observer.open({1000, 2000});
    // Before the window to 1000, after it from 2000 on.
    Frame& frame = turned(pool, 990, {1010, 1040, 1100, 1900, 2050});
    observer.delivered(frame, 2050, 2060);
    Frame& inside = turned(pool, 1200, {1201, 1203, 1207, 1215, 1231});
    observer.delivered(inside, 1231, 1240);
    observer.finish();
    EXPECT_TRUE(observer.residence()[0] == Sum{10 + 1});
    EXPECT_TRUE(observer.residence()[1] == Sum{30 + 800 + 2 + 8});
    EXPECT_TRUE(observer.residence()[2] == Sum{60 + 100 + 4 + 16});
    EXPECT_EQ(observer.gaps(), 0u);
    const auto& per_class = observer.classes()[0];
    EXPECT_EQ(per_class.cohort, 1u);
    EXPECT_TRUE(per_class.latency_sum == Sum{31});
    EXPECT_EQ(per_class.residence[1].sum, 10u);
    ASSERT_EQ(observer.traced().size(), 1u);
    EXPECT_EQ(observer.traced()[0].slots, (std::vector<std::uint8_t>{0, 1, 2, 1, 2}));
    EXPECT_EQ(observer.traced()[0].left, (std::vector<Picoseconds>{1201, 1203, 1207, 1215, 1231}));
}

TEST(JourneyObserver, RemembersEarlierLegsUntilTheWindowIsKnown) {
    FramePool pool;
    JourneyObserver known(1, 0, none);
    JourneyObserver unknown(1, 0, none);
    const Window window{1000, 2000};
    known.open(window);
    RandomStream random(4, "legs");
    for (int i = 0; i < 300; ++i) {
        std::vector<Picoseconds> left;
        const auto t_in = static_cast<Picoseconds>(random.below(3000));
        Picoseconds t = t_in;
        while (left.size() < 5) {
            t += static_cast<Picoseconds>(random.below(300));
            left.push_back(t);
        }
        Frame& frame = turned(pool, t_in, left);
        known.delivered(frame, t, t);
        unknown.delivered(frame, t, t);
        pool.release(frame);
    }
    unknown.open(window);
    known.finish();
    unknown.finish();
    EXPECT_TRUE(known.residence() == unknown.residence());
    EXPECT_TRUE(known.classes()[0].latency_sum == unknown.classes()[0].latency_sum);
    EXPECT_EQ(known.classes()[0].residence[2].sum, unknown.classes()[0].residence[2].sum);
    EXPECT_GT(known.classes()[0].cohort, 50u);
}

}  // namespace
}  // namespace snsim
