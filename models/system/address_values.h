// How scenarios write prefixes and port ranges.
#pragma once

#include <string>

#include "models/base/param_values.h"
#include "models/functions/acl.h"
#include "models/protocols/address.h"

namespace snsim {

/// `10.0.0.0/8` or `2001:db8::/32`; a bare address is a host prefix.
template <>
struct ValueText<IpPrefix> {
    static std::string type() { return "IP prefix"; }
    static bool parse(const Node& node, IpPrefix& value, ValueErrors& errors);
    static std::string print(const IpPrefix& value) { return to_text(value); }
};
template <>
inline constexpr SchemaType schema_type<IpPrefix> = SchemaType::text;

/// An address with the length of the network that it is in.
struct InterfaceAddress {
    IpAddress address;
    std::uint8_t network_length = 0;
};

/// `10.0.0.10/24` or `fd00::1/64`; a bare address is a network of its own.
template <>
struct ValueText<InterfaceAddress> {
    static std::string type() { return "IP address with its network's length"; }
    static bool parse(const Node& node, InterfaceAddress& value, ValueErrors& errors);
    static std::string print(const InterfaceAddress& value) {
        return to_text(IpPrefix{value.address, value.network_length});
    }
};
template <>
inline constexpr SchemaType schema_type<InterfaceAddress> = SchemaType::text;

/// `any`, `80` or `1000-2000`.
template <>
struct ValueText<PortRange> {
    static std::string type() { return "ports: any, 80 or 1000-2000"; }
    static bool parse(const Node& node, PortRange& value, ValueErrors& errors);
    static std::string print(const PortRange& value);
};
template <>
inline constexpr SchemaType schema_type<PortRange> = SchemaType::text;

}  // namespace snsim
