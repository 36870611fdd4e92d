// snsim baseline update: takes what is simulated now as the values to compare with.
#include <boost/program_options/value_semantic.hpp>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>

#include "app/commands.h"
#include "app/csv.h"
#include "app/exit_code.h"
#include "app/output.h"
#include "app/validate_inputs.h"

namespace snsim {

namespace po = boost::program_options;

namespace {

struct Change {
    std::size_t changed = 0;
    std::size_t added = 0;
    std::size_t removed = 0;
};

Change count(const std::vector<Drift>& drifts) {
    Change change;
    for (const Drift& drift : drifts) {
        if (!drift.before) {
            ++change.added;
        } else if (!drift.now) {
            ++change.removed;
        } else if (!(std::abs(drift.change) <= 1e-8)) {  // the file has nine digits
            ++change.changed;
        }
    }
    return change;
}

/// What the baseline will hold: values of cases that were not run stay.
std::vector<BaselineValue> updated(const std::vector<BaselineValue>& before,
                                   const std::vector<BaselineValue>& now,
                                   const ValidationPlan& plan) {
    std::vector<BaselineValue> out;
    for (const Case& one : plan.cases.cases) {
        for (const BaselineValue& value : wanted(plan, one) ? now : before) {
            if (value.case_name == one.name) out.push_back(value);
        }
    }
    return out;
}

std::filesystem::path history_of(const std::string& baseline) {
    return std::filesystem::path(baseline).replace_extension(".history.csv");
}

/// How many updates there were; what stands in the history's place and is none is told.
std::size_t updates(const std::string& baseline, Diagnostics& diagnostics) {
    const std::filesystem::path path = history_of(baseline);
    if (!std::filesystem::exists(path)) return 0;
    return read_csv(path.string(), {"update", "reason", "changed", "added", "removed"}, diagnostics)
        .size();
}

/// One line per update, beside the baseline; the oldest first.
void record(const std::string& baseline, std::size_t number, const std::string& reason,
            const Change& change) {
    const std::filesystem::path path = history_of(baseline);
    std::ofstream file(path, std::ios::app | std::ios::binary);
    if (number == 1) file << "update,reason,changed,added,removed\n";
    file << csv_line({std::to_string(number), reason, std::to_string(change.changed),
                      std::to_string(change.added), std::to_string(change.removed)})
         << '\n';
    file.close();
    if (!file) {
        throw std::filesystem::filesystem_error("", path,
                                                std::make_error_code(std::errc::io_error));
    }
}

/// Names what `snsim validate` would fail on; returns how many.
std::size_t list_failing(const Validation& validation) {
    std::size_t count = 0;
    const auto list = [&](const std::string& what, const std::string& problem) {
        if (problem.empty()) return;
        ++count;
        fmt::print(stderr, "{}: {}\n", what, problem);
    };
    for (const RowOutcome& row : validation.rows) list(row.case_name + " " + row.id, row.problem);
    for (const CurveOutcome& curve : validation.curves) list("curve " + curve.name, curve.problem);
    for (const ComponentOutcome& sum : validation.components) {
        const bool over = sum.mean_budget && !(sum.mean <= *sum.mean_budget);
        list(sum.component + " " + word_of(sum.role), over ? "mean over its budget" : "");
    }
    return count;
}

}  // namespace

int cmd_baseline(const Arguments& arguments) {
    Options options(
        "baseline", "baseline update --reason TEXT [OPTIONS]",
        "Runs the cases of `snsim validate` and takes their values as the new baseline, which\n"
        "later runs may not leave by more than 1 %. The reason goes into the baseline's history.",
        "  snsim baseline update --reason 'parser: two states a clock, as the data sheet says'\n"
        "  snsim baseline update --case 'pcie/*' --reason 'first cases'    the others stay");
    ValidateInputs::add_options(options);
    options.add()("reason", po::value<std::string>()->value_name("TEXT"), "why values change");
    options.add()("failing", "take values that fail validation, too");
    options.add_argument("WHAT");
    bool help = false;
    const auto values = options.parse(arguments, help);
    if (help) return exit_fine;
    const std::string what = options.required(values, "WHAT");
    if (what != "update") {
        throw UsageError("'" + what + "' is not something to do with a baseline; it is 'update'");
    }
    const std::string reason = text_of(values, "reason");
    if (reason.find_first_not_of(" \t\r\n") == std::string::npos) {
        throw UsageError("an update needs --reason, which its history keeps");
    }

    ValidateInputs inputs(values);
    if (!inputs.read()) return exit_usage;
    Diagnostics of_history;
    const std::size_t before = updates(inputs.baseline_path(), of_history);
    if (!of_history.ok()) {
        fmt::print(stderr, "{}", of_history.text());
        return exit_usage;
    }
    const std::optional<Validation> validation = inputs.run();
    if (!validation) return exit_interrupted;
    if (!validation->failures.empty()) {
        for (const std::string& failure : validation->failures) {
            fmt::print(stderr, "error: {}\n", failure);
        }
        return exit_failed;
    }
    if (const std::size_t failing = list_failing(*validation);
        failing > 0 && values.count("failing") == 0) {
        return fail(exit_failed,
                    fmt::format("{} of the new values fail validation; --failing takes "
                                "them all the same",
                                failing));
    }
    const std::vector<BaselineValue> now = baseline_of(*validation);
    const Change change = count(compare(inputs.baseline(), now, inputs.plan()));
    return with_io_errors_reported([&]() -> int {
        write_baseline(inputs.baseline_path(), updated(inputs.baseline(), now, inputs.plan()));
        record(inputs.baseline_path(), before + 1, reason, change);
        fmt::print("{}: {} values changed, {} added, {} removed\n", inputs.baseline_path(),
                   change.changed, change.added, change.removed);
        return exit_fine;
    });
}

}  // namespace snsim
