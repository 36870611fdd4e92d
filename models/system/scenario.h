// What a scenario file says, bound and checked: hosts with their cards, functions, routes, traffic,
// and how to run and record.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/base/params.h"
#include "models/card/card_params.h"
#include "models/host/cpu_params.h"
#include "models/host/host_params.h"
#include "models/network/traffic_params.h"
#include "models/network/wire_params.h"
#include "models/system/event_params.h"
#include "models/system/find_params.h"
#include "models/system/function_params.h"
#include "models/system/interface_params.h"
#include "models/system/route_params.h"

namespace snsim {

struct WindowsParams {
    std::optional<Duration> warmup;  ///< absent: until every queue is steady
    Duration warmup_max;
    Duration measure;
    Duration drain;
    static const ParamTable& params();
};

struct SimParams {
    std::int64_t batch;
    bool run_ahead;
    static const ParamTable& params();
};

/// One frame in so many is traced: `1/1000`, `1/1` or `none`.
struct FrameSampling {
    std::int64_t one_in = 0;  ///< 0: none
};

template <>
struct ValueText<FrameSampling> {
    static std::string type() { return "none, or a share such as 1/1000"; }
    static bool parse(const Node& node, FrameSampling& value, ValueErrors& errors);
    static std::string print(FrameSampling value);
};
template <>
inline constexpr SchemaType schema_type<FrameSampling> = SchemaType::text;

struct RecordParams {
    Duration interval;
    FrameSampling frames;
    std::int64_t frames_max;
    std::vector<std::string> pcap;  ///< instance paths
    static const ParamTable& params();
};

struct HostParams {
    std::string name;
    std::string profile;  ///< empty: nothing of the host is modelled
    RootParams root;
    IommuParams iommu;
    HostMemoryParams memory;
    CpuParams cpu;
    CardParams card;
    std::vector<SwitchParams> switches;
    std::vector<DeviceParams> devices;
    WireParams wire0;  ///< cable in port 0 of the card
    WireParams wire1;
    std::vector<InterfaceParams> interfaces;
    /// The card then has a PCIe link to memory.
    [[nodiscard]] bool is_modelled() const { return !profile.empty(); }
    static const ParamTable& params();
};

struct Scenario {
    std::string name;
    std::int64_t seed;
    WindowsParams windows;
    std::vector<HostParams> hosts;
    std::vector<FunctionParams> functions;  ///< in processing order
    std::vector<RouteParams> routes;
    std::vector<TrafficParams> traffic;
    std::vector<EventParams> events;
    RecordParams record;
    std::vector<FindParams> find;
    SimParams sim;
    static const ParamTable& params();
};

/// Puts canonical paths where references use an index: `hosts.0.wire1` becomes `host0.wire1`.
void resolve_aliases(Scenario& scenario);

/// Names and the paths that refer to them: unique, well formed, and leading somewhere.
void check_references(const Scenario& scenario, const Node& tree, Diagnostics& diagnostics);

/// Instance paths where traffic enters and leaves: the wires `host0.wire0` of all hosts, then their
/// interfaces `host0.vnic0`.
[[nodiscard]] std::vector<std::string> endpoints(const Scenario& scenario);
/// The interface that an endpoint is; null for a wire.
[[nodiscard]] const InterfaceParams* interface_of(const Scenario& scenario,
                                                  const std::string& endpoint);
/// Which of a host's devices has the engine `host0.card.dma` or the memory `host0.card.bar`: 0 for
/// the card, then as they are listed; nothing if none has.
[[nodiscard]] std::optional<std::size_t> device_of(const HostParams& host, const std::string& path);
/// Instance paths frames can be captured at: `host0.card.asic.port0`.
[[nodiscard]] std::vector<std::string> capture_points(const Scenario& scenario);

}  // namespace snsim
