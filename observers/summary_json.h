// A run's summary as one JSON object on one line (with its newline), for programs.
//
//   {"scenario":..., "seed":..., "complete":..., "metrics":{name:{"value":..., "unit":...}},
//    "bottleneck":{"path":..., "resource":..., "utilisation":..., "gain_if_doubled":...},
//    "audit":{"ok":..., "failed":["law@where"]}, "output":...}
//
// Metrics keep their order; numbers are the shortest decimals that read back as the same double.
// JSON has no NaN and no infinity: such a metric is left out, as one that was not measured.
// `bottleneck` and `output` are null where there is none. Bytes that are not UTF-8 become U+FFFD.
#pragma once

#include <string>
#include <vector>

#include "observers/results.h"

namespace snsim {

/// `of_the_run`: metrics that may differ between two equal runs (sim.wall_time, ...) and so are no
/// part of the results. `output`: the results file.
[[nodiscard]] std::string summary_json(const Results& results,
                                       const std::vector<Metric>& of_the_run,
                                       const std::string& output);

}  // namespace snsim
