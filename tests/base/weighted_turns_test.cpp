#include "models/base/weighted_turns.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace snsim {
namespace {

/// Bytes that each queue got of `turns` turns, all always holding entries of its size.
std::vector<std::int64_t> served(const std::vector<std::int64_t>& weights,
                                 const std::vector<std::int64_t>& sizes, int turns) {
    WeightedTurns round(weights, 1536);
    std::vector<std::int64_t> bytes(weights.size());
    for (std::size_t q = 0; q < weights.size(); ++q) round.join(q);
    for (int i = 0; i < turns; ++i) {
        const std::size_t q = round.next([&](std::size_t queue) { return sizes[queue]; });
        bytes[q] += sizes[q];
        round.served(sizes[q], false);
    }
    return bytes;
}

TEST(WeightedTurns, SharesFollowWeightsWhateverTheSizes) {
    const auto bytes = served({1, 2, 4}, {9000, 64, 1518}, 100'000);
    const auto all = static_cast<double>(bytes[0] + bytes[1] + bytes[2]);
    EXPECT_NEAR(static_cast<double>(bytes[0]) / all, 1.0 / 7, 0.001);
    EXPECT_NEAR(static_cast<double>(bytes[1]) / all, 2.0 / 7, 0.001);
    EXPECT_NEAR(static_cast<double>(bytes[2]) / all, 4.0 / 7, 0.001);
}

TEST(WeightedTurns, AQueueThatWasEmptyHasSavedNothing) {
    WeightedTurns round({1, 1}, 1000);
    const auto cost = [](std::size_t) { return std::int64_t{500}; };
    round.join(0);
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(round.next(cost), 0U);
        round.served(500, false);
    }
    round.join(1);
    int ones = 0;
    for (int i = 0; i < 40; ++i) {
        const std::size_t q = round.next(cost);
        ones += q == 1 ? 1 : 0;
        round.served(500, false);
    }
    EXPECT_NEAR(ones, 20, 2);
}

TEST(WeightedTurns, AQueueThatEmptiesLeavesTheRound) {
    WeightedTurns round({1, 1}, 1000);
    const auto cost = [](std::size_t) { return std::int64_t{500}; };
    round.join(0);
    round.join(1);
    EXPECT_EQ(round.next(cost), 0U);
    round.served(500, true);
    EXPECT_FALSE(round.waits(0));
    EXPECT_EQ(round.next(cost), 1U);
    round.served(500, true);
    EXPECT_FALSE(round.any());
}

TEST(WeightedTurns, AnEntryLargerThanATurnGoesAfterSeveral) {
    WeightedTurns round({1}, 100);
    round.join(0);
    EXPECT_EQ(round.next([](std::size_t) { return std::int64_t{950}; }), 0U);
}

TEST(WeightedTurns, RefuseAQueueThatWouldStarve) {
    EXPECT_THROW(WeightedTurns({1, 0}, 1000), std::logic_error);
}

}  // namespace
}  // namespace snsim
