// Facts that the host's blocks announce. Times are those of the fact, which may lie ahead of the
// agenda's present; references are valid during the call only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

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

/// What the card told a driver and cannot be.
enum class HostFault : std::uint8_t {
    unexpected_completion,  ///< not the next entry of its ring
    void_completion,        ///< of another turn of the ring, or for a buffer without a frame
    spurious_interrupt,     ///< that nobody waits for
    count_
};
inline constexpr std::size_t host_faults = static_cast<std::size_t>(HostFault::count_);
inline constexpr std::array<std::string_view, host_faults> host_fault_names{
    "unexpected_completion", "void_completion", "spurious_interrupt"};
struct HostFaulted {
    Picoseconds t;
    std::uint16_t function;
    HostFault fault;
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
