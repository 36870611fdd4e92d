#include "app/validate_inputs.h"

#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <chrono>
#include <cstdio>
#include <fmt/core.h>
#include <unistd.h>

#include "app/interrupt.h"
#include "app/trial_pool.h"

namespace snsim {

namespace po = boost::program_options;

namespace {

std::size_t jobs_of(const std::string& text) {
    if (text.empty()) return usable_processors();
    const auto jobs = whole_number(text);
    if (!jobs || *jobs < 1 || *jobs > 1024) {
        throw UsageError("--jobs is a number from 1 to 1024, not '" + text + "'");
    }
    return static_cast<std::size_t>(*jobs);
}

void show_progress(std::size_t done, std::size_t all) {
    if (isatty(STDERR_FILENO) == 0) return;
    fmt::print(stderr, "\r{} of {} trials{}", done, all, done == all ? "\r\x1b[K" : "");
    std::fflush(stderr);
}

}  // namespace

void ValidateInputs::add_options(Options& options) {
    options.add()("case", po::value<std::vector<std::string>>()->value_name("GLOB")->composing(),
                  "only cases with this name, COMPONENT/NAME or figure; may be repeated");
    options.add()("jobs,j", po::value<std::string>()->value_name("N"),
                  "trials at once (default: one per processor)");
    options.add()("reference", po::value<std::string>()->value_name("DIR"),
                  "folder of figures, cases and budgets (default results/reference of snsim)");
    options.add()("baseline", po::value<std::string>()->value_name("FILE.csv"),
                  "values to compare with (default results/baseline/validate.csv of snsim)");
}

ValidateInputs::ValidateInputs(const po::variables_map& values)
    : library_(home_directory()),
      globs_(texts_of(values, "case")),
      folder_(text_of(values, "reference")),
      baseline_path_(text_of(values, "baseline")),
      jobs_(jobs_of(text_of(values, "jobs"))) {
    if (folder_.empty()) folder_ = library_.home() + "/results/reference";
    if (baseline_path_.empty()) {
        baseline_path_ = library_.home() + "/results/baseline/validate.csv";
    }
}

ValidationPlan ValidateInputs::plan() const {
    return {reference_, cases_, budgets_, globs_, sets, jobs_};
}

bool ValidateInputs::read() {
    Diagnostics diagnostics;
    reference_ = read_reference(folder_, diagnostics);
    if (diagnostics.ok()) {
        cases_ = read_cases(folder_ + "/cases", reference_, diagnostics);
        budgets_ = read_budgets(folder_ + "/budgets.yaml", diagnostics);
    }
    baseline_ = read_baseline(baseline_path_, diagnostics);
    if (!diagnostics.ok()) {
        std::fputs(diagnostics.text().c_str(), stderr);
        return false;
    }
    const ValidationPlan all = plan();
    for (const std::string& glob : globs_) {
        ValidationPlan one = all;
        one.globs = {glob};
        const bool any = std::any_of(cases_.cases.begin(), cases_.cases.end(),
                                     [&](const Case& c) { return wanted(one, c); });
        if (any) continue;
        std::vector<std::string> names;
        for (const Case& c : cases_.cases) names.push_back(c.name);
        throw UsageError("no case is called '" + glob + "'" + did_you_mean(glob, names));
    }
    return true;
}

std::optional<Validation> ValidateInputs::run() {
    catch_interrupts();
    const auto started = std::chrono::steady_clock::now();
    Validation validation = validate(plan(), library_, show_progress);
    wall_s_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    if (validation.interrupted) return std::nullopt;
    return validation;
}

}  // namespace snsim
