#include "app/expression.h"

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <map>

namespace snsim {
namespace {

using testing::HasSubstr;

const std::map<std::string, double>& values() {
    static const std::map<std::string, double> all{
        {"a", 6},    {"b", 3},    {"latency.p99", 40e-6},        {"east-1.rate.delivered", 5},
        {"east", 2}, {"zero", 0}, {"host0.card.asic.clock", 1e9}};
    return all;
}

Expression::Names names() {
    return {[](const std::string& name) { return values().count(name) > 0 || name == "absent"; },
            [](const std::string&) { return std::string("; did you mean another?"); }};
}

std::optional<double> lookup(const std::string& name) {
    const auto found = values().find(name);
    return found == values().end() ? std::nullopt : std::optional(found->second);
}

std::optional<double> number(const std::string& text) {
    return Expression::number(text, names()).value(lookup);
}

bool holds(const std::string& text) {
    const auto found = Expression::condition(text, names()).value(lookup);
    return found.value_or(0) > 0;
}

/// The place and words of a formula's error.
std::pair<std::size_t, std::string> error(const std::string& text, bool condition = false) {
    try {
        condition ? (void)Expression::condition(text, names())
                  : (void)Expression::number(text, names());
    } catch (const ExpressionError& e) {
        return {e.at, e.message};
    }
    return {99, "no error"};
}

TEST(Expression, ComputesWithTheUsualPrecedence) {
    EXPECT_EQ(number("1 + 2 * 3"), 7);
    EXPECT_EQ(number("(1 + 2) * 3"), 9);
    EXPECT_EQ(number("10 - 4 - 3"), 3);
    EXPECT_EQ(number("12 / 3 / 2"), 2);
    EXPECT_EQ(number("-a + b"), -3);
    EXPECT_EQ(number("2*-b"), -6);
    EXPECT_EQ(number("min(a, b, 1) + max (a, b)"), 7);
}

TEST(Expression, QuantitiesCountInSi) {
    EXPECT_EQ(number("50 us"), 50e-6);
    EXPECT_EQ(number("2 GHz / host0.card.asic.clock"), 2);
    EXPECT_EQ(number("10 % * a"), 0.1 * 6);
    EXPECT_EQ(number("1e-6"), 1e-6);
    EXPECT_EQ(number("64 B * 8"), 512);
    EXPECT_EQ(number("a / 2 k/s"), 6.0 / 2000);
}

TEST(Expression, ANameIsTheLongestThatIsKnown) {
    EXPECT_EQ(number("east-1.rate.delivered"), 5);
    EXPECT_EQ(number("a-b"), 3);
    EXPECT_EQ(number("east-b"), -1);
    EXPECT_EQ(Expression::number("a", names()).only_name(), "a");
    EXPECT_FALSE(Expression::number("a + 1", names()).only_name());
    EXPECT_EQ(Expression::number("a * (b - a)", names()).names(),
              (std::vector<std::string>{"a", "b"}));
}

TEST(Expression, WhatIsAbsentMakesTheResultAbsent) {
    EXPECT_FALSE(number("absent + 1"));
    EXPECT_FALSE(number("min(a, absent)"));
    EXPECT_FALSE(number("a / zero"));
    EXPECT_FALSE(holds("absent < 1"));
}

TEST(Expression, ConditionsCompareAndJoin) {
    EXPECT_TRUE(holds("latency.p99 < 50 us"));
    EXPECT_FALSE(holds("latency.p99 < 40 us"));
    EXPECT_TRUE(holds("latency.p99 <= 40 us and a == 6 and b >= 3"));
    EXPECT_FALSE(holds("a > 5 and b > 3"));
}

TEST(Expression, ErrorsSayWhereAndWhat) {
    EXPECT_EQ(error("a + c").first, 4U);
    EXPECT_THAT(error("a + c").second, HasSubstr("'c' is not known; did you mean"));
    EXPECT_EQ(error("(a + b").first, 6U);
    EXPECT_THAT(error("(a + b").second, HasSubstr("')' is missing"));
    EXPECT_THAT(error("a +").second, HasSubstr("missing at the end"));
    EXPECT_THAT(error("a b").second, HasSubstr("stands where an operator"));
    EXPECT_THAT(error("5 parsecs").second, HasSubstr("neither a number nor a quantity"));
    EXPECT_THAT(error("a", true).second, HasSubstr("compares with"));
    EXPECT_THAT(error("a < b or b < 2", true).second, HasSubstr("'and' or the end"));
    EXPECT_THAT(error(std::string(5000, '(')).second, HasSubstr("nested too deep"));
    EXPECT_THAT(error("").second, HasSubstr("missing at the end"));
    EXPECT_THAT(error("a $ b").second, HasSubstr("'$ b' stands"));
}

std::string unit(const std::string& text, bool condition = false) {
    const auto of = [](const std::string& name) {
        return std::string(name == "latency.p99" ? "s"
                           : name == "a"         ? "bit/s"
                           : name == "b"         ? "W"
                                                 : "");
    };
    try {
        const auto formula =
            condition ? Expression::condition(text, names()) : Expression::number(text, names());
        return formula.unit(of).text();
    } catch (const ExpressionError& e) {
        return std::to_string(e.at) + ": " + e.message;
    }
}

TEST(Expression, UnitsMultiplyAndCancel) {
    EXPECT_EQ(unit("a * latency.p99"), "bit");
    EXPECT_EQ(unit("b / a"), "J/bit");
    EXPECT_EQ(unit("1 / latency.p99"), "1/s");
    EXPECT_EQ(unit("-b * latency.p99 + 3 J"), "J");
    EXPECT_EQ(unit("a / 1 Gb/s + east"), "");
    EXPECT_EQ(unit("a * latency.p99 * (1 B / 8 bit) - 64 B"), "B");
    EXPECT_EQ(unit("max(a, 0)"), "bit/s");
    EXPECT_EQ(unit("latency.p99 < 5 us and a > 0", true), "");
}

TEST(Expression, UnitsThatDoNotGoTogetherAreToldWithTheirPlace) {
    EXPECT_EQ(unit("a + latency.p99"), "4: 'latency.p99' is in s, 'a' is in bit/s");
    EXPECT_EQ(unit("5 + (latency.p99)"), "0: '5' needs a unit, for '(latency.p99)' is in s");
    EXPECT_EQ(unit("a > 0 and latency.p99 < 5 GB", true),
              "24: '5 GB' is in B, 'latency.p99' is in s");
    EXPECT_EQ(unit("max(b, a)"), "7: 'a' is in bit/s, 'b' is in W");
}

TEST(Expression, WhyThereIsNoValueIsSaid) {
    const auto why = [](const std::string& text) {
        std::string out;
        EXPECT_FALSE(Expression::number(text, names()).value(lookup, &out)) << text;
        return out;
    };
    EXPECT_EQ(why("1 + absent"), "absent was not measured");
    EXPECT_EQ(why("1 + (a / zero) * 2"), "'(a / zero)' divides by zero");
    const auto nan = [](const std::string&) { return std::optional(std::nan("")); };
    EXPECT_FALSE(Expression::number("a", names()).value(nan));
    EXPECT_FALSE(Expression::condition("a < 1", names()).value(nan));
}

}  // namespace
}  // namespace snsim
