// Searches for a limit that a scenario names under `find:`: what is raised, between which bounds,
// and what a trial must hold to pass. app/find.h runs them.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "models/base/params.h"
#include "models/network/traffic_params.h"

namespace snsim {

/// RFC 2544, 26.1: the highest offered rate without loss, per frame size.
struct ThroughputFindParams {
    std::vector<std::string> frame_sizes;  ///< values of `frame_size`; empty: the scenario's own
    OfferedRate low;
    OfferedRate high;
    static const ParamTable& params();
};

enum class LatencyMetric { mean, p50, p90, p99, p999, max };

/// The highest offered rate with a latency below a bound.
struct LatencyFindParams {
    std::vector<std::string> frame_sizes;
    OfferedRate low;
    OfferedRate high;
    LatencyMetric metric;
    Duration below;
    static const ParamTable& params();
};

/// The highest rate of new connections of which none fails.
struct ConnectionFindParams {
    EventRate low;
    EventRate high;
    static const ParamTable& params();
};

enum class FindKind { throughput, latency_bound, connection_rate };

struct FindParams {
    std::string name;
    FindKind kind;
    std::vector<std::string> classes;  ///< raised together; empty: all that are generated
    Share resolution;                  ///< of the bracket, relative to its upper end
    Share loss;                        ///< of the classes' offered frames, that still passes
    std::int64_t frames;               ///< a trial's window holds about so many
    std::variant<ThroughputFindParams, LatencyFindParams, ConnectionFindParams> body;
    static const ParamTable& params();
};

}  // namespace snsim
