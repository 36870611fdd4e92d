// What the process returns.
#pragma once

namespace snsim {

enum ExitCode : int {
    exit_fine = 0,
    exit_failed = 1,  ///< it ran, but an audit, comparison or accuracy budget failed
    exit_usage = 2,   ///< wrong usage or scenario, before any simulation
    exit_io = 3,      ///< a file or resource failed
    exit_interrupted = 130
};

}  // namespace snsim
