// When data link packets leave that may be put together: one per interval at most.
#pragma once

#include <limits>

#include "models/base/units.h"

namespace snsim {

class Coalescing {
  public:
    explicit Coalescing(Picoseconds interval) : interval_(interval) {}

    /// Something to tell at t. True if that takes a packet of its own; `at()` is when it leaves:
    /// an interval later, so that it tells of all that comes till then.
    bool tell(Picoseconds t) {
        if (t <= at_) return false;
        at_ = t + interval_;
        return true;
    }
    [[nodiscard]] Picoseconds at() const { return at_; }

  private:
    Picoseconds interval_;
    Picoseconds at_ = std::numeric_limits<Picoseconds>::min() / 2;
};

}  // namespace snsim
