// What PCI Express adds to a memory transaction: who asks, how it may be ordered, and the TLPs it
// travels in.
//
// One transaction stands for all TLPs of one read or write: a *train*, which the link can split
// between any two TLPs. Addresses and bytes are those of the generic payload; a read is non-posted,
// everything else posted.
#pragma once

#include <array>
#include <cstdint>

#include "models/base/units.h"

namespace snsim {

class Frame;

/// How a transaction is treated on the bus (PCIe Base 5.0, 2.4.1: three kinds of flow).
enum class PcieFlow : std::uint8_t { posted, non_posted, completion };

enum class PcieKind : std::uint8_t {
    memory,     ///< read or write of host memory, or of a card's registers from the host
    interrupt,  ///< MSI-X: a posted write of 4 bytes that the interrupt controller takes
};

/// The TLPs of a transaction in one direction; known when they were sent.
struct TlpTrain {
    std::uint32_t count = 0;
    std::uint32_t header_bytes = 0;   ///< of all: framing, sequence, header, ECRC, LCRC
    std::uint32_t payload_bytes = 0;  ///< of all
};

struct PcieRequest {
    std::uint8_t requester = 1;  ///< device that asks, by its number on the host's bus; 0: a core
    std::uint16_t function = 0;  ///< of the requester: 0 the physical one, then virtual ones
    std::uint16_t tag = 0;       ///< of a read's first request
    PcieKind kind = PcieKind::memory;
    bool relaxed_ordering = false;
    bool no_snoop = false;
    bool id_ordering = false;  ///< ordered only against the same function
    bool continues = false;    ///< a read whose beginning was asked for before
    bool direct = false;       ///< issued beside the DMA engine, by a processor of the card
    std::uint32_t user = 0;    ///< the initiator's own
    void* context = nullptr;   ///< likewise
    Frame* frame = nullptr;    ///< whose bytes are moved, if they are a frame's

    bool blocked = false;  ///< it was not allowed: there are no data, or a frame to be written is
                           ///< still its initiator's, with the reason why it ends

    // along the way
    std::uint32_t mrrs = 0;         ///< by which its requester asks
    TlpTrain request;               ///< TLPs from the requester
    TlpTrain completion;            ///< TLPs back, of a read
    Picoseconds first_arrival = 0;  ///< of the train's first TLP at the far end
    Picoseconds step = 0;     ///< completions: at least so long from one to be ready to the next
    Picoseconds drained = 0;  ///< when the receiver had room for others in place of this
    Picoseconds issued = 0;   ///< when the DMA engine was asked
    std::uint8_t client = 0;  ///< of the DMA engine
    bool answered = false;    ///< posted: its requester was told that it has left, and may still
                              ///< be on its way
    std::array<std::uint8_t, 4> word{};  ///< room for four bytes that travel with the request
};

}  // namespace snsim
