#include "observers/page_text.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <iterator>

namespace snsim {

namespace {
bool begins_character(char c) { return (static_cast<unsigned>(c) & 0xC0U) != 0x80; }
}  // namespace

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string shortened(const std::string& text, std::size_t columns) {
    if (columns_of(text) <= columns) return text;
    std::size_t bytes = 0;
    for (std::size_t left = columns - 3; bytes < text.size(); ++bytes) {
        if (begins_character(text[bytes]) && left-- == 0) break;
    }
    return text.substr(0, bytes) + "...";
}

std::string left_aligned(const std::string& text, std::size_t columns) {
    const std::string fitting = shortened(text, columns);
    return fitting + std::string(columns - columns_of(fitting), ' ');
}

std::string right_aligned(const std::string& text, std::size_t columns) {
    const std::size_t used = columns_of(text);
    return used >= columns ? text : std::string(columns - used, ' ') + text;
}

std::string grouped(double count) {
    std::string digits = fmt::format("{:.0f}", count);
    for (std::size_t i = digits.size(); i > 3 + (count < 0 ? 1U : 0U); i -= 3) {
        digits.insert(i - 3, ",");
    }
    return digits;
}

std::string si_text(double value, const std::string& unit) {
    static const char* const prefixes[] = {"f", "p", "n", "u", "m", "", "k", "M", "G", "T", "P"};
    constexpr int none = 5;
    const std::string shown = unit == "1/s"     ? "/s"
                              : unit == "bit/s" ? "b/s"
                              : unit == "1"     ? ""
                                                : unit;
    int step = none;
    double scaled = value;
    // 999.95 would round up to 1000 of the lower prefix.
    for (; std::fabs(scaled) >= 999.95 && step + 1 < static_cast<int>(std::size(prefixes));
         ++step) {
        scaled /= 1000;
    }
    for (; scaled != 0 && std::fabs(scaled) < 0.99995 && step > 0; --step) scaled *= 1000;
    const std::string prefix = prefixes[step];
    const std::string tail = prefix + shown;
    return fmt::format("{:.4g}{}{}", scaled, tail.empty() ? "" : " ", tail);
}

bool utf8_locale() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') continue;
        std::string lower = value;
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return lower.find("utf-8") != std::string::npos || lower.find("utf8") != std::string::npos;
    }
    return false;
}

}  // namespace snsim
