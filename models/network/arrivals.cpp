#include "models/network/arrivals.h"

#include <cmath>

#include "models/base/traffic_source.h"

namespace snsim {

namespace {
constexpr std::uint64_t share_units = 1'000'000'000;

std::uint64_t in_units(double share) {
    return static_cast<std::uint64_t>(std::llround(share * static_cast<double>(share_units)));
}

/// To the nearest, halves up; for 0 <= x < 2^63.
Picoseconds rounded(double x) {
    const auto whole = static_cast<Picoseconds>(x);
    return whole + (x - static_cast<double>(whole) >= 0.5 ? 1 : 0);
}
}  // namespace

Arrivals::Arrivals(const TrafficParams& params, BitRate line_rate, RandomStream random)
    : random_(random), time_(params.start.value) {
    switch (params.arrival) {
        case Arrival::constant: pattern_ = Pattern::constant; break;
        case Arrival::poisson: pattern_ = Pattern::poisson; break;
        case Arrival::on_off: pattern_ = Pattern::on_off; break;
    }
    const OfferedRate& rate = *params.rate;
    bool silent = false;
    switch (rate.kind) {
        case OfferedRate::Kind::share: {
            // 8e12 ps per byte, over line rate x share; both in hundredths of a bit per second
            const std::uint64_t share = in_units(rate.share.value);
            per_byte_ = 800'000'000'000'000ULL;
            divisor_ = static_cast<std::uint64_t>(static_cast<Uint128>(line_rate.value) * 100 *
                                                  share / share_units);
            silent = divisor_ == 0;
            break;
        }
        case OfferedRate::Kind::frames:
            silent = rate.frames.value == 0;
            per_frame_ = 1'000'000'000'000'000'000ULL;
            divisor_ = static_cast<std::uint64_t>(rate.frames.value);
            break;
        case OfferedRate::Kind::bits:
            silent = rate.bits.value == 0;
            per_byte_ = 8'000'000'000'000ULL;
            divisor_ = static_cast<std::uint64_t>(rate.bits.value);
            break;
    }
    if (silent) {
        divisor_ = 1;
        time_ = never;
        return;
    }
    if (pattern_ == Pattern::on_off) {
        on_ps_ = static_cast<double>(params.on_time->value);
        off_ps_ = static_cast<double>(params.off_time->value);
        burst_end_ = time_ + static_cast<Picoseconds>(on_ps_ * random_.next());
    } else if (pattern_ == Pattern::poisson) {
        next(64);  // no arrival is certain to be at the start
    }
}

Arrivals::Arrivals(EventRate rate, bool poisson, Picoseconds start, RandomStream random)
    : pattern_(poisson ? Pattern::poisson : Pattern::constant),
      per_frame_(1'000'000'000'000'000'000ULL),
      divisor_(static_cast<std::uint64_t>(rate.value)),
      random_(random),
      time_(start) {
    if (rate.value == 0) {
        divisor_ = 1;
        time_ = never;
    } else if (poisson) {
        next(0);
    }
}

Arrivals::Gap Arrivals::gap_of(std::uint32_t frame_bytes) const {
    const std::uint64_t gap = per_frame_ + per_byte_ * (frame_bytes + wire_overhead_bytes);
    return {static_cast<double>(gap) / static_cast<double>(divisor_),
            static_cast<Picoseconds>(gap / divisor_), gap % divisor_};
}

void Arrivals::next(const Gap& gap) {
    switch (pattern_) {
        case Pattern::constant: {
            remainder_ += gap.rest;
            time_ += gap.whole;
            if (remainder_ >= divisor_) {
                remainder_ -= divisor_;
                ++time_;
            }
            break;
        }
        case Pattern::poisson: time_ += rounded(gap.mean * random_.next()); break;
        case Pattern::on_off: {
            // Within a burst the rate is higher by the share of time that bursts take.
            time_ += rounded(gap.mean * on_ps_ / (on_ps_ + off_ps_));
            while (time_ >= burst_end_) {
                const auto pause = static_cast<Picoseconds>(off_ps_ * random_.next());
                time_ += pause;
                burst_end_ += pause + static_cast<Picoseconds>(on_ps_ * random_.next());
            }
            break;
        }
    }
}

}  // namespace snsim
