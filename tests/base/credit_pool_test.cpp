#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/base/credits.h"
#include "models/base/frame_pool.h"
#include "models/base/random.h"

namespace snsim {
namespace {

using testing::HasSubstr;

constexpr Picoseconds never = std::numeric_limits<Picoseconds>::max();

TEST(CreditPool, ACreditGivenBackForATimeServesThatTimeAndNotTheOneBefore) {
    CreditPool<> pool(1);
    EXPECT_TRUE(pool.can_take(0));
    pool.take();
    EXPECT_FALSE(pool.can_take(0));
    pool.give_back(100);
    EXPECT_FALSE(pool.can_take(99));
    EXPECT_TRUE(pool.can_take(100));
}

TEST(CreditPool, GivesSeveralCreditsOnlyTogether) {
    CreditPool<> pool(4);
    EXPECT_TRUE(pool.can_take(0, 4));
    EXPECT_FALSE(pool.can_take(0, 5));
    pool.take(3);
    EXPECT_TRUE(pool.can_take(0, 1));
    EXPECT_FALSE(pool.can_take(0, 2));
    pool.give_back(10, 1);
    pool.give_back(20, 2);
    EXPECT_FALSE(pool.can_take(9, 2));
    EXPECT_TRUE(pool.can_take(10, 2));
    EXPECT_FALSE(pool.can_take(19, 3));
    EXPECT_TRUE(pool.can_take(20, 4));
    EXPECT_EQ(pool.available(20), 4);
}

TEST(CreditPool, ThrowsWhenACreditIsTakenThatIsNotThere) {
    CreditPool<> pool(2);
    pool.take(2);
    pool.give_back(50);
    EXPECT_THROW(pool.take(), std::logic_error);  // known, but not there yet
}

TEST(CreditPool, RefusesReturnsOutOfOrderWithinALane) {
    CreditPool<2> pool(4);
    pool.take(4);
    pool.give_back(100, 1, 0);
    pool.give_back(100, 1, 0);
    std::string why;
    try {
        pool.give_back(99, 1, 0);
    } catch (const std::logic_error& error) {
        why = error.what();
    }
    EXPECT_THAT(why, HasSubstr("out of order"));
    EXPECT_NO_THROW(pool.give_back(50, 1, 1));  // each giver has an order of its own
}

TEST(CreditPool, MergesItsLanesByTime) {
    CreditPool<3> pool(3);
    pool.take(3);
    pool.give_back(300, 1, 0);
    pool.give_back(100, 1, 1);
    pool.give_back(200, 1, 2);
    EXPECT_EQ(pool.next_return(), 100);
    EXPECT_EQ(pool.available(100), 1);
    EXPECT_EQ(pool.next_return(), 200);
    EXPECT_EQ(pool.available(250), 2);
    EXPECT_EQ(pool.next_return(), 300);
    EXPECT_EQ(pool.available(300), 3);
    EXPECT_EQ(pool.next_return(), never);
}

TEST(CreditPool, AgreesWithASortedListOfReturns) {
    RandomStream random(1, "credits");
    CreditPool<3> pool(50);
    std::multimap<Picoseconds, std::int64_t> returns;
    std::int64_t available = 50;
    std::int64_t out = 0;
    Picoseconds lane_last[3] = {0, 0, 0};
    Picoseconds now = 0;
    for (int i = 0; i < 100'000; ++i) {
        now += static_cast<Picoseconds>(random.below(5));
        while (!returns.empty() && returns.begin()->first <= now) {
            available += returns.begin()->second;
            returns.erase(returns.begin());
        }
        const auto count = static_cast<std::int64_t>(1 + random.below(6));
        ASSERT_EQ(pool.can_take(now, count), available >= count);
        if (available >= count && random.below(2) == 0) {
            pool.take(count);
            available -= count;
            out += count;
        } else if (out > 0) {
            const std::size_t lane = random.below(3);
            const Picoseconds t =
                std::max(lane_last[lane], now + static_cast<Picoseconds>(random.below(40)));
            const std::int64_t back = std::min(out, count);
            lane_last[lane] = t;
            pool.give_back(t, back, lane);
            returns.emplace(t, back);
            out -= back;
        }
    }
}

TEST(OrderedSlots, TheNextTakerWaitsForTheNextLeaver) {
    OrderedSlots slots(2);
    EXPECT_EQ(slots.free_at(), 0);
    slots.take();
    slots.take();
    EXPECT_FALSE(slots.known());
    EXPECT_EQ(slots.held(), 2u);
    slots.leave(100);
    slots.leave(120);
    EXPECT_EQ(slots.held(), 0u);  // known future returns count as given back
    EXPECT_EQ(slots.free_at(), 100);
    slots.take();
    EXPECT_EQ(slots.free_at(), 120);
    slots.take();
    EXPECT_FALSE(slots.known());
}

TEST(OrderedSlots, RefusesWhatCannotBe) {
    OrderedSlots slots(1);
    EXPECT_THROW(slots.leave(10), std::logic_error);  // nobody holds it
    slots.take();
    EXPECT_THROW(slots.take(), std::logic_error);
    slots.leave(10);
    slots.take();
    EXPECT_THROW(slots.leave(9), std::logic_error);  // before the one before
}

/// A credit link hands its calls to the owner it is bound to.
struct Issuer {
    void credit(Frame& frame, Picoseconds t) {
        frame.sequence = 7;
        last = t;
    }
    Picoseconds last = 0;
};

TEST(CreditLink, CallsItsOwnerWithTheTimeGiven) {
    FramePool frames;
    Frame& frame = frames.take();
    Issuer issuer;
    CreditLink link;
    link.bind<&Issuer::credit>(issuer);
    link.give_back(frame, 1234);
    EXPECT_EQ(issuer.last, 1234);
    EXPECT_EQ(frame.sequence, 7u);
}

}  // namespace
}  // namespace snsim
