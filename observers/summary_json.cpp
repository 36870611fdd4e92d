#include "observers/summary_json.h"

#include <cmath>
#include <cstddef>
#include <fmt/format.h>
#include <iterator>

namespace snsim {
namespace {

/// Length of the well-formed UTF-8 sequence at the start of `text` (RFC 3629), 0 if there is none.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) -> unsigned {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
    };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool overlong = first == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = first == 0xED && byte(1) > 0x9F;
        return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool overlong = first == 0xF0 && byte(1) < 0x90;
        const bool too_large = first == 0xF4 && byte(1) > 0x8F;
        return follows(1) && follows(2) && follows(3) && !overlong && !too_large ? 4 : 0;
    }
    return 0;
}

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
        const std::size_t length = sequence_length(text);
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
