#include "app/sweep_text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "app/text_table.h"
#include "observers/json.h"
#include "observers/page_text.h"

namespace snsim {

namespace {

constexpr std::size_t most_rows = 24;
constexpr std::size_t most_metrics = 5;

using Lines = std::vector<std::vector<std::string>>;

std::string plural(std::size_t count, const char* what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// The metrics worth a column: the first that are kept by name, else the usual ones.
std::vector<std::string> shown_metrics(const SweepSummary& s) {
    std::vector<std::string> wanted;
    for (const std::string& name : s.plan.params().keep) {
        if (name.find('*') == std::string::npos) wanted.push_back(name);
    }
    for (const auto& one : s.plan.params().derive.all) wanted.push_back(one.name);
    if (wanted.empty()) {
        wanted = {"rate.delivered", "throughput.l2", "latency.p99", "power.card.mean"};
    }
    std::vector<std::string> out;
    for (const std::string& name : wanted) {
        const bool measured = std::any_of(
            s.tables.means().begin(), s.tables.means().end(), [&](const auto& of_point) {
                return std::any_of(of_point.begin(), of_point.end(), [&](const MeanMetric& mean) {
                    return mean.metric.name == name;
                });
            });
        if (measured && out.size() < most_metrics) out.push_back(name);
    }
    return out;
}

std::string value_text(double value, const std::string& unit) {
    if (!unit.empty()) return si_text(value, unit);
    return fmt::format("{:.4g}", value);
}

const MeanMetric* find_mean(const std::vector<MeanMetric>& means, const std::string& name) {
    for (const MeanMetric& mean : means) {
        if (mean.metric.name == name) return &mean;
    }
    return nullptr;
}

std::vector<std::string> axis_texts(const SweepPlan& plan, std::size_t point) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < plan.axes().size(); ++i) {
        out.push_back(plan.axes()[i].texts[plan.level(point, i)]);
    }
    return out;
}

/// Titles of the axes: as many last steps of each path as tell it from the others.
std::vector<std::string> axis_titles(const SweepPlan& plan) {
    std::vector<std::string> out;
    for (const SweepAxis& axis : plan.axes()) {
        const auto ends_alike = [&](const std::string& end) {
            return std::count_if(plan.axes().begin(), plan.axes().end(), [&](const auto& other) {
                const std::string& path = other.path;
                return path.size() >= end.size() &&
                       path.compare(path.size() - end.size(), end.size(), end) == 0;
            });
        };
        std::size_t dot = axis.path.rfind('.');
        while (dot != std::string::npos && dot > 0 && ends_alike(axis.path.substr(dot)) > 1) {
            dot = axis.path.rfind('.', dot - 1);
        }
        out.push_back(dot == std::string::npos ? axis.path : axis.path.substr(dot + 1));
    }
    return out;
}

std::string means_part(const SweepSummary& s) {
    const auto metrics = shown_metrics(s);
    Lines rows(1);
    rows[0].emplace_back("point");
    for (auto& title : axis_titles(s.plan)) rows[0].push_back(std::move(title));
    for (const std::string& name : metrics) rows[0].push_back(name);
    for (std::size_t p = 0; p < s.plan.points() && p < most_rows; ++p) {
        rows.push_back({std::to_string(p)});
        for (auto& text : axis_texts(s.plan, p)) rows.back().push_back(std::move(text));
        for (const std::string& name : metrics) {
            const MeanMetric* mean = find_mean(s.tables.means()[p], name);
            rows.back().push_back(
                mean == nullptr ? "-" : value_text(mean->metric.value, mean->metric.unit));
        }
    }
    std::string out = "\n" + aligned(rows);
    if (s.plan.points() > most_rows) {
        out += fmt::format("  ... and {} more in the results file\n", s.plan.points() - most_rows);
    }
    return out;
}

std::string absent_part(const SweepSummary& s) {
    const std::size_t ran = s.plan.points() * s.plan.seeds().size() - s.missing;
    std::string out;
    for (const AbsentMetric& one : s.tables.absent()) {
        out += fmt::format("\nabsent      {} in {} of {}: {}", one.metric, one.simulations,
                           plural(ran, "simulation"), one.why);
    }
    return out.empty() ? out : out + "\n";
}

std::string pareto_part(const SweepSummary& s) {
    const auto& objectives = s.plan.formulas().objectives();
    std::vector<ParetoPoint> front;
    for (const ParetoPoint& one : s.tables.pareto()) {
        if (one.front) front.push_back(one);
    }
    std::stable_sort(front.begin(), front.end(), [&](const ParetoPoint& a, const ParetoPoint& b) {
        return objectives.front().maximise ? a.values[0] > b.values[0] : a.values[0] < b.values[0];
    });
    Lines rows(1);
    rows[0].emplace_back("point");
    for (auto& title : axis_titles(s.plan)) rows[0].push_back(std::move(title));
    for (const auto& objective : objectives) rows[0].push_back(objective.title);
    for (std::size_t i = 0; i < front.size() && i < most_rows; ++i) {
        rows.push_back({std::to_string(front[i].point)});
        for (auto& text : axis_texts(s.plan, front[i].point))
            rows.back().push_back(std::move(text));
        for (std::size_t o = 0; o < objectives.size(); ++o) {
            rows.back().push_back(value_text(front[i].values[o], objectives[o].unit));
        }
    }
    std::string out = fmt::format("\npareto      {} of {} on the front", front.size(),
                                  plural(s.plan.points(), "point"));
    if (!s.plan.params().within.empty()) out += ", compared at equal load";
    const std::size_t excluded = s.plan.points() - s.tables.pareto().size();
    if (excluded > 0) out += fmt::format(", {} no candidates (table /excluded says why)", excluded);
    out += "\n";
    if (!front.empty()) out += aligned(rows);
    return out;
}

std::string axes_json(const SweepPlan& plan, std::size_t point) {
    std::string out;
    for (std::size_t i = 0; i < plan.axes().size(); ++i) {
        const SweepAxis& axis = plan.axes()[i];
        const std::size_t level = plan.level(point, i);
        out +=
            fmt::format("{}{}: {}", out.empty() ? "" : ", ", json_text(axis.path),
                        axis.numeric ? json_number(axis.si[level]) : json_text(axis.texts[level]));
    }
    return "{" + out + "}";
}

std::string metrics_json(const std::vector<MeanMetric>& means) {
    std::string out;
    for (const MeanMetric& mean : means) {
        const Metric& m = mean.metric;
        if (!std::isfinite(m.value)) continue;
        out += fmt::format(
            R"({}{}: {{"value": {}, "unit": {}, "ci_low": {}, "ci_high": {}, "seeds": {}, )"
            R"("lowest_seed": {}, "highest_seed": {}}})",
            out.empty() ? "" : ", ", json_text(m.name), m.value, json_text(m.unit),
            json_number(m.ci_low), json_number(m.ci_high), mean.seeds, mean.lowest_seed,
            mean.highest_seed);
    }
    return "{" + out + "}";
}

std::string status_json(const SweepSummary& s, std::size_t point) {
    return json_list(s.outcomes[point], [](const std::optional<TrialOutcome>& outcome) {
        return json_text(outcome ? word_of(outcome->end) : "not-run");
    });
}

}  // namespace

std::string sweep_page(const SweepSummary& s) {
    const std::size_t all = s.plan.points() * s.plan.seeds().size();
    std::string out = fmt::format("sweep       {}: {} of {}", s.plan.name(),
                                  plural(s.plan.points(), "point"), s.plan.base().scenario.name);
    if (s.plan.seeds().size() > 1) out += fmt::format(", {} seeds each", s.plan.seeds().size());
    out += fmt::format("\nsimulated   {}", plural(all - s.missing - s.resumed, "simulation"));
    if (s.resumed > 0) out += fmt::format(", {} from before", s.resumed);
    if (s.missing > 0) out += fmt::format(", {} not run", s.missing);
    if (s.failed > 0) out += fmt::format(", {} failed", s.failed);
    out += fmt::format(" in {} with {}\n", si_text(s.wall_s, "s"), plural(s.jobs, "job"));
    out += means_part(s);
    out += absent_part(s);
    if (!s.plan.formulas().objectives().empty()) out += pareto_part(s);
    return out + "\nresults     " + s.output + "\n";
}

std::string sweep_json(const SweepSummary& s) {
    const std::string seeds =
        json_list(s.plan.seeds(), [](std::int64_t seed) { return std::to_string(seed); });
    std::string points;
    for (std::size_t p = 0; p < s.plan.points(); ++p) {
        points += fmt::format(R"({}{{"point": {}, "axes": {}, "status": {}, "metrics": {}}})",
                              p == 0 ? "" : ", ", p, axes_json(s.plan, p), status_json(s, p),
                              metrics_json(s.tables.means()[p]));
    }
    std::vector<const ParetoPoint*> front;
    for (const ParetoPoint& one : s.tables.pareto()) {
        if (one.front) front.push_back(&one);
    }
    const std::string pareto = json_list(front, [&](const ParetoPoint* one) {
        std::string values;
        for (std::size_t o = 0; o < one->values.size(); ++o) {
            values += fmt::format("{}{}: {}", o == 0 ? "" : ", ",
                                  json_text(s.plan.formulas().objectives()[o].title),
                                  json_number(one->values[o]));
        }
        return fmt::format(R"({{"point": {}, "objectives": {{{}}}}})", one->point, values);
    });
    const std::string absent = json_list(s.tables.absent(), [](const AbsentMetric& one) {
        return fmt::format(R"({{"metric": {}, "why": {}, "simulations": {}}})",
                           json_text(one.metric), json_text(one.why), one.simulations);
    });
    return fmt::format(
        R"({{"sweep": {}, "scenario": {}, "seeds": {}, "simulations": {}, "failed": {}, )"
        R"("missing": {}, "absent": {}, "points": [{}], "pareto": {}, "output": {}}})"
        "\n",
        json_text(s.plan.name()), json_text(s.plan.base().scenario.name), seeds,
        s.plan.points() * s.plan.seeds().size(), s.failed, s.missing, absent, points, pareto,
        json_text(s.output));
}

}  // namespace snsim
