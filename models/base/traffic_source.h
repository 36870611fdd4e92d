// Sources of frames: one per traffic class and wire. A source knows when it wants to send next; the
// tester at the wire's far end serialises all sources of its wire.
#pragma once

#include <limits>

#include "models/base/frame.h"

namespace snsim {

class TrafficSource {
  public:
    static constexpr Picoseconds never = std::numeric_limits<Picoseconds>::max();

    virtual ~TrafficSource() = default;

    /// When the next frame should start on the wire; `never` when there is none any more.
    [[nodiscard]] virtual Picoseconds next_ready() = 0;
    /// Fills the frame's size, class, sequence and payload, and moves on to the next. Returns what
    /// next_ready() says from now on.
    virtual Picoseconds fill(Frame& frame) = 0;
};

}  // namespace snsim
