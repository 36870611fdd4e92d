#include "app/validate_baseline.h"

#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <set>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "app/csv.h"

namespace snsim {

namespace fs = std::filesystem;

std::vector<BaselineValue> baseline_of(const Validation& validation) {
    std::vector<BaselineValue> values;
    for (const RowOutcome& row : validation.rows) {
        if (row.simulated) {
            values.push_back({row.id, row.case_name, row.component, *row.simulated});
        }
    }
    for (const PointOutcome& point : validation.points) {
        if (point.simulated) {
            values.push_back({point.id, point.case_name, point.component, *point.simulated});
        }
    }
    return values;
}

std::vector<BaselineValue> read_baseline(const std::string& path, Diagnostics& diagnostics) {
    std::vector<BaselineValue> values;
    if (!fs::exists(path)) return values;
    for (const CsvRow& row : read_csv(path, {"id", "case", "component", "value"}, diagnostics)) {
        const auto value = whole_number(row.at("value"));
        if (!value) diagnostics.error(row.origin, row.at("id"), "has no value");
        values.push_back({row.at("id"), row.at("case"), row.at("component"), value.value_or(0)});
    }
    return values;
}

Recorded recorded_values(const std::vector<BaselineValue>& values) {
    std::map<std::pair<std::string, std::string>, double> by_name;
    for (const BaselineValue& value : values) by_name[{value.case_name, value.id}] = value.value;
    return [by_name = std::move(by_name)](const Case& one, const CaseRow& row) {
        const auto found = by_name.find({one.name, row.id});
        return found == by_name.end() ? std::nullopt : std::optional(found->second);
    };
}

void write_baseline(const std::string& path, const std::vector<BaselineValue>& values) {
    const fs::path parent = fs::path(path).parent_path();
    if (!parent.empty()) fs::create_directories(parent);
    const std::string part = path + "." + std::to_string(::getpid()) + ".part";
    std::ofstream file(part, std::ios::binary);
    file << "id,case,component,value\n";
    for (const BaselineValue& value : values) {
        file << csv_line({value.id, value.case_name, value.component,
                          fmt::format("{:.9g}", value.value)})
             << '\n';
    }
    file.close();
    if (!file) {
        std::error_code ignored;
        fs::remove(part, ignored);
        throw fs::filesystem_error("", path, std::make_error_code(std::errc::io_error));
    }
    fs::rename(part, path);
}

std::vector<Drift> compare(const std::vector<BaselineValue>& baseline,
                           const std::vector<BaselineValue>& now, const ValidationPlan& plan) {
    using Key = std::pair<std::string, std::string>;
    std::map<Key, const BaselineValue*> before;
    for (const BaselineValue& value : baseline) before[{value.case_name, value.id}] = &value;
    std::set<std::string> wanted_cases;
    std::set<std::string> known_cases;
    for (const Case& one : plan.cases.cases) {
        known_cases.insert(one.name);
        if (wanted(plan, one)) wanted_cases.insert(one.name);
    }

    std::vector<Drift> drifts;
    for (const BaselineValue& value : now) {
        Drift drift{value.id, value.case_name, value.component, {}, value.value, 0, false};
        const auto found = before.find({value.case_name, value.id});
        if (found != before.end()) {
            drift.before = found->second->value;
            const double scale = std::abs(*drift.before) > 0 ? std::abs(*drift.before) : 1;
            drift.change = (value.value - *drift.before) / scale;
            drift.ok = std::abs(drift.change) <= most_drift;
            before.erase(found);
        }
        drifts.push_back(std::move(drift));
    }
    for (const auto& [key, value] : before) {
        const bool gone = plan.globs.empty() || wanted_cases.count(value->case_name) > 0 ||
                          known_cases.count(value->case_name) == 0;
        if (gone) {
            drifts.push_back(
                {value->id, value->case_name, value->component, value->value, {}, 0, false});
        }
    }
    return drifts;
}

}  // namespace snsim
