#include "app/metric_rows.h"

namespace snsim {

std::vector<MetricRow> metric_rows() { return {}; }

}  // namespace snsim
