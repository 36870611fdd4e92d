// Facts that the NIC announces. Times are those of the fact; references are valid during the call
// only.
#pragma once

#include <cstdint>

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
    bad_doorbell,    ///< an index beyond the ring, or a ring that is off
    bad_ring,        ///< entries no power of two, too many, or an address that is not aligned
    dma_read,        ///< descriptors or data that the host's IOMMU did not let it read
    bad_descriptor,  ///< lengths or flags that contradict each other
    count_
};
struct NicFaulted {
    Picoseconds t;
    std::uint16_t function;  ///< whose registers or rings
    NicFault fault;
};

}  // namespace snsim
