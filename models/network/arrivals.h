// Arrival processes: when the next frame of a class should start.
#pragma once

#include <optional>
#include <string_view>

#include "models/base/random.h"
#include "models/base/units.h"
#include "models/network/traffic_params.h"

namespace snsim {

/// Gaps at a nominal rate: constant, exponential, or constant within bursts.
class Arrivals {
  public:
    /// `rate` in what the class asks for; `line_rate` is the port's.
    Arrivals(const TrafficParams& params, BitRate line_rate, RandomStream random);
    /// Events at a plain rate (connections).
    Arrivals(EventRate rate, bool poisson, Picoseconds start, RandomStream random);

    /// The present arrival; never when the rate is zero.
    [[nodiscard]] Picoseconds time() const { return time_; }
    /// What follows frames of one size, in picoseconds.
    struct Gap {
        double mean;
        Picoseconds whole;  ///< the same as a number and a remainder over a common divisor
        std::uint64_t rest;
    };
    /// `frame_bytes` with FCS.
    [[nodiscard]] Gap gap_of(std::uint32_t frame_bytes) const;
    /// Moves on; the frame that arrived has this gap.
    void next(const Gap& gap);
    void next(std::uint32_t frame_bytes) { next(gap_of(frame_bytes)); }

  private:
    enum class Pattern : std::uint8_t { constant, poisson, on_off };
    Pattern pattern_ = Pattern::constant;
    // gap = (per_frame + per_byte x bytes on the wire) / divisor, in picoseconds
    std::uint64_t per_frame_ = 0;
    std::uint64_t per_byte_ = 0;
    std::uint64_t divisor_ = 1;
    double on_ps_ = 0;
    double off_ps_ = 0;
    Exponentials random_;
    Picoseconds time_;
    std::uint64_t remainder_ = 0;
    Picoseconds burst_end_ = 0;
};

}  // namespace snsim
