// How many frames a scenario offers, about, before it is simulated: what windows of searches are
// sized by, and what simulations cost.
#pragma once

#include "models/system/scenario.h"

namespace snsim {

/// Frames of a generated class per second, those of its new connections included.
[[nodiscard]] double frames_per_s(const TrafficParams& traffic, const Scenario& scenario);
/// Frames of all classes in a whole run.
[[nodiscard]] double expected_frames(const Scenario& scenario);

}  // namespace snsim
