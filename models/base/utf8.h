// What counts as UTF-8 text (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace snsim {

/// Length of the well-formed sequence at the start of `text`, 0 if there is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

}  // namespace snsim
