// Student's t for 95 % confidence intervals, without the library's transcendental functions, whose
// last bits differ between machines.
#pragma once

#include <array>
#include <cstddef>

namespace snsim {

/// The 97.5 % quantile; `freedom` is at least 1. To 1e-3 from tables, beyond 30 by Cornish and
/// Fisher's expansion (Abramowitz and Stegun, 26.7.5).
[[nodiscard]] constexpr double student_t(std::size_t freedom) {
    constexpr std::array<double, 30> table{
        12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281,
        2.2010,  2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860,
        2.0796,  2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423};
    if (freedom <= table.size()) return table[freedom - 1];
    constexpr double z = 1.959964;
    const auto n = static_cast<double>(freedom);
    return z + (z * z * z + z) / (4 * n) +
           (5 * z * z * z * z * z + 16 * z * z * z + 3 * z) / (96 * n * n);
}

}  // namespace snsim
