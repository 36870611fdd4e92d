#include "app/sweep_plan.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>

#include "app/find.h"
#include "app/offered_frames.h"
#include "models/base/quantity_text.h"

namespace snsim {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_trials = 1'000'000;

bool is_file(const fs::path& path) {
    std::error_code failed;
    return fs::is_regular_file(path, failed);
}

}  // namespace

SweepPlan::SweepPlan(const std::string& file, const std::string& seed, const Library& library,
                     const Checked& checked) {
    params_ = defaults<SweepParams>();
    path_ = library.find_sweep(file);
    if (path_.empty()) {
        const auto known = library.sweeps();
        diagnostics_.error({}, {},
                           "there is no sweep '" + file + "'" +
                               did_you_mean(fs::path(file).stem().string(), known) +
                               (known.empty() ? "" : " (snsim list sweeps shows all)"));
        return;
    }
    bool read = false;
    tree_ = files_.read(path_, shown_path(path_), 0, diagnostics_, read);
    if (!read) {
        diagnostics_.error({}, {}, "cannot read '" + path_ + "'");
        return;
    }
    text_ = files_.text(path_);
    SweepParams::params().bind(tree_, &params_, {}, diagnostics_);
    if (params_.name.empty()) params_.name = fs::path(path_).stem().string();
    check_name();
    if (!diagnostics_.ok()) return;
    load_base(library);
    if (!diagnostics_.ok()) return;
    plan_seeds(seed);
    plan_axes();
    if (!diagnostics_.ok()) return;
    check_points(library, checked);
    if (!diagnostics_.ok() || given_up_) return;
    std::vector<std::pair<std::string, std::string>> numeric;
    for (const SweepAxis& axis : axes_) {
        if (axis.numeric) numeric.emplace_back(axis.path, axis.unit);
    }
    formulas_ = SweepFormulas(params_, tree_, names_, numeric, diagnostics_);
}

void SweepPlan::load_base(const Library& library) {
    const fs::path beside = fs::path(path_).parent_path() / params_.scenario;
    scenario_ = is_file(beside) ? beside.lexically_normal().string()
                                : library.find_scenario(params_.scenario);
    if (scenario_.empty()) {
        const Node* node = find_path(tree_, "scenario");
        diagnostics_.error(
            node == nullptr ? Origin{} : node->origin, "scenario",
            "there is no scenario '" + params_.scenario + "'" +
                did_you_mean(fs::path(params_.scenario).stem().string(), library.scenarios()) +
                " (looked for " + shown_path(beside.lexically_normal().string()) +
                ", and among those 'snsim list scenarios' shows)");
        return;
    }
    for (const Axis& axis : params_.set.axes) {
        fixed_.push_back({axis.path, axis.values.front(), axis.origin});
    }
    LoadOptions options;
    options.settings = fixed_;
    options.files = &files_;
    base_ = load_scenario(scenario_, library, options);
}

void SweepPlan::plan_axes() {
    const std::int64_t seed = params_.seed ? *params_.seed : base_.scenario.seed;
    axes_ = SweepAxes(params_, base_.tree, seed, diagnostics_, notes_).take();
    check_overlaps(fixed_, axes_, base_.tree, diagnostics_);
    find_within();
    if (diagnostics_.ok()) plan_points();
}

void SweepPlan::find_within() {
    std::vector<std::string> known;
    for (const SweepAxis& axis : axes_) known.push_back(axis.path);
    for (std::size_t i = 0; i < params_.within.size(); ++i) {
        const std::string& name = params_.within[i];
        const auto at = std::find(known.begin(), known.end(), name);
        if (at != known.end()) {
            within_.push_back(static_cast<std::size_t>(at - known.begin()));
            continue;
        }
        const std::string path = "within." + std::to_string(i);
        const Node* node = find_path(tree_, path);
        diagnostics_.error(node == nullptr ? Origin{} : node->origin, path,
                           "'" + name + "' is no axis of this sweep" + did_you_mean(name, known) +
                               " (known: " + listing(known) + ")");
    }
}

std::vector<std::size_t> SweepPlan::load(std::size_t point) const {
    std::vector<std::size_t> out;
    for (const std::size_t axis : within_) out.push_back(level(point, axis));
    return out;
}

/// It is the name of a file in results/.
void SweepPlan::check_name() {
    constexpr const char* allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    const std::string& name = params_.name;
    if (name.find_first_not_of(allowed) == std::string::npos && name.front() != '.') return;
    const Node* node = tree_.find("name");
    if (node == nullptr) return;  // the file's own
    diagnostics_.error(node->origin, "name",
                       "'" + name +
                           "' is no name; names are letters, digits, '_', '-' and '.', "
                           "which does not come first");
}

/// Whether there are more simulations than a sweep may have, which is told.
bool SweepPlan::too_many() {
    double points = 1;
    std::string factors;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
        if (i > 0 && axes_[i].block == axes_[i - 1].block) continue;
        points *= static_cast<double>(axes_[i].values.size());
        factors += (factors.empty() ? "" : " x ") + std::to_string(axes_[i].values.size());
    }
    const auto seeds = static_cast<double>(params_.seeds.count);
    if (points * seeds <= static_cast<double>(most_trials)) return false;
    diagnostics_.error(axes_.back().origin, axes_.back().path,
                       fmt::format("the axes make {:.0f} points ({}), which are {:.0f} "
                                   "simulations; more than {} simulations are not one sweep",
                                   points, factors, points * seeds, most_trials));
    return true;
}

void SweepPlan::plan_points() {
    levels_.assign(1, {});
    if (too_many()) return;
    for (std::size_t first = 0; first < axes_.size();) {
        std::size_t last = first;
        while (last < axes_.size() && axes_[last].block == axes_[first].block) ++last;
        const std::size_t count = axes_[first].values.size();
        std::vector<std::vector<std::uint32_t>> next;
        next.reserve(levels_.size() * count);
        for (const auto& point : levels_) {
            for (std::size_t level = 0; level < count; ++level) {
                next.push_back(point);
                next.back().resize(last, static_cast<std::uint32_t>(level));
            }
        }
        levels_ = std::move(next);
        first = last;
    }
}

void SweepPlan::plan_seeds(const std::string& seed) {
    std::int64_t first = params_.seed ? *params_.seed : base_.scenario.seed;
    if (!seed.empty()) {
        const auto given = parse_count(seed);
        const Origin origin = labelled("--seed", ".", 1000);
        if (!given || given.value < 0) {
            diagnostics_.error(origin, "seed", "'" + seed + "' is no seed");
            return;
        }
        if (!params_.seeds.listed.empty()) {
            diagnostics_.error(origin, "seed", "the sweep lists its seeds one by one");
            return;
        }
        first = given.value;
        params_.seed = first;
    }
    seeds_ = params_.seeds.listed;
    for (std::int64_t i = 0; seeds_.size() < static_cast<std::size_t>(params_.seeds.count); ++i) {
        seeds_.push_back(first + i);
    }
}

LoadOptions SweepPlan::options(std::size_t point, std::int64_t seed) const {
    LoadOptions out;
    out.settings = fixed_;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
        out.settings.push_back({axes_[i].path, axes_[i].values[level(point, i)], axes_[i].origin});
    }
    out.seed = std::to_string(seed);
    out.files = &files_;
    return out;
}

std::string SweepPlan::described(std::size_t point) const {
    std::string out;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
        out += (out.empty() ? "" : ", ") + axes_[i].path + " = " + axes_[i].texts[level(point, i)];
    }
    return out;
}

void SweepPlan::note_captures(const Scenario& scenario) {
    for (const TrafficParams& traffic : scenario.traffic) {
        if (traffic.capture.empty()) continue;
        const auto at = std::lower_bound(captures_.begin(), captures_.end(), traffic.capture.path);
        if (at == captures_.end() || *at != traffic.capture.path) {
            captures_.insert(at, traffic.capture.path);
        }
    }
}

void SweepPlan::check_points(const Library& library, const Checked& checked) {
    struct Found {
        Diagnostics::Error error;
        std::size_t point;
        std::size_t count;
    };
    std::map<std::string, Found> found;
    for (std::size_t point = 0; point < points(); ++point) {
        LoadedScenario loaded = load_scenario(scenario_, library, options(point, seeds_.front()));
        costs_.push_back(expected_frames(loaded.scenario));
        note_captures(loaded.scenario);
        check_captures(loaded);
        if (loaded.ok()) names_.add_scenario(loaded.scenario, params_.find);
        for (const auto& error : loaded.diagnostics.sorted()) {
            const auto [at, fresh] = found.try_emplace(error.text(), Found{error, point, 0});
            ++at->second.count;
        }
        if (point == 0) check_overlaps(fixed_, axes_, loaded.tree, diagnostics_);
        if (point == 0 && !base_.ok()) base_ = std::move(loaded);
        given_up_ = checked && !checked(point + 1, points());
        if (given_up_) return;
    }
    for (const auto& [text, one] : found) {
        std::string message = one.error.message;
        if (one.count < points()) {
            message += " (with " + described(one.point);
            if (one.count > 1) message += fmt::format(", and at {} more points", one.count - 1);
            message += ")";
        }
        diagnostics_.error(one.error.origin, one.error.path, message);
    }
    check_find();
}

void SweepPlan::check_captures(const LoadedScenario& loaded) {
    if (loaded.scenario.record.pcap.empty()) return;
    const Node* node = find_path(loaded.tree, "record.pcap");
    diagnostics_.error(node == nullptr ? Origin{} : node->origin, "record.pcap",
                       "a sweep writes no captures; 'set: {record.pcap: []}' leaves them out");
}

void SweepPlan::check_find() {
    if (!diagnostics_.ok()) return;
    for (const Setting& one : fixed_) check_part_of_find(one.path, one.origin, false);
    for (const SweepAxis& axis : axes_) check_part_of_find(axis.path, axis.origin, true);
    if (params_.find.empty()) return;
    std::vector<std::string> known;
    for (const FindParams& find : base_.scenario.find) known.push_back(find.name);
    if (std::find(known.begin(), known.end(), params_.find) != known.end()) return;
    const Node* node = find_path(tree_, "find");
    diagnostics_.error(node == nullptr ? Origin{} : node->origin, "find",
                       "the scenario has no search '" + params_.find + "'" +
                           did_you_mean(params_.find, known) + " (known: " + listing(known) + ")");
}

/// Tells of what is set without effect: by a search in every trial, or of a search that is not run.
void SweepPlan::check_part_of_find(const std::string& path, const Origin& origin, bool is_axis) {
    std::string why;
    if (params_.find.empty()) {
        if (!paths_overlap(path, "find", base_.tree)) return;
        why = "is of a search, and this sweep runs none ('find: NAME' does)";
    }
    for (const FindParams& find : base_.scenario.find) {
        if (find.name != params_.find) continue;
        for (const std::string& set : find_settings(find, base_.scenario)) {
            const bool all = split_path(path).size() >= split_path(set).size();
            if (!paths_overlap(path, set, base_.tree) || !(is_axis || all)) continue;
            why = "has no effect: every trial of the search '" + find.name + "' sets " + set;
            break;
        }
    }
    if (why.empty()) return;
    if (is_axis) {
        diagnostics_.error(origin, path, why);
    } else {
        notes_.push_back(origin.text() + ": " + path + ": " + why);
    }
}

}  // namespace snsim
