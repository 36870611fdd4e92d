// Sources of frames: one per traffic class and wire. A source knows when it wants to send next; the
// tester at the wire's far end serialises all sources of its wire.
#pragma once

#include "models/base/frame.h"
#include "models/base/units.h"

namespace snsim {

class TrafficSource {
  public:
    /// Who sends a source's frames.
    class Owner {
      public:
        virtual ~Owner() = default;
        /// A source that had no frame has one again.
        virtual void ready_again(TrafficSource& source) = 0;
    };

    virtual ~TrafficSource() = default;

    void set_owner(Owner& owner) { owner_ = &owner; }
    /// True if whether it has a frame depends on what became of those before.
    [[nodiscard]] virtual bool is_closed_loop() const { return false; }

    /// When the next frame should start on the wire; `never` when there is none any more.
    [[nodiscard]] virtual Picoseconds next_ready() = 0;
    /// Fills the frame's size, class, sequence and payload, and moves on to the next. Returns what
    /// next_ready() says from now on.
    virtual Picoseconds fill(Frame& frame) = 0;

  protected:
    Owner* owner_ = nullptr;
};

}  // namespace snsim
