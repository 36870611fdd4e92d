#include "observers/access_observer.h"

#include <gtest/gtest.h>

namespace snsim {
namespace {

AccessDone access(Picoseconds issued, Picoseconds done) { return {0, issued, done, 64, 0}; }

TEST(AccessObserver, CountsWhatIsDoneInTheWindowAndTimesWhatBeganInIt) {
    AccessObserver observer(1);
    observer.open({1000, 2000});
    observer.access_done(access(900, 1100));
    observer.access_done(access(1900, 2100));
    observer.access_done(access(1200, 1500));
    const auto& c = observer.classes()[0];
    EXPECT_EQ(c.done, 2U);
    EXPECT_EQ(c.latency.count(), 2U);
    EXPECT_EQ(c.latency.max(), 300);
    EXPECT_EQ(c.bytes_batch[2], 64U) << "done at 1100: the third of 20 parts";
}

TEST(AccessObserver, KeepsWhatMayReachIntoAWindowThatIsNotKnownYet) {
    AccessObserver observer(1);
    observer.access_done(access(100, 200));
    observer.access_done(access(900, 1200));
    observer.forget_before(500);
    observer.open({1000, 2000});
    EXPECT_EQ(observer.classes()[0].done, 1U);
    EXPECT_EQ(observer.done_so_far(), 2U);
}

TEST(AccessObserver, AddsUpTheTimeOfOperationsInsideTheWindowDoneOrNot) {
    AccessObserver observer(1);
    observer.dma_asked({100});  // done before the window is known
    observer.dma_done({100, 200, 64, 0, true});
    observer.dma_asked({300});  // done in the window
    observer.dma_asked({400});  // never done
    observer.forget_before(600);
    observer.open({1000, 2000});
    observer.dma_done({300, 1250, 64, 0, true});
    observer.dma_asked({1500});  // done after it
    observer.dma_done({1500, 2500, 64, 0, false});
    EXPECT_EQ(static_cast<std::uint64_t>(observer.residence()), 250U + 1000U + 500U);
}

}  // namespace
}  // namespace snsim
