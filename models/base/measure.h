// A quantity as text when its dimension is not known beforehand: `64 B`, `900 MHz`, `37 Mpps`,
// `50 %`, `2 M`, `1.1`. The unit says what it is; in SI it can be computed with and tabulated.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "models/base/quantity_text.h"

namespace snsim {

struct Measure {
    enum class Kind { quantity, share, count, number };

    Kind kind = Kind::number;
    const Dimension* dimension = nullptr;  ///< of a quantity
    double si = 0;                         ///< in `unit`
    std::string unit;                      ///< SI, as metrics write it; empty for plain numbers

    /// Whether two of them can stand on one axis.
    [[nodiscard]] bool comparable(const Measure& other) const {
        return dimension == other.dimension && (kind == Kind::share) == (other.kind == Kind::share);
    }
};

[[nodiscard]] std::optional<Measure> parse_measure(std::string_view text);

/// A value of the same kind as `like`, as text its parser accepts, rounded to what it can hold:
/// whole base units of a quantity, whole numbers of a count.
[[nodiscard]] std::string print_measure(double si, const Measure& like);

}  // namespace snsim
