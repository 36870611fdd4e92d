// The metrics `snsim list metrics` shows.
#pragma once

#include <string>
#include <vector>

namespace snsim {

struct MetricRow {
    std::string name;
    std::string unit;
    std::string meaning;
};

[[nodiscard]] std::vector<MetricRow> metric_rows();

}  // namespace snsim
