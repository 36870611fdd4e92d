// Searches with trials that answer from a function: verdicts, notes and what is not a single limit.
#include "app/find.h"

#include <cmath>
#include <filesystem>
#include <gmock/gmock.h>

#include "app/find_verdict.h"
#include "models/base/measure.h"

namespace snsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// What a class was raised to in a trial.
double asked(const Trial& trial, const std::string& path) {
    for (const Setting& s : trial.options.settings) {
        if (s.path == path) return parse_measure(s.value.text)->si;
    }
    return -1;
}

/// Results of a card that loses what is beyond a share of line rate.
Results answer(double lost, double growth) {
    Results r;
    constexpr double offered = 50'000;
    r.summary = {{"frames.offered", offered, "", 0, 0},
                 {"frames.delivered", offered - lost - growth, "", 0, 0},
                 {"frames.dropped", lost, "", 0, 0},
                 {"east.frames.offered", offered, "", 0, 0},
                 {"east.frames.lost", lost, "", 0, 0},
                 {"east.latency.p99", 2e-6, "s", 0, 0}};
    r.bottlenecks = {{"traffic", "", 0.9, 1}, {"host0.card.asic.ingress", "engines", 0.9, 1}};
    return r;
}

class FindTest : public testing::Test {
  protected:
    /// Runs the search `one-size` of the shipped scenario with verdicts from `lost(rate)`.
    void run(const std::function<double(double)>& lost, std::vector<std::string> sets = {}) {
        Trial prototype;
        prototype.scenario = "dsc100-rfc2544";
        prototype.options.sets = std::move(sets);
        prototype.options.files = &files_;
        find_ = std::make_unique<Find>("one-size", prototype, library_);
        ASSERT_TRUE(find_->diagnostics().ok()) << find_->diagnostics().text();
        TrialPool pool(jobs_, [&](const Trial& trial, Results& results) {
            const double frames = lost(asked(trial, "east.rate"));
            if (frames < 0) throw std::logic_error("a check failed");
            results = answer(frames, 0);
            if (rate_is_offered_) {
                results.summary.push_back({"rate.offered", asked(trial, "east.rate"), "1/s", 0, 0});
            }
            return TrialEnd::fine;
        });
        bool done = false;
        find_->start(pool, [&] { done = true; });
        EXPECT_TRUE(pool.run());
        EXPECT_TRUE(done);
        outcome_ = find_->outcome();
    }
    [[nodiscard]] double metric(const std::string& name) const {
        const Metric* found = outcome_.results.find("find.one-size." + name);
        return found == nullptr ? NAN : found->value;
    }

    Library library_{std::filesystem::current_path().string()};
    YamlFiles files_;
    std::size_t jobs_ = 2;
    bool rate_is_offered_ = false;  ///< told as a metric
    std::unique_ptr<Find> find_;
    TrialOutcome outcome_;
};

TEST_F(FindTest, EnclosesTheRateFromWhichFramesAreLost) {
    run([](double rate) { return rate > 0.27 ? 3.0 : 0.0; });
    EXPECT_LE(metric("pass"), 0.27);
    EXPECT_GT(metric("fail"), 0.27);
    EXPECT_LE(metric("fail") - metric("pass"), 0.02 * metric("fail"));
    EXPECT_EQ(metric("trials"), static_cast<double>(outcome_.searched.size()));
    EXPECT_THAT(outcome_.results.notes, IsEmpty());
    EXPECT_EQ(outcome_.end, TrialEnd::fine);
    double before = 0;
    for (const SearchTrial& trial : outcome_.searched) {
        EXPECT_GT(trial.value, before);
        before = trial.value;
        EXPECT_EQ(trial.passes, trial.value <= 0.27);
        EXPECT_EQ(trial.why, trial.passes ? "" : "lost 3 of 50000 frames");
        EXPECT_EQ(trial.limit, trial.passes ? "traffic" : "host0.card.asic.ingress engines");
    }
    EXPECT_EQ(outcome_.results.bottlenecks.front().resource, "engines");
}

TEST_F(FindTest, SaysAtLeastWhenTheUpperBoundPasses) {
    run([](double) { return 0.0; });
    EXPECT_EQ(metric("pass"), 1);
    EXPECT_TRUE(std::isnan(metric("fail")));
    EXPECT_THAT(outcome_.results.notes,
                ElementsAre(HasSubstr("passes at the upper bound; the limit is at least 100 %")));
}

TEST_F(FindTest, SaysBelowWhenTheLowerBoundFails) {
    run([](double) { return 1.0; });
    EXPECT_TRUE(std::isnan(metric("pass")));
    EXPECT_EQ(metric("fail"), 0.01);
    EXPECT_THAT(outcome_.results.notes,
                ElementsAre(HasSubstr("fails at the lower bound; the limit is below 1 %")));
}

TEST_F(FindTest, FindingsThatAreNotMonotoneAreTold) {
    run([](double rate) { return rate > 0.3 && rate < 0.7 ? 1.0 : (rate > 0.8 ? 1.0 : 0.0); });
    EXPECT_LE(metric("pass"), 0.3);
    EXPECT_THAT(outcome_.results.notes,
                ElementsAre(testing::AllOf(HasSubstr("not monotone"), HasSubstr("passes at 75"))));
}

TEST_F(FindTest, ATrialThatCrashesIsNamedAndTheSearchIsNotFine) {
    run([](double rate) { return rate > 0.5 ? -1.0 : 0.0; });
    EXPECT_EQ(outcome_.end, TrialEnd::crashed);
    EXPECT_THAT(outcome_.message, HasSubstr("rate 100 %"));
    EXPECT_THAT(outcome_.message, HasSubstr("a check failed"));
    // What did not run says nothing of the card.
    EXPECT_TRUE(std::isnan(metric("pass")) && std::isnan(metric("fail")));
    EXPECT_EQ(metric("trials"), 2);
    EXPECT_EQ(outcome_.results.audit.front().expected, 1);
    EXPECT_THAT(outcome_.results.notes,
                ElementsAre(HasSubstr("undecided"), "1 of 2 trials did not run"));
}

TEST_F(FindTest, MetricsAtThePassAreThoseOfTheFinalPassWhateverCameFirst) {
    rate_is_offered_ = true;
    for (const std::size_t jobs : {1U, 2U, 3U}) {
        jobs_ = jobs;
        run([](double rate) { return rate > 0.3 && rate < 0.7 ? 1.0 : (rate > 0.8 ? 1.0 : 0.0); });
        EXPECT_EQ(metric("rate.offered"), metric("pass")) << jobs;
    }
}

TEST_F(FindTest, ClassesThatComeAndGoAreRefusedWithTheirPlace) {
    Trial prototype;
    prototype.scenario = "dsc100-rfc2544";
    for (const char* set : {"east.start=20 ms", "east.stop=1 ms"}) {
        prototype.options.sets = {set};
        const std::string text = Find("one-size", prototype, library_).diagnostics().text();
        EXPECT_THAT(text, testing::AllOf(HasSubstr("--set #1"), HasSubstr("leave out 's")));
    }
    prototype.options.sets = {"west.start=20 ms"};  // is not raised
    EXPECT_TRUE(Find("one-size", prototype, library_).diagnostics().ok());
}

TEST_F(FindTest, WindowsHoldWhatALatencyTakesHoweverSlowlyFramesCome) {
    Trial prototype;
    prototype.scenario = "dsc100-rfc2544";
    prototype.options.sets = {"fast.metric=latency.p999", "fast.classes=[east]"};
    Find find("fast", prototype, library_);
    ASSERT_TRUE(find.diagnostics().ok()) << find.diagnostics().text();
    TrialPool pool(1, [](const Trial&, Results&) { return TrialEnd::refused; });
    find.start(pool, [] {});
    EXPECT_TRUE(pool.run());
    ASSERT_EQ(find.trials().size(), 2U);
    EXPECT_GT(find.trials().front().window_s * 1e9 / 8 / 1538, 12'000);  // at 1 % of 100 Gb/s
    EXPECT_EQ(find.outcome().end, TrialEnd::refused);
    prototype.options.sets.emplace_back("fast.low=0.0001 %");
    EXPECT_THAT(Find("fast", prototype, library_).diagnostics().text(), HasSubstr("raise 'low'"));
}

TEST_F(FindTest, ErrorsOfItsBoundsAreFoundBeforeAnyTrial) {
    Trial prototype;
    prototype.scenario = "dsc100-rfc2544";
    prototype.options.sets = {"one-size.frame_sizes=[20 B]"};
    const Find find("one-size", prototype, library_);
    EXPECT_THAT(find.diagnostics().text(), HasSubstr("'20 B' is no frame size"));
    EXPECT_THAT(find.diagnostics().text(), HasSubstr("(search 'one-size' at rate 1 %, 20 B)"));
    const Find none("one-sise", {"dsc100-rfc2544", {}, "", 0, 0}, library_);
    EXPECT_THAT(none.diagnostics().text(), HasSubstr("did you mean 'one-size'?"));
}

/// The verdict of a trial with 50,000 frames offered.
SearchTrial verdict(double lost, double growth, const std::function<void(FindParams&)>& change = {},
                    double asked = 50'000, bool wire_is_full = false) {
    FindParams find = defaults<FindParams>();
    find.resolution = {0.01};
    find.loss = {0};
    if (change) change(find);
    TrialOutcome outcome;
    outcome.end = TrialEnd::fine;
    outcome.results = answer(lost, growth);
    if (wire_is_full) outcome.results.bottlenecks.front().path = "wire";
    return judge(find, {"east"}, {0.5, asked}, outcome);
}

TEST(FindVerdict, OneLostFrameFails) {
    EXPECT_TRUE(verdict(0, 0).passes);
    EXPECT_EQ(verdict(1, 0).why, "lost 1 of 50000 frames");
}

TEST(FindVerdict, LossMayBeAllowed) {
    const auto allow = [](FindParams& find) { find.loss = {0.02}; };
    EXPECT_TRUE(verdict(1000, 0, allow).passes);
    EXPECT_FALSE(verdict(1001, 0, allow).passes);
    EXPECT_TRUE(verdict(0, 1250, allow).passes);  // would be lost later, and half the resolution
    EXPECT_FALSE(verdict(0, 1251, allow).passes);
}

TEST(FindVerdict, QueuesThatGrowFailWithoutLoss) {
    EXPECT_TRUE(verdict(0, 250).passes);
    EXPECT_THAT(verdict(0, 251).why, HasSubstr("queues grow: 251 frames"));
    EXPECT_TRUE(verdict(0, -5000).passes);  // they drain
}

TEST(FindVerdict, ARateThatTheWireCannotCarryIsNotPassed) {
    EXPECT_TRUE(verdict(0, 0, {}, 51'000).passes);  // within the resolution, and chance
    EXPECT_EQ(verdict(0, 0, {}, 100'000, true).why,
              "only 50000 of 100000 frames could be offered: the wire is full");
    EXPECT_TRUE(verdict(0, 0, {}, 100'000, true).decided);
    EXPECT_TRUE(verdict(0, 0, {}, 0).passes);  // nobody knows what to expect
}

TEST(FindVerdict, TooFewFramesWithRoomOnTheWireAreNoVerdict) {
    const SearchTrial trial = verdict(0, 0, {}, 100'000);
    EXPECT_FALSE(trial.decided || trial.passes);
    EXPECT_EQ(trial.why, "only 50000 of 100000 frames were offered, with room on the wire");
}

TEST(FindVerdict, LatencyMustStayBelowItsBound) {
    const auto bound = [](Duration below) {
        return [below](FindParams& find) {
            LatencyFindParams latency = defaults<LatencyFindParams>();
            latency.metric = LatencyMetric::p99;
            latency.below = below;
            find.kind = FindKind::latency_bound;
            find.body = latency;
        };
    };
    EXPECT_TRUE(verdict(0, 0, bound(2001_ns)).passes);
    EXPECT_EQ(verdict(0, 0, bound(2_us)).why, "east.latency.p99 is 2 us");
    const auto other = [&](FindParams& find) {
        bound(2001_ns)(find);
        std::get<LatencyFindParams>(find.body).metric = LatencyMetric::p999;
    };
    EXPECT_THAT(verdict(0, 0, other).why, HasSubstr("was not measured"));
    EXPECT_FALSE(verdict(0, 0, other).decided);
}

}  // namespace
}  // namespace snsim
