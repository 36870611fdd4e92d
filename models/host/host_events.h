// Facts that the host's blocks announce. Times are those of the fact, which may lie ahead of the
// agenda's present; references are valid during the call only.
#pragma once

#include <cstdint>

#include "models/base/frame.h"
#include "models/base/units.h"
#include "models/functions/drop_reason.h"

namespace snsim {

/// An application has the frame.
struct FrameReceivedByHost {
    Frame& frame;
    Picoseconds t;
    std::uint16_t interface;
};

/// The host's software dropped a frame, asked to or for lack of room.
struct FrameDroppedByHost {
    Frame& frame;
    DropReason reason;
    Picoseconds t;
};

/// An application hands a frame to its driver or to the kernel.
struct FrameSentByHost {
    Frame& frame;
    Picoseconds t;
};

/// A driver was called and took so many frames.
struct DriverPolled {
    Picoseconds t;
    std::uint32_t frames;
    std::uint16_t interface;
};

/// Frames of one connection go on as one packet.
struct SegmentsMerged {
    Picoseconds t;
    std::uint32_t segments;
    std::uint32_t bytes;
};

}  // namespace snsim
