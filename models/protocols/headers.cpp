#include "models/protocols/headers.h"

#include "models/protocols/any_frame.h"
#include "models/protocols/byte_order.h"
#include "models/protocols/checksum.h"

namespace snsim {

namespace {

constexpr size_t ethernet_bytes = 14;
constexpr size_t tag_bytes = 4;
constexpr uint8_t most_tags = 2;
constexpr uint16_t first_ethertype = 0x0600;  // IEEE 802.3, 3.2.6: smaller values are lengths

constexpr uint16_t u16(size_t value) { return static_cast<uint16_t>(value); }

// One frame being parsed. Every step returns ok to go on.
struct Parser {
    const uint8_t* bytes;
    size_t available;
    size_t frame;
    ParsedHeaders& out;

    [[nodiscard]] ParseStatus need(size_t end) const {
        if (end <= available) return ParseStatus::ok;
        return end > frame ? ParseStatus::truncated : ParseStatus::header_too_long;
    }

    ParseStatus ethernet();
    ParseStatus ipv4(size_t l3);
    ParseStatus ipv6(size_t l3);
    ParseStatus ipv6_extensions(size_t at, uint8_t next);
    ParseStatus upper(size_t l4);
    ParseStatus tcp(size_t l4, size_t room);
    ParseStatus udp(size_t l4, size_t room);
    ParseStatus icmp(size_t l4, size_t room);
    void understood(size_t l4, size_t length) {
        out.header_bytes = u16(l4 + length);
        out.has_l4 = true;
        ++out.states;
    }
};

ParseStatus Parser::ethernet() {
    if (const ParseStatus status = need(ethernet_bytes); status != ParseStatus::ok) return status;
    out.is_multicast = (bytes[0] & 1) != 0;
    out.is_broadcast = load_word32(bytes) == 0xffffffffu && load_be16(bytes + 4) == 0xffff;
    out.states = 1;
    size_t l3 = ethernet_bytes;
    uint16_t type = load_be16(bytes + 12);
    while ((type == ethertype::vlan || type == ethertype::qinq) && out.vlan_tags < most_tags) {
        out.header_bytes = u16(l3);
        if (const ParseStatus status = need(l3 + tag_bytes); status != ParseStatus::ok) {
            return status;
        }
        if (out.vlan_tags == 0) out.outer_vlan = load_be16(bytes + l3) & 0x0fff;
        type = load_be16(bytes + l3 + 2);
        l3 += tag_bytes;
        ++out.vlan_tags;
        ++out.states;
    }
    out.header_bytes = u16(l3);
    out.ethertype = type < first_ethertype ? uint16_t{0} : type;
    switch (type) {
        case ethertype::ipv4: return ipv4(l3);
        case ethertype::ipv6: return ipv6(l3);
        case ethertype::arp: return ParseStatus::ok;
        default: return ParseStatus::unknown_ethertype;
    }
}

ParseStatus Parser::ipv4(size_t l3) {
    if (const ParseStatus status = need(l3 + 20); status != ParseStatus::ok) return status;
    const uint8_t* const header = bytes + l3;
    if ((header[0] >> 4) != 4) return ParseStatus::bad_version;
    const size_t length = (header[0] & 0x0fu) * 4u;
    const size_t total = load_be16(header + 2);
    if (length < 20 || total < length || total > frame - l3) return ParseStatus::bad_length;
    if (const ParseStatus status = need(l3 + length); status != ParseStatus::ok) return status;
    if (internet_checksum(header, length) != 0) return ParseStatus::bad_checksum;

    out.ip_version = 4;
    out.l3 = u16(l3);
    out.ttl = header[8];
    out.protocol = header[9];
    out.datagram_end = static_cast<uint32_t>(l3 + total);
    out.header_bytes = u16(l3 + length);
    ++out.states;
    const uint16_t fragment = load_be16(header + 6) & 0x3fff;  // more-fragments and offset
    if (fragment != 0) {
        out.fragment_id = load_be16(header + 4);
        out.fragment = (fragment & 0x1fff) != 0 ? Fragment::later : Fragment::first;
        if (out.fragment == Fragment::later) return ParseStatus::ok;
    }
    return upper(l3 + length);
}

ParseStatus Parser::ipv6(size_t l3) {
    if (const ParseStatus status = need(l3 + 40); status != ParseStatus::ok) return status;
    const uint8_t* const header = bytes + l3;
    if ((header[0] >> 4) != 6) return ParseStatus::bad_version;
    const size_t total = 40u + load_be16(header + 4);
    if (total > frame - l3) return ParseStatus::bad_length;

    out.ip_version = 6;
    out.l3 = u16(l3);
    out.ttl = header[7];
    out.datagram_end = static_cast<uint32_t>(l3 + total);
    out.header_bytes = u16(l3 + 40);
    ++out.states;
    return ipv6_extensions(l3 + 40, header[6]);
}

ParseStatus Parser::ipv6_extensions(size_t at, uint8_t next) {
    for (;;) {
        out.protocol = next;
        const bool is_options = next == ip_protocol::hop_by_hop || next == ip_protocol::routing ||
                                next == ip_protocol::destination_options;
        const bool is_fragment = next == ip_protocol::fragment;
        if (!is_options && !is_fragment && next != ip_protocol::authentication) return upper(at);

        if (at + 8 > out.datagram_end) return ParseStatus::bad_length;
        if (const ParseStatus status = need(at + 8); status != ParseStatus::ok) return status;
        const uint8_t* const header = bytes + at;
        next = header[0];
        size_t length = 8;
        if (is_options) length = (header[1] + 1u) * 8u;
        if (out.protocol == ip_protocol::authentication) length = (header[1] + 2u) * 4u;
        if (length < 8 || at + length > out.datagram_end) return ParseStatus::bad_length;
        at += length;
        out.header_bytes = u16(at);
        ++out.states;
        if (is_fragment) {
            const uint16_t fragment = load_be16(header + 2);
            const bool more = (fragment & 1) != 0;
            if ((fragment >> 3) != 0) {
                out.fragment = Fragment::later;
            } else if (more) {
                out.fragment = Fragment::first;
            }
            if (out.fragment != Fragment::none) out.fragment_id = load_be32(header + 4);
            if (out.fragment == Fragment::later) {
                out.protocol = next;
                return ParseStatus::ok;
            }
        }
    }
}

ParseStatus Parser::upper(size_t l4) {
    out.l4 = u16(l4);
    const size_t room = out.datagram_end - l4;
    switch (out.protocol) {
        case ip_protocol::tcp: return tcp(l4, room);
        case ip_protocol::udp: return udp(l4, room);
        case ip_protocol::icmp: return out.ip_version == 4 ? icmp(l4, room) : ParseStatus::ok;
        case ip_protocol::icmpv6: return out.ip_version == 6 ? icmp(l4, room) : ParseStatus::ok;
        default: return ParseStatus::ok;
    }
}

ParseStatus Parser::tcp(size_t l4, size_t room) {
    if (room < 20) return ParseStatus::bad_length;
    if (const ParseStatus status = need(l4 + 20); status != ParseStatus::ok) return status;
    const size_t length = (bytes[l4 + 12] >> 4) * 4u;
    if (length < 20 || length > room) return ParseStatus::bad_length;
    out.tcp_flags = bytes[l4 + 13];
    understood(l4, length);
    return ParseStatus::ok;
}

ParseStatus Parser::udp(size_t l4, size_t room) {
    if (room < 8) return ParseStatus::bad_length;
    if (const ParseStatus status = need(l4 + 8); status != ParseStatus::ok) return status;
    const size_t length = load_be16(bytes + l4 + 4);
    if (length < 8 || (length > room && out.fragment != Fragment::first)) {
        return ParseStatus::bad_length;
    }
    understood(l4, 8);
    return ParseStatus::ok;
}

ParseStatus Parser::icmp(size_t l4, size_t room) {
    if (room < 8) return ParseStatus::bad_length;
    if (const ParseStatus status = need(l4 + 8); status != ParseStatus::ok) return status;
    out.icmp_type = bytes[l4];
    understood(l4, 8);
    return ParseStatus::ok;
}

}  // namespace

const char* to_text(ParseStatus status) {
    switch (status) {
        case ParseStatus::ok: return "ok";
        case ParseStatus::unknown_ethertype: return "unknown_ethertype";
        case ParseStatus::header_too_long: return "header_too_long";
        case ParseStatus::truncated: return "truncated";
        case ParseStatus::bad_version: return "bad_version";
        case ParseStatus::bad_length: return "bad_length";
        case ParseStatus::bad_checksum: return "bad_checksum";
    }
    return "";
}

ParseStatus parse_any(const uint8_t* bytes, size_t available, size_t frame, ParsedHeaders& out) {
    if (available > frame) available = frame;
    out = ParsedHeaders{};
    Parser parser{bytes, available, frame, out};
    out.status = parser.ethernet();
    return out.status;
}

}  // namespace snsim
