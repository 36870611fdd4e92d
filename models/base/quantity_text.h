// Quantities as text: `833.333333 MHz`, `64 B`, `2 %`, `37 Mpps`.
//
// Decimal text becomes the integer base unit without floating point, so `1.25 us` is exactly
// 1,250,000 ps and `0.5 ps` is refused instead of rounded. Units are case-sensitive and never
// implied: a number without a unit is an error that names the dimension. Printing is the shortest
// exact text, and parsing it gives the same value back.
//
// Errors are predicates about the text ("needs a unit of frequency"), so that a caller can put the
// quoted text in front and the allowed range behind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/units.h"

namespace snsim {

/// A value read from text, or what is wrong with the text.
template <class T>
struct Parsed {
    T value{};
    std::string error;  ///< empty when the value is good

    explicit operator bool() const { return error.empty(); }
};

/// How one dimension is written.
struct Dimension {
    enum class Printing { unused, whole, fraction };
    struct Unit {
        std::string_view suffix;
        std::int64_t scale;  ///< base units in one of this unit
        Printing printing;   ///< may printing choose it: not, for whole multiples, for any value
    };

    std::string_view name;     ///< "frequency"
    std::string_view article;  ///< "a", "an"
    std::string_view example;  ///< "2.2 GHz"
    std::string_view finest;   ///< the base unit: "1 Hz"
    std::vector<Unit> units;   ///< ascending
};

/// The dimension of a quantity type; specialised for every tag of units.h.
template <class Q>
[[nodiscard]] const Dimension& dimension();
template <>
[[nodiscard]] const Dimension& dimension<Duration>();
template <>
[[nodiscard]] const Dimension& dimension<Frequency>();
template <>
[[nodiscard]] const Dimension& dimension<BitRate>();
template <>
[[nodiscard]] const Dimension& dimension<Bytes>();
template <>
[[nodiscard]] const Dimension& dimension<Energy>();
template <>
[[nodiscard]] const Dimension& dimension<Power>();
template <>
[[nodiscard]] const Dimension& dimension<EventRate>();

/// Text to base units of the dimension.
[[nodiscard]] Parsed<std::int64_t> parse_quantity(std::string_view text, const Dimension& dim);
[[nodiscard]] std::string print_quantity(std::int64_t value, const Dimension& dim);

template <class Q>
[[nodiscard]] Parsed<Q> parse_quantity(std::string_view text) {
    auto base = parse_quantity(text, dimension<Q>());
    return {Q{base.value}, std::move(base.error)};
}

/// A whole number: `4096`, `262_144`, `2 M`, `100 k`.
[[nodiscard]] Parsed<std::int64_t> parse_count(std::string_view text);
/// A part of a whole: `2 %` or `0.02`.
[[nodiscard]] Parsed<Share> parse_share(std::string_view text);
/// A plain decimal number without a unit: `1.1`.
[[nodiscard]] Parsed<double> parse_number(std::string_view text);

template <class Tag>
[[nodiscard]] std::string to_text(Quantity<Tag> q) {
    return print_quantity(q.value, dimension<Quantity<Tag>>());
}
[[nodiscard]] std::string to_text(Share share);    ///< always with the percent sign
[[nodiscard]] std::string to_text(double number);  ///< shortest that gives the same bits back
[[nodiscard]] std::string to_text(std::int64_t count);

}  // namespace snsim
