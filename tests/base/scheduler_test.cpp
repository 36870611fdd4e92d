// labels: unit
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

}  // namespace
}  // namespace snsim
