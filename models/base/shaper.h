// A shaper: frames wait, first in, first out, until a token bucket has tokens for them.
//
// Service takes no time; waiting for tokens is waiting. A frame must not be larger than the bucket.
#pragma once

#include <string>

#include "models/base/station.h"
#include "models/base/token_bucket.h"

namespace snsim {

class Shaper {
  public:
    Shaper(std::string path, std::uint8_t slot, BitRate rate, Bytes burst)
        : station(std::move(path), slot, 0), bucket_(rate, burst) {}

    Station station;

    /// Passes the frame that arrives at t; returns when it leaves.
    Picoseconds pass(Frame& frame, Picoseconds t) {
        const Bytes size{frame.bytes};
        last_ = bucket_.earliest(t > last_ ? t : last_, size);
        bucket_.take(last_, size);
        station.visit(frame, t, {last_, last_, last_, frame.bytes});
        return last_;
    }

  private:
    TokenBucket bucket_;
    Picoseconds last_ = 0;
};

}  // namespace snsim
