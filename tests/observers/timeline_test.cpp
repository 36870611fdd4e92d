#include "observers/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <stdexcept>
#include <vector>

#include "models/base/random.h"

namespace snsim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Picoseconds> closed_by(Timeline& timeline, Picoseconds now) {
    std::vector<Picoseconds> starts;
    timeline.close_until(now, [&](const Bin& bin) { starts.push_back(bin.start); });
    return starts;
}

TEST(Timeline, PutsATimeIntoTheBinThatHoldsIt) {
    Timeline timeline(100_ps, 0_ps);
    timeline.add_counters(1);
    for (const Picoseconds t : {0, 99, 100, 101, 250, 199, 0, 1'000'000}) {
        EXPECT_EQ(timeline.at(t).start, t / 100 * 100);
    }
}

TEST(Timeline, ClosesABinWhenNoFactCanReachItAnyMore) {
    Timeline timeline(100_ps, 30_ps);
    timeline.add_counters(1);
    EXPECT_THAT(closed_by(timeline, 129), IsEmpty());
    EXPECT_THAT(closed_by(timeline, 130), ElementsAre(0));
    EXPECT_THAT(closed_by(timeline, 130), IsEmpty());
    EXPECT_THAT(closed_by(timeline, 430), ElementsAre(100, 200, 300));
}

TEST(Timeline, TakesFactsBehindThePresentByTheLagAndNoneLater) {
    Timeline timeline(100_ps, 30_ps);
    timeline.add_counters(1);
    EXPECT_THAT(closed_by(timeline, 130), ElementsAre(0));
    EXPECT_NO_THROW(static_cast<void>(timeline.at(100)));
    EXPECT_THROW(static_cast<void>(timeline.at(99)), std::logic_error);
}

TEST(Timeline, TakesFactsFarAheadOfThePresent) {
    Timeline timeline(100_ps, 30_ps);
    const std::size_t counter = timeline.add_counters(1);
    timeline.at(5050).counters[counter] = 7;
    timeline.at(20).counters[counter] = 1;
    std::vector<std::uint64_t> counts;
    timeline.close_until(5130, [&](const Bin& bin) { counts.push_back(bin.counters[counter]); });
    ASSERT_EQ(counts.size(), 51u);
    for (std::size_t i = 0; i < 51; ++i) EXPECT_EQ(counts[i], i == 0 ? 1u : (i == 50 ? 7u : 0u));
}

TEST(Timeline, ReusesClosedBinsEmpty) {
    Timeline timeline(100_ps, 0_ps);
    const std::size_t station = timeline.add_station();
    const std::size_t counter = timeline.add_counters(2) + 1;
    for (Picoseconds t = 0; t < 1000; t += 100) {
        Bin& bin = timeline.at(t);
        ASSERT_EQ(bin.counters.size(), 2u);
        ASSERT_EQ(bin.counters[counter], 0u);
        ASSERT_EQ(bin.stations[station].entered, 0u);
        ASSERT_EQ(bin.stations[station].work, 0u);
        bin.counters[counter] = 9;
        bin.stations[station].entered = 3;
        bin.stations[station].work = 4;
        EXPECT_THAT(closed_by(timeline, t + 100), ElementsAre(t));
    }
}

TEST(Timeline, NumbersStationsAndCountersInOrderOfReservation) {
    Timeline timeline(100_ps, 0_ps);
    EXPECT_EQ(timeline.add_station(), 0u);
    EXPECT_EQ(timeline.add_counters(3), 0u);
    EXPECT_EQ(timeline.add_station(), 1u);
    EXPECT_EQ(timeline.add_counters(2), 3u);
    EXPECT_EQ(timeline.at(0).stations.size(), 2u);
    EXPECT_EQ(timeline.at(0).counters.size(), 5u);
}

TEST(Timeline, ShowsWhatLiesInOpenBins) {
    Timeline timeline(100_ps, 0_ps);
    const std::size_t counter = timeline.add_counters(1);
    for (const Picoseconds t : {10, 110, 120, 250}) ++timeline.at(t).counters[counter];
    EXPECT_THAT(closed_by(timeline, 100), ElementsAre(0));
    std::uint64_t open = 0;
    timeline.for_each_open([&](const Bin& bin) { open += bin.counters[counter]; });
    EXPECT_EQ(open, 3u);
}

TEST(Timeline, CountsEveryFactOnceWhateverTheOrderTheyComeIn) {
    constexpr Picoseconds interval = 77;
    constexpr Picoseconds lag = 200;
    Timeline timeline(Duration{interval}, Duration{lag});
    const std::size_t counter = timeline.add_counters(1);
    RandomStream random(1, "facts");
    std::map<Picoseconds, std::uint64_t> expected;
    std::map<Picoseconds, std::uint64_t> got;
    const auto close = [&](const Bin& bin) {
        if (bin.counters[counter] != 0) got[bin.start] = bin.counters[counter];
    };
    Picoseconds now = 0;
    for (int i = 0; i < 200'000; ++i) {
        now += static_cast<Picoseconds>(random.below(10));
        const auto offset = static_cast<Picoseconds>(random.below(1000)) - lag;
        const Picoseconds t = std::max<Picoseconds>(0, now + offset);
        ++timeline.at(t).counters[counter];
        ++expected[t / interval * interval];
        if (random.below(100) == 0) timeline.close_until(now, close);
    }
    timeline.close_until(now + 10'000, close);
    EXPECT_EQ(got, expected);
}

}  // namespace
}  // namespace snsim
