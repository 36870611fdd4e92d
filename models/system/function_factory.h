// From a scenario's functions and routes to the network functions that run.
#pragma once

#include <memory>

#include "models/functions/function.h"
#include "models/system/addressing.h"
#include "models/system/scenario.h"

namespace snsim {

/// Builds one function for a host's card. Throws std::invalid_argument on routes that contradict
/// each other or exceed the function's capacity.
[[nodiscard]] std::unique_ptr<Function> make_function(const FunctionParams& params,
                                                      const Scenario& scenario, std::size_t host,
                                                      const Addressing& addressing);

}  // namespace snsim
