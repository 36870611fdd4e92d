// A run's summary as a page for people: at most 40 lines, which on a terminal fit it.
//
// Reads the metrics by name (with a class name and a dot before it for each traffic class) and the
// tables breakdown (class, station, mean, share), drops (path, reason, frames) and power (path,
// mean). What is absent there is left out or shown as "-"; unknown metrics and tables are ignored.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "observers/results.h"

namespace snsim {

/// What the page shows beside the results, and how.
struct SummaryInfo {
    double warmup_s = 0;  ///< simulated
    double measure_s = 0;
    double drain_s = 0;
    std::vector<std::string> classes;  ///< traffic classes, in the scenario's order
    std::string output;                ///< results file; empty: none was written
    double wall_s = 0;                 ///< 0: not said
    double setup_s = 0;                ///< of it, before simulated time began to pass
    double frames_per_wall_s = 0;      ///< while it passed
    std::size_t columns = 100;         ///< of a line, at least 100; 0: lines may be of any length
    bool unicode = false;              ///< bars of block characters instead of '#'
    bool colour = false;               ///< terminal escapes
};

[[nodiscard]] std::string summary_text(const Results& results, const SummaryInfo& info);

}  // namespace snsim
