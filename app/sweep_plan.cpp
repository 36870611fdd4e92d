#include "app/sweep_plan.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <numeric>

#include "app/offered_frames.h"
#include "models/base/measure.h"
#include "models/base/random.h"
#include "models/system/overrides.h"

namespace snsim {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_trials = 1'000'000;

bool is_file(const fs::path& path) {
    std::error_code failed;
    return fs::is_regular_file(path, failed);
}

/// The measure of a range's end as the parameter's own type counts it.
std::optional<Measure> end_of(const Node& node, const Leaf* leaf) {
    auto measure = parse_measure(node.text);
    if (measure && measure->kind == Measure::Kind::count && leaf != nullptr &&
        leaf->schema() == SchemaType::number) {
        measure->kind = Measure::Kind::number;
    }
    return measure;
}

/// A value at a fraction of the way between two ends, which are met exactly.
Node between(const Axis& axis, const Measure& low, const Measure& high, double fraction) {
    if (fraction <= 0) return axis.values[0];
    if (fraction >= 1) return axis.values[1];
    const double si = axis.spacing == Axis::Spacing::linear
                          ? low.si + fraction * (high.si - low.si)
                          : low.si * fixed_exp(fraction * fixed_log(high.si / low.si));
    const bool counts = low.kind == Measure::Kind::count && high.kind == Measure::Kind::count;
    const Measure& like = counts || low.kind != Measure::Kind::count ? low : high;
    return Node::scalar(print_measure(si, like), axis.values[0].origin);
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
    if (!diagnostics_.ok()) return;
    load_base(library);
    if (!diagnostics_.ok()) return;
    plan_seeds(seed);
    plan_axes();
    if (!diagnostics_.ok()) return;
    check_points(library, checked);
    if (!diagnostics_.ok()) return;
    std::vector<std::pair<std::string, std::string>> numeric;
    for (const SweepAxis& axis : axes_) {
        if (axis.numeric) numeric.emplace_back(axis.path, axis.unit);
    }
    formulas_ = SweepFormulas(params_, tree_, base_.scenario, numeric, diagnostics_);
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

bool SweepPlan::taken(const std::string& path, const Origin& origin) {
    for (const auto& [other, where] : taken_) {
        if (other != path) continue;
        diagnostics_.error(origin, path,
                           "is given its values elsewhere already (" + where.text() + ")");
        return true;
    }
    taken_.emplace_back(path, origin);
    if (path == "seed") {
        diagnostics_.error(origin, path, "seeds are no axis; give 'seed' and 'seeds'");
        return true;
    }
    return false;
}

/// Where in its range each sample of a latin hypercube lies: one in each of so many equal parts, in
/// an order of their own.
std::vector<double> SweepPlan::drawn(const std::string& path) const {
    const auto count = static_cast<std::size_t>(params_.latin_hypercube.samples);
    const std::int64_t seed = params_.seed ? *params_.seed : base_.scenario.seed;
    RandomStream random(static_cast<std::uint64_t>(seed), "latin_hypercube." + path);
    std::vector<std::size_t> parts(count);
    std::iota(parts.begin(), parts.end(), std::size_t{0});
    for (std::size_t i = count; i > 1; --i) std::swap(parts[i - 1], parts[random.below(i)]);
    std::vector<double> out;
    for (const std::size_t part : parts) {
        const double within = 1 - random.unit();
        out.push_back((static_cast<double>(part) + within) / static_cast<double>(count));
    }
    return out;
}

void SweepPlan::add_axis(const Axis& axis, const char* kind, const std::vector<double>& fractions) {
    const Located place = locate(Scenario::params(), base_.tree, axis.path);
    SweepAxis out;
    out.path = place.error.empty() ? place.path : axis.path;
    out.kind = kind;
    out.origin = axis.origin;
    if (place.leaf != nullptr) out.meaning = place.leaf->meaning;
    if (taken(out.path, axis.origin)) return;
    if (fractions.empty()) {
        out.values = axis.values;
    } else {
        const auto low = end_of(axis.values[0], place.leaf);
        const auto high = end_of(axis.values[1], place.leaf);
        for (const std::size_t end : {std::size_t{0}, std::size_t{1}}) {
            if (end == 0 ? low.has_value() : high.has_value()) continue;
            diagnostics_.error(
                axis.values[end].origin, out.path,
                axis.values[end].described() + " is no quantity to count from or to");
        }
        if (!low || !high) return;
        if (!low->comparable(*high)) {
            diagnostics_.error(axis.values[1].origin, out.path,
                               axis.values[0].described() + " and " + axis.values[1].described() +
                                   " are not of one kind");
            return;
        }
        if (axis.spacing == Axis::Spacing::log && !(low->si > 0 && high->si > 0)) {
            diagnostics_.error(axis.values[0].origin, out.path,
                               "a log range begins and ends above zero");
            return;
        }
        for (const double fraction : fractions) {
            out.values.push_back(between(axis, *low, *high, fraction));
        }
    }
    out.numeric = true;
    std::optional<Measure> first;
    for (const Node& value : out.values) {
        out.texts.push_back(value.is_scalar() ? value.text : value.flow());
        const auto measure = value.is_scalar() ? parse_measure(value.text) : std::nullopt;
        if (measure && !first) first = measure;
        out.numeric = out.numeric && measure && measure->comparable(*first);
        out.si.push_back(measure ? measure->si : 0);
    }
    if (out.numeric && first) out.unit = first->unit;
    if (!out.numeric) out.si.clear();
    axes_.push_back(std::move(out));
}

void SweepPlan::plan_axes() {
    for (const Setting& s : fixed_) {
        const Located place = locate(Scenario::params(), base_.tree, s.path);
        (void)taken(place.error.empty() ? place.path : s.path, s.origin);
    }
    // Axes of one block have their values together, those of different blocks all with all.
    std::vector<std::size_t> blocks;  // which block an axis belongs to
    for (const Axis& axis : params_.list.axes) {
        add_axis(axis, "list", {});
        blocks.resize(axes_.size(), 0);
    }
    for (const Axis& axis : params_.grid.axes) {
        std::vector<double> fractions;
        for (std::int64_t i = 0; i < axis.steps; ++i) {
            fractions.push_back(static_cast<double>(i) / static_cast<double>(axis.steps - 1));
        }
        const std::size_t before = axes_.size();
        add_axis(axis, "grid", fractions);
        if (axes_.size() == before) continue;
        SweepAxis& added = axes_.back();
        for (std::size_t i = 0; i < added.values.size(); ++i) {
            const auto earlier =
                std::find(added.texts.begin(), added.texts.begin() + static_cast<std::ptrdiff_t>(i),
                          added.texts[i]);
            if (earlier == added.texts.begin() + static_cast<std::ptrdiff_t>(i)) continue;
            if (axis.steps == 0) {
                diagnostics_.error(added.values[i].origin, added.path,
                                   "the value " + added.texts[i] + " twice");
                continue;
            }
            added.values.erase(added.values.begin() + static_cast<std::ptrdiff_t>(i));
            added.texts.erase(added.texts.begin() + static_cast<std::ptrdiff_t>(i));
            if (added.numeric) added.si.erase(added.si.begin() + static_cast<std::ptrdiff_t>(i));
            --i;
        }
        if (axis.steps > 0 && added.values.size() < static_cast<std::size_t>(axis.steps)) {
            notes_.push_back(fmt::format(
                "{}: {}: {} steps make {} different values, for lack of values between them",
                axis.origin.text(), added.path, axis.steps, added.values.size()));
        }
        blocks.push_back(1 + blocks.size());
    }
    for (const Axis& axis : params_.latin_hypercube.axes.axes) {
        add_axis(axis, "latin_hypercube", drawn(axis.path));
        blocks.resize(axes_.size(), 1'000'000'000);
    }
    find_within();
    if (diagnostics_.ok()) plan_points(blocks);
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

bool SweepPlan::comparable(std::size_t a, std::size_t b) const {
    return std::all_of(within_.begin(), within_.end(),
                       [&](std::size_t axis) { return level(a, axis) == level(b, axis); });
}

void SweepPlan::plan_points(const std::vector<std::size_t>& blocks) {
    levels_.assign(1, {});
    for (std::size_t first = 0; first < axes_.size();) {
        std::size_t last = first;
        while (last < axes_.size() && blocks[last] == blocks[first]) ++last;
        const std::size_t count = axes_[first].values.size();
        if (levels_.size() * count * static_cast<std::size_t>(params_.seeds.count) > most_trials) {
            diagnostics_.error(
                axes_[first].origin, axes_[first].path,
                fmt::format("with this axis there are more than {} simulations", most_trials));
            return;
        }
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
        for (const auto& error : loaded.diagnostics.sorted()) {
            const auto [at, fresh] = found.try_emplace(error.text(), Found{error, point, 0});
            ++at->second.count;
        }
        if (point == 0 && !base_.ok()) base_ = std::move(loaded);
        if (checked) checked(point + 1, points());
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

void SweepPlan::check_find() {
    if (params_.find.empty() || !diagnostics_.ok()) return;
    std::vector<std::string> known;
    for (const FindParams& find : base_.scenario.find) known.push_back(find.name);
    if (std::find(known.begin(), known.end(), params_.find) != known.end()) return;
    const Node* node = find_path(tree_, "find");
    diagnostics_.error(node == nullptr ? Origin{} : node->origin, "find",
                       "the scenario has no search '" + params_.find + "'" +
                           did_you_mean(params_.find, known) + " (known: " + listing(known) + ")");
}

}  // namespace snsim
