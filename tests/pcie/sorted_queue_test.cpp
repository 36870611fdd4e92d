#include "models/pcie/sorted_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace snsim {
namespace {

using testing::ElementsAre;

std::vector<int> all(SortedQueue<int>& queue) {
    std::vector<int> values;
    while (!queue.empty()) values.push_back(queue.pop());
    return values;
}

TEST(SortedQueue, GivesByTimeWhatIsToldInAnyOrder) {
    SortedQueue<int> queue;
    for (const int t : {30, 10, 20, 40, 15}) queue.push(t, 0, t);
    EXPECT_EQ(queue.time(), 10);
    EXPECT_EQ(queue[1].t, 15);
    EXPECT_THAT(all(queue), ElementsAre(10, 15, 20, 30, 40));
}

TEST(SortedQueue, GivesEqualTimesBySourceAndThenInTheOrderOfTheCalls) {
    SortedQueue<int> queue;
    queue.push(10, 2, 1);
    queue.push(10, 1, 2);
    queue.push(10, 2, 3);
    queue.push(10, 1, 4);
    EXPECT_THAT(all(queue), ElementsAre(2, 4, 1, 3));
}

TEST(SortedQueue, KeepsItsOrderWhenItGrowsWhileItWrapsAround) {
    SortedQueue<int> queue;
    int next = 0;
    for (int i = 0; i < 1000; ++i) {
        queue.push(1000 - i % 7 + 10 * i, 0, 0);
        if (i % 3 == 0) next = std::max(next, static_cast<int>(queue.time())), (void)queue.pop();
    }
    while (!queue.empty()) {
        EXPECT_GE(queue.time(), next);
        next = static_cast<int>(queue.time());
        (void)queue.pop();
    }
}

}  // namespace
}  // namespace snsim
