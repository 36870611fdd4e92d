// labels: unit law
#include "models/base/scheduler.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace snsim {
namespace {

TEST(StrictPriority, ServesTheFirstQueueThatHasAFrame) {
    StrictPriority strict;
    EXPECT_EQ(strict.next({64, 64, 64}), 0U);
    EXPECT_EQ(strict.next({0, 0, 64}), 2U);
}

TEST(StrictPriority, IsNotAskedWhenNothingWaits) {
    StrictPriority strict;
    EXPECT_THROW((void)strict.next({0, 0}), std::logic_error);
}

TEST(DeficitRoundRobin, SharesBytesByWeightWhateverTheFrameSizes) {
    DeficitRoundRobin fair({1, 2, 5}, 1518);
    const std::vector<std::uint32_t> sizes{64, 1518, 700};
    std::vector<double> bytes(3, 0);
    double total = 0;
    for (int i = 0; i < 200'000; ++i) {
        const std::size_t queue = fair.next(sizes);
        bytes[queue] += sizes[queue];
        total += sizes[queue];
    }
    EXPECT_NEAR(bytes[0] / total, 1.0 / 8, 1e-4);
    EXPECT_NEAR(bytes[1] / total, 2.0 / 8, 1e-4);
    EXPECT_NEAR(bytes[2] / total, 5.0 / 8, 1e-4);
}

TEST(DeficitRoundRobin, GivesTheShareOfAnEmptyQueueToTheOthers) {
    DeficitRoundRobin fair({1, 1, 2}, 1000);
    int first = 0;
    for (int i = 0; i < 3000; ++i) first += fair.next({1000, 0, 1000}) == 0 ? 1 : 0;
    EXPECT_EQ(first, 1000);
}

TEST(DeficitRoundRobin, SavesNothingWhileAQueueIsEmpty) {
    DeficitRoundRobin fair({1, 1}, 1000);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(fair.next({0, 100}), 1U);
    int run = 0;
    while (fair.next({100, 100}) == 0) ++run;
    EXPECT_LE(run, 10);  // one turn's worth
}

TEST(DeficitRoundRobin, ServesAFrameThatIsLargerThanATurnAfterSeveral) {
    DeficitRoundRobin fair({1}, 100);
    EXPECT_EQ(fair.next({950}), 0U);
}

TEST(DeficitRoundRobin, RefusesAQueueThatWouldStarve) {
    EXPECT_THROW(DeficitRoundRobin({1, 0}, 1000), std::logic_error);
}

}  // namespace
}  // namespace snsim
