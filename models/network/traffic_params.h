// Parameters of a traffic class: frames a network tester at the far end of a cable offers, either
// generated or replayed from a capture.
#pragma once

#include <optional>
#include <string>

#include "models/base/params.h"
#include "models/network/traffic_values.h"
#include "models/protocols/access_params.h"

namespace snsim {

enum class Arrival { constant, poisson, on_off };
enum class FlowChoice { uniform, zipf };
enum class Transport { tcp, udp };
enum class IpVersion { v4, v6 };
/// What becomes of captured frames beyond the MTU.
enum class Oversize { drop, keep, segment };

/// The connections a class speaks over; `flows: 100` is short for `flows: {count: 100}`.
struct FlowsParams {
    std::int64_t count;
    bool established;
    FlowChoice distribution;
    double exponent;
    static const ParamTable& params();
};

struct TrafficParams {
    std::string name;
    std::string from;  ///< instance path of an endpoint
    std::string to;
    std::string via;  ///< interface whose host sends its frames on; empty: none

    // Generated frames
    FrameSizes frame_size;
    std::optional<OfferedRate> rate;  ///< absent only for a capture in its own timing
    Arrival arrival;
    std::optional<Bytes> window;  ///< under way at most; absent: no limit
    std::optional<Duration> on_time;
    std::optional<Duration> off_time;
    FlowsParams flows;
    EventRate churn;  ///< new connections per second
    Duration churn_turnaround;
    std::int64_t churn_data;
    Transport protocol;
    IpVersion ip;
    std::int64_t vlan;  ///< 0: untagged
    Duration start;
    std::optional<Duration> stop;

    // Accesses to memory in place of frames
    AccessParams access;

    // Replay
    FilePath capture;  ///< empty: frames are generated
    ReplaySpeed speed;
    std::int64_t repeat;  ///< 0: until the end
    Oversize oversize;
    Bytes mtu;
    bool allow_truncated;

    [[nodiscard]] bool has_frames() const { return access.operation == AccessOperation::none; }

    static const ParamTable& params();
};

/// Frame bytes that headers and FCS take; smaller frames cannot carry them.
[[nodiscard]] Bytes header_bytes(Transport protocol, IpVersion ip, std::int64_t vlan);

}  // namespace snsim
