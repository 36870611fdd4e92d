// Frames for the tests of functions: built from fields, parsed and keyed as a card would.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "models/functions/function.h"
#include "models/protocols/byte_order.h"
#include "models/protocols/header_writer.h"

namespace snsim {

struct TestFrame {
    std::array<uint8_t, 128> header{};
    size_t kept = 128;
    uint32_t bytes = 0;  // without FCS
    ParsedHeaders parsed;
    FlowKey key;
    uint64_t hash = 0;
    bool reversed = false;
    uint16_t out_port = 0xffff;

    void parse_again() {
        parse(header.data(), kept, bytes, parsed);
        make_canonical_key(parsed, header.data(), key, reversed, hash);
    }

    FrameView view(int64_t now_ps, uint16_t in_port = 0) {
        FrameView view;
        view.header = header.data();
        view.header_bytes = static_cast<uint32_t>(kept);
        view.frame_bytes = bytes;
        view.parsed = &parsed;
        view.key = &key;
        view.key_hash = hash;
        view.key_reversed = reversed;
        view.in_port = in_port;
        view.out_port = &out_port;
        view.now_ps = now_ps;
        return view;
    }
};

inline TestFrame make_frame(const HeaderFields& fields) {
    TestFrame frame;
    const HeaderLayout layout = write_headers(fields, frame.header.data());
    frame.bytes = layout.header_bytes + fields.payload_bytes;
    if (frame.bytes < 60) frame.bytes = 60;
    frame.parse_again();
    return frame;
}

// An endpoint: an address and a port.
struct Endpoint {
    IpAddress address;
    uint16_t port = 0;
};

inline Endpoint endpoint(std::string_view address, uint16_t port) {
    return {*parse_ip(address), port};
}

inline HeaderFields fields_of(const Endpoint& from, const Endpoint& to, uint8_t protocol) {
    HeaderFields fields;
    fields.dst_mac = {2, 0, 0, 0, 0, 2};
    fields.src_mac = {2, 0, 0, 0, 0, 1};
    fields.src = from.address;
    fields.dst = to.address;
    fields.sport = from.port;
    fields.dport = to.port;
    fields.protocol = protocol;
    return fields;
}

inline TestFrame tcp_frame(const Endpoint& from, const Endpoint& to, uint8_t flags) {
    HeaderFields fields = fields_of(from, to, ip_protocol::tcp);
    fields.tcp_flags = flags;
    return make_frame(fields);
}

inline TestFrame udp_frame(const Endpoint& from, const Endpoint& to) {
    return make_frame(fields_of(from, to, ip_protocol::udp));
}

inline TestFrame echo_frame(const Endpoint& from, const Endpoint& to, uint8_t type, uint16_t id) {
    const bool v4 = from.address.version == 4;
    HeaderFields fields = fields_of(from, to, v4 ? ip_protocol::icmp : ip_protocol::icmpv6);
    fields.icmp_type = type;
    fields.sport = id;
    fields.dport = 1;
    return make_frame(fields);
}

// An ICMP error from `router` to the sender of `quoted`, quoting its IP header and 8 bytes.
inline TestFrame icmp_error(const Endpoint& router, const TestFrame& quoted, uint8_t type) {
    const bool v4 = quoted.parsed.ip_version == 4;
    const uint8_t* const ip = quoted.header.data() + quoted.parsed.l3;
    Endpoint sender;
    sender.address =
        v4 ? make_ipv4(load_be32(ip + 12)) : make_ipv6(load_be64(ip + 8), load_be64(ip + 16));
    const size_t quotation = (v4 ? 20u : 40u) + 8u;
    HeaderFields fields = fields_of(router, sender, v4 ? ip_protocol::icmp : ip_protocol::icmpv6);
    fields.icmp_type = type;
    fields.payload_bytes = static_cast<uint32_t>(quotation);
    TestFrame frame = make_frame(fields);
    std::memcpy(frame.header.data() + frame.parsed.header_bytes, ip, quotation);
    frame.parse_again();
    return frame;
}

// Makes an IPv4 frame a fragment of datagram `id`; `offset` in units of 8 bytes.
inline TestFrame as_fragment(TestFrame frame, uint16_t id, uint16_t offset, bool more) {
    uint8_t* const ip = frame.header.data() + 14;
    store_be16(ip + 4, id);
    store_be16(ip + 6, static_cast<uint16_t>((more ? 0x2000 : 0) | offset));
    store_be16(ip + 10, 0);
    store_be16(ip + 10, internet_checksum(ip, 20));
    frame.parse_again();
    return frame;
}

}  // namespace snsim
