// Whether a trial of a search passes, and why not.
#pragma once

#include <string>
#include <vector>

#include "app/trial.h"
#include "models/system/find_params.h"

namespace snsim {

/// What a trial was to offer.
struct Asked {
    double value;   ///< what the classes were raised to
    double frames;  ///< of theirs in the window, on average; 0: not known
};

/// Fills verdict, reason and what was counted. A trial that did not run, or held too few frames to
/// tell, is not decided.
[[nodiscard]] SearchTrial judge(const FindParams& find, const std::vector<std::string>& classes,
                                const Asked& asked, const TrialOutcome& outcome);

/// Frames of a class that must come through for its latency to be judged.
[[nodiscard]] std::int64_t frames_to_judge(LatencyMetric metric);

/// What limits, by rank. Of a trial that does not pass that is something inside, though it may be
/// too little over the limit for loss to show in its window.
[[nodiscard]] std::vector<Bottleneck> limits(const Results& results, bool passes);
/// The first of them as text: path and resource; `-` when there is none.
[[nodiscard]] std::string limit_text(const Results& results, bool passes);

}  // namespace snsim
