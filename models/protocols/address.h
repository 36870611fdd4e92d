// Ethernet and IP addresses, prefixes, and their text forms.
//
// An IP address is always 16 bytes in network order; IPv4 stands in them as ::ffff:a.b.c.d
// (RFC 4291, 2.5.5.2), so that one key layout serves both families. The family is kept apart.
// The parse functions accept exactly what inet_pton accepts and return nothing otherwise.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "models/protocols/byte_order.h"

namespace snsim {

using MacAddress = std::array<uint8_t, 6>;
using IpBytes = std::array<uint8_t, 16>;

struct IpAddress {
    IpBytes bytes{};
    uint8_t version = 0;  // 4, 6, or 0 for unset

    friend bool operator==(const IpAddress& a, const IpAddress& b) {
        return a.version == b.version &&
               ((load_word64(&a.bytes[0]) ^ load_word64(&b.bytes[0])) |
                (load_word64(&a.bytes[8]) ^ load_word64(&b.bytes[8]))) == 0;
    }
    friend bool operator!=(const IpAddress& a, const IpAddress& b) { return !(a == b); }
};

// Length counts bits of the family: 0-32 for IPv4, 0-128 for IPv6.
struct IpPrefix {
    IpAddress address;
    uint8_t length = 0;
};

[[nodiscard]] IpAddress make_ipv4(uint32_t host_order);
[[nodiscard]] IpAddress make_ipv6(uint64_t high, uint64_t low);
[[nodiscard]] uint32_t ipv4_value(const IpAddress& address);

// False when bits beyond the length are set: 10.0.0.1/8 is not a prefix.
[[nodiscard]] bool host_bits_clear(const IpPrefix& prefix);
[[nodiscard]] bool contains(const IpPrefix& prefix, const IpAddress& address);

[[nodiscard]] std::optional<IpAddress> parse_ip(std::string_view text);
// "10.0.0.0/8", "2001:db8::/32"; a bare address is a host prefix.
[[nodiscard]] std::optional<IpPrefix> parse_prefix(std::string_view text);
[[nodiscard]] std::optional<MacAddress> parse_mac(std::string_view text);  // 02:00:00:00:00:01

[[nodiscard]] std::string to_text(const IpAddress& address);
[[nodiscard]] std::string to_text(const IpPrefix& prefix);
[[nodiscard]] std::string to_text(const MacAddress& mac);

}  // namespace snsim
