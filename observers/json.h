// Parts of JSON text: strings, numbers, lists.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace snsim {

/// The text in quotes, as JSON wants it.
[[nodiscard]] std::string json_text(std::string_view text);

/// The number, or null where there is none.
[[nodiscard]] std::string json_number(std::optional<double> value);

/// `[a, b, c]` of what `element` makes of each.
template <class List, class Element>
[[nodiscard]] std::string json_list(const List& list, Element element) {
    std::string out;
    for (const auto& item : list) out += (out.empty() ? "" : ", ") + element(item);
    return "[" + out + "]";
}

}  // namespace snsim
