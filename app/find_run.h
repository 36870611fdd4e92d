// `snsim run SCENARIO --find NAME`: a search instead of a run.
#pragma once

#include "app/run.h"

namespace snsim {

/// Searches and writes; returns the exit code.
int run_find(const RunOptions& options);

}  // namespace snsim
