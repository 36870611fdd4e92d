// Whether a trial of a search passes, and why not.
#pragma once

#include <string>
#include <vector>

#include "app/trial.h"
#include "models/system/find_params.h"

namespace snsim {

/// Fills verdict, reason and what was counted; `value` is what the classes were raised to.
[[nodiscard]] SearchTrial judge(const FindParams& find, const std::vector<std::string>& classes,
                                double value, const TrialOutcome& outcome);

}  // namespace snsim
