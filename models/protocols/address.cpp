#include "models/protocols/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>

#include "models/protocols/byte_order.h"

namespace snsim {

namespace {

// First bit of the prefix within the 16 bytes: IPv4 stands in the last four.
unsigned bits_from_start(const IpPrefix& prefix) {
    return prefix.length + (prefix.address.version == 4 ? 96u : 0u);
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

IpAddress make_ipv4(uint32_t host_order) {
    IpAddress address;
    address.version = 4;
    address.bytes[10] = address.bytes[11] = 0xff;
    store_be32(&address.bytes[12], host_order);
    return address;
}

IpAddress make_ipv6(uint64_t high, uint64_t low) {
    IpAddress address;
    address.version = 6;
    store_be64(&address.bytes[0], high);
    store_be64(&address.bytes[8], low);
    return address;
}

uint32_t ipv4_value(const IpAddress& address) { return load_be32(&address.bytes[12]); }

bool host_bits_clear(const IpPrefix& prefix) {
    for (unsigned bit = bits_from_start(prefix); bit < 128; ++bit) {
        if ((prefix.address.bytes[bit / 8] & (0x80u >> (bit % 8))) != 0) return false;
    }
    return true;
}

bool contains(const IpPrefix& prefix, const IpAddress& address) {
    if (prefix.address.version != address.version) return false;
    const unsigned bits = bits_from_start(prefix);
    const unsigned whole = bits / 8;
    if (std::memcmp(prefix.address.bytes.data(), address.bytes.data(), whole) != 0) return false;
    if (bits % 8 == 0) return true;
    const unsigned differing = static_cast<unsigned>(prefix.address.bytes[whole]) ^
                               static_cast<unsigned>(address.bytes[whole]);
    return (differing >> (8 - bits % 8)) == 0;
}

std::optional<IpAddress> parse_ip(std::string_view text) {
    const std::string copy(text);
    uint8_t bytes[16];
    IpAddress address;
    if (inet_pton(AF_INET, copy.c_str(), bytes) == 1) {
        address = make_ipv4(load_be32(bytes));
    } else if (inet_pton(AF_INET6, copy.c_str(), bytes) == 1) {
        address = make_ipv6(load_be64(bytes), load_be64(bytes + 8));
    } else {
        return std::nullopt;
    }
    if (copy.size() != std::strlen(copy.c_str())) return std::nullopt;
    return address;
}

std::optional<IpPrefix> parse_prefix(std::string_view text) {
    const size_t slash = text.find('/');
    const std::optional<IpAddress> address = parse_ip(text.substr(0, slash));
    if (!address) return std::nullopt;
    const unsigned longest = address->version == 4 ? 32 : 128;
    unsigned length = longest;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        if (digits.empty() || digits.size() > 3) return std::nullopt;
        length = 0;
        for (const char c : digits) {
            if (c < '0' || c > '9') return std::nullopt;
            length = length * 10 + static_cast<unsigned>(c - '0');
        }
        if (length > longest) return std::nullopt;
    }
    return IpPrefix{*address, static_cast<uint8_t>(length)};
}

std::optional<MacAddress> parse_mac(std::string_view text) {
    if (text.size() != 17) return std::nullopt;
    MacAddress mac{};
    for (size_t i = 0; i < 6; ++i) {
        const int high = hex_digit(text[3 * i]);
        const int low = hex_digit(text[3 * i + 1]);
        if (high < 0 || low < 0 || (i < 5 && text[3 * i + 2] != ':')) return std::nullopt;
        mac[i] = static_cast<uint8_t>(high * 16 + low);
    }
    return mac;
}

std::string to_text(const IpAddress& address) {
    char text[INET6_ADDRSTRLEN] = "";
    if (address.version == 4) {
        inet_ntop(AF_INET, &address.bytes[12], text, sizeof text);
    } else if (address.version == 6) {
        inet_ntop(AF_INET6, address.bytes.data(), text, sizeof text);
    }
    return text;
}

std::string to_text(const IpPrefix& prefix) {
    return to_text(prefix.address) + "/" + std::to_string(prefix.length);
}

std::string to_text(const MacAddress& mac) {
    static const char digits[] = "0123456789abcdef";
    std::string text;
    for (size_t i = 0; i < mac.size(); ++i) {
        if (i != 0) text += ':';
        text += digits[mac[i] >> 4];
        text += digits[mac[i] & 15];
    }
    return text;
}

}  // namespace snsim
