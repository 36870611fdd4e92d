#include "models/protocols/flow_key.h"

#include <cstring>

#include "models/protocols/any_frame.h"
#include "models/protocols/flow_key_words.h"

namespace snsim {

namespace {

using namespace flow_key_words;

void put_addresses(const uint8_t* ip_header, uint8_t version, Words& out) {
    if (version == 4) {
        out.src[0] = out.dst[0] = 0;
        out.src[1] = mapped(load_word32(ip_header + 12));
        out.dst[1] = mapped(load_word32(ip_header + 16));
    } else {
        std::memcpy(out.src, ip_header + 8, 16);
        std::memcpy(out.dst, ip_header + 24, 16);
    }
}

bool is_icmp(uint8_t version, uint8_t protocol) {
    return protocol == (version == 4 ? ip_protocol::icmp : ip_protocol::icmpv6);
}

bool is_echo(uint8_t version, uint8_t type) {
    return version == 4 ? type == 8 || type == 0 : type == 128 || type == 129;
}

// The last word of a key from an upper header of which `room` bytes are at hand.
bool put_rest(const uint8_t* l4, size_t room, uint8_t version, uint8_t protocol, Words& out) {
    uint16_t sport = 0;
    uint16_t dport = 0;
    if (protocol == ip_protocol::tcp || protocol == ip_protocol::udp) {
        if (room < 4) return false;
        sport = load_be16(l4);
        dport = load_be16(l4 + 2);
    } else if (is_icmp(version, protocol)) {
        if (room < 1) return false;
        if (is_echo(version, l4[0])) {
            if (room < 8) return false;
            sport = dport = load_be16(l4 + 4);
        }
    }
    out.rest = rest_of(sport, dport, protocol, version);
    return true;
}

bool make_words(const ParsedHeaders& parsed, const uint8_t* bytes, Words& out) {
    out = Words{};
    if (parsed.status != ParseStatus::ok || parsed.ip_version == 0) return false;
    put_addresses(bytes + parsed.l3, parsed.ip_version, out);
    if (parsed.has_l4) {
        put_rest(bytes + parsed.l4, 8, parsed.ip_version, parsed.protocol, out);
    } else {
        out.rest = rest_of(0, 0, parsed.protocol, parsed.ip_version);
    }
    return true;
}

// Exchanges the ends where `reversed`, without a branch: which way a frame runs is a coin toss.
Words ordered(const Words& words, bool& reversed) {
    const uint64_t src_high = __builtin_bswap64(words.src[0]);
    const uint64_t dst_high = __builtin_bswap64(words.dst[0]);
    const uint64_t src_low = __builtin_bswap64(words.src[1]);
    const uint64_t dst_low = __builtin_bswap64(words.dst[1]);
    const auto sport = static_cast<uint16_t>(words.rest);
    const auto dport = static_cast<uint16_t>(words.rest >> 16);
    const bool above_low = (src_low > dst_low) | ((src_low == dst_low) & (sport > dport));
    reversed = (src_high > dst_high) | ((src_high == dst_high) & above_low);
    const uint64_t all = uint64_t{0} - static_cast<uint64_t>(reversed);
    const uint64_t high = (words.src[0] ^ words.dst[0]) & all;
    const uint64_t low = (words.src[1] ^ words.dst[1]) & all;
    const uint64_t port = static_cast<uint64_t>(sport ^ dport) & all;
    return {{words.src[0] ^ high, words.src[1] ^ low},
            {words.dst[0] ^ high, words.dst[1] ^ low},
            words.rest ^ port ^ (port << 16)};
}

}  // namespace

bool is_icmp_error(const ParsedHeaders& parsed) {
    if (!parsed.has_l4 || !is_icmp(parsed.ip_version, parsed.protocol)) return false;
    if (parsed.ip_version == 6) return parsed.icmp_type >= 1 && parsed.icmp_type <= 4;
    switch (parsed.icmp_type) {
        case 3:   // destination unreachable
        case 4:   // source quench
        case 5:   // redirect
        case 11:  // time exceeded
        case 12:  // parameter problem
            return true;
        default: return false;
    }
}

bool is_icmp_echo(const ParsedHeaders& parsed) {
    return parsed.has_l4 && is_icmp(parsed.ip_version, parsed.protocol) &&
           is_echo(parsed.ip_version, parsed.icmp_type);
}

bool make_flow_key(const ParsedHeaders& parsed, const uint8_t* bytes, FlowKey& out) {
    Words words;
    const bool made = make_words(parsed, bytes, words);
    store(words, out);
    return made;
}

bool make_any_canonical_key(const ParsedHeaders& parsed, const uint8_t* bytes, FlowKey& out,
                            bool& reversed, uint64_t& hash) {
    Words words;
    const bool made = make_words(parsed, bytes, words);
    const Words in_order = ordered(words, reversed);
    store(in_order, out);
    hash = hash_words(in_order);
    return made;
}

bool make_embedded_flow_key(const ParsedHeaders& parsed, const uint8_t* bytes, size_t available,
                            FlowKey& out) {
    out = FlowKey{};
    if (parsed.status != ParseStatus::ok || !is_icmp_error(parsed)) return false;
    const size_t end = available < parsed.datagram_end ? available : parsed.datagram_end;
    const uint8_t version = parsed.ip_version;
    size_t at = parsed.l4 + size_t{8};
    const uint8_t* const ip = bytes + at;
    uint8_t protocol;
    if (at + (version == 4 ? 20 : 40) > end || (ip[0] >> 4) != version) return false;
    if (version == 4) {
        const size_t length = (ip[0] & 0x0fu) * 4u;
        if (length < 20 || (load_be16(ip + 6) & 0x1fff) != 0) return false;
        protocol = ip[9];
        at += length;
    } else {
        protocol = ip[6];
        at += 40;
        for (;;) {
            const bool is_options = protocol == ip_protocol::hop_by_hop ||
                                    protocol == ip_protocol::routing ||
                                    protocol == ip_protocol::destination_options;
            const bool is_fragment = protocol == ip_protocol::fragment;
            const bool is_authentication = protocol == ip_protocol::authentication;
            if (!is_options && !is_fragment && !is_authentication) break;
            if (at + 8 > end) return false;
            const uint8_t* const header = bytes + at;
            if (is_fragment && (load_be16(header + 2) >> 3) != 0) return false;
            protocol = header[0];
            at += is_options ? (header[1] + 1u) * 8u : is_fragment ? 8u : (header[1] + 2u) * 4u;
        }
    }
    Words words{};
    put_addresses(ip, version, words);
    if (!put_rest(bytes + at, at < end ? end - at : 0, version, protocol, words)) return false;
    store(words, out);
    return true;
}

FlowKey reverse(const FlowKey& key) {
    FlowKey out = key;
    out.src = key.dst;
    out.dst = key.src;
    out.sport = key.dport;
    out.dport = key.sport;
    return out;
}

FlowKey canonical(const FlowKey& key, bool& reversed) {
    FlowKey out;
    store(ordered(words_of(key), reversed), out);
    return out;
}

uint64_t hash_of(const FlowKey& key) { return hash_words(words_of(key)); }

}  // namespace snsim
