// How late the observers may hear of a fact.
#pragma once

#include "models/system/scenario.h"

namespace snsim {

/// How far behind the present a fact may be, for bins of so many picoseconds. Throws
/// std::invalid_argument if more bins would be open at once than fit into memory.
[[nodiscard]] Duration fact_lag(const Scenario& scenario, Picoseconds interval);

}  // namespace snsim
