#include "observers/cycle_meter.h"

#include <gtest/gtest.h>

namespace snsim {
namespace {

class Cycles : public testing::Test {
  protected:
    void close_until(Picoseconds now, Picoseconds from, Picoseconds to) {
        timeline.close_until(
            now, [&](const Bin& bin) { meter.close(bin, bin.start >= from && bin.start < to); });
    }
    Timeline timeline{Duration{100}, Duration{0}};
    CycleMeter meter{timeline};
    EventTally copy;
    EventTally driver;
};

TEST_F(Cycles, AreCountedByCauseInTheWindowAlone) {
    const std::size_t first = meter.watch("core0", "copy", copy);
    const std::size_t second = meter.watch("core0", "driver", driver);
    copy.count(50, 7);
    copy.count(150, 11);
    driver.count(199, 2);
    copy.count(200, 100);
    close_until(300, 100, 200);
    EXPECT_EQ(meter.rows()[first].window, 11U);
    EXPECT_EQ(meter.rows()[second].window, 2U);
    EXPECT_EQ(meter.rows()[first].all, 118U);
    EXPECT_EQ(copy.total(), 118U);
}

TEST_F(Cycles, OfBinsThatAreOpenAreKnownToo) {
    const std::size_t row = meter.watch("core0", "copy", copy);
    copy.count(50, 7);
    copy.count(1050, 11);  // ahead
    close_until(100, 0, 1000);
    EXPECT_EQ(meter.rows()[row].all + meter.open(row), copy.total());
}

}  // namespace
}  // namespace snsim
