// labels: unit
#include "observers/summary_json.h"

#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>
#include <limits>

namespace snsim {
namespace {

TEST(SummaryJson, IsOneObjectInAFixedOrder) {
    Results results;
    results.scenario = "east";
    results.seed = 9'007'199'254'740'993;
    results.summary = {{"rate.delivered", 1.5e6, "1/s", 0, 0}, {"frames.offered", 12, "", 0, 0}};
    results.bottlenecks = {{"host0.card.asic.ingress", "engines", 0.998, 1.27}, {"wire", "", 0, 1}};
    results.audit = {{"conservation", "host0.card", 1, 1, true, ""},
                     {"utilisation", "host0.card.arm", 1, 2, false, ""}};
    EXPECT_EQ(summary_json(results, {{"sim.wall_time", 0.25, "s", 0, 0}}, "results/east.h5"),
              R"({"scenario": "east", "seed": 9007199254740993, "complete": true, )"
              R"("metrics": {"rate.delivered": {"value": 1500000, "unit": "1/s"}, )"
              R"("frames.offered": {"value": 12, "unit": ""}, )"
              R"("sim.wall_time": {"value": 0.25, "unit": "s"}}, )"
              R"("bottleneck": {"path": "host0.card.asic.ingress", "resource": "engines", )"
              R"("utilisation": 0.998, "gain_if_doubled": 1.27}, )"
              R"("audit": {"ok": false, "failed": ["utilisation@host0.card.arm"]}, )"
              R"("output": "results/east.h5"})"
              "\n");
}

TEST(SummaryJson, WhatIsNotThereIsNullOrEmpty) {
    Results results;
    results.complete = false;
    EXPECT_EQ(summary_json(results, {}, ""),
              R"({"scenario": "", "seed": 0, "complete": false, "metrics": {}, )"
              R"("bottleneck": null, "audit": {"ok": true, "failed": []}, "output": null})"
              "\n");
}

TEST(SummaryJson, NumbersReadBackAsTheSameDouble) {
    for (const double value :
         {0.1, 1.0 / 3, 1e-300, 1.7976931348623157e308, -0.0, 5e-324, 1e21, 123456789012345678.0}) {
        Results results;
        results.summary = {{"m", value, "", 0, 0}};
        const std::string text = summary_json(results, {}, "");
        const std::string before = R"("m": {"value": )";
        const std::size_t at = text.find(before) + before.size();
        const double back = std::strtod(text.c_str() + at, nullptr);
        EXPECT_EQ(back, value) << text;
        EXPECT_EQ(std::signbit(back), std::signbit(value));
    }
}

TEST(SummaryJson, AMetricThatIsNoNumberIsLeftOut) {
    Results results;
    results.summary = {{"a", std::nan(""), "", 0, 0},
                       {"b", std::numeric_limits<double>::infinity(), "", 0, 0},
                       {"c", 1, "", 0, 0}};
    EXPECT_NE(summary_json(results, {}, "").find(R"("metrics": {"c": {"value": 1, "unit": ""}})"),
              std::string::npos);
}

}  // namespace
}  // namespace snsim
