// Reports a capture that cannot be replayed, at the line of the scenario that names it.
#pragma once

#include "models/network/capture_reader.h"
#include "models/system/scenario_loader.h"

namespace snsim {

/// Prints the error to standard error and returns the exit code it asks for: damaged or missing
/// files are failures of a resource, captures of the wrong kind are errors of the scenario.
int report_capture_error(const LoadedScenario& loaded, const CaptureError& error);

}  // namespace snsim
