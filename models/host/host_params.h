// Parameters of a host's memory side: last-level cache, memory, sockets.
#pragma once

#include <optional>

#include "models/base/params.h"

namespace snsim {

struct HostMemoryParams {
    Bytes llc;
    std::int64_t llc_ways;
    std::int64_t ddio_ways;
    Duration llc_latency;
    Duration dram_latency;
    Duration write_latency;
    Duration line_time;
    std::optional<BitRate> bandwidth;  ///< absent: no limit
    Duration jitter;
    Duration numa_latency;
    std::int64_t nodes;
    Duration refresh;
    Duration refresh_interval;
    static const ParamTable& params();
};

}  // namespace snsim
