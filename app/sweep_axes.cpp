#include "app/sweep_axes.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <numeric>
#include <optional>
#include <set>

#include "models/base/measure.h"
#include "models/base/random.h"
#include "models/system/overrides.h"

namespace snsim {

namespace {

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
    const double as_read = std::strtod(fmt::format("{:.15g}", si).c_str(), nullptr);  // 30 %
    return Node::scalar(print_measure(as_read, like), axis.values[0].origin);
}

/// Equal for values that mean the same, however they are written.
std::string meaning_of(const Node& value) {
    if (value.is_scalar()) {
        const auto measure = parse_measure(value.text);
        return measure ? fmt::format("{:.17g} {}", measure->si, measure->unit) : value.text;
    }
    std::string out;
    for (const Node& item : value.items) out += meaning_of(item) + ", ";
    for (const Entry& entry : value.entries)
        out += entry.key + ": " + meaning_of(entry.value) + ", ";
    return (value.is_map() ? "{" : "[") + out + "]";
}

/// Whether a lies above b, or is the same.
bool holds(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    return a.size() <= b.size() && std::equal(a.begin(), a.end(), b.begin());
}

}  // namespace

void SweepAxis::erase(std::size_t level) {
    const auto at = static_cast<std::ptrdiff_t>(level);
    values.erase(values.begin() + at);
    texts.erase(texts.begin() + at);
    if (numeric) si.erase(si.begin() + at);
}

SweepAxes::SweepAxes(const SweepParams& params, const Node& tree, std::int64_t seed,
                     Diagnostics& diagnostics, std::vector<std::string>& notes)
    : params_(params), tree_(tree), seed_(seed), diagnostics_(diagnostics), notes_(notes) {
    std::size_t block = 0;
    for (const Axis& axis : params.list.axes) add(axis, "list", block, {});
    if (!axes_.empty()) check_rows(axes_.front().values.size());
    for (const Axis& axis : params.grid.axes) {
        std::vector<double> fractions;
        for (std::int64_t i = 0; i < axis.steps; ++i) {
            fractions.push_back(static_cast<double>(i) / static_cast<double>(axis.steps - 1));
        }
        const std::size_t before = axes_.size();
        add(axis, "grid", ++block, fractions);
        if (axes_.size() > before) drop_equal_steps(axis);
    }
    const std::size_t first = axes_.size();
    ++block;
    for (const Axis& axis : params.latin_hypercube.axes.axes) {
        add(axis, "latin_hypercube", block, drawn(axis.path));
    }
    if (axes_.size() > first) drop_equal_samples(first);
}

/// Where in its range each sample of a latin hypercube lies: one in each of so many equal parts, in
/// an order of their own.
std::vector<double> SweepAxes::drawn(const std::string& path) const {
    const auto count = static_cast<std::size_t>(params_.latin_hypercube.samples);
    RandomStream random(static_cast<std::uint64_t>(seed_), "latin_hypercube." + path);
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

void SweepAxes::add(const Axis& axis, const char* kind, std::size_t block,
                    const std::vector<double>& fractions) {
    const Located place = locate(Scenario::params(), tree_, axis.path);
    SweepAxis out;
    out.path = place.error.empty() ? place.path : axis.path;
    out.kind = kind;
    out.block = block;
    out.origin = axis.origin;
    if (place.leaf != nullptr) out.meaning = place.leaf->meaning;
    if (out.path == "seed") {
        diagnostics_.error(axis.origin, out.path, "seeds are no axis; give 'seed' and 'seeds'");
        return;
    }
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

std::vector<std::size_t> SweepAxes::repeated(std::size_t first, std::size_t count) const {
    std::set<std::string> seen;
    std::vector<std::size_t> out;
    for (std::size_t row = 0; row < count; ++row) {
        std::string meaning;
        for (std::size_t i = first; i < axes_.size(); ++i) {
            meaning += meaning_of(axes_[i].values[row]) + "\n";
        }
        if (!seen.insert(meaning).second) out.push_back(row);
    }
    return out;
}

void SweepAxes::check_rows(std::size_t count) {
    for (const std::size_t row : repeated(0, count)) {
        diagnostics_.error(axes_.front().values[row].origin, "list." + std::to_string(row),
                           "this point stands twice");
    }
}

/// Of the axis added last.
void SweepAxes::drop_equal_steps(const Axis& axis) {
    SweepAxis& added = axes_.back();
    const auto again = repeated(axes_.size() - 1, added.values.size());
    if (axis.steps == 0) {
        for (const std::size_t i : again) {
            diagnostics_.error(added.values[i].origin, added.path,
                               "the value " + added.texts[i] + " twice");
        }
        return;
    }
    if (again.empty()) return;
    for (auto i = again.rbegin(); i != again.rend(); ++i) added.erase(*i);
    notes_.push_back(
        fmt::format("{}: {}: {} steps make {} different values, for lack of values between them",
                    axis.origin.text(), added.path, axis.steps, added.values.size()));
}

/// Of the axes from `first` on.
void SweepAxes::drop_equal_samples(std::size_t first) {
    const auto again = repeated(first, axes_[first].values.size());
    if (again.empty()) return;
    for (std::size_t i = first; i < axes_.size(); ++i) {
        for (auto row = again.rbegin(); row != again.rend(); ++row) axes_[i].erase(*row);
    }
    notes_.push_back(fmt::format(
        "{}: latin_hypercube: {} samples make {} different points, for lack of values between them",
        axes_[first].origin.text(), params_.latin_hypercube.samples, axes_[first].values.size()));
}

void check_overlaps(const std::vector<Setting>& fixed, const std::vector<SweepAxis>& axes,
                    const Node& tree, Diagnostics& diagnostics) {
    struct Taken {
        std::string path;
        std::vector<std::string> place;
        Origin origin;
        bool is_axis;
    };
    std::vector<Taken> taken;
    const auto add = [&](const std::string& path, const Origin& origin, bool is_axis) {
        const Located found = locate(Scenario::params(), tree, path);
        if (!found.error.empty()) return;  // told when a scenario is loaded with it
        for (const Taken& other : taken) {
            const bool replaces = holds(found.place, other.place);
            if (!replaces && !(is_axis && other.is_axis && holds(other.place, found.place))) {
                continue;
            }
            const std::string where = "'" + other.path + "' (" + other.origin.text() + ")";
            std::string why = "is given its values elsewhere already, as " + where;
            if (found.place.size() < other.place.size()) {
                why = "holds " + where + ", which would then have no effect";
            } else if (found.place.size() > other.place.size()) {
                why = "lies in " + where + ", and one of the two would have no effect";
            }
            diagnostics.error(origin, path, why);
            break;
        }
        taken.push_back({path, found.place, origin, is_axis});
    };
    for (const Setting& one : fixed) add(one.path, one.origin, false);
    for (const SweepAxis& axis : axes) add(axis.path, axis.origin, true);
}

bool paths_overlap(const std::string& a, const std::string& b, const Node& tree) {
    const Located first = locate(Scenario::params(), tree, a);
    const Located second = locate(Scenario::params(), tree, b);
    return first.error.empty() && second.error.empty() &&
           (holds(first.place, second.place) || holds(second.place, first.place));
}

}  // namespace snsim
