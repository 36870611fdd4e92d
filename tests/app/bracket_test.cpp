// The search for a limit, with verdicts from a function instead of simulations.
#include "app/bracket.h"

#include <functional>
#include <gmock/gmock.h>

namespace snsim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Runs a search to its end; how many trials it took.
std::size_t search(Bracket& bracket, const std::function<bool(double)>& passes) {
    std::size_t trials = 0;
    for (auto values = bracket.next(); !values.empty(); values = bracket.next()) {
        for (const double value : values) bracket.put(value, passes(value));
        trials += values.size();
        if (trials > 200) break;
    }
    EXPECT_TRUE(bracket.done());
    return trials;
}

TEST(Bracket, EnclosesAThresholdWithinTheResolution) {
    for (const double limit : {0.011, 0.2692, 0.5, 0.75, 0.999}) {
        for (const double resolution : {0.1, 0.005, 0.0001}) {
            Bracket bracket(0.01, 1, resolution);
            const std::size_t trials =
                search(bracket, [&](double value) { return value <= limit; });
            ASSERT_TRUE(bracket.pass() && bracket.fail());
            EXPECT_LE(*bracket.pass(), limit);
            EXPECT_GT(*bracket.fail(), limit);
            EXPECT_LE(*bracket.fail() - *bracket.pass(), resolution * *bracket.fail());
            EXPECT_THAT(bracket.passes_above(), IsEmpty());
            EXPECT_LE(trials, 30U) << limit << " " << resolution;
        }
    }
}

TEST(Bracket, WorksOnRatesOfAnySize) {
    Bracket bracket(1000, 10e6, 0.02);
    search(bracket, [](double value) { return value < 2.45e6; });
    EXPECT_LE(*bracket.pass(), 2.45e6);
    EXPECT_GE(*bracket.fail(), 2.45e6);
    EXPECT_LE(*bracket.fail() - *bracket.pass(), 0.02 * *bracket.fail());
}

TEST(Bracket, TriesBothEndsFirstSideBySide) {
    Bracket bracket(1, 3, 0.1);
    EXPECT_THAT(bracket.next(), ElementsAre(3, 1));
    EXPECT_THAT(bracket.next(), IsEmpty());  // they are under way
    bracket.put(1, true);
    EXPECT_THAT(bracket.next(), IsEmpty());
    bracket.put(3, false);
    EXPECT_THAT(bracket.next(), ElementsAre(1.5, 2, 2.5));
}

TEST(Bracket, PassingAtTheUpperEndLeavesNoFailure) {
    Bracket bracket(0.01, 1, 0.01);
    EXPECT_EQ(search(bracket, [](double) { return true; }), 2U);
    EXPECT_EQ(bracket.pass(), 1);
    EXPECT_FALSE(bracket.fail());
}

TEST(Bracket, FailingAtTheLowerEndLeavesNoPass) {
    Bracket bracket(0.01, 1, 0.01);
    EXPECT_EQ(search(bracket, [](double) { return false; }), 2U);
    EXPECT_FALSE(bracket.pass());
    EXPECT_EQ(bracket.fail(), 0.01);
}

TEST(Bracket, AGapBelowAPassIsFoundAndTold) {
    Bracket bracket(0, 1, 0.01);
    search(bracket, [](double value) { return value < 0.3 || (value > 0.6 && value < 0.8); });
    EXPECT_LT(*bracket.pass(), 0.3);
    EXPECT_GE(*bracket.fail(), 0.3);
    EXPECT_THAT(bracket.passes_above(), ElementsAre(0.75));
}

TEST(Bracket, APassAtTheUpperEndOnlyIsNoLimit) {
    Bracket bracket(0, 1, 0.01);
    search(bracket, [](double value) { return value > 0.9; });
    EXPECT_FALSE(bracket.pass());
    EXPECT_EQ(bracket.fail(), 0);
    EXPECT_THAT(bracket.passes_above(), ElementsAre(1));
}

TEST(Bracket, TriesTheSameValuesWhateverOrderVerdictsComeIn) {
    Bracket forward(0.01, 1, 0.01);
    Bracket backward(0.01, 1, 0.01);
    for (;;) {
        const auto values = forward.next();
        ASSERT_EQ(values, backward.next());
        if (values.empty()) break;
        for (auto v = values.begin(); v != values.end(); ++v) forward.put(*v, *v < 0.4);
        for (auto v = values.rbegin(); v != values.rend(); ++v) backward.put(*v, *v < 0.4);
    }
    EXPECT_EQ(forward.pass(), backward.pass());
}

TEST(Bracket, ValuesReadWell) {
    Bracket bracket(0.01, 1, 0.005);
    std::vector<double> tried;
    search(bracket, [&](double value) {
        tried.push_back(value);
        return value < 0.2692;
    });
    for (const double value : tried) {
        EXPECT_NEAR(value * 1e5, static_cast<double>(static_cast<int>(value * 1e5 + 0.5)), 1e-6);
    }
}

}  // namespace
}  // namespace snsim
