// Facts that the PCI Express blocks announce. Times are those of the fact, which may lie ahead of
// the agenda's present; references are valid during the call only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "models/base/units.h"
#include "models/protocols/pcie_payload.h"

namespace snsim {

/// One TLP at one end of a link's direction: when its first bit was sent or its last bit came.
struct TlpFact {
    Picoseconds t;
    const void* transaction;  ///< tells transactions under way apart
    std::uint64_t address;    ///< of its payload, or of what is asked for
    std::uint32_t index;      ///< in its train
    std::uint32_t payload_bytes;
    std::uint32_t wire_bytes;
    std::uint16_t function;
    PcieFlow flow;
    bool relaxed;  ///< may pass posted writes
    bool last;     ///< of its train
};

/// The DMA engine was asked for an operation.
struct DmaAsked {
    Picoseconds t;
};

/// What a function asked for without a right to it, and the IOMMU kept it from.
enum class DmaRefusal : std::uint8_t {
    read,
    write,
    interrupt,
    detached,      ///< any access of a function that was taken away meanwhile
    peer_to_peer,  ///< of another device, where the root complex passes nothing on between ports
    count_
};
inline constexpr std::size_t dma_refusals = static_cast<std::size_t>(DmaRefusal::count_);
inline constexpr std::array<std::string_view, dma_refusals> dma_refusal_names{
    "dma_read", "dma_write", "interrupt", "detached", "peer_to_peer"};
struct DmaRefused {
    Picoseconds t;
    std::uint16_t function;  ///< BusMap::requester
    DmaRefusal what;
};

/// The DMA engine is done with an operation.
struct DmaDone {
    Picoseconds issued;  ///< when it was asked for
    Picoseconds done;
    std::uint32_t bytes;
    std::uint16_t function;
    bool read;
};

/// A class of accesses got one done: from the first request to the last answer.
struct AccessDone {
    std::uint16_t traffic_class;
    Picoseconds issued;
    Picoseconds done;
    std::uint32_t read_bytes;
    std::uint32_t written_bytes;
};

}  // namespace snsim
