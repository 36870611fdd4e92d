#include "app/metric_names.h"

#include <algorithm>
#include <fnmatch.h>

#include "app/find.h"
#include "models/base/diagnostics.h"
#include "observers/metrics.h"

namespace snsim {

namespace {

constexpr std::string_view family_start = "power.";
constexpr std::string_view family_end = ".mean";

bool differs_between_runs(std::string_view name) {
    return name == "sim.wall_time" || name == "sim.setup_time" ||
           name == "sim.frames_per_wall_second" || name == "sim.memory.peak";
}

bool starts_with(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}

bool is_block_power(std::string_view name) {
    return starts_with(name, family_start) &&
           name.size() > family_start.size() + family_end.size() &&
           name.substr(name.size() - family_end.size()) == family_end;
}

}  // namespace

void MetricNames::add_run(const std::string& prefix) {
    if (!prefixes_.insert(prefix).second) return;
    for (const MetricInfo& metric : metric_table) {
        const bool of_find = metric.name.find('<') != std::string_view::npos;
        if (of_find || differs_between_runs(metric.name)) continue;
        add(prefix + std::string(metric.name), std::string(metric.unit));
    }
}

/// Of a link that is not the card's.
void MetricNames::add_link(const std::string& prefix) {
    for (const MetricInfo& metric : metric_table) {
        if (!starts_with(metric.name, "pcie.up.") && !starts_with(metric.name, "pcie.down.")) {
            continue;
        }
        add(prefix + std::string(metric.name), std::string(metric.unit));
    }
}

void MetricNames::add_scenario(const Scenario& scenario, const std::string& find) {
    if (find.empty()) {
        add_run({});
        for (const auto& host : scenario.hosts) {
            add_run(host.name + ".");
            for (const std::string& prefix : {std::string(), host.name + "."}) {
                for (const auto& s : host.switches) add_link(prefix + s.name + ".");
                for (const auto& device : host.devices) add_link(prefix + device.name + ".");
            }
        }
        for (const auto& traffic : scenario.traffic) add_run(traffic.name + ".");
        return;
    }
    for (const FindParams& one : scenario.find) {
        if (one.name != find) continue;
        for (const auto& [name, unit] : find_metrics(one)) add(name, unit);
    }
}

bool MetricNames::open(const std::string& name) const {
    return std::any_of(prefixes_.begin(), prefixes_.end(), [&](const std::string& prefix) {
        return starts_with(name, prefix) &&
               is_block_power(std::string_view(name).substr(prefix.size()));
    });
}

bool MetricNames::known(const std::string& name) const {
    return units_.count(name) > 0 || open(name);
}

bool MetricNames::any_matches(const std::string& pattern) const {
    return open(pattern) || std::any_of(units_.begin(), units_.end(), [&](const auto& named) {
               return ::fnmatch(pattern.c_str(), named.first.c_str(), 0) == 0;
           });
}

std::string MetricNames::hint(const std::string& name) const {
    std::vector<std::string> names;
    for (const auto& [known, unit] : units_) names.push_back(known);
    if (const std::string near = did_you_mean(name, names); !near.empty()) return near;
    // In a sweep of searches there is what a run has below the search's name.
    for (const std::string& known : names) {
        const std::size_t size = known.size();
        if (size > name.size() && known[size - name.size() - 1] == '.' &&
            known.compare(size - name.size(), name.size(), name) == 0) {
            return "; did you mean '" + known + "'?";
        }
    }
    return " (snsim list metrics shows all)";
}

std::string MetricNames::unit(const std::string& name) const {
    const auto found = units_.find(name);
    return found != units_.end() ? found->second : open(name) ? "W" : "";
}

bool MetricNames::reserved(const std::string& name) {
    return starts_with(name, "find.") || is_block_power(name) ||
           std::any_of(metric_table.begin(), metric_table.end(),
                       [&](const MetricInfo& metric) { return metric.name == name; });
}

}  // namespace snsim
