// Running a sweep from the command line: every point of it with every seed, in processes side by
// side, and one results file of all.
#pragma once

#include <cstddef>
#include <string>

#include "app/run.h"

namespace snsim {

struct SweepOptions {
    std::string sweep;     ///< path, or name of a shipped one
    std::string output;    ///< results file; empty: results/<sweep name>.h5
    std::string seed;      ///< first seed, as given; empty: the sweep's
    std::size_t jobs = 0;  ///< simulations at once; 0: as many as there are processors
    bool check = false;    ///< only look for mistakes
    bool resume = false;   ///< go on where a journal ends
    bool retry = false;    ///< and run again what failed
    bool json = false;
    ShowProgress progress = ShowProgress::automatic;
};

/// Checks, simulates and writes; returns the exit code.
int sweep(const SweepOptions& options);

}  // namespace snsim
