#include "models/base/event_tally.h"

#include <gtest/gtest.h>
#include <map>
#include <stdexcept>

#include "models/base/random.h"
#include "tests/support/event_log.h"

namespace snsim {
namespace {

/// Lends the cells of spans of 100 ps and counts how often it is asked.
class Spans final : public LentCell<std::uint64_t>::Lender {
  public:
    void lend(LentCell<std::uint64_t>& to, std::size_t, Picoseconds t) override {
        ++asked;
        const Picoseconds start = t / 100 * 100;
        to.set(cells[start], start, start + 100);
    }
    std::map<Picoseconds, std::uint64_t> cells;
    int asked = 0;
};

TEST(EventTally, AddsToTheCellItHoldsAndAsksForAnotherOutsideItsSpan) {
    Spans spans;
    EventTally tally;
    tally.cell.set_lender(spans);
    tally.count(100, 3);
    tally.count(199);
    EXPECT_EQ(spans.asked, 1);
    tally.count(200, 5);
    tally.count(99);
    EXPECT_EQ(spans.asked, 3);
    EXPECT_EQ(spans.cells[0], 1u);
    EXPECT_EQ(spans.cells[100], 4u);
    EXPECT_EQ(spans.cells[200], 5u);
    EXPECT_EQ(tally.total(), 10u);
}

TEST(EventTally, AsksAgainForACellThatWasTakenBack) {
    Spans spans;
    EventTally tally;
    tally.cell.set_lender(spans);
    tally.count(110);
    tally.cell.forget(0);  // another one
    tally.count(110);
    EXPECT_EQ(spans.asked, 1);
    tally.cell.forget(100);
    tally.count(110);
    EXPECT_EQ(spans.asked, 2);
    EXPECT_EQ(spans.cells[100], 3u);
}

TEST(EventTally, CountsInAllWhateverTheOrderOfTheTimes) {
    Spans spans;
    EventTally tally;
    tally.cell.set_lender(spans);
    RandomStream random(1, "events");
    std::map<Picoseconds, std::uint64_t> expected;
    std::uint64_t sum = 0;
    for (int i = 0; i < 10'000; ++i) {
        const auto t = static_cast<Picoseconds>(random.below(1000));
        const std::uint64_t events = random.below(4);
        tally.count(t, events);
        expected[t / 100 * 100] += events;
        sum += events;
    }
    EXPECT_EQ(spans.cells, expected);
    EXPECT_EQ(tally.total(), sum);
}

TEST(EventTally, CountsWithoutALender) {
    EventTally tally;
    tally.count(5, 2);
    tally.count(1'000'000'000'000);
    EXPECT_EQ(tally.total(), 3u);
}

TEST(EventTally, RefusesTheCellOfAnotherTime) {
    class Wrong final : public LentCell<std::uint64_t>::Lender {
      public:
        void lend(LentCell<std::uint64_t>& to, std::size_t, Picoseconds t) override {
            to.set(cell, t + 1, t + 2);
        }
        std::uint64_t cell = 0;
    } wrong;
    EventTally tally;
    tally.cell.set_lender(wrong);
    EXPECT_THROW(tally.count(5), std::logic_error);
    EXPECT_EQ(wrong.cell, 0u);
}

TEST(EventTally, CanBeWatchedEventByEvent) {
    EventTally tally;
    const EventLog log(tally);
    tally.count(5, 2);
    tally.count(5);
    tally.count(4);
    ASSERT_EQ(log.all.size(), 2u);
    EXPECT_EQ(log.all[0].t, 5);
    EXPECT_EQ(log.all[0].count, 3u);
    EXPECT_EQ(log.all[1].t, 4);
}

}  // namespace
}  // namespace snsim
