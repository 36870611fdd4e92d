// Which runs stand for which published figures: the files of results/reference/cases.
//
// results/reference/README.md is their manual.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/reference.h"
#include "models/base/queue_bench.h"
#include "models/system/scenario_loader.h"

namespace snsim {

/// A simulation that a case needs; equal ones are run once.
struct CaseRun {
    std::string label;  ///< prefix of its metrics; empty when it is the only one
    std::string scenario;
    std::optional<QueueBenchParams> kit;  ///< in place of a scenario
    std::string kit_text;                 ///< as written
    LoadOptions options;                  ///< settings and seed
};

struct CaseRow {
    std::string id;          ///< of a figure, or LAW-...
    std::string expression;  ///< the value in the figure's unit
    Origin origin;
    std::optional<double> value;  ///< where the table's is not one number, and of laws
    std::string from;             ///< of a law: its formula
    std::string given;            ///< why its constants are right, if it has any
    bool limit = false;           ///< the figure is a limit: only what lies beyond is an error
};

struct Case {
    std::string name;
    std::string component;
    Origin origin;
    std::vector<CaseRun> runs;
    std::vector<CaseRow> rows;
    std::vector<CaseRow> watched;  ///< values without a figure, for the baseline alone
};

/// Cases along an axis, some of them between the published figures.
struct Curve {
    enum class Shape { rising, falling, any };

    std::string name;
    std::string component;
    Origin origin;
    std::vector<std::size_t> points;  ///< indices of cases, ascending along the axis
    std::string value;
    Shape shape = Shape::any;
    double jump = 1;  ///< largest step between neighbours, of the larger value
};

struct Cases {
    std::vector<Case> cases;
    std::vector<Curve> curves;
};

/// Reads DIR/*.yaml. The component of a case is its file's name. Everything wrong is reported: keys
/// and figures that do not exist, figures bound twice, excluded or without a single value.
[[nodiscard]] Cases read_cases(const std::string& folder, const Reference& reference,
                               Diagnostics& diagnostics);

/// The smallest errors demanded of a component's figures.
struct Budget {
    std::string component;
    Role role;
    std::string figures;  ///< glob over ids; the first budget that matches counts
    double worst;
    std::optional<double> mean;
    std::string reason;
};

[[nodiscard]] std::vector<Budget> read_budgets(const std::string& path, Diagnostics& diagnostics);
[[nodiscard]] const Budget* find_budget(const std::vector<Budget>& budgets,
                                        const std::string& component, Role role,
                                        const std::string& id);

/// Whether `text` matches a glob.
[[nodiscard]] bool glob_matches(const std::string& glob, const std::string& text);

}  // namespace snsim
