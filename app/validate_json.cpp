#include <fmt/format.h>

#include "app/validate_report.h"
#include "observers/json.h"

namespace snsim {

namespace {

std::string row_object(const RowOutcome& row) {
    return fmt::format(
        R"({{"id": {}, "case": {}, "component": {}, "role": "{}", "machine": {}, )"
        R"("published": {}, "simulated": {}, "unit": {}, "error": {}, "budget": {}, "ok": {}, )"
        R"("problem": {}, "events": {}}})",
        json_text(row.id), json_text(row.case_name), json_text(row.component), word_of(row.role),
        json_text(row.machine), row.published, json_number(row.simulated), json_text(row.unit),
        row.simulated ? json_number(row.error) : "null", row.budget, row.ok, json_text(row.problem),
        row.events);
}

std::string component_object(const ComponentOutcome& sum) {
    return fmt::format(R"({{"component": {}, "role": "{}", "rows": {}, "mean": {}, "worst": {}, )"
                       R"("worst_id": {}, "ok": {}}})",
                       json_text(sum.component), word_of(sum.role), sum.rows,
                       sum.rows > 0 ? json_number(sum.mean) : "null",
                       sum.rows > 0 ? json_number(sum.worst) : "null", json_text(sum.worst_id),
                       sum.ok);
}

std::string drift_object(const Drift& drift) {
    return fmt::format(
        R"({{"id": {}, "case": {}, "component": {}, "before": {}, "now": {}, "change": {}}})",
        json_text(drift.id), json_text(drift.case_name), json_text(drift.component),
        json_number(drift.before), json_number(drift.now), drift.change);
}

}  // namespace

std::string validate_json(const ValidateReport& report) {
    const Validation& v = report.validation;
    std::vector<Drift> drifted;
    for (const Drift& drift : report.drift) {
        if (!drift.ok) drifted.push_back(drift);
    }
    std::vector<CurveOutcome> curves;
    for (const CurveOutcome& curve : v.curves) {
        if (!curve.problem.empty()) curves.push_back(curve);
    }
    return fmt::format(
        R"({{"ok": {}, "figures": {{"published": {}, "bound": {}, "excluded": {}, )"
        R"("no_model": {}}}, "laws": {}, "trials": {}, "wall_time": {}, "components": {}, )"
        R"("rows": {}, "curves": {{"checked": {}, "failed": {}}}, "failures": {}, )"
        R"("drift": {{"limit": {}, "checked": {}, "failed": {}}}, "no_model": {}, "output": {}}})"
        "\n",
        report.ok(), v.counts.figures, v.counts.bound, v.counts.excluded, v.counts.no_model,
        v.counts.laws, v.counts.trials, report.wall_s, json_list(v.components, component_object),
        json_list(v.rows, row_object), v.curves.size(),
        json_list(curves,
                  [](const CurveOutcome& curve) {
                      return fmt::format(R"({{"name": {}, "problem": {}}})", json_text(curve.name),
                                         json_text(curve.problem));
                  }),
        json_list(v.failures, [](const std::string& failure) { return json_text(failure); }),
        most_drift, report.drift.size(), json_list(drifted, drift_object),
        json_list(v.no_model, [](const Figure* figure) { return json_text(figure->id); }),
        report.output.empty() ? "null" : json_text(report.output));
}

}  // namespace snsim
