// Parameters of the PCI Express room: a link, the DMA engine at its card's end, the root complex
// and the IOMMU at its host's end.
#pragma once

#include <optional>
#include <string>

#include "models/base/params.h"

namespace snsim {

/// Buffer space a receiver advertises; 0 stands for infinite. Data in units of 16 bytes.
struct FlowCreditParams {
    std::int64_t posted_headers;
    std::int64_t posted_data;
    std::int64_t nonposted_headers;
    std::int64_t completion_headers;
    std::int64_t completion_data;
    static const ParamTable& params();
};

enum class AddressWidth { bits32, bits64 };
/// How acknowledgements and credit updates take their share of the link.
enum class DllMode { guideline, events };

struct LinkPowerParams {
    std::optional<Duration> l0s_after;  ///< absent: the link never sleeps
    Duration l0s_exit;
    std::optional<Duration> l1_after;
    Duration l1_exit;
    static const ParamTable& params();
};

struct LinkParams {
    std::int64_t generation;
    std::int64_t lanes;
    Bytes mps;
    Bytes mrrs;
    AddressWidth address;
    bool ecrc;
    DllMode dll;
    Duration latency;
    FlowCreditParams credits;  ///< the card's, for what the host sends
    Share error_rate;
    std::optional<Bytes> replay_buffer;  ///< absent: no limit
    Share ack_loss;
    LinkPowerParams power_states;
    static const ParamTable& params();
};

struct DmaParams {
    Frequency clock;
    std::int64_t outstanding;
    std::int64_t tags;
    std::int64_t issue_cycles;
    std::int64_t issue_line_cycles;
    std::int64_t move_cycles;
    std::int64_t move_line_cycles;
    Bytes chunk;
    Duration write_interval;
    Duration read_latency;
    Duration write_latency;
    Duration direct_latency;
    static const ParamTable& params();
};

/// How a host cuts the data of a read into completions.
enum class CompletionSplit { rcb, mps };

struct RootParams {
    Duration latency;
    CompletionSplit completions;
    Bytes rcb;
    FlowCreditParams credits;  ///< the host's, for what the card sends
    bool peer_to_peer;
    static const ParamTable& params();
};

/// Memory of a device that others reach by its base address register.
struct BarParams {
    Bytes size;
    BitRate rate;
    Duration read_latency;
    static const ParamTable& params();
};

/// Where a device is plugged in.
struct SlotParams {
    std::string behind;  ///< a switch's name; empty: the root complex
    std::int64_t weight;
    static const ParamTable& params();
};

/// When a switch starts to pass a TLP on.
enum class SwitchForwarding { cut_through, store_and_forward };

/// What a switch's ports advertise.
struct SwitchCreditParams : FlowCreditParams {
    static const ParamTable& params();
};

struct SwitchParams {
    std::string name;
    LinkParams pcie;  ///< to the root complex; its `credits` stand beside it
    Duration latency;
    SwitchForwarding forwarding;
    bool acs;
    SwitchCreditParams credits;  ///< of each port
    static const ParamTable& params();
};

struct IommuParams {
    bool enabled;
    std::int64_t entries;
    Bytes page;
    std::int64_t walkers;
    Duration walk;
    static const ParamTable& params();
};

}  // namespace snsim
