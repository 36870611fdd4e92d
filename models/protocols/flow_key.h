// The key by which frames of one conversation are found: addresses, ports, protocol.
//
// The canonical key is the same for both directions; `reversed` tells them apart. ICMP echo
// messages carry their identifier in both ports; other ICMP and other protocols, and fragments
// other than the first, have ports 0.
#pragma once

#include <cstddef>
#include <cstdint>

#include "models/protocols/address.h"
#include "models/protocols/byte_order.h"
#include "models/protocols/headers.h"

namespace snsim {

struct alignas(8) FlowKey {
    IpBytes src{};  // network order; IPv4 as ::ffff:a.b.c.d
    IpBytes dst{};
    uint16_t sport = 0;
    uint16_t dport = 0;
    uint8_t protocol = 0;
    uint8_t family = 0;  // 4, 6, or 0 for no key
    uint16_t pad = 0;    // always zero: keys are compared and hashed as bytes

    friend bool operator==(const FlowKey& a, const FlowKey& b) {
        const auto* const x = reinterpret_cast<const uint8_t*>(&a);
        const auto* const y = reinterpret_cast<const uint8_t*>(&b);
        return ((load_word64(x) ^ load_word64(y)) | (load_word64(x + 8) ^ load_word64(y + 8)) |
                (load_word64(x + 16) ^ load_word64(y + 16)) |
                (load_word64(x + 24) ^ load_word64(y + 24)) |
                (load_word64(x + 32) ^ load_word64(y + 32))) == 0;
    }
    friend bool operator!=(const FlowKey& a, const FlowKey& b) { return !(a == b); }
};
static_assert(sizeof(FlowKey) == 40);

// False (and family 0) when the frame is not IP or not well formed.
bool make_flow_key(const ParsedHeaders& parsed, const uint8_t* bytes, FlowKey& out);

// The packet an ICMP or ICMPv6 error message quotes. False when it is no such message, or when the
// quotation is a later fragment or lacks what a key needs within `available`.
bool make_embedded_flow_key(const ParsedHeaders& parsed, const uint8_t* bytes, size_t available,
                            FlowKey& out);
[[nodiscard]] bool is_icmp_error(const ParsedHeaders& parsed);
[[nodiscard]] bool is_icmp_echo(const ParsedHeaders& parsed);

[[nodiscard]] FlowKey reverse(const FlowKey& key);
// The key with its lower endpoint (address, then port) first.
[[nodiscard]] FlowKey canonical(const FlowKey& key, bool& reversed);

// 64 well-mixed bits, the same on every machine. The two directions of a flow differ unless the
// key is canonical.
[[nodiscard]] uint64_t hash_of(const FlowKey& key);

// make_flow_key, canonical and hash_of in one go; the hash of an empty key when it returns false.
bool make_canonical_key(const ParsedHeaders& parsed, const uint8_t* bytes, FlowKey& out,
                        bool& reversed, uint64_t& hash);

}  // namespace snsim
