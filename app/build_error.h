// Reports what only building a scenario's system can find: tables that do not fit, too many
// functions.
#pragma once

#include <stdexcept>

#include "models/system/scenario_loader.h"

namespace snsim {

/// Prints the error as those of a scenario, with file, line and column of the path its message
/// begins with, and returns the exit code.
int report_build_error(const LoadedScenario& loaded, const std::invalid_argument& error);

}  // namespace snsim
