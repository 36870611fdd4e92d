#include "observers/summary_json.h"

#include <cmath>
#include <cstddef>
#include <fmt/format.h>
#include <iterator>

#include "models/base/utf8.h"

namespace snsim {
namespace {

std::string number(double value) {
    return std::isfinite(value) ? fmt::format("{}", value) : "null";
}

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
        json_text(limit.path), json_text(limit.resource), number(limit.utilisation),
        number(limit.gain_if_doubled));
}

std::string audit_object(const Results& results) {
    std::string failed;
    for (const AuditRow& row : results.audit) {
        if (row.ok) continue;
        failed += (failed.empty() ? "" : ", ") + json_text(row.law + "@" + row.where);
    }
    return fmt::format(R"({{"ok": {}, "failed": [{}]}})", results.audit_ok(), failed);
}

}  // namespace

std::string json_text(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const char c = text[0];
        if (length == 0) {
            out += "\uFFFD";
        } else if (c == '"' || c == '\\') {
            out += {'\\', c};
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '\x7f' || (c >= 0 && c < ' ')) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out + "\"";
}

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
