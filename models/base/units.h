// Physical quantities as types: a bare number never crosses an interface.
//
// Every quantity is an exact integer in one base unit (picoseconds, hertz, bits per second, bytes,
// femtojoules, milliwatts), so sums do not depend on their order. Only physical operations exist.
// Durations that are not whole picoseconds (one cycle of 833 MHz, one byte at 3 Gb/s) are `Exact`:
// whole picoseconds plus a rational remainder, which stations carry from frame to frame so that
// the long-run rate equals the nominal one.
#pragma once

#include <cstdint>
#include <limits>
#include <numeric>

namespace snsim {

/// Simulated time or a span of it, in whole picoseconds.
using Picoseconds = std::int64_t;
/// The time of what does not come.
inline constexpr Picoseconds never = std::numeric_limits<Picoseconds>::max();

template <class Tag>
struct Quantity {
    std::int64_t value = 0;  ///< in the base unit of the tag

    friend constexpr bool operator==(Quantity a, Quantity b) { return a.value == b.value; }
    friend constexpr bool operator!=(Quantity a, Quantity b) { return a.value != b.value; }
    friend constexpr bool operator<(Quantity a, Quantity b) { return a.value < b.value; }
    friend constexpr bool operator<=(Quantity a, Quantity b) { return a.value <= b.value; }
    friend constexpr bool operator>(Quantity a, Quantity b) { return a.value > b.value; }
    friend constexpr bool operator>=(Quantity a, Quantity b) { return a.value >= b.value; }
    friend constexpr Quantity operator+(Quantity a, Quantity b) { return {a.value + b.value}; }
    friend constexpr Quantity operator-(Quantity a, Quantity b) { return {a.value - b.value}; }
    friend constexpr Quantity operator*(Quantity a, std::int64_t n) { return {a.value * n}; }
    friend constexpr Quantity operator*(std::int64_t n, Quantity a) { return {a.value * n}; }
    constexpr Quantity& operator+=(Quantity b) { return value += b.value, *this; }
};

using Duration = Quantity<struct DurationTag>;    ///< picoseconds
using Frequency = Quantity<struct FrequencyTag>;  ///< hertz
using BitRate = Quantity<struct BitRateTag>;      ///< bit/s
using Bytes = Quantity<struct BytesTag>;          ///< bytes
using Energy = Quantity<struct EnergyTag>;        ///< femtojoules
using Power = Quantity<struct PowerTag>;          ///< milliwatts
using EventRate = Quantity<struct EventRateTag>;  ///< millionths of an event per second

/// A part of a whole: 0.02 is 2 %.
struct Share {
    double value = 0;

    friend constexpr bool operator==(Share a, Share b) {
        return !(a.value < b.value) && !(b.value < a.value);
    }
    friend constexpr bool operator!=(Share a, Share b) { return !(a == b); }
    friend constexpr bool operator<(Share a, Share b) { return a.value < b.value; }
};

/// mW x ps = fJ, exactly.
constexpr Energy operator*(Power p, Duration d) { return {p.value * d.value}; }

/// A duration of ps + rem/den picoseconds, 0 <= rem < den.
struct Exact {
    Picoseconds ps = 0;
    std::uint64_t rem = 0;
    std::uint64_t den = 1;
};

namespace detail {
inline constexpr std::uint64_t ps_per_s = 1'000'000'000'000;

/// count x numerator / denominator ps, the remainder always in the same reduced denominator,
/// so that all multiples of one period can be summed.
constexpr Exact exact(std::uint64_t count, std::uint64_t numerator, std::uint64_t denominator) {
    const std::uint64_t g = std::gcd(numerator, denominator);
    const std::uint64_t total = count * (numerator / g);
    const std::uint64_t d = denominator / g;
    return {static_cast<Picoseconds>(total / d), total % d, d};
}
}  // namespace detail

/// Whole cycles of a clock; count <= 9,000,000.
constexpr Exact cycles(std::uint64_t count, Frequency clock) {
    return detail::exact(count, detail::ps_per_s, static_cast<std::uint64_t>(clock.value));
}

/// The time a number of bytes takes at a bit rate; size <= 1 MB.
constexpr Exact operator/(Bytes size, BitRate rate) {
    return detail::exact(static_cast<std::uint64_t>(size.value), 8 * detail::ps_per_s,
                         static_cast<std::uint64_t>(rate.value));
}

/// What one unit of work (a byte, a cycle) takes, made ready to be multiplied frame by frame.
class UnitTime {
  public:
    constexpr UnitTime() = default;
    constexpr explicit UnitTime(const Exact& one) : one_(one) {}

    /// The time of `count` <= 1,000,000 units.
    constexpr Exact operator*(std::uint64_t count) const {
        const auto whole = static_cast<Picoseconds>(count) * one_.ps;
        if (one_.den == 1) return {whole, 0, 1};
        const std::uint64_t rest = count * one_.rem;
        return {whole + static_cast<Picoseconds>(rest / one_.den), rest % one_.den, one_.den};
    }

  private:
    Exact one_;
};

inline namespace literals {
constexpr Duration operator""_ps(unsigned long long n) { return {static_cast<std::int64_t>(n)}; }
constexpr Duration operator""_ns(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1'000};
}
constexpr Duration operator""_us(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1'000'000};
}
constexpr Duration operator""_ms(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1'000'000'000};
}
constexpr Duration operator""_s(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1'000'000'000'000};
}
constexpr Frequency operator""_hz(unsigned long long n) { return {static_cast<std::int64_t>(n)}; }
constexpr Frequency operator""_khz(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1'000};
}
constexpr Frequency operator""_mhz(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1'000'000};
}
constexpr Frequency operator""_ghz(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1'000'000'000};
}
constexpr BitRate operator""_mbps(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1'000'000};
}
constexpr BitRate operator""_gbps(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1'000'000'000};
}
constexpr Bytes operator""_b(unsigned long long n) { return {static_cast<std::int64_t>(n)}; }
constexpr Bytes operator""_kib(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1024};
}
constexpr Bytes operator""_mib(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1024 * 1024};
}
constexpr Energy operator""_fj(unsigned long long n) { return {static_cast<std::int64_t>(n)}; }
constexpr Energy operator""_pj(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1'000};
}
constexpr Energy operator""_nj(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1'000'000};
}
constexpr Power operator""_mw(unsigned long long n) { return {static_cast<std::int64_t>(n)}; }
constexpr Power operator""_w(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1'000};
}
constexpr EventRate operator""_per_s(unsigned long long n) {
    return {static_cast<std::int64_t>(n) * 1'000'000};
}
constexpr Share operator""_percent(unsigned long long n) {
    return {static_cast<double>(n) / 100.0};
}
}  // namespace literals

}  // namespace snsim
