// Frames that pass a place, added up where they pass, by traffic class.
#pragma once

#include <cstdint>

#include "models/base/frame.h"
#include "models/base/lent_cell.h"
#include "models/base/random.h"

namespace snsim {

struct FrameCount {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;        ///< with FCS
    std::uint64_t inner_bytes = 0;  ///< payload of the transport header, where a parser saw it
    Uint128 late = 0;               ///< how much after their time they were sent, ps
};

class FrameTally {
  public:
    void arrived(const Frame& frame, Picoseconds t) {
        if (FrameCount* const count = add(frame, t)) {
            count->late += static_cast<std::uint64_t>(frame.late);
        }
    }
    void departed(const Frame& frame, Picoseconds t) {
        if (FrameCount* const count = add(frame, t)) count->inner_bytes += frame.inner_bytes;
    }
    void dropped(const Frame& frame, Picoseconds t) { add(frame, t); }

    /// The first class's cell of a span; those of the others follow it.
    LentCell<FrameCount> cells;

  private:
    FrameCount* add(const Frame& frame, Picoseconds t) {
        FrameCount* const classes = cells.at(t);
        if (classes == nullptr) return nullptr;
        FrameCount& count = classes[frame.traffic_class];
        ++count.frames;
        count.bytes += frame.bytes;
        return &count;
    }
};

}  // namespace snsim
