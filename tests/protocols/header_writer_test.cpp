#include "models/protocols/header_writer.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

#include "models/protocols/byte_order.h"

namespace snsim {
namespace {

struct Written {
    std::vector<uint8_t> frame;
    HeaderLayout layout;
};

HeaderFields fields_for(bool v4, uint8_t protocol) {
    HeaderFields fields;
    fields.dst_mac = {2, 0, 0, 0, 0, 2};
    fields.src_mac = {2, 0, 0, 0, 0, 1};
    fields.src = v4 ? make_ipv4(0x0a000001) : make_ipv6(0x20010db800000000, 1);
    fields.dst = v4 ? make_ipv4(0x0a0000fe) : make_ipv6(0x20010db800000000, 2);
    fields.protocol = protocol;
    fields.sport = 4000;
    fields.dport = 80;
    fields.tcp_seq = 0x01020304;
    fields.payload_bytes = 101;
    return fields;
}

constexpr uint64_t tag = 0x0123456789abcdef;

Written write_whole(const HeaderFields& fields) {
    Written out;
    out.frame.assign(max_written_headers, 0);
    out.layout = write_headers(fields, out.frame.data());
    out.frame.resize(out.layout.header_bytes);
    InternetChecksum payload;
    payload.add_stamp(tag, 3, fields.payload_bytes);
    write_l4_checksum(out.frame.data(), out.layout, payload, fields.payload_bytes);
    for (uint32_t i = 0; i < fields.payload_bytes; ++i) {
        out.frame.push_back(stamp_byte(tag, 3 + i));
    }
    return out;
}

// Over pseudo header, upper header and payload: 0xffff when the stored checksum is right.
uint16_t upper_sum(const Written& written) {
    const std::vector<uint8_t>& frame = written.frame;
    InternetChecksum sum;
    const auto upper = static_cast<uint32_t>(frame.size() - written.layout.l4);
    if (written.layout.protocol != ip_protocol::icmp) {
        const bool v4 = written.layout.ip_version == 4;
        sum.add(&frame[written.layout.l3 + (v4 ? 12u : 8u)], v4 ? 8 : 32);
        sum.add32(upper);
        sum.add16(written.layout.protocol);
    }
    sum.add(&frame[written.layout.l4], upper);
    return sum.sum();
}

void expect_right(const Written& written, const char* after) {
    ParsedHeaders parsed;
    EXPECT_EQ(parse(written.frame.data(), written.frame.size(), written.frame.size(), parsed),
              ParseStatus::ok)
        << after;
    EXPECT_EQ(parsed.header_bytes, written.layout.header_bytes) << after;
    EXPECT_EQ(parsed.datagram_end, written.frame.size()) << after;
    EXPECT_EQ(upper_sum(written), 0xffff) << after;
}

TEST(HeaderWriter, WritesWhatTheParserReads) {
    HeaderFields fields = fields_for(true, ip_protocol::tcp);
    fields.tagged = true;
    fields.vlan = 100;
    fields.ttl = 9;
    fields.tcp_flags = tcp_flag::syn;
    const Written written = write_whole(fields);
    ParsedHeaders parsed;
    ASSERT_EQ(parse(written.frame.data(), written.frame.size(), written.frame.size(), parsed),
              ParseStatus::ok);
    EXPECT_EQ(parsed.outer_vlan, 100);
    EXPECT_EQ(parsed.ttl, 9);
    EXPECT_EQ(parsed.tcp_flags, tcp_flag::syn);
    EXPECT_EQ(parsed.l4, written.layout.l4);
    EXPECT_EQ(load_be16(&written.frame[parsed.l4]), 4000);
    EXPECT_EQ(load_be16(&written.frame[parsed.l4 + 2u]), 80);
    EXPECT_EQ(layout_of(parsed).header_bytes, written.layout.header_bytes);
}

TEST(HeaderWriter, ChecksumsAreRightForEveryProtocolAndVersion) {
    for (const uint8_t protocol : {ip_protocol::tcp, ip_protocol::udp}) {
        expect_right(write_whole(fields_for(true, protocol)), "IPv4");
        expect_right(write_whole(fields_for(false, protocol)), "IPv6");
    }
    expect_right(write_whole(fields_for(true, ip_protocol::icmp)), "ICMP");
    HeaderFields echo = fields_for(false, ip_protocol::icmpv6);
    echo.icmp_type = 128;
    expect_right(write_whole(echo), "ICMPv6");
}

TEST(HeaderWriter, PatchesKeepChecksumsRight) {
    std::mt19937_64 random(1);
    for (const bool v4 : {true, false}) {
        for (const uint8_t protocol : {ip_protocol::tcp, ip_protocol::udp}) {
            Written written = write_whole(fields_for(v4, protocol));
            uint8_t* const header = written.frame.data();
            for (int round = 0; round < 2000; ++round) {
                const auto port = static_cast<uint16_t>(random());
                if (v4) {
                    patch_ipv4_src(header, written.layout, static_cast<uint32_t>(random()));
                    patch_ipv4_dst(header, written.layout, static_cast<uint32_t>(random()));
                } else {
                    patch_ipv6_src(header, written.layout, make_ipv6(random(), random()).bytes);
                    patch_ipv6_dst(header, written.layout, make_ipv6(random(), random()).bytes);
                }
                patch_sport(header, written.layout, port);
                patch_dport(header, written.layout, static_cast<uint16_t>(random()));
                if (protocol == ip_protocol::tcp) {
                    patch_tcp_flags(header, written.layout, tcp_flag::fin | tcp_flag::ack);
                }
                EXPECT_EQ(load_be16(header + written.layout.l4), port);
                expect_right(written, "patch");
            }
        }
    }
}

TEST(HeaderWriter, LeavesAUdpChecksumOfNoneAlone) {
    Written written = write_whole(fields_for(true, ip_protocol::udp));
    uint8_t* const header = written.frame.data();
    store_be16(header + written.layout.l4 + 6, 0);
    patch_sport(header, written.layout, 9);
    patch_ipv4_src(header, written.layout, 0x01020304);
    EXPECT_EQ(load_be16(header + written.layout.l4 + 6), 0);
}

TEST(HeaderWriter, EchoPatchesIdentifierAndSequence) {
    Written written = write_whole(fields_for(true, ip_protocol::icmp));
    patch_sport(written.frame.data(), written.layout, 0x1111);
    patch_dport(written.frame.data(), written.layout, 0x2222);
    patch_ipv4_src(written.frame.data(), written.layout, 0x01020304);
    EXPECT_EQ(load_be32(&written.frame[written.layout.l4 + 4u]), 0x11112222u);
    expect_right(written, "echo");
}

TEST(HeaderWriter, ResizesThePayload) {
    for (const bool v4 : {true, false}) {
        HeaderFields fields = fields_for(v4, ip_protocol::udp);
        const Written long_one = write_whole(fields);
        fields.payload_bytes = 20;
        const Written short_one = write_whole(fields);
        Written patched = long_one;
        patch_payload_bytes(patched.frame.data(), patched.layout, 20);
        InternetChecksum payload;
        payload.add_stamp(tag, 3, 20);
        write_l4_checksum(patched.frame.data(), patched.layout, payload, 20);
        patched.frame.resize(short_one.frame.size());
        EXPECT_EQ(patched.frame, short_one.frame);
    }
}

TEST(HeaderWriter, DecrementsTheTtlOfEveryValue) {
    for (unsigned ttl = 1; ttl < 256; ++ttl) {
        for (const bool v4 : {true, false}) {
            HeaderFields fields = fields_for(v4, ip_protocol::udp);
            fields.ttl = static_cast<uint8_t>(ttl);
            Written written = write_whole(fields);
            decrement_ttl(written.frame.data(), written.layout.l3, written.layout.ip_version);
            fields.ttl = static_cast<uint8_t>(ttl - 1);
            EXPECT_EQ(written.frame, write_whole(fields).frame) << ttl;
        }
    }
}

}  // namespace
}  // namespace snsim
