// A packet on its way from a ring of the host's memory: what its descriptors say, and whether what
// was read agrees.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/frame.h"
#include "models/functions/drop_reason.h"
#include "models/nic/nic_function.h"

namespace snsim {

/// Descriptors of the ring's first packet; 0 if not all of them are on the card.
[[nodiscard]] std::uint32_t first_packet_pieces(const DescriptorRing& ring);
[[nodiscard]] std::uint32_t first_packet_bytes(const DescriptorRing& ring);

/// A packet that is being read out of host memory.
struct TransmitPacket {
    NicQueue* queue;
    std::vector<Frame*> parts;  ///< by piece; of a packet that is not cut the first one only
    TxDescriptor first;
    std::uint32_t bytes;
    std::uint32_t reading;  ///< bytes of it in the window
    std::uint32_t pieces;   ///< still to be read
    std::uint32_t frames;   ///< that it becomes
    std::uint32_t credit;   ///< that was taken for them
    std::uint16_t end;      ///< ring position behind it
    bool blocked;           ///< not all of it could be read
    bool here;              ///< all of it is on the card
    std::uint32_t generation;
    Picoseconds ready;  ///< when what was read so far is here

    [[nodiscard]] bool is_cut() const { return (first.flags & TxDescriptor::segment) != 0; }
    [[nodiscard]] bool gets_tag() const { return (first.flags & TxDescriptor::insert_vlan) != 0; }

    /// Takes the ring's first packet for what its descriptors say.
    void describe(NicQueue& of);
    /// Why the function may not send what was read, or none.
    [[nodiscard]] DropReason refusal(const NicFunction& function) const;

  private:
    void count_frames();
    /// Whether what is here can be cut as the descriptor says. Where there are several pieces, each
    /// is one segment's.
    [[nodiscard]] bool can_be_cut() const;
};

}  // namespace snsim
