#include "observers/summary_json.h"

#include <cmath>
#include <fmt/format.h>
#include <iterator>

#include "observers/json.h"

namespace snsim {
namespace {

std::string metrics_object(const std::vector<Metric>& metrics,
                           const std::vector<Metric>& of_the_run) {
    std::string out;
    for (const auto* list : {&metrics, &of_the_run}) {
        for (const Metric& metric : *list) {
            if (!std::isfinite(metric.value)) continue;
            fmt::format_to(std::back_inserter(out), R"({}{}: {{"value": {}, "unit": {}}})",
                           out.empty() ? "" : ", ", json_text(metric.name), metric.value,
                           json_text(metric.unit));
        }
    }
    return "{" + out + "}";
}

std::string bottleneck_object(const std::vector<Bottleneck>& ranked) {
    if (ranked.empty()) return "null";
    const Bottleneck& limit = ranked.front();
    return fmt::format(
        R"({{"path": {}, "resource": {}, "utilisation": {}, "gain_if_doubled": {}}})",
        json_text(limit.path), json_text(limit.resource), json_number(limit.utilisation),
        json_number(limit.gain_if_doubled));
}

std::string audit_object(const Results& results) {
    std::vector<std::string> failed;
    for (const AuditRow& row : results.audit) {
        if (!row.ok) failed.push_back(row.law + "@" + row.where);
    }
    return fmt::format(R"({{"ok": {}, "failed": {}}})", results.audit_ok(),
                       json_list(failed, json_text));
}

}  // namespace

std::string summary_json(const Results& results, const std::vector<Metric>& of_the_run,
                         const std::string& output) {
    return fmt::format(
        R"({{"scenario": {}, "seed": {}, "complete": {}, "metrics": {}, "bottleneck": {}, )"
        R"("audit": {}, "output": {}}})"
        "\n",
        json_text(results.scenario), results.seed, results.complete,
        metrics_object(results.summary, of_the_run), bottleneck_object(results.bottlenecks),
        audit_object(results), output.empty() ? "null" : json_text(output));
}

}  // namespace snsim
