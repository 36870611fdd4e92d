#include "models/pcie/flow_control.h"

#include <gtest/gtest.h>

namespace snsim {
namespace {

TEST(FlowCredits, LackEitherHeadersOrData) {
    FlowCredits credits(2, 10);  // 160 B
    EXPECT_TRUE(credits.can_take(0, 160));
    EXPECT_FALSE(credits.can_take(0, 161));
    EXPECT_TRUE(credits.can_take(0, 16, 2));
    EXPECT_FALSE(credits.can_take(0, 16, 3));
}

TEST(FlowCredits, AreThereAgainFromTheTimeForWhichTheyAreGivenBack) {
    FlowCredits credits(1, 10);
    credits.take(160);
    EXPECT_EQ(credits.held(), 11);
    credits.give_back(100, 160);
    EXPECT_EQ(credits.next_return(50), 100);
    EXPECT_FALSE(credits.can_take(99, 16));
    EXPECT_TRUE(credits.can_take(100, 160));
    EXPECT_EQ(credits.here_or_coming(), credits.issued());
    EXPECT_EQ(credits.held(), 0);
}

TEST(FlowCredits, WithoutALimitAreAlwaysThere) {
    FlowCredits credits(0, 0);
    EXPECT_FALSE(credits.finite());
    EXPECT_TRUE(credits.can_take(0, 4096, 1000));
    FlowCredits headers_only(1, 0);
    EXPECT_TRUE(headers_only.can_take(0, 4096));
    EXPECT_FALSE(headers_only.can_take(0, 1, 2));
}

TEST(FlowControl, TellsOfAllThatIsDrainedWithinAnIntervalByOneUpdate) {
    FlowControl flow({8, 80}, 1000, 70);
    for (int i = 0; i < 3; ++i) flow.credits.take(64);
    EXPECT_TRUE(flow.drain(5000));
    EXPECT_EQ(flow.update_at(), 6000);
    EXPECT_EQ(flow.give_back(64), 6070);
    EXPECT_TRUE(flow.told_of(6000));
    EXPECT_FALSE(flow.drain(6000));
    EXPECT_EQ(flow.give_back(64), 6070);
    EXPECT_FALSE(flow.told_of(6001));
    EXPECT_TRUE(flow.drain(6001));
    EXPECT_EQ(flow.give_back(64), 7071);
}

}  // namespace
}  // namespace snsim
