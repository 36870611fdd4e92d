// What a link is asked to send: the TLPs of one transaction in one direction, or one that a switch
// passes on.
#pragma once

#include <cstdint>

#include "models/base/memory_stream.h"
#include "models/pcie/tlp_cursor.h"
#include "models/protocols/pcie_payload.h"

namespace snsim {

inline constexpr std::size_t pcie_flows = 3;
[[nodiscard]] constexpr std::size_t flow_index(PcieFlow flow) {
    return static_cast<std::size_t>(flow);
}

/// One TLP, as a switch passes it on.
struct Tlp {
    Payload* payload;
    std::uint64_t address;
    std::uint32_t index;          ///< in its train
    std::uint32_t bytes;          ///< that it carries or asks for
    std::uint32_t payload_bytes;  ///< that it carries
    PcieFlow flow;
    bool last;         ///< of its train
    Picoseconds came;  ///< its last bit, to the switch
};

struct Train {
    Payload* payload;
    PcieRequest* info;     ///< the payload's
    TlpCursor tlps;        ///< not yet sent
    Picoseconds entered;   ///< into the queue, or the end of what was sent of it before
    Picoseconds ready;     ///< its next TLP
    Picoseconds step;      ///< from one TLP to be ready to the next
    std::uint64_t order;   ///< of all of its direction
    std::uint32_t left;    ///< TLPs
    std::uint32_t sent;    ///< TLPs; where this is one of a train, those before it
    std::uint32_t data;    ///< bytes of all
    std::uint32_t last;    ///< bytes that its last TLP carries or asks for
    std::uint32_t header;  ///< bytes of each
    PcieFlow flow;
    std::uint8_t sender;
    bool relaxed;
    bool by_function;
    bool has_data;
    Picoseconds came;  ///< to the switch that passes it on
    bool passing;      ///< this is one TLP, which a switch passes on
    bool ends;         ///< its last TLP is the transaction's last

    /// Tells its queue from others.
    [[nodiscard]] std::uint8_t lane() const {
        return static_cast<std::uint8_t>(sender * 4U + flow_index(flow));
    }
    /// Bytes that its next TLP carries.
    [[nodiscard]] std::uint32_t payload_bytes() const { return has_data ? tlps.bytes() : 0; }
    /// Its next one.
    [[nodiscard]] Tlp next() const {
        const std::uint32_t bytes = tlps.bytes();
        return {payload, tlps.address(),    sent, bytes, has_data ? bytes : 0,
                flow,    ends && left == 1, 0};
    }
};

}  // namespace snsim
