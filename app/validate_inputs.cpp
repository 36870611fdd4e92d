#include "app/validate_inputs.h"

#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fmt/core.h>
#include <unistd.h>

#include "app/interrupt.h"
#include "app/trial_pool.h"
#include "models/system/overrides.h"

namespace snsim {

namespace po = boost::program_options;

namespace {

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
                  "values to compare with (default baseline/validate.csv beside the reference)");
}

ValidateInputs::ValidateInputs(const po::variables_map& values)
    : library_(home_directory()),
      globs_(texts_of(values, "case")),
      folder_(text_of(values, "reference")),
      baseline_path_(text_of(values, "baseline")),
      jobs_(jobs_of(text_of(values, "jobs"))) {
    if (jobs_ == 0) jobs_ = usable_processors();
    const bool own_folder = !folder_.empty();
    if (!own_folder) folder_ = library_.home() + "/results/reference";
    if (!baseline_path_.empty()) return;
    const std::filesystem::path folder(folder_);
    baseline_path_ = (folder / ".." / "baseline" / "validate.csv").lexically_normal().string();
    // Figures of one's own need no baseline; ours have one.
    compares_ = !own_folder || std::filesystem::exists(baseline_path_);
}

ValidationPlan ValidateInputs::plan() const {
    return {reference_, cases_, budgets_, globs_, settings_, recorded, jobs_};
}

/// What is wrong with --set is found before anything is simulated: in every scenario it changes.
void ValidateInputs::read_sets(Diagnostics& diagnostics) {
    constexpr int rank = 1000;
    std::vector<std::shared_ptr<const Source>> sources;
    for (std::size_t i = 0; i < sets.size(); ++i) {
        const Origin origin = labelled("--set #" + std::to_string(i + 1), ".", rank);
        sources.push_back(origin.source);
        if (auto setting = read_setting(sets[i], origin, diagnostics)) {
            settings_.push_back({setting->first, std::move(setting->second), origin});
        }
    }
    if (settings_.empty() || !diagnostics.ok()) return;
    YamlFiles files;
    bool any = false;
    for (const Case& one : cases_.cases) {
        if (!wanted(plan(), one)) continue;
        for (const CaseRun& run : one.runs) {
            if (run.kit) continue;
            any = true;
            LoadOptions options = run.options;
            options.settings.insert(options.settings.end(), settings_.begin(), settings_.end());
            options.files = &files;
            const LoadedScenario loaded = load_scenario(run.scenario, library_, options);
            for (const auto& error : loaded.diagnostics.sorted()) {
                const auto mine = std::find(sources.begin(), sources.end(), error.origin.source);
                if (mine == sources.end()) continue;
                diagnostics.error(error.origin, error.path,
                                  error.message + " (case " + one.name + ")");
            }
        }
    }
    if (!any) {
        diagnostics.error(settings_.front().origin, settings_.front().path,
                          "none of the cases has a scenario in which it could be set");
    }
}

bool ValidateInputs::read() {
    Diagnostics diagnostics;
    if (needs_baseline && !std::filesystem::exists(baseline_path_)) {
        throw UsageError("there is no baseline '" + baseline_path_ +
                         "' (snsim baseline update makes one)");
    }
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
        for (const Figure& figure : reference_.figures) {
            if (!glob_matches(glob, figure.id)) continue;
            throw UsageError("figure " + figure.id +
                             (figure.excluded.empty() ? " has no case: nothing models it yet"
                                                      : " is excluded: " + figure.excluded));
        }
        throw UsageError("no case is called '" + glob + "'" + did_you_mean(glob, names));
    }
    read_sets(diagnostics);
    std::fputs(diagnostics.text().c_str(), stderr);
    return diagnostics.ok();
}

std::optional<Validation> ValidateInputs::run() {
    catch_interrupts();
    const auto started = std::chrono::steady_clock::now();
    Validation validation = recorded ? judge_recorded(plan(), recorded_values(baseline_))
                                     : validate(plan(), library_, show_progress);
    wall_s_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    if (validation.interrupted) return std::nullopt;
    return validation;
}

}  // namespace snsim
