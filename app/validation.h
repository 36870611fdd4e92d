// What came of validating: every figure with its simulated value, judged.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/trial.h"
#include "app/validate_cases.h"

namespace snsim {

/// One figure, or one law of our own.
struct RowOutcome {
    std::string id;
    std::string case_name;
    std::string component;
    Role role = Role::closed;
    std::string machine;
    double published = 0;
    std::optional<double> simulated;
    std::string unit;
    double error = 0;  ///< relative, absolute value; meaningless without a simulated value
    double budget = 0;
    bool ok = false;
    std::string problem;       ///< why not, in words
    std::uint64_t events = 0;  ///< decided by the simulator in the runs it came from
};

/// A value without a figure: a point between figures, or one that is watched.
struct PointOutcome {
    std::string id;  ///< `between`, or the name it is watched under
    std::string case_name;
    std::string component;
    std::optional<double> simulated;
};

struct CurveOutcome {
    std::string name;
    std::string component;
    std::string problem;  ///< empty: smooth, and of the shape it should have
};

/// Rows of one component and role.
struct ComponentOutcome {
    std::string component;
    Role role;
    std::size_t rows = 0;  ///< with a simulated value; without one the others mean nothing
    double mean = 0;
    double worst = 0;
    std::string worst_id;
    std::optional<double> mean_budget;
    bool ok = true;
};

struct Counts {
    std::size_t figures = 0;
    std::size_t bound = 0;
    std::size_t excluded = 0;
    std::size_t no_model = 0;
    std::size_t laws = 0;
    std::size_t trials = 0;
};

struct Validation {
    std::vector<RowOutcome> rows;
    std::vector<PointOutcome> points;
    std::vector<CurveOutcome> curves;
    std::vector<ComponentOutcome> components;
    std::vector<const Figure*> no_model;
    std::vector<std::string> failures;  ///< trials that did not run, by case
    Counts counts;
    bool interrupted = false;

    [[nodiscard]] bool ok() const;
};

struct ValidationPlan {
    const Reference& reference;
    const Cases& cases;
    const std::vector<Budget>& budgets;
    std::vector<std::string> globs;  ///< cases wanted; none: all
    std::vector<Setting> sets;       ///< changes on top of every scenario
    bool recorded = false;           ///< judge what the baseline holds, and simulate nothing
    std::size_t jobs = 1;
};

/// Whether a case is wanted: by its name, COMPONENT/NAME or one of its figures.
[[nodiscard]] bool wanted(const ValidationPlan& plan, const Case& one);

/// Runs what is needed, equal runs once, and judges. `progress` hears trials done and all trials.
[[nodiscard]] Validation validate(const ValidationPlan& plan, const Library& library,
                                  const std::function<void(std::size_t, std::size_t)>& progress);

/// The value a case had for a figure when it was recorded; nothing if there is none.
using Recorded = std::function<std::optional<double>(const Case& one, const CaseRow& row)>;
/// Judges recorded values by their errors alone: how they came about nobody can tell any more.
[[nodiscard]] Validation judge_recorded(const ValidationPlan& plan, const Recorded& recorded);

}  // namespace snsim
