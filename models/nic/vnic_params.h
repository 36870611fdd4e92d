// Parameters of one function of the NIC as its owner configures it: queues, rings, interrupt
// moderation, share of the bandwidth, and what it may receive.
#pragma once

#include <optional>
#include <vector>

#include "models/base/params.h"
#include "models/base/units.h"

namespace snsim {

/// When completions raise an interrupt: with this many, or this long after the first, whichever
/// comes first. `frames: 1` with `time: 0 ps` is one interrupt per completion.
struct ModerationParams {
    std::int64_t frames;
    Duration time;
    static const ParamTable& params();
};

struct VnicParams {
    std::int64_t queues;                ///< queue pairs, over which RSS spreads flows
    std::int64_t ring;                  ///< entries of each ring
    Bytes buffer;                       ///< of a receive descriptor
    std::int64_t weight;                ///< share of the host's bandwidth against the others
    std::optional<BitRate> rate_limit;  ///< each way; absent: none
    Bytes rate_burst;                   ///< of the rate limit
    ModerationParams moderation;
    std::int64_t vlan;  ///< 0: untagged frames only
    bool attached;      ///< at the beginning
    bool lro;           ///< the card merges received segments
    Bytes lro_buffer;   ///< of a receive descriptor then
};

/// The rows of VnicParams for a struct that derives from it.
[[nodiscard]] std::vector<RowPtr> vnic_rows();

}  // namespace snsim
