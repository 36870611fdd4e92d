// Parameters of the PCI Express room: a link, the DMA engine at its card's end, the root complex
// and the IOMMU at its host's end.
#pragma once

#include <optional>

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
