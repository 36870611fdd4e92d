// Texts and numbers as pages for people show them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace snsim {

/// Code points: names of people and places take one column each.
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// The text in at most `columns`, its end replaced by "..." if need be.
[[nodiscard]] std::string shortened(const std::string& text, std::size_t columns);

/// The text in exactly `columns`, shortened or filled up with blanks.
[[nodiscard]] std::string left_aligned(const std::string& text, std::size_t columns);

/// The text in `columns` or, if it is longer, as it is.
[[nodiscard]] std::string right_aligned(const std::string& text, std::size_t columns);

/// A whole number with a comma before every three digits.
[[nodiscard]] std::string grouped(double count);

/// 4 significant digits with an SI prefix: "14.88 M/s" (of 1/s), "6.6 Gb/s" (of bit/s), "340 us".
[[nodiscard]] std::string si_text(double value, const std::string& unit);

/// Whether the locale of the environment (LC_ALL, LC_CTYPE, LANG) is UTF-8.
[[nodiscard]] bool utf8_locale();

}  // namespace snsim
