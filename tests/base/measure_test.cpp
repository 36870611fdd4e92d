#include "models/base/measure.h"

#include <gtest/gtest.h>

namespace snsim {
namespace {

TEST(Measure, TheUnitSaysWhatAQuantityIs) {
    struct Case {
        const char* text;
        double si;
        const char* unit;
    };
    for (const Case& c :
         {Case{"64 B", 64, "B"}, Case{"900 MHz", 9e8, "Hz"}, Case{"25 Gb/s", 25e9, "bit/s"},
          Case{"37 Mpps", 37e6, "1/s"}, Case{"1.25 us", 1.25e-6, "s"}, Case{"3.5 W", 3.5, "W"},
          Case{"50 %", 0.5, ""}, Case{"2 M", 2e6, ""}, Case{"1.1", 1.1, ""}}) {
        const auto found = parse_measure(c.text);
        ASSERT_TRUE(found) << c.text;
        EXPECT_EQ(found->si, c.si) << c.text;
        EXPECT_EQ(found->unit, c.unit) << c.text;
    }
}

TEST(Measure, WordsAreNone) {
    for (const char* text : {"imix", "", "10x", "1/1000", "dsc-100", "[64 B]"}) {
        EXPECT_FALSE(parse_measure(text)) << text;
    }
}

TEST(Measure, PrintsWhatTheTypeCanHold) {
    EXPECT_EQ(print_measure(99.6, *parse_measure("64 B")), "100 B");
    EXPECT_EQ(print_measure(2.4, *parse_measure("1")), "2");
    EXPECT_EQ(print_measure(0.25, *parse_measure("1 %")), "25 %");
    EXPECT_EQ(print_measure(1.5e-6, *parse_measure("1 ns")), "1.5 us");
    EXPECT_EQ(print_measure(1.5, *parse_measure("1.1")), "1.5");
}

TEST(Measure, SharesAndFrameRatesStandOnDifferentAxes) {
    EXPECT_FALSE(parse_measure("50 %")->comparable(*parse_measure("37 Mpps")));
    EXPECT_FALSE(parse_measure("50 %")->comparable(*parse_measure("0.5")));
    EXPECT_TRUE(parse_measure("1")->comparable(*parse_measure("1.5")));
    EXPECT_TRUE(parse_measure("1 KiB")->comparable(*parse_measure("64 B")));
}

}  // namespace
}  // namespace snsim
