// labels: unit
#include "app/unit_product.h"

#include <gtest/gtest.h>

namespace snsim {
namespace {

std::string text(const std::string& unit) {
    const auto found = UnitProduct::parse(unit);
    return found ? found->text() : "unknown";
}
double scale(const std::string& unit) { return UnitProduct::parse(unit).value().scale; }

TEST(UnitProduct, ReadsWhatMetricsAndPublishedFiguresAreWrittenIn) {
    EXPECT_EQ(text(""), "");
    for (const char* unit : {"s", "1/s", "bit/s", "W", "J", "B", "J/bit", "1/service"}) {
        EXPECT_EQ(text(unit), unit);
    }
    EXPECT_EQ(text("Mpps"), "1/s");
    EXPECT_EQ(scale("Mpps"), 1e6);
    EXPECT_EQ(scale("Gpps"), 1e9);
    EXPECT_EQ(text("kIOPS"), "1/s");
    EXPECT_EQ(text("MB/s"), "B/s");
    EXPECT_EQ(scale("MiB"), 1048576);
    EXPECT_EQ(text("pJ/bit"), "J/bit");
    EXPECT_EQ(scale("ns"), 1e-9);
    EXPECT_EQ(scale("%"), 0.01);
    EXPECT_EQ(text("prob"), "");
    EXPECT_EQ(text("S"), text("services"));
    EXPECT_EQ(text("furlong"), "unknown");
    EXPECT_EQ(text("GG"), "unknown");
}

TEST(UnitProduct, MultipliesAndDivides) {
    const auto bits = UnitProduct::parse("Gb/s").value();
    const auto time = UnitProduct::parse("us").value();
    EXPECT_EQ(bits.times(time).text(), "bit");
    EXPECT_DOUBLE_EQ(bits.times(time).scale, 1e3);
    EXPECT_EQ(UnitProduct::parse("W").value().times(bits, -1).text(), "J/bit");
    EXPECT_EQ(time.times(time).text(), "s s");
    EXPECT_EQ(UnitProduct{}.times(time, -1).times(UnitProduct::parse("B").value(), -1).text(),
              "1/B/s");
}

}  // namespace
}  // namespace snsim
