// A token bucket: at most R t + b bytes in any span t.
//
// Kept as the time at which the bucket is full again, with the rational remainder of the rate.
// Times are whole picoseconds rounded down and the remainder stays with the bucket, as with
// servers, so that the long-run rate is the nominal one; the law holds to a picosecond. A policer
// asks whether a frame conforms now, a shaper (shaper.h) when it will. A frame larger than the
// bucket never conforms.
#pragma once

#include "models/base/check.h"
#include "models/base/units.h"

namespace snsim {

class TokenBucket {
  public:
    /// Full at time 0. `burst` <= 1 MB.
    TokenBucket(BitRate rate, Bytes burst) : byte_time_(Bytes{1} / rate), burst_(burst) {}

    /// The picosecond, t or later, in which there are tokens for `size` <= burst.
    [[nodiscard]] Picoseconds earliest(Picoseconds t, Bytes size) const {
        SNSIM_CHECK(size <= burst_, "a frame is larger than the token bucket");
        // Enough from the moment on that lies what is not needed before the bucket is full.
        const Exact spare = byte_time_ * static_cast<std::uint64_t>(burst_.value - size.value);
        const Picoseconds enough = full_ps_ - spare.ps - (full_rem_ < spare.rem ? 1 : 0);
        return enough > t ? enough : t;
    }
    [[nodiscard]] bool conforms(Picoseconds t, Bytes size) const {
        return size <= burst_ && earliest(t, size) == t;
    }
    /// Takes the tokens for `size`, which conforms at t. In non-decreasing time.
    void take(Picoseconds t, Bytes size) {
        SNSIM_CHECK(conforms(t, size), "tokens were taken that are not there");
        if (full_ps_ < t) {
            full_ps_ = t;
            full_rem_ = 0;
        }
        const Exact time = byte_time_ * static_cast<std::uint64_t>(size.value);
        full_ps_ += time.ps;
        full_rem_ += time.rem;
        if (full_rem_ >= time.den) {
            full_rem_ -= time.den;
            ++full_ps_;
        }
    }
    [[nodiscard]] Bytes burst() const { return burst_; }

  private:
    // parameters
    UnitTime byte_time_;
    Bytes burst_;

    // state: when the bucket is full
    Picoseconds full_ps_ = 0;
    std::uint64_t full_rem_ = 0;
};

}  // namespace snsim
