#include "app/metric_rows.h"

#include "observers/metrics.h"

namespace snsim {

std::vector<MetricRow> metric_rows() {
    std::vector<MetricRow> rows;
    rows.reserve(metric_table.size());
    for (const MetricInfo& metric : metric_table) {
        rows.push_back(
            {std::string(metric.name), std::string(metric.unit), std::string(metric.meaning)});
    }
    return rows;
}

}  // namespace snsim
