#include "app/sweep_formulas.h"

#include <algorithm>
#include <fnmatch.h>

#include "models/base/diagnostics.h"
#include "observers/metrics.h"

namespace snsim {

namespace {

constexpr std::string_view family = "power.<block>.mean";

bool differs_between_runs(std::string_view name) {
    return name == "sim.wall_time" || name == "sim.setup_time" ||
           name == "sim.frames_per_wall_second" || name == "sim.memory.peak";
}

bool starts_with(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}

/// The names metrics can have in a scenario.
class MetricNames {
  public:
    explicit MetricNames(const Scenario& scenario) {
        prefixes_.emplace_back();
        for (const auto& host : scenario.hosts) prefixes_.push_back(host.name + ".");
        for (const auto& traffic : scenario.traffic) prefixes_.push_back(traffic.name + ".");
        for (const std::string& prefix : prefixes_) {
            for (const MetricInfo& metric : metric_table) {
                if (metric.name == family || differs_between_runs(metric.name)) continue;
                names_.push_back(prefix + std::string(metric.name));
            }
        }
    }

    void add(const std::string& name) { names_.push_back(name); }

    [[nodiscard]] bool known(const std::string& name) const {
        return std::find(names_.begin(), names_.end(), name) != names_.end() || open(name);
    }
    [[nodiscard]] bool any_matches(const std::string& pattern) const {
        return open(pattern) ||
               std::any_of(names_.begin(), names_.end(), [&](const std::string& name) {
                   return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
               });
    }
    [[nodiscard]] std::string hint(const std::string& name) const {
        const std::string near = did_you_mean(name, names_);
        return near.empty() ? " (snsim list metrics shows all)" : near;
    }

  private:
    /// Of families whose members only a run knows: blocks' power, what a search found.
    [[nodiscard]] bool open(const std::string& name) const {
        if (starts_with(name, "find.")) return true;
        return std::any_of(prefixes_.begin(), prefixes_.end(), [&](const std::string& prefix) {
            return starts_with(name, prefix + "power.") && name.size() > prefix.size() + 11 &&
                   name.compare(name.size() - 5, 5, ".mean") == 0;
        });
    }

    std::vector<std::string> prefixes_;
    std::vector<std::string> names_;
};

std::string unit_of(const std::string& name,
                    const std::vector<std::pair<std::string, std::string>>& axes) {
    for (const auto& [path, unit] : axes) {
        if (path == name) return unit;
    }
    for (const MetricInfo& metric : metric_table) {
        const std::string_view row = metric.name;
        const bool at_end = name.size() >= row.size() &&
                            name.compare(name.size() - row.size(), row.size(), row) == 0;
        if (at_end) return std::string(metric.unit);
    }
    return {};
}

}  // namespace

SweepFormulas::SweepFormulas(const SweepParams& params, const Node& tree, const Scenario& scenario,
                             const std::vector<std::pair<std::string, std::string>>& axes,
                             Diagnostics& diagnostics)
    : keep_(params.keep) {
    MetricNames known(scenario);
    for (std::size_t i = 0; i < keep_.size(); ++i) {
        if (known.any_matches(keep_[i])) continue;
        const std::string path = "keep." + std::to_string(i);
        const Node* node = find_path(tree, path);
        diagnostics.error(node == nullptr ? Origin{} : node->origin, path,
                          "there is no metric '" + keep_[i] + "'" + known.hint(keep_[i]));
    }
    for (const auto& [path, unit] : axes) known.add(path);
    const Expression::Names names{[&](const std::string& name) { return known.known(name); },
                                  [&](const std::string& name) { return known.hint(name); }};
    const auto compile = [&](const PlacedText& text, const std::string& path, bool condition) {
        std::optional<Expression> out;
        try {
            out = condition ? Expression::condition(text.text, names)
                            : Expression::number(text.text, names);
        } catch (const ExpressionError& error) {
            Origin origin = text.origin;
            if (origin.column > 0) origin.column += static_cast<int>(error.at);
            diagnostics.error(origin, path, error.message);
        }
        return out;
    };
    for (const auto& one : params.derive.all) {
        if (known.known(one.name)) {
            diagnostics.error(one.name_origin, "derive." + one.name,
                              "the name '" + one.name + "' is taken by a metric or an axis");
            continue;
        }
        auto formula = compile(one.formula, "derive." + one.name, false);
        if (formula) derived_.push_back({one.name, std::move(*formula)});
        known.add(one.name);
    }
    for (std::size_t i = 0; i < params.objectives.all.size(); ++i) {
        const auto& one = params.objectives.all[i];
        const std::string at = "objectives." + std::to_string(i);
        const std::string word = one.maximise ? "max" : "min";
        auto formula = compile(one.formula, join_path(at, word), false);
        std::optional<Expression> where;
        if (!one.where.text.empty()) where = compile(one.where, at + ".where", true);
        if (!formula) continue;
        const auto name = formula->only_name();
        objectives_.push_back({one.maximise, word + " " + one.formula.text,
                               name ? unit_of(*name, axes) : std::string(), std::move(*formula),
                               std::move(where), one.where.text});
    }
}

std::optional<double> SweepFormulas::value(const std::string& name,
                                           const std::vector<Metric>& metrics,
                                           const AxisValue& axis) const {
    for (const Metric& metric : metrics) {
        if (metric.name == name) return metric.value;
    }
    return axis(name);
}

std::vector<Metric> SweepFormulas::completed(const std::vector<Metric>& measured,
                                             const AxisValue& axis) const {
    std::vector<Metric> all = measured;
    for (const DerivedMetric& one : derived_) {
        const auto found =
            one.formula.value([&](const std::string& name) { return value(name, all, axis); });
        if (found) all.push_back({one.name, *found, {}, *found, *found});
    }
    return all;
}

bool SweepFormulas::keeps(const std::string& name) const {
    return keep_.empty() ||
           std::any_of(keep_.begin(), keep_.end(),
                       [&](const std::string& pattern) {
                           return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
                       }) ||
           std::any_of(derived_.begin(), derived_.end(),
                       [&](const DerivedMetric& one) { return one.name == name; });
}

}  // namespace snsim
