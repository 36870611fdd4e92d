// parse() and make_canonical_key(): the commonest frames here, any other in any_frame.h.
#include "models/protocols/any_frame.h"
#include "models/protocols/byte_order.h"
#include "models/protocols/flow_key_words.h"

namespace snsim {

namespace {

using namespace flow_key_words;

// One's-complement sum.
uint64_t added(uint64_t a, uint64_t b) {
    const uint64_t sum = a + b;
    return sum + (sum < a ? 1 : 0);
}

// Of a header without options.
bool checksum_right(const uint8_t* header) {
    // The words' sum, which is not 0, folds to 0xffff when 65535 divides it. The sum may be taken
    // of 64-bit numbers with end-around carry: 2^64 is 1 modulo 65535. And 65535 divides those
    // that its inverse, minus `ones`, turns into a quotient no larger than `ones`.
    constexpr uint64_t ones = 0x0001'0001'0001'0001;  // (2^64 - 1) / 65535
    uint64_t sum = load_word64(header);
    sum = added(sum, load_word64(header + 8));
    sum = added(sum, load_word32(header + 16));
    return uint64_t{0} - sum * ones <= ones;
}

// What the commonest frames have in common.
constexpr ParsedHeaders make_plain() {
    ParsedHeaders plain;
    plain.status = ParseStatus::ok;
    plain.ip_version = 4;
    plain.l3 = 14;
    plain.l4 = 34;
    plain.ethertype = ethertype::ipv4;
    plain.states = 3;
    plain.has_l4 = true;
    return plain;
}
constexpr ParsedHeaders plain = make_plain();

// The commonest frame, decided at once: to one station, untagged, a whole IPv4 datagram without
// options, TCP or UDP, nothing wrong. False leaves it to parse_any(), which finds the same.
bool parse_plain(const uint8_t* bytes, size_t available, size_t frame, ParsedHeaders& out) {
    constexpr size_t l3 = plain.l3;
    constexpr size_t l4 = plain.l4;
    if (available < l4 + 20 || (bytes[0] & 1) != 0) return false;
    constexpr uint32_t type_and_version = 0x0045'0008;  // 08 00 45, as loaded
    if ((load_word32(bytes + 12) & 0x00ff'ffffu) != type_and_version) return false;
    const size_t total = load_be16(bytes + l3 + 2);
    const bool fragmented = (load_be16(bytes + l3 + 6) & 0x3fff) != 0;
    if (total > frame - l3 || fragmented || !checksum_right(bytes + l3)) return false;

    const uint8_t protocol = bytes[l3 + 9];
    size_t upper = 8;
    uint8_t flags = 0;
    if (protocol == ip_protocol::tcp) {
        upper = (bytes[l4 + 12] >> 4) * 4u;
        flags = bytes[l4 + 13];
        if (upper < 20 || 20 + upper > total) return false;
    } else if (protocol == ip_protocol::udp) {
        const size_t length = load_be16(bytes + l4 + 4);
        if (length < 8 || 20 + length > total) return false;
    } else {
        return false;
    }
    out = plain;
    out.protocol = protocol;
    out.header_bytes = static_cast<uint16_t>(l4 + upper);
    out.ttl = bytes[l3 + 8];
    out.tcp_flags = flags;
    out.datagram_end = static_cast<uint32_t>(l3 + total);
    return true;
}

// An IPv4 packet with a TCP or UDP header.
bool has_ipv4_ports(const ParsedHeaders& parsed) {
    return parsed.has_l4 && parsed.ip_version == 4 &&
           (parsed.protocol == ip_protocol::tcp || parsed.protocol == ip_protocol::udp);
}

// The key of such a packet, its lower endpoint first: address and port make one number.
Words ordered_ipv4(const uint8_t* ip_header, const uint8_t* l4, uint8_t protocol, bool& reversed) {
    const uint64_t src = uint64_t{load_be32(ip_header + 12)} << 16 | load_be16(l4);
    const uint64_t dst = uint64_t{load_be32(ip_header + 16)} << 16 | load_be16(l4 + 2);
    reversed = src > dst;
    const uint64_t lower = reversed ? dst : src;
    const uint64_t upper = reversed ? src : dst;
    return {{0, mapped(__builtin_bswap32(static_cast<uint32_t>(lower >> 16)))},
            {0, mapped(__builtin_bswap32(static_cast<uint32_t>(upper >> 16)))},
            rest_of(static_cast<uint16_t>(lower), static_cast<uint16_t>(upper), protocol, 4)};
}

}  // namespace

ParseStatus parse(const uint8_t* bytes, size_t available, size_t frame, ParsedHeaders& out) {
    if (parse_plain(bytes, available < frame ? available : frame, frame, out)) {
        return ParseStatus::ok;
    }
    return parse_any(bytes, available, frame, out);
}

bool make_canonical_key(const ParsedHeaders& parsed, const uint8_t* bytes, FlowKey& out,
                        bool& reversed, uint64_t& hash) {
    if (!has_ipv4_ports(parsed)) return make_any_canonical_key(parsed, bytes, out, reversed, hash);
    const Words in_order =
        ordered_ipv4(bytes + parsed.l3, bytes + parsed.l4, parsed.protocol, reversed);
    store(in_order, out);
    hash = hash_words(in_order);
    return true;
}

}  // namespace snsim
