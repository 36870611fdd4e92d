// What the events of a scenario mean: which interface, which of its values, and whether that can
// be.
#pragma once

#include "models/base/diagnostics.h"
#include "models/system/scenario.h"

namespace snsim {

/// Fills in what each event means; what makes no sense goes to `diagnostics`. The rest of the
/// scenario was bound without errors.
void resolve_events(Scenario& scenario, const Node& tree, Diagnostics& diagnostics);

/// The most queues an interface ever has.
[[nodiscard]] std::uint16_t most_queues(const Scenario& scenario, std::size_t host,
                                        std::size_t interface);

}  // namespace snsim
