// What a search leaves: its table, a page for people, an object for programs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/find.h"
#include "observers/table.h"

namespace snsim {

/// The columns of /find, without rows; those of a sweep have `point` and `seed` in front.
[[nodiscard]] Table find_table(bool in_sweep);
/// Rows of one search; `point` and `seed` are ignored outside of sweeps.
void add_trials(Table& table, bool in_sweep, std::int64_t point, std::int64_t seed,
                const std::string& name, const std::vector<SearchTrial>& trials);

/// `output`: the results file.
[[nodiscard]] std::string find_page(const Find& find, const TrialOutcome& outcome,
                                    const std::string& output, std::size_t jobs, double wall_s);
/// A run's JSON object with the member `find` besides.
[[nodiscard]] std::string find_json(const Find& find, const TrialOutcome& outcome,
                                    const std::string& output, double wall_s);

}  // namespace snsim
