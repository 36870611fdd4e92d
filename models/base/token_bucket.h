// A token bucket: a rate with a burst, in exact arithmetic.
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/base/random.h"
#include "models/base/units.h"

namespace snsim {

class TokenBucket {
  public:
    TokenBucket(BitRate rate, Bytes burst)
        : rate_(rate.value), full_(static_cast<Uint128>(burst.value) * bits_times_time) {
        tokens_ = full_;
    }

    /// True if `bytes` are there at t, which then are taken. Calls come in order of t.
    bool take(std::int64_t bytes, Picoseconds t) {
        fill(t);
        const Uint128 cost = static_cast<Uint128>(bytes) * bits_times_time;
        if (tokens_ < cost) return false;
        tokens_ -= cost;
        return true;
    }
    /// From when on `bytes` are there, which fit into the burst, if nobody takes any before.
    [[nodiscard]] Picoseconds ready(std::int64_t bytes, Picoseconds t) {
        fill(t);
        const Uint128 cost = static_cast<Uint128>(bytes) * bits_times_time;
        if (tokens_ >= cost) return t;
        const auto rate = static_cast<Uint128>(rate_);
        return t + static_cast<Picoseconds>((cost - tokens_ + rate - 1) / rate);
    }

  private:
    /// A byte's worth of tokens: 8 bits, of which the rate adds rate * picoseconds / 10^12.
    static constexpr std::uint64_t bits_times_time = 8'000'000'000'000;

    void fill(Picoseconds t) {
        if (t <= filled_) return;
        const Uint128 more = static_cast<Uint128>(rate_) * static_cast<std::uint64_t>(t - filled_);
        tokens_ = std::min(full_, tokens_ + more);
        filled_ = t;
    }

    std::int64_t rate_;
    Uint128 full_;
    Uint128 tokens_;
    Picoseconds filled_ = 0;
};

}  // namespace snsim
