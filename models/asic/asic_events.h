// Facts that the ASIC's blocks announce. Times are those of the fact, which may lie ahead of the
// agenda's present; references are valid during the call only.
#pragma once

#include <cstdint>

#include "models/base/frame.h"
#include "models/base/units.h"
#include "models/functions/drop_reason.h"

namespace snsim {

/// The frame's last bit reached a port from its wire.
struct FrameArrived {
    Frame& frame;
    Picoseconds t;
};

/// The frame was let into the packet buffer.
struct FrameBuffered {
    const Frame& frame;
    Picoseconds t;
};

/// A frame ended here.
struct FrameDropped {
    const Frame& frame;
    DropReason reason;
    Picoseconds t;
};

/// The frame left through a port.
struct FrameDeparted {
    const Frame& frame;
    Picoseconds first_bit;
    Picoseconds last_bit;
};

/// What a table look-up reads or writes: an entry of SRAM or TCAM, a line of the rest.
enum class MemoryKind : std::uint8_t { sram, tcam, cache, dram_read, dram_write, count_ };

/// The ageing engine looked at entries of a table.
struct EntriesSwept {
    Picoseconds t;
    std::uint32_t entries;
    std::uint32_t reclaimed;
};

}  // namespace snsim
