// What a host's interfaces may be together, and what the settings of one may be beside each other.
#pragma once

#include "models/base/diagnostics.h"
#include "models/system/scenario.h"

namespace snsim {

/// Classes to an interface, or by way of one, carry the tag of its VLAN, unless they say another.
void resolve_vlans(Scenario& scenario, const Node& tree);
/// Tells what does not fit. The references and events of the scenario were resolved.
void check_interfaces(const Scenario& scenario, const Node& tree, Diagnostics& diagnostics);

}  // namespace snsim
