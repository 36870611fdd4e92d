// labels: law
//
// Queues with two classes and token buckets against their closed forms; the other queues of the kit
// are judged by `snsim validate` (results/reference/cases/queueing.yaml).
#include "app/kit_trial.h"

#include <cmath>
#include <gtest/gtest.h>

namespace snsim {
namespace {

const Metric& metric(const Results& results, const std::string& name) {
    const Metric* found = results.find(name);
    EXPECT_NE(found, nullptr) << name;
    static const Metric none;
    return found == nullptr ? none : *found;
}

void expect_near(const Metric& found, double expected) {
    EXPECT_GE(expected, found.ci_low) << found.name;
    EXPECT_LE(expected, found.ci_high) << found.name;
    EXPECT_NEAR(found.value / expected, 1, 0.02) << found.name;
}

TEST(KitTrial, UrgentFramesWaitAsCobhamSays) {
    auto params = defaults<QueueBenchParams>();
    params.urgent = Share{0.3};
    params.load = 0.8;
    params.count = 5'000'000;
    const Results results = run_kit(params, 1);
    const double residual = 0.8;  // exponential service
    expect_near(metric(results, "urgent.wait.mean"), residual / (1 - 0.24));
    expect_near(metric(results, "other.wait.mean"), residual / ((1 - 0.24) * (1 - 0.8)));
}

TEST(KitTrial, ATokenBucketDelaysWhoFindsItsDebtTooLarge) {
    auto params = defaults<QueueBenchParams>();
    params.bucket = 4;
    params.load = 0.8;
    params.count = 5'000'000;
    const Results results = run_kit(params, 1);
    // The debt is the work of an M/D/1 queue: P(V <= n) (Erlang 1909), n = bucket - 1.
    const double r = 0.8;
    double at_most = 0;
    double factorial = 1;
    for (int k = 0; k <= 3; ++k) {
        if (k > 0) factorial *= k;
        at_most += (1 - r) * std::pow(r * (k - 3), k) / factorial * std::exp(-r * (k - 3));
    }
    expect_near(metric(results, "wait.probability"), 1 - at_most);
}

TEST(KitTrial, CountsEachArrivalAsAnEvent) {
    auto params = defaults<QueueBenchParams>();
    params.count = 10'000;
    EXPECT_EQ(metric(run_kit(params, 1), "sim.events").value, 10'000);
}

}  // namespace
}  // namespace snsim
