#include "models/protocols/header_writer.h"

#include <cstring>

#include "models/protocols/byte_order.h"

namespace snsim {

namespace {

constexpr size_t upper_bytes(uint8_t protocol) {
    switch (protocol) {
        case ip_protocol::tcp: return 20;
        case ip_protocol::udp:
        case ip_protocol::icmp:
        case ip_protocol::icmpv6: return 8;
        default: return 0;
    }
}

// Offset of the checksum in the upper header; 0 when it has none.
constexpr size_t checksum_offset(uint8_t protocol) {
    switch (protocol) {
        case ip_protocol::tcp: return 16;
        case ip_protocol::udp: return 6;
        case ip_protocol::icmp:
        case ip_protocol::icmpv6: return 2;
        default: return 0;
    }
}

constexpr bool has_pseudo_header(uint8_t protocol) { return protocol != ip_protocol::icmp; }

// Adjusts the upper checksum for a 16-bit word changed within its reach.
void adjust_l4(uint8_t* header, const HeaderLayout& layout, uint16_t before, uint16_t after) {
    const size_t offset = checksum_offset(layout.protocol);
    if (offset == 0) return;
    uint8_t* const field = header + layout.l4 + offset;
    const uint16_t checksum = load_be16(field);
    const bool is_udp = layout.protocol == ip_protocol::udp;
    if (is_udp && checksum == 0) return;
    uint16_t updated = checksum_update16(checksum, before, after);
    if (is_udp && updated == 0) updated = 0xffff;  // RFC 768: 0 would mean none
    store_be16(field, updated);
}

void patch_ipv4_address(uint8_t* header, const HeaderLayout& layout, size_t offset, uint32_t to) {
    uint8_t* const field = header + layout.l3 + offset;
    const uint32_t from = load_be32(field);
    uint8_t* const checksum = header + layout.l3 + 10;
    store_be16(checksum, checksum_update32(load_be16(checksum), from, to));
    if (has_pseudo_header(layout.protocol)) {
        adjust_l4(header, layout, static_cast<uint16_t>(from >> 16),
                  static_cast<uint16_t>(to >> 16));
        adjust_l4(header, layout, static_cast<uint16_t>(from), static_cast<uint16_t>(to));
    }
    store_be32(field, to);
}

void patch_ipv6_address(uint8_t* header, const HeaderLayout& layout, size_t offset,
                        const IpBytes& to) {
    uint8_t* const field = header + layout.l3 + offset;
    for (size_t i = 0; i < to.size(); i += 2) {
        adjust_l4(header, layout, load_be16(field + i), load_be16(&to[i]));
    }
    std::memcpy(field, to.data(), to.size());
}

// A 16-bit word of the upper header itself.
void patch_l4_word(uint8_t* header, const HeaderLayout& layout, size_t offset, uint16_t to) {
    uint8_t* const field = header + layout.l4 + offset;
    adjust_l4(header, layout, load_be16(field), to);
    store_be16(field, to);
}

size_t port_offset(const HeaderLayout& layout) {
    const bool is_icmp =
        layout.protocol == ip_protocol::icmp || layout.protocol == ip_protocol::icmpv6;
    return is_icmp ? 4 : 0;  // identifier and sequence number stand for ports
}

void write_ipv4(const HeaderFields& fields, const HeaderLayout& layout, uint8_t* ip) {
    ip[0] = 0x45;
    ip[1] = fields.traffic_class;
    store_be16(ip + 2,
               static_cast<uint16_t>(layout.header_bytes - layout.l3 + fields.payload_bytes));
    store_be16(ip + 4, fields.identification);
    store_be16(ip + 6, fields.dont_fragment ? uint16_t{0x4000} : uint16_t{0});
    ip[8] = fields.ttl;
    ip[9] = fields.protocol;
    std::memcpy(ip + 12, &fields.src.bytes[12], 4);
    std::memcpy(ip + 16, &fields.dst.bytes[12], 4);
    store_be16(ip + 10, internet_checksum(ip, 20));
}

void write_ipv6(const HeaderFields& fields, const HeaderLayout& layout, uint8_t* ip) {
    store_be32(ip, 0x60000000u | (uint32_t{fields.traffic_class} << 20));
    store_be16(ip + 4,
               static_cast<uint16_t>(layout.header_bytes - layout.l4 + fields.payload_bytes));
    ip[6] = fields.protocol;
    ip[7] = fields.ttl;
    std::memcpy(ip + 8, fields.src.bytes.data(), 16);
    std::memcpy(ip + 24, fields.dst.bytes.data(), 16);
}

void write_upper(const HeaderFields& fields, uint8_t* l4) {
    switch (fields.protocol) {
        case ip_protocol::tcp:
            store_be16(l4, fields.sport);
            store_be16(l4 + 2, fields.dport);
            store_be32(l4 + 4, fields.tcp_seq);
            store_be32(l4 + 8, fields.tcp_ack);
            l4[12] = 0x50;
            l4[13] = fields.tcp_flags;
            store_be16(l4 + 14, fields.tcp_window);
            break;
        case ip_protocol::udp:
            store_be16(l4, fields.sport);
            store_be16(l4 + 2, fields.dport);
            store_be16(l4 + 4, static_cast<uint16_t>(8 + fields.payload_bytes));
            break;
        case ip_protocol::icmp:
        case ip_protocol::icmpv6:
            l4[0] = fields.icmp_type;
            store_be16(l4 + 4, fields.sport);
            store_be16(l4 + 6, fields.dport);
            break;
        default: break;
    }
}

}  // namespace

HeaderLayout write_headers(const HeaderFields& fields, uint8_t* out) {
    const bool v4 = fields.src.version == 4;
    HeaderLayout layout;
    layout.l3 = fields.tagged ? 18 : 14;
    layout.l4 = static_cast<uint16_t>(layout.l3 + (v4 ? 20 : 40));
    layout.header_bytes = static_cast<uint16_t>(layout.l4 + upper_bytes(fields.protocol));
    layout.ip_version = v4 ? 4 : 6;
    layout.protocol = fields.protocol;

    std::memset(out, 0, layout.header_bytes);
    std::memcpy(out, fields.dst_mac.data(), 6);
    std::memcpy(out + 6, fields.src_mac.data(), 6);
    if (fields.tagged) {
        store_be16(out + 12, ethertype::vlan);
        store_be16(out + 14, fields.vlan & 0x0fff);
    }
    store_be16(out + layout.l3 - 2, v4 ? ethertype::ipv4 : ethertype::ipv6);
    if (v4) {
        write_ipv4(fields, layout, out + layout.l3);
    } else {
        write_ipv6(fields, layout, out + layout.l3);
    }
    write_upper(fields, out + layout.l4);
    return layout;
}

HeaderLayout layout_of(const ParsedHeaders& parsed) {
    return {parsed.l3, parsed.l4, parsed.header_bytes, parsed.ip_version, parsed.protocol};
}

void write_l4_checksum(uint8_t* header, const HeaderLayout& layout, InternetChecksum payload,
                       uint32_t payload_bytes) {
    const size_t offset = checksum_offset(layout.protocol);
    if (offset == 0) return;
    uint8_t* const l4 = header + layout.l4;
    const uint32_t upper = static_cast<uint32_t>(layout.header_bytes - layout.l4);
    InternetChecksum sum;
    if (has_pseudo_header(layout.protocol)) {
        const uint8_t* const ip = header + layout.l3;
        if (layout.ip_version == 4) {
            sum.add(ip + 12, 8);
        } else {
            sum.add(ip + 8, 32);
        }
        sum.add32(upper + payload_bytes);
        sum.add16(layout.protocol);
    }
    store_be16(l4 + offset, 0);
    sum.add(l4, upper);
    sum.add16(payload.sum());
    uint16_t checksum = sum.value();
    if (layout.protocol == ip_protocol::udp && checksum == 0) checksum = 0xffff;
    store_be16(l4 + offset, checksum);
}

void patch_ipv4_src(uint8_t* header, const HeaderLayout& layout, uint32_t address) {
    patch_ipv4_address(header, layout, 12, address);
}

void patch_ipv4_dst(uint8_t* header, const HeaderLayout& layout, uint32_t address) {
    patch_ipv4_address(header, layout, 16, address);
}

void patch_ipv6_src(uint8_t* header, const HeaderLayout& layout, const IpBytes& address) {
    patch_ipv6_address(header, layout, 8, address);
}

void patch_ipv6_dst(uint8_t* header, const HeaderLayout& layout, const IpBytes& address) {
    patch_ipv6_address(header, layout, 24, address);
}

void patch_sport(uint8_t* header, const HeaderLayout& layout, uint16_t port) {
    patch_l4_word(header, layout, port_offset(layout), port);
}

void patch_dport(uint8_t* header, const HeaderLayout& layout, uint16_t port) {
    patch_l4_word(header, layout, port_offset(layout) + 2, port);
}

void patch_tcp_flags(uint8_t* header, const HeaderLayout& layout, uint8_t flags) {
    const uint8_t data_offset = header[layout.l4 + 12];
    patch_l4_word(header, layout, 12, static_cast<uint16_t>((data_offset << 8) | flags));
}

void patch_identification(uint8_t* header, const HeaderLayout& layout, uint16_t identification) {
    if (layout.ip_version != 4) return;
    uint8_t* const ip = header + layout.l3;
    store_be16(ip + 10, checksum_update16(load_be16(ip + 10), load_be16(ip + 4), identification));
    store_be16(ip + 4, identification);
}

void patch_payload_bytes(uint8_t* header, const HeaderLayout& layout, uint32_t payload_bytes) {
    uint8_t* const ip = header + layout.l3;
    if (layout.ip_version == 4) {
        const auto total = static_cast<uint16_t>(layout.header_bytes - layout.l3 + payload_bytes);
        store_be16(ip + 10, checksum_update16(load_be16(ip + 10), load_be16(ip + 2), total));
        store_be16(ip + 2, total);
    } else {
        store_be16(ip + 4,
                   static_cast<uint16_t>(layout.header_bytes - (layout.l3 + 40u) + payload_bytes));
    }
    if (layout.protocol == ip_protocol::udp) {
        store_be16(header + layout.l4 + 4, static_cast<uint16_t>(8 + payload_bytes));
    }
}

void decrement_ttl(uint8_t* header, uint16_t l3, uint8_t ip_version) {
    uint8_t* const ip = header + l3;
    if (ip_version == 4) {
        // TTL is the upper byte of its word; whatever the word, the difference is the same.
        store_be16(ip + 10, checksum_update16(load_be16(ip + 10), 0x0100, 0));
        --ip[8];
    } else {
        --ip[7];
    }
}

}  // namespace snsim
