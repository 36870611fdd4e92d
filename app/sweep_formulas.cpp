#include "app/sweep_formulas.h"

#include <algorithm>
#include <fnmatch.h>

#include "models/base/diagnostics.h"

namespace snsim {

namespace {

bool is_pattern(const std::string& name) { return name.find_first_of("*?[") != std::string::npos; }

/// Why a derived metric cannot have a name; empty if it can.
std::string wrong_name(const std::string& name, const MetricNames& known) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto other = [](char c) {
        return (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    };
    const bool good =
        !name.empty() && letter(name.front()) && name.back() != '.' && name.back() != '-' &&
        std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || other(c); });
    if (!good) return "a name is letters, digits, '_', '.' and '-', a letter first";
    if (known.known(name) || MetricNames::reserved(name)) {
        return "the name '" + name + "' is taken by a metric or an axis";
    }
    if (name == "and" || name == "min" || name == "max") {
        return "the name '" + name + "' has a meaning in formulas";
    }
    return {};
}

}  // namespace

SweepFormulas::SweepFormulas(const SweepParams& params, const Node& tree, MetricNames names,
                             const std::vector<std::pair<std::string, std::string>>& axes,
                             Diagnostics& diagnostics)
    : keep_(params.keep) {
    for (std::size_t i = 0; i < keep_.size(); ++i) {
        if (names.any_matches(keep_[i])) continue;
        const std::string path = "keep." + std::to_string(i);
        const Node* node = find_path(tree, path);
        diagnostics.error(node == nullptr ? Origin{} : node->origin, path,
                          "there is no metric '" + keep_[i] + "'" + names.hint(keep_[i]));
    }
    for (const auto& [path, unit] : axes) names.add(path, unit);
    const Expression::Names words{[&](const std::string& name) { return names.known(name); },
                                  [&](const std::string& name) { return names.hint(name); }};
    // What a formula says that uses one with a mistake would be a mistake of that one.
    std::vector<std::string> mistaken;
    const auto uses_mistaken = [&](const Expression& formula) {
        const auto used = formula.names();
        return std::any_of(used.begin(), used.end(), [&](const std::string& name) {
            return std::find(mistaken.begin(), mistaken.end(), name) != mistaken.end();
        });
    };
    const auto compile = [&](const PlacedText& text, const std::string& path, bool condition,
                             std::string& unit) {
        std::optional<Expression> out;
        try {
            out = condition ? Expression::condition(text.text, words)
                            : Expression::number(text.text, words);
            if (uses_mistaken(*out)) return std::optional<Expression>();
            unit = out->unit([&](const std::string& name) { return names.unit(name); }).text();
        } catch (const ExpressionError& error) {
            Origin origin = text.origin;
            if (origin.column > 0) origin.column += static_cast<int>(error.at);
            diagnostics.error(origin, path, error.message);
            out.reset();
        }
        return out;
    };
    for (const auto& one : params.derive.all) {
        const std::string path = "derive." + one.name;
        if (const std::string why = wrong_name(one.name, names); !why.empty()) {
            diagnostics.error(one.name_origin, path, why);
            continue;
        }
        std::string unit;
        auto formula = compile(one.formula, path, false, unit);
        names.add(one.name, formula ? unit : "");
        if (formula) {
            derived_.push_back({one.name, unit, std::move(*formula)});
        } else {
            mistaken.push_back(one.name);
        }
    }
    for (std::size_t i = 0; i < params.objectives.all.size(); ++i) {
        const auto& one = params.objectives.all[i];
        const std::string at = "objectives." + std::to_string(i);
        const std::string word = one.maximise ? "max" : "min";
        std::string unit;
        std::string none;
        auto formula = compile(one.formula, join_path(at, word), false, unit);
        std::optional<Expression> where;
        if (!one.where.text.empty()) where = compile(one.where, at + ".where", true, none);
        if (!formula) continue;
        objectives_.push_back({one.maximise, word + " " + one.formula.text, unit,
                               std::move(*formula), std::move(where), one.where.text});
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
                                             const AxisValue& axis,
                                             std::vector<Absent>& absent) const {
    std::vector<Metric> all = measured;
    for (const std::string& name : keep_) {
        const bool there = is_pattern(name) ||
                           std::any_of(measured.begin(), measured.end(),
                                       [&](const Metric& metric) { return metric.name == name; });
        if (!there) absent.push_back({name, "it was not measured"});
    }
    for (const DerivedMetric& one : derived_) {
        std::string why;
        const auto found = one.formula.value(
            [&](const std::string& name) { return value(name, all, axis); }, &why);
        if (found) {
            all.push_back({one.name, *found, one.unit, *found, *found});
        } else {
            absent.push_back({one.name, why});
        }
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
