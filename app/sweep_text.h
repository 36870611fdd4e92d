// What a sweep prints at its end: a page for people, or one JSON object.
#pragma once

#include <string>

#include "app/sweep_tables.h"

namespace snsim {

struct SweepSummary {
    const SweepPlan& plan;
    const SweepOutcomes& outcomes;
    const SweepTables& tables;
    std::size_t failed;
    std::size_t resumed;
    std::size_t missing;  ///< not run, because somebody interrupted
    std::size_t jobs;
    double wall_s;
    std::string output;
};

[[nodiscard]] std::string sweep_page(const SweepSummary& summary);
[[nodiscard]] std::string sweep_json(const SweepSummary& summary);

}  // namespace snsim
