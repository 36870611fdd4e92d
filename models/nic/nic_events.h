// Facts that the NIC announces. Times are those of the fact; references are valid during the call
// only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "models/base/frame.h"
#include "models/base/units.h"
#include "models/functions/drop_reason.h"

namespace snsim {

/// A frame ended in the NIC.
struct NicDropped {
    const Frame& frame;
    DropReason reason;
    Picoseconds t;
};

/// The NIC put a tag into the frame, or is about to take its tag off: it is so much longer, or will
/// be so much shorter.
struct TagChanged {
    const Frame& frame;
    std::int32_t bytes;  ///< that the frame grows by
};

/// The NIC raised an interrupt: a message was handed to the DMA engine.
struct InterruptRaised {
    Picoseconds t;
    std::uint16_t function;
    std::uint16_t vector;
    std::uint32_t completions;  ///< that it tells of
};

/// Why the NIC refused an access or stopped a ring.
enum class NicFault : std::uint8_t {
    other_function,  ///< a register access by another function than the window's
    no_register,     ///< nothing stands at that address, or it cannot be written
    detached,        ///< an access to a function that its owner has taken away
    bad_doorbell,    ///< an index that the ring cannot have, or no such ring
    ring_off,        ///< a doorbell of a ring that is not set up
    bad_ring,        ///< entries no power of two, too many, or an address that is not aligned
    bad_vector,      ///< an MSI-X message that is none
    dma_read,        ///< descriptors or data that the host's IOMMU did not let it read
    bad_descriptor,  ///< lengths or flags that contradict each other
    count_
};
inline constexpr std::size_t nic_faults = static_cast<std::size_t>(NicFault::count_);
inline constexpr std::array<std::string_view, nic_faults> nic_fault_names{
    "other_function", "no_register", "detached", "bad_doorbell",  "ring_off",
    "bad_ring",       "bad_vector",  "dma_read", "bad_descriptor"};
struct NicFaulted {
    Picoseconds t;
    std::uint16_t function;  ///< whose registers or rings
    NicFault fault;
};

}  // namespace snsim
