#include "models/system/address_values.h"

#include <charconv>
#include <optional>
#include <string_view>

namespace snsim {
namespace {

/// The prefix with the bits beyond its length cleared.
IpPrefix cleared(IpPrefix prefix) {
    const int skipped = prefix.address.version == 4 ? 96 : 0;  // IPv4 stands in the last 32 bits
    for (int bit = skipped + prefix.length; bit < 128; ++bit) {
        auto& byte = prefix.address.bytes[static_cast<std::size_t>(bit / 8)];
        byte = static_cast<std::uint8_t>(byte & ~(0x80 >> (bit % 8)));
    }
    return prefix;
}

std::optional<std::uint16_t> port(std::string_view text) {
    if (text.size() > 1 && text.front() == '0') return std::nullopt;  // octal to some
    std::uint16_t value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

bool ValueText<IpPrefix>::parse(const Node& node, IpPrefix& value, ValueErrors& errors) {
    std::string text;
    if (!scalar_of(node, "a prefix such as '10.0.0.0/8'", text, errors)) return false;
    const auto prefix = parse_prefix(text);
    if (!prefix) {
        return errors.error(node, "'" + text +
                                      "' is no IP prefix, as in '10.0.0.0/8' or "
                                      "'2001:db8::/32'");
    }
    if (!host_bits_clear(*prefix)) {
        return errors.error(node, "'" + text + "' has bits set beyond its length; the prefix is '" +
                                      to_text(cleared(*prefix)) + "'");
    }
    value = *prefix;
    return true;
}

bool ValueText<InterfaceAddress>::parse(const Node& node, InterfaceAddress& value,
                                        ValueErrors& errors) {
    std::string text;
    if (!scalar_of(node, "an address such as '10.0.0.10/24'", text, errors)) return false;
    const auto prefix = parse_prefix(text);
    if (!prefix) {
        return errors.error(node, "'" + text +
                                      "' is no IP address with the length of its network, as in "
                                      "'10.0.0.10/24' or 'fd00::1/64'");
    }
    value = {prefix->address, prefix->length};
    return true;
}

bool ValueText<PortRange>::parse(const Node& node, PortRange& value, ValueErrors& errors) {
    std::string text;
    if (!scalar_of(node, "ports such as '80' or '1000-2000'", text, errors)) return false;
    value = {};
    if (text == "any") return true;
    const auto dash = text.find('-');
    const auto first = port(std::string_view(text).substr(0, dash));
    const auto last =
        dash == std::string::npos ? first : port(std::string_view(text).substr(dash + 1));
    if (!first || !last) {
        return errors.error(node, "'" + text +
                                      "' is no port or port range (0 to 65535, without "
                                      "leading zeros), as in '80' or '1000-2000'");
    }
    if (*last < *first) {
        return errors.error(node, "'" + text + "' runs backwards; write '" + std::to_string(*last) +
                                      "-" + std::to_string(*first) + "'");
    }
    value = {*first, *last};
    return true;
}

std::string ValueText<PortRange>::print(const PortRange& value) {
    if (value.any()) return "any";
    if (value.first == value.last) return std::to_string(value.first);
    return std::to_string(value.first) + "-" + std::to_string(value.last);
}

}  // namespace snsim
