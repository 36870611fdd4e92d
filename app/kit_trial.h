// A queue of the station kit as a trial: runs the bench and measures what closed forms speak of.
#pragma once

#include <cstdint>

#include "models/base/queue_bench.h"
#include "observers/results.h"

namespace snsim {

/// Metrics, times in mean services: wait.mean, wait.probability, sojourn.mean, sojourn.p50, .p99,
/// loss, arrival.rate (of those that got in), occupancy.mean (counted from who comes and goes, not
/// from their times), urgent.wait.mean and other.wait.mean where there are two queues, and
/// sim.events. Their intervals are those of 30 batch means at 99 %; a first batch is discarded.
[[nodiscard]] Results run_kit(const QueueBenchParams& params, std::uint64_t seed);

}  // namespace snsim
