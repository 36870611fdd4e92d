#include "models/base/quantity_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

namespace snsim {
namespace {

using P = Dimension::Printing;
__extension__ using Wide = unsigned __int128;

constexpr std::int64_t kilo = 1'000;
constexpr std::int64_t mega = kilo * kilo;
constexpr std::int64_t giga = kilo * mega;
constexpr std::int64_t tera = kilo * giga;
constexpr std::int64_t peta = kilo * tera;

const Dimension& count_dimension() {
    static const Dimension dim{"whole number",
                               "a",
                               "4096",
                               "1",
                               {{"", 1, P::whole},
                                {"k", kilo, P::unused},
                                {"M", mega, P::unused},
                                {"G", giga, P::unused}}};
    return dim;
}

const std::vector<const Dimension*>& all_dimensions() {
    static const std::vector<const Dimension*> all{&dimension<Duration>(), &dimension<Frequency>(),
                                                   &dimension<BitRate>(),  &dimension<Bytes>(),
                                                   &dimension<Energy>(),   &dimension<Power>(),
                                                   &dimension<EventRate>()};
    return all;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The number in front of a unit, as sign, significant digits and a power of ten.
struct Decimal {
    bool negative = false;
    std::string digits;  ///< no leading zeros; empty for zero
    int exponent = 0;    ///< value = digits x 10^exponent
    std::string unit;
    std::string error;
};

/// Reads digits with single underscores between them; false when there are none.
bool read_digits(std::string_view text, std::size_t& at, std::string& digits) {
    const std::size_t start = at;
    while (at < text.size() &&
           (is_digit(text[at]) || (text[at] == '_' && at > start && is_digit(text[at - 1]) &&
                                   at + 1 < text.size() && is_digit(text[at + 1])))) {
        if (text[at] != '_') digits += text[at];
        ++at;
    }
    return at > start;
}

/// The `e-3` of `1.5e-3`; left alone when no digit follows, since it may be a unit.
void read_exponent(std::string_view text, std::size_t& at, Decimal& d) {
    if (at >= text.size() || (text[at] != 'e' && text[at] != 'E')) return;
    std::size_t from = at + 1;
    const bool minus = from < text.size() && text[from] == '-';
    if (from < text.size() && (text[from] == '-' || text[from] == '+')) ++from;
    int value = 0;
    const auto [end, ec] = std::from_chars(text.data() + from, text.data() + text.size(), value);
    if (ec != std::errc{} || value > 1000) return;
    at = static_cast<std::size_t>(end - text.data());
    d.exponent += minus ? -value : value;
}

Decimal read_decimal(std::string_view text) {
    Decimal d;
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) {
        text.remove_suffix(1);
    }
    std::size_t at = 0;
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) d.negative = text[at++] == '-';
    const std::size_t number = at;
    if (!read_digits(text, at, d.digits)) {
        d.error = "not a number";
        return d;
    }
    if (d.digits.size() > 1 && d.digits.front() == '0') {
        const auto first = std::min(d.digits.find_first_not_of('0'), d.digits.size() - 1);
        d.error = "has a leading zero (octal in YAML 1.1); write '" + d.digits.substr(first) +
                  std::string(text.substr(at)) + "'";
        return d;
    }
    if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
        ++at;
        const std::size_t whole = d.digits.size();
        read_digits(text, at, d.digits);
        d.exponent -= static_cast<int>(d.digits.size() - whole);
    }
    read_exponent(text, at, d);
    while (at < text.size() && text[at] == ' ' && at > number) ++at;
    d.unit = text.substr(at);
    d.digits.erase(0, std::min(d.digits.find_first_not_of('0'), d.digits.size()));
    while (!d.digits.empty() && d.digits.back() == '0') {
        d.digits.pop_back();
        ++d.exponent;
    }
    return d;
}

/// Lower case and the common spellings of bit rates folded: "Gbps", "gbit/s" -> "gb/s".
std::string folded(std::string_view unit) {
    std::string out;
    for (const char c : unit) {
        if (c != ' ') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    if (const auto at = out.find("bit"); at != std::string::npos) out.replace(at, 3, "b");
    if (out.size() > 2 && out.compare(out.size() - 2, 2, "ps") == 0 &&
        out.find('b') == out.size() - 3) {
        out.replace(out.size() - 2, 2, "/s");
    }
    return out;
}

std::string listed(const Dimension& dim) {
    std::string out;
    for (std::size_t i = 0; i < dim.units.size(); ++i) {
        if (i > 0) out += i + 1 == dim.units.size() ? " or " : ", ";
        out += dim.units[i].suffix;
    }
    return out;
}

std::string unknown_unit(const std::string& unit, const Dimension& dim) {
    for (const Dimension* other : all_dimensions()) {
        for (const auto& u : other->units) {
            if (other != &dim && u.suffix == unit) {
                return "is " + std::string(other->article) + " " + std::string(other->name) +
                       ", not " + std::string(dim.article) + " " + std::string(dim.name) +
                       ", as in '" + std::string(dim.example) + "'";
            }
        }
    }
    for (const auto& u : dim.units) {
        if (!u.suffix.empty() && folded(u.suffix) == folded(unit)) {
            return "has an unknown unit '" + unit + "'; did you mean '" + std::string(u.suffix) +
                   "'?";
        }
    }
    if (dim.units.front().suffix.empty()) {
        return "is not a whole number, as in '4096' or '2 M'";
    }
    return "has an unknown unit '" + unit + "'; " + std::string(dim.name) + " is given in " +
           listed(dim);
}

std::string too_large(const Dimension& dim) {
    return "is too large (the most is " +
           print_quantity(std::numeric_limits<std::int64_t>::max(), dim) + ")";
}

/// digits x 10^exponent x scale as an exact integer.
Parsed<std::int64_t> scaled(const Decimal& d, std::int64_t scale, const Dimension& dim) {
    if (d.digits.empty()) return {0, {}};
    const int magnitude = static_cast<int>(d.digits.size()) + d.exponent;  // value < 10^magnitude
    if (magnitude > 20) return {0, too_large(dim)};
    const std::string too_fine =
        dim.units.front().suffix.empty()
            ? std::string("is not a whole number")
            : "is finer than " + std::string(dim.finest) + ", the smallest step";
    if (d.digits.size() > 22 || d.exponent < -36) return {0, too_fine};
    Wide value = 0;
    for (const char c : d.digits) value = value * 10 + static_cast<Wide>(c - '0');
    value *= static_cast<Wide>(scale);  // below 10^22 x 10^15
    for (int e = d.exponent; e < 0; ++e) {
        if (value % 10 != 0) return {0, too_fine};
        value /= 10;
    }
    const auto most = static_cast<Wide>(std::numeric_limits<std::int64_t>::max());
    for (int e = 0; e < d.exponent; ++e) {
        if (value > most) return {0, too_large(dim)};
        value *= 10;
    }
    if (value > most) return {0, too_large(dim)};
    const auto magnitude_value = static_cast<std::int64_t>(value);
    return {d.negative ? -magnitude_value : magnitude_value, {}};
}

std::string digits_of(std::uint64_t value) { return std::to_string(value); }

/// digits x 10^exponent as a plain decimal.
std::string plain(std::string digits, int exponent) {
    if (digits.empty()) return "0";
    if (exponent >= 0) return digits + std::string(static_cast<std::size_t>(exponent), '0');
    const auto fraction = static_cast<std::size_t>(-exponent);
    if (digits.size() <= fraction) digits.insert(0, fraction - digits.size() + 1, '0');
    digits.insert(digits.size() - fraction, ".");
    return digits;
}

/// The shortest decimal with the same bits, split into digits and exponent.
Decimal shortest(double number) {
    std::array<char, 64> buffer{};
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                      std::chars_format::scientific);
    return read_decimal({buffer.data(), static_cast<std::size_t>(result.ptr - buffer.data())});
}

std::string decimal_text(const Decimal& d) {
    std::string out = d.negative && !d.digits.empty() ? "-" : "";
    if (d.exponent > 15 || d.exponent < -30) {
        return out + d.digits + "e" + std::to_string(d.exponent);
    }
    return out + plain(d.digits, d.exponent);
}

Parsed<double> to_double(const Decimal& d, int shift) {
    const std::string text = (d.negative ? "-" : "") + (d.digits.empty() ? "0" : d.digits) + "e" +
                             std::to_string(d.exponent + shift);
    double value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc{} || end != text.data() + text.size()) {
        return {0, "is not a number a computer can hold"};
    }
    return {value, {}};
}

}  // namespace

template <>
const Dimension& dimension<Duration>() {
    static const Dimension dim{"duration",
                               "a",
                               "10 us",
                               "1 ps",
                               {{"ps", 1, P::fraction},
                                {"ns", kilo, P::fraction},
                                {"us", mega, P::fraction},
                                {"ms", giga, P::fraction},
                                {"s", tera, P::fraction}}};
    return dim;
}
template <>
const Dimension& dimension<Frequency>() {
    static const Dimension dim{"frequency",
                               "a",
                               "2.2 GHz",
                               "1 Hz",
                               {{"Hz", 1, P::fraction},
                                {"kHz", kilo, P::fraction},
                                {"MHz", mega, P::fraction},
                                {"GHz", giga, P::fraction}}};
    return dim;
}
template <>
const Dimension& dimension<BitRate>() {
    static const Dimension dim{"bit rate",
                               "a",
                               "100 Gb/s",
                               "1 b/s",
                               {{"b/s", 1, P::fraction},
                                {"kb/s", kilo, P::fraction},
                                {"Mb/s", mega, P::fraction},
                                {"Gb/s", giga, P::fraction},
                                {"Tb/s", tera, P::fraction}}};
    return dim;
}
template <>
const Dimension& dimension<Bytes>() {
    static const Dimension dim{"size",
                               "a",
                               "64 B",
                               "1 B",
                               {{"B", 1, P::whole},
                                {"kB", kilo, P::unused},
                                {"KiB", 1024, P::whole},
                                {"MB", mega, P::whole},
                                {"MiB", 1024 * 1024, P::whole},
                                {"GB", giga, P::whole},
                                {"GiB", std::int64_t{1024} * 1024 * 1024, P::whole}}};
    return dim;
}
template <>
const Dimension& dimension<Energy>() {
    static const Dimension dim{"energy",
                               "an",
                               "12.5 pJ",
                               "1 fJ",
                               {{"fJ", 1, P::fraction},
                                {"pJ", kilo, P::fraction},
                                {"nJ", mega, P::fraction},
                                {"uJ", giga, P::fraction},
                                {"mJ", tera, P::fraction},
                                {"J", peta, P::fraction}}};
    return dim;
}
template <>
const Dimension& dimension<Power>() {
    static const Dimension dim{
        "power", "a", "4.5 W", "1 mW", {{"mW", 1, P::fraction}, {"W", kilo, P::fraction}}};
    return dim;
}
template <>
const Dimension& dimension<EventRate>() {
    static const Dimension dim{"rate",
                               "a",
                               "40 k/s",
                               "0.000001 /s",
                               {{"/s", mega, P::fraction},
                                {"pps", mega, P::unused},
                                {"k/s", giga, P::fraction},
                                {"kpps", giga, P::unused},
                                {"M/s", tera, P::fraction},
                                {"Mpps", tera, P::unused},
                                {"G/s", peta, P::fraction},
                                {"Gpps", peta, P::unused}}};
    return dim;
}

Parsed<std::int64_t> parse_quantity(std::string_view text, const Dimension& dim) {
    const Decimal d = read_decimal(text);
    if (d.error == "not a number") {
        return {0, "is not " + std::string(dim.article) + " " + std::string(dim.name) +
                       ", as in '" + std::string(dim.example) + "'"};
    }
    if (!d.error.empty()) return {0, d.error};
    for (const auto& unit : dim.units) {
        if (unit.suffix == d.unit) return scaled(d, unit.scale, dim);
    }
    if (d.unit.empty()) return {0, "needs a unit of " + std::string(dim.name)};
    return {0, unknown_unit(d.unit, dim)};
}

std::string print_quantity(std::int64_t value, const Dimension& dim) {
    const auto magnitude = value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value)
                                     : static_cast<std::uint64_t>(value);
    const Dimension::Unit* chosen = &dim.units.front();
    for (const auto& unit : dim.units) {
        const auto scale = static_cast<std::uint64_t>(unit.scale);
        if (unit.printing == P::unused || magnitude < scale) continue;
        if (unit.printing == P::whole && magnitude % scale != 0) continue;
        chosen = &unit;
    }
    const auto scale = static_cast<std::uint64_t>(chosen->scale);
    std::string out = (value < 0 ? "-" : "") + digits_of(magnitude / scale);
    if (std::uint64_t rest = magnitude % scale; rest != 0) {
        std::string fraction = digits_of(scale + rest).substr(1);  // zero-padded
        fraction.erase(fraction.find_last_not_of('0') + 1);
        out += "." + fraction;
    }
    return chosen->suffix.empty() ? out : out + " " + std::string(chosen->suffix);
}

Parsed<std::int64_t> parse_count(std::string_view text) {
    return parse_quantity(text, count_dimension());
}

Parsed<Share> parse_share(std::string_view text) {
    const Decimal d = read_decimal(text);
    if (d.error == "not a number") return {{}, "is not a share, as in '2 %' or '0.02'"};
    if (!d.error.empty()) return {{}, d.error};
    if (!d.unit.empty() && d.unit != "%") {
        return {{}, "has an unknown unit '" + d.unit + "'; a share is given as '2 %' or '0.02'"};
    }
    auto number = to_double(d, d.unit.empty() ? 0 : -2);
    return {Share{number.value}, std::move(number.error)};
}

Parsed<double> parse_number(std::string_view text) {
    const Decimal d = read_decimal(text);
    if (d.error == "not a number") return {0, "is not a number"};
    if (!d.error.empty()) return {0, d.error};
    if (!d.unit.empty()) return {0, "is not a plain number; it takes no unit"};
    return to_double(d, 0);
}

std::string to_text(Share share) {
    Decimal d = shortest(share.value);
    d.exponent += 2;
    return decimal_text(d) + " %";
}

std::string to_text(double number) { return decimal_text(shortest(number)); }

std::string to_text(std::int64_t count) { return std::to_string(count); }

}  // namespace snsim
