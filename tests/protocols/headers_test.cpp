#include "models/protocols/headers.h"

#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <tuple>
#include <vector>

#include "models/protocols/byte_order.h"
#include "models/protocols/checksum.h"

namespace snsim {
namespace {

using Bytes = std::vector<uint8_t>;

// Byte by byte: g++ 12 takes a range insert here for an overflow (-Warray-bounds).
void append(Bytes& to, const Bytes& part) {
    for (const uint8_t byte : part) to.push_back(byte);
}

Bytes ethernet(uint16_t type, const Bytes& inside = {}, const Bytes& tags = {}) {
    Bytes frame{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};
    append(frame, tags);
    frame.push_back(static_cast<uint8_t>(type >> 8));
    frame.push_back(static_cast<uint8_t>(type));
    append(frame, inside);
    return frame;
}

Bytes ipv4(uint8_t protocol, const Bytes& inside, uint16_t fragment = 0, size_t options = 0) {
    Bytes header(20 + options, 1);
    std::fill_n(header.begin(), 20, uint8_t{0});
    header[0] = static_cast<uint8_t>(0x45 + options / 4);
    store_be16(&header[2], static_cast<uint16_t>(header.size() + inside.size()));
    store_be16(&header[4], 0x1234);
    store_be16(&header[6], fragment);
    header[8] = 64;
    header[9] = protocol;
    store_be32(&header[12], 0x0a000001);
    store_be32(&header[16], 0x0a000002);
    store_be16(&header[10], internet_checksum(header.data(), header.size()));
    append(header, inside);
    return header;
}

Bytes ipv6(uint8_t next, const Bytes& inside) {
    Bytes header(40, 0);
    header[0] = 0x60;
    store_be16(&header[4], static_cast<uint16_t>(inside.size()));
    header[6] = next;
    header[7] = 63;
    header[23] = 1;
    header[39] = 2;
    append(header, inside);
    return header;
}

Bytes tcp(uint8_t flags = tcp_flag::ack, uint8_t data_offset = 5, size_t payload = 0) {
    Bytes header(data_offset * 4u + payload, 0);
    header.resize(std::max<size_t>(header.size(), 20));
    header[12] = static_cast<uint8_t>(data_offset << 4);
    header[13] = flags;
    return header;
}

Bytes udp(uint16_t length, size_t payload = 0) {
    Bytes header(8 + payload, 0);
    store_be16(&header[4], length);
    return header;
}

Bytes icmp(uint8_t type) { return {type, 0, 0, 0, 0, 7, 0, 1}; }

// The frame in an allocation of exactly its kept size, so that a sanitiser sees any excess.
ParsedHeaders parsed(const Bytes& frame, size_t available = ~size_t{0}) {
    available = std::min(available, frame.size());
    const auto exact = std::make_unique<uint8_t[]>(available);
    std::copy_n(frame.begin(), available, exact.get());
    ParsedHeaders out;
    EXPECT_EQ(parse(exact.get(), available, frame.size(), out), out.status);
    return out;
}

TEST(Parse, FindsTheHeadersOfATcpSegment) {
    const ParsedHeaders p = parsed(ethernet(0x0800, ipv4(6, tcp(tcp_flag::syn, 6, 10))));
    EXPECT_EQ(p.status, ParseStatus::ok);
    EXPECT_EQ(p.ethertype, 0x0800);
    EXPECT_EQ(p.ip_version, 4);
    EXPECT_EQ(p.protocol, 6);
    EXPECT_EQ(p.l3, 14);
    EXPECT_EQ(p.l4, 34);
    EXPECT_EQ(p.header_bytes, 58);
    EXPECT_EQ(p.datagram_end, 68u);
    EXPECT_EQ(p.states, 3);
    EXPECT_EQ(p.ttl, 64);
    EXPECT_EQ(p.tcp_flags, tcp_flag::syn);
    EXPECT_TRUE(p.has_l4);
    EXPECT_FALSE(p.is_multicast);
}

TEST(Parse, FindsTheSameBehindIpOptions) {
    const ParsedHeaders p = parsed(ethernet(0x0800, ipv4(17, udp(8), 0, 12)));
    EXPECT_EQ(p.status, ParseStatus::ok);
    EXPECT_EQ(p.l4, 46);
    EXPECT_EQ(p.header_bytes, 54);
}

TEST(Parse, AllowsEthernetPadding) {
    Bytes frame = ethernet(0x0800, ipv4(17, udp(8)));
    frame.resize(60);
    const ParsedHeaders p = parsed(frame);
    EXPECT_EQ(p.status, ParseStatus::ok);
    EXPECT_EQ(p.datagram_end, 42u);
}

TEST(Parse, TakesUpToTwoTags) {
    const Bytes one{0x81, 0x00, 0xa0, 0x64};
    const Bytes two{0x88, 0xa8, 0x00, 0xc8, 0x81, 0x00, 0x00, 0x64};
    const Bytes three{0x88, 0xa8, 0x00, 0xc8, 0x81, 0x00, 0x00, 0x64, 0x81, 0x00, 0x00, 0x01};
    ParsedHeaders p = parsed(ethernet(0x0800, ipv4(17, udp(8)), one));
    EXPECT_EQ(p.status, ParseStatus::ok);
    EXPECT_EQ(p.vlan_tags, 1);
    EXPECT_EQ(p.outer_vlan, 100);
    EXPECT_EQ(p.l3, 18);
    p = parsed(ethernet(0x86dd, ipv6(17, udp(8)), two));
    EXPECT_EQ(p.status, ParseStatus::ok);
    EXPECT_EQ(p.vlan_tags, 2);
    EXPECT_EQ(p.outer_vlan, 200);
    EXPECT_EQ(p.l4, 62);
    EXPECT_EQ(p.states, 5);
    p = parsed(ethernet(0x0800, ipv4(17, udp(8)), three));
    EXPECT_EQ(p.status, ParseStatus::unknown_ethertype);
    EXPECT_EQ(p.ethertype, 0x8100);
}

TEST(Parse, LetsOpaqueFramesPass) {
    EXPECT_EQ(parsed(ethernet(0x0806, Bytes(28, 0))).status, ParseStatus::ok);
    EXPECT_EQ(parsed(ethernet(0x0806)).ip_version, 0);
    EXPECT_EQ(parsed(ethernet(0x88cc, Bytes(46, 0))).status, ParseStatus::unknown_ethertype);
    const ParsedHeaders llc = parsed(ethernet(38, Bytes(46, 0x42)));
    EXPECT_EQ(llc.status, ParseStatus::unknown_ethertype);
    EXPECT_EQ(llc.ethertype, 0);
    EXPECT_FALSE(is_malformed(llc.status));
}

TEST(Parse, TellsMulticastAndBroadcast) {
    Bytes frame = ethernet(0x0806);
    frame[0] = 1;
    EXPECT_TRUE(parsed(frame).is_multicast);
    EXPECT_FALSE(parsed(frame).is_broadcast);
    std::fill_n(frame.begin(), 6, uint8_t{0xff});
    EXPECT_TRUE(parsed(frame).is_multicast);
    EXPECT_TRUE(parsed(frame).is_broadcast);
}

TEST(Parse, RefusesWrongIpv4Fields) {
    const auto status_with = [](size_t at, uint8_t value, bool fix_checksum) {
        Bytes frame = ethernet(0x0800, ipv4(17, udp(8)));
        frame[at] = value;
        if (fix_checksum) {
            store_be16(&frame[24], 0);
            store_be16(&frame[24], internet_checksum(&frame[14], 20));
        }
        return parsed(frame).status;
    };
    EXPECT_EQ(status_with(14, 0x55, true), ParseStatus::bad_version);
    EXPECT_EQ(status_with(14, 0x44, true), ParseStatus::bad_length);
    EXPECT_EQ(status_with(17, 19, true), ParseStatus::bad_length);  // total below the header
    EXPECT_EQ(status_with(17, 29, true), ParseStatus::bad_length);  // total above the frame
    EXPECT_EQ(status_with(17, 27, true), ParseStatus::bad_length);  // UDP above the total
    EXPECT_EQ(status_with(22, 63, false), ParseStatus::bad_checksum);
    EXPECT_EQ(status_with(22, 63, true), ParseStatus::ok);
    EXPECT_EQ(status_with(17, 0, true), ParseStatus::bad_length);
}

TEST(Parse, RefusesWrongUpperLengths) {
    EXPECT_EQ(parsed(ethernet(0x0800, ipv4(17, udp(7)))).status, ParseStatus::bad_length);
    EXPECT_EQ(parsed(ethernet(0x0800, ipv4(17, udp(9)))).status, ParseStatus::bad_length);
    EXPECT_EQ(parsed(ethernet(0x0800, ipv4(17, udp(8, 4)))).status, ParseStatus::ok);
    EXPECT_EQ(parsed(ethernet(0x0800, ipv4(6, tcp(0x10, 4)))).status, ParseStatus::bad_length);
    EXPECT_EQ(parsed(ethernet(0x0800, ipv4(6, Bytes(19, 0x50)))).status, ParseStatus::bad_length);
    Bytes long_offset = tcp();
    long_offset[12] = 0x60;
    EXPECT_EQ(parsed(ethernet(0x0800, ipv4(6, long_offset))).status, ParseStatus::bad_length);
    EXPECT_EQ(parsed(ethernet(0x0800, ipv4(1, Bytes(7, 8)))).status, ParseStatus::bad_length);
    EXPECT_EQ(parsed(ethernet(0x0800, ipv4(1, icmp(8)))).icmp_type, 8);
}

TEST(Parse, TellsFragmentsApart) {
    ParsedHeaders p = parsed(ethernet(0x0800, ipv4(17, udp(100), 0x2000)));
    EXPECT_EQ(p.status, ParseStatus::ok);  // UDP length counts the whole datagram
    EXPECT_EQ(p.fragment, Fragment::first);
    EXPECT_EQ(p.fragment_id, 0x1234u);
    EXPECT_TRUE(p.has_l4);
    p = parsed(ethernet(0x0800, ipv4(17, Bytes(3, 0), 0x0001)));
    EXPECT_EQ(p.status, ParseStatus::ok);
    EXPECT_EQ(p.fragment, Fragment::later);
    EXPECT_EQ(p.l4, 0);
    EXPECT_FALSE(p.has_l4);
    p = parsed(ethernet(0x0800, ipv4(17, udp(8), 0x4000)));  // do not fragment
    EXPECT_EQ(p.fragment, Fragment::none);
}

TEST(Parse, WalksIpv6ExtensionHeaders) {
    Bytes chain{43, 0, 0, 0, 0, 0, 0, 0};                              // hop by hop, 8 bytes
    append(chain, {60, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});  // routing, 16
    append(chain, {51, 0, 0, 0, 0, 0, 0, 0});                          // destination, 8
    append(chain, {6, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2});               // authentication, 12
    append(chain, tcp(tcp_flag::fin | tcp_flag::ack));
    const ParsedHeaders p = parsed(ethernet(0x86dd, ipv6(0, chain)));
    EXPECT_EQ(p.status, ParseStatus::ok);
    EXPECT_EQ(p.protocol, 6);
    EXPECT_EQ(p.l4, 14 + 40 + 44);
    EXPECT_EQ(p.states, 7);
    EXPECT_EQ(p.tcp_flags, tcp_flag::fin | tcp_flag::ack);
    EXPECT_EQ(p.ttl, 63);
}

TEST(Parse, ReadsIpv6Fragments) {
    const auto with = [](uint16_t field) {
        Bytes chain{17, 0, static_cast<uint8_t>(field >> 8), static_cast<uint8_t>(field), 0, 1,
                    2,  3};
        append(chain, udp(8));
        return parsed(ethernet(0x86dd, ipv6(44, chain)));
    };
    EXPECT_EQ(with(0).fragment, Fragment::none);
    EXPECT_EQ(with(1).fragment, Fragment::first);
    EXPECT_EQ(with(1).fragment_id, 0x00010203u);
    EXPECT_TRUE(with(1).has_l4);
    EXPECT_EQ(with(8).fragment, Fragment::later);
    EXPECT_EQ(with(8).protocol, 17);
    EXPECT_EQ(with(8).l4, 0);
}

TEST(Parse, StopsAtWhatItCannotLookInto) {
    const ParsedHeaders esp = parsed(ethernet(0x86dd, ipv6(50, Bytes(20, 9))));
    EXPECT_EQ(esp.status, ParseStatus::ok);
    EXPECT_EQ(esp.protocol, 50);
    EXPECT_EQ(esp.l4, 54);
    EXPECT_FALSE(esp.has_l4);
    const ParsedHeaders gre = parsed(ethernet(0x0800, ipv4(47, Bytes(20, 9))));
    EXPECT_EQ(gre.status, ParseStatus::ok);
    EXPECT_FALSE(gre.has_l4);
}

TEST(Parse, RefusesExtensionHeadersBeyondTheDatagram) {
    EXPECT_EQ(parsed(ethernet(0x86dd, ipv6(0, Bytes{6, 0, 0, 0}))).status, ParseStatus::bad_length);
    EXPECT_EQ(parsed(ethernet(0x86dd, ipv6(0, Bytes{6, 9, 0, 0, 0, 0, 0, 0}))).status,
              ParseStatus::bad_length);
    Bytes wrong = ethernet(0x86dd, ipv6(17, udp(8)));
    wrong[14] = 0x40;
    EXPECT_EQ(parsed(wrong).status, ParseStatus::bad_version);
}

TEST(Parse, CallsAFrameCutAnywhereInItsHeadersMalformed) {
    std::vector<Bytes> frames{ethernet(0x0800, ipv4(6, tcp()), {0x81, 0, 0, 1}),
                              ethernet(0x0800, ipv4(17, udp(8), 0, 8))};
    Bytes chain{60, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0};
    append(chain, udp(8));
    frames.push_back(ethernet(0x86dd, ipv6(0, chain)));
    for (const Bytes& frame : frames) {
        ASSERT_EQ(parsed(frame).status, ParseStatus::ok);
        for (size_t length = 0; length < frame.size(); ++length) {
            const Bytes cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(length));
            EXPECT_TRUE(is_malformed(parsed(cut).status)) << length;
        }
    }
}

TEST(Parse, CallsHeadersBeyondTheKeptAreaTooLongAndReadsNoFurther) {
    Bytes frame = ethernet(0x0800, ipv4(6, tcp(0x10, 8, 30), 0, 8));
    for (size_t kept = 0; kept < 14 + 28 + 20; ++kept) {
        EXPECT_EQ(parsed(frame, kept).status, ParseStatus::header_too_long) << kept;
    }
    EXPECT_EQ(parsed(frame, 14 + 28 + 20).status, ParseStatus::ok);  // TCP options are not needed
    EXPECT_FALSE(is_malformed(ParseStatus::header_too_long));
}

TEST(Parse, NeverReadsBeyondWhatIsKeptOfRandomFrames) {
    std::mt19937_64 random(7);
    const std::vector<Bytes> seeds{ethernet(0x0800, ipv4(6, tcp(0x10, 7, 9), 0, 4)),
                                   ethernet(0x86dd, ipv6(0, Bytes(60, 0))),
                                   ethernet(0x8100, Bytes(40, 0))};
    for (int round = 0; round < 100000; ++round) {
        Bytes frame = seeds[random() % seeds.size()];
        for (uint64_t flips = random() % 6; flips > 0; --flips) {
            frame[random() % frame.size()] = static_cast<uint8_t>(random());
        }
        frame.resize(random() % (frame.size() + 1));
        const size_t kept = frame.empty() ? 0 : random() % (frame.size() + 1);
        const ParsedHeaders p = parsed(frame, kept);
        if (p.status == ParseStatus::ok) {
            EXPECT_LE(p.header_bytes, frame.size());
            EXPECT_LE(p.datagram_end, frame.size());
        }
    }
}

auto all_of(const ParsedHeaders& h) {
    return std::tie(h.status, h.ip_version, h.protocol, h.fragment, h.l3, h.l4, h.ethertype,
                    h.outer_vlan, h.header_bytes, h.vlan_tags, h.states, h.ttl, h.tcp_flags,
                    h.icmp_type, h.is_multicast, h.is_broadcast, h.has_l4, h.fragment_id,
                    h.datagram_end);
}

// The shortcut for plain frames and the general walk must find the same: a tag in front forces
// the general one.
TEST(Parse, FindsTheSameWithAndWithoutATag) {
    std::mt19937_64 random(8);
    for (int round = 0; round < 50000; ++round) {
        Bytes inside =
            random() % 2 == 0
                ? ipv4(6, tcp(0x18, static_cast<uint8_t>(4 + random() % 4), random() % 20))
                : ipv4(17, udp(static_cast<uint16_t>(random() % 30), 20));
        for (uint64_t flips = random() % 3; flips > 0; --flips) {
            inside[random() % inside.size()] ^= static_cast<uint8_t>(1u << (random() % 8));
            if (random() % 2 == 0) {
                store_be16(&inside[10], 0);
                store_be16(&inside[10], internet_checksum(inside.data(), 20));
            }
        }
        ParsedHeaders plain = parsed(ethernet(0x0800, inside));
        const ParsedHeaders tagged = parsed(ethernet(0x0800, inside, {0x81, 0x00, 0x00, 0x00}));
        const bool ip = plain.ip_version != 0;
        plain.vlan_tags = 1;
        ++plain.states;
        plain.header_bytes = static_cast<uint16_t>(plain.header_bytes + 4);
        if (ip) {
            plain.l3 = static_cast<uint16_t>(plain.l3 + 4);
            plain.datagram_end += 4;
        }
        if (plain.l4 != 0) plain.l4 = static_cast<uint16_t>(plain.l4 + 4);
        EXPECT_TRUE(all_of(plain) == all_of(tagged));
    }
}

}  // namespace
}  // namespace snsim
