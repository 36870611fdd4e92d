// labels: unit
#include "models/network/segmenter.h"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>

#include "models/protocols/byte_order.h"
#include "models/protocols/checksum.h"
#include "models/protocols/headers.h"

namespace snsim {
namespace {

using Octets = std::vector<std::uint8_t>;

constexpr std::uint8_t urg = 0x20;
constexpr std::uint8_t cwr = 0x80;
constexpr std::uint32_t mtu = 1500;

struct Packet {
    int version = 4;
    int tags = 0;
    std::uint8_t protocol = ip_protocol::tcp;
    Octets ip_options = {};
    Octets tcp_options = {};
    std::uint8_t flags = tcp_flag::ack;
    std::uint32_t sequence = 1000;
    std::uint16_t identification = 7;
    std::uint16_t fragment = 0x4000;  // flags and offset
    std::size_t payload = 5000;
};

std::uint8_t pattern(std::size_t at) { return static_cast<std::uint8_t>(at * 7 + (at >> 8)); }

void half(Octets& out, std::size_t value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8));
    out.push_back(static_cast<std::uint8_t>(value));
}

ParsedHeaders parsed(const Octets& frame) {
    ParsedHeaders headers;
    parse(frame.data(), frame.size(), frame.size(), headers);
    return headers;
}

/// Sum over the pseudo header with this upper length.
InternetChecksum pseudo_header(const Octets& frame, const ParsedHeaders& at, std::size_t length) {
    InternetChecksum sum;
    const bool v4 = at.ip_version == 4;
    sum.add(frame.data() + at.l3 + (v4 ? 12 : 8), v4 ? 8 : 32);
    sum.add16(at.protocol);
    sum.add32(static_cast<std::uint32_t>(length));
    return sum;
}

/// Over pseudo header and upper packet: 0xffff when the checksum in it is right.
std::uint16_t upper_sum(const Octets& frame) {
    const ParsedHeaders at = parsed(frame);
    const std::size_t length = at.datagram_end - at.l4;
    InternetChecksum sum = pseudo_header(frame, at, length);
    sum.add(frame.data() + at.l4, length);
    return sum.sum();
}

std::size_t checksum_at(const ParsedHeaders& at) {
    return at.l4 + (at.protocol == ip_protocol::tcp ? 16u : 6u);
}

void write_ip_checksum(Octets& frame, std::size_t l3) {
    store_be16(&frame[l3 + 10], 0);
    store_be16(&frame[l3 + 10], internet_checksum(&frame[l3], (frame[l3] & 0xfu) * 4u));
}

/// A whole frame with right checksums.
Octets build(const Packet& packet) {
    const bool v4 = packet.version == 4;
    const bool tcp = packet.protocol == ip_protocol::tcp;
    Octets out = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
    for (int tag = 0; tag < packet.tags; ++tag) {
        half(out, tag + 1 < packet.tags ? 0x88a8 : 0x8100);
        half(out, 42);
    }
    half(out, v4 ? 0x0800 : 0x86dd);
    const std::size_t l3 = out.size();
    const std::size_t upper = (tcp ? 20 + packet.tcp_options.size() : 8) + packet.payload;
    if (v4) {
        const std::size_t header = 20 + packet.ip_options.size();
        out.push_back(static_cast<std::uint8_t>(0x40 | header / 4));
        out.push_back(3);
        half(out, header + upper);
        half(out, packet.identification);
        half(out, packet.fragment);
        out.insert(out.end(), {64, packet.protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2});
        out.insert(out.end(), packet.ip_options.begin(), packet.ip_options.end());
        write_ip_checksum(out, l3);
    } else {
        out.insert(out.end(), {0x60, 0, 0, 9});
        half(out, upper);
        out.insert(out.end(), {packet.protocol, 64});
        for (std::uint8_t i = 0; i < 32; ++i) out.push_back(static_cast<std::uint8_t>(i + 0x20));
    }
    half(out, 1234);
    half(out, 80);
    if (tcp) {
        half(out, packet.sequence >> 16);
        half(out, packet.sequence & 0xffff);
        out.insert(out.end(), {0, 0, 0, 5});
        out.push_back(static_cast<std::uint8_t>((20 + packet.tcp_options.size()) / 4 << 4));
        out.push_back(packet.flags);
        out.insert(out.end(), {1, 2, 0, 0, 0, 0});
        out.insert(out.end(), packet.tcp_options.begin(), packet.tcp_options.end());
    } else {
        half(out, upper);
        half(out, 0);
    }
    for (std::size_t i = 0; i < packet.payload; ++i) out.push_back(pattern(i));
    const ParsedHeaders at = parsed(out);
    if (at.has_l4) {
        const std::uint16_t sum = upper_sum(out);
        store_be16(&out[checksum_at(at)], static_cast<std::uint16_t>(~sum));
    }
    return out;
}

const Octets timestamps = {1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8};

struct Split {
    bool done = false;
    Segments made;

    Octets at(std::size_t index) const {
        const CapturedFrame& frame = made.frames[index];
        Octets whole(
            made.bytes.begin() + static_cast<std::ptrdiff_t>(frame.offset),
            made.bytes.begin() + static_cast<std::ptrdiff_t>(frame.offset + frame.captured_bytes));
        whole.resize(frame.original_bytes);  // missing bytes are sent as zeros
        return whole;
    }
    std::size_t size() const { return made.frames.size(); }
};

Split split(const Octets& frame, std::uint32_t largest = mtu, std::size_t original = 0) {
    CapturedFrame captured;
    captured.time_ns = 77;
    captured.captured_bytes = static_cast<std::uint32_t>(frame.size());
    captured.original_bytes = static_cast<std::uint32_t>(std::max(original, frame.size()));
    Split result;
    result.done = segment(frame.data(), captured, largest, result.made);
    return result;
}

/// Payload of all segments; checks what every segment must be.
Octets reassemble(const Octets& whole, const Split& result) {
    const ParsedHeaders from = parsed(whole);
    Octets payload;
    for (std::size_t i = 0; i < result.size(); ++i) {
        const Octets made = result.at(i);
        const ParsedHeaders at = parsed(made);
        EXPECT_EQ(at.status, ParseStatus::ok) << i;
        EXPECT_EQ(at.datagram_end, made.size()) << i;
        EXPECT_EQ(result.made.frames[i].time_ns, 77);
        const bool last = i + 1 == result.size();
        EXPECT_TRUE(last ? made.size() - at.l3 <= mtu : made.size() - at.l3 == mtu) << i;
        EXPECT_EQ(load_be32(&made[at.l4 + 4u]),
                  static_cast<std::uint32_t>(load_be32(&whole[from.l4 + 4u]) + payload.size()));
        if (at.ip_version == 4) {
            EXPECT_EQ(load_be16(&made[at.l3 + 4u]),
                      static_cast<std::uint16_t>(load_be16(&whole[from.l3 + 4u]) + i));
        }
        // Everything else in the headers is as it was.
        Octets header(made.begin(), made.begin() + at.header_bytes);
        for (const std::size_t field : {at.l4 + 4u, at.l4 + 6u, at.l4 + 16u}) {
            store_be16(&header[field], load_be16(&whole[field]));
        }
        header[at.l4 + 13u] = whole[at.l4 + 13u];
        const std::size_t ip_fields = at.ip_version == 4 ? 12 : 6;
        for (std::size_t field = at.ip_version == 4 ? 2 : 4; field < ip_fields; field += 2) {
            if (field == 6 || field == 8) continue;
            store_be16(&header[at.l3 + field], load_be16(&whole[at.l3 + field]));
        }
        EXPECT_TRUE(std::equal(header.begin(), header.end(), whole.begin())) << i;
        payload.insert(payload.end(), made.begin() + at.header_bytes, made.end());
    }
    return payload;
}

Octets payload_of(const Octets& frame) {
    return Octets(frame.begin() + parsed(frame).header_bytes, frame.end());
}

TEST(Segmenter, SegmentsReassembleToTheOriginalPayloadWithRightChecksums) {
    for (const int version : {4, 6}) {
        for (const int tags : {0, 1, 2}) {
            for (const bool options : {false, true}) {
                Packet packet;
                packet.version = version;
                packet.tags = tags;
                if (options) packet.tcp_options = timestamps;
                packet.payload = 20'001;
                const Octets whole = build(packet);
                const Split result = split(whole);
                ASSERT_TRUE(result.done);
                const std::size_t most = mtu - (version == 4 ? 20 : 40) - (options ? 32 : 20);
                EXPECT_EQ(result.size(), (20'001 + most - 1) / most);
                EXPECT_EQ(reassemble(whole, result), payload_of(whole));
                for (std::size_t i = 0; i < result.size(); ++i) {
                    EXPECT_EQ(upper_sum(result.at(i)), 0xffff);
                }
            }
        }
    }
}

TEST(Segmenter, OneByteBeyondTheMtuMakesTwoSegments) {
    Packet packet;
    packet.payload = mtu - 40 + 1;
    const Octets whole = build(packet);
    const Split result = split(whole);
    ASSERT_EQ(result.size(), 2u);
    EXPECT_EQ(result.at(0).size(), 14 + mtu);
    EXPECT_EQ(result.at(1).size(), 14 + 40 + 1u);
    EXPECT_EQ(reassemble(whole, result), payload_of(whole));
}

TEST(Segmenter, PushAndFinStandOnTheLastSegmentAndCwrOnTheFirst) {
    Packet packet;
    packet.flags = tcp_flag::ack | tcp_flag::psh | tcp_flag::fin | cwr;
    const Split result = split(build(packet));
    ASSERT_EQ(result.size(), 4u);
    EXPECT_EQ(parsed(result.at(0)).tcp_flags, tcp_flag::ack | cwr);
    EXPECT_EQ(parsed(result.at(1)).tcp_flags, tcp_flag::ack);
    EXPECT_EQ(parsed(result.at(2)).tcp_flags, tcp_flag::ack);
    EXPECT_EQ(parsed(result.at(3)).tcp_flags, tcp_flag::ack | tcp_flag::psh | tcp_flag::fin);
}

TEST(Segmenter, SequenceNumbersAndIdentificationsWrapAround) {
    Packet packet;
    packet.sequence = 0xffff'fff0;
    packet.identification = 0xffff;
    const Octets whole = build(packet);
    const Split result = split(whole);
    ASSERT_EQ(result.size(), 4u);
    EXPECT_EQ(reassemble(whole, result), payload_of(whole));
    EXPECT_EQ(load_be16(&result.at(1)[14 + 4]), 0);
    EXPECT_EQ(load_be32(&result.at(1)[14 + 20 + 4]), 0xffff'fff0 + 1460);
}

TEST(Segmenter, ChecksumsLeftToTheNicAreCompleted) {
    for (const int version : {4, 6}) {
        for (const bool with_length : {true, false}) {
            Packet packet;
            packet.version = version;
            Octets whole = build(packet);
            const ParsedHeaders at = parsed(whole);
            const std::size_t length = with_length ? at.datagram_end - at.l4 : 0;
            store_be16(&whole[checksum_at(at)], pseudo_header(whole, at, length).sum());
            ASSERT_NE(upper_sum(whole), 0xffff);
            const Split result = split(whole);
            ASSERT_TRUE(result.done);
            for (std::size_t i = 0; i < result.size(); ++i) {
                EXPECT_EQ(upper_sum(result.at(i)), 0xffff);
            }
        }
    }
}

TEST(Segmenter, SegmentsOfAWrongChecksumAreWrongByAsMuch) {
    Octets whole = build({});
    whole[checksum_at(parsed(whole))] ^= 0x10;
    const std::uint16_t wrong = upper_sum(whole);
    ASSERT_NE(wrong, 0xffff);
    const Split result = split(whole);
    ASSERT_EQ(result.size(), 4u);
    for (std::size_t i = 0; i < result.size(); ++i) EXPECT_EQ(upper_sum(result.at(i)), wrong);
    EXPECT_EQ(reassemble(whole, result), payload_of(whole));
}

TEST(Segmenter, LengthsAndHeaderChecksumsLeftToTheNicAreFilledIn) {
    const Octets right = build({});
    for (const bool no_length : {true, false}) {
        Octets whole = right;
        if (no_length) store_be16(&whole[14 + 2], 0);
        store_be16(&whole[14 + 10], 0);
        const Split result = split(whole);
        ASSERT_TRUE(result.done);
        EXPECT_EQ(reassemble(right, result), payload_of(right));
    }
    Packet packet;
    packet.version = 6;
    const Octets right_v6 = build(packet);
    Octets whole = right_v6;
    store_be16(&whole[14 + 4], 0);
    const Split result = split(whole);
    ASSERT_TRUE(result.done);
    EXPECT_EQ(reassemble(right_v6, result), payload_of(right_v6));
}

TEST(Segmenter, ASnappedFrameIsSplitWithItsMissingBytesStillMissing) {
    const Octets whole = build({});
    const Octets snapped(whole.begin(), whole.begin() + 2000);
    const Split result = split(snapped, mtu, whole.size());
    ASSERT_EQ(result.size(), 4u);
    EXPECT_EQ(result.made.frames[0].captured_bytes, 1514u);
    EXPECT_EQ(result.made.frames[1].captured_bytes, 54 + (2000u - 1514));
    EXPECT_EQ(result.made.frames[1].original_bytes, 1514u);
    EXPECT_EQ(result.made.frames[2].captured_bytes, 54u);
    EXPECT_EQ(result.made.frames[3].original_bytes, 54 + 5000u - 3 * 1460);
    for (std::size_t i = 0; i < result.size(); ++i) EXPECT_EQ(upper_sum(result.at(i)), 0xffff);
    Octets payload = payload_of(whole);
    std::fill(payload.begin() + (2000 - 54), payload.end(), std::uint8_t{0});
    EXPECT_EQ(reassemble(whole, result), payload);
}

TEST(Segmenter, BytesBehindTheDatagramAreLeftOut) {
    Octets whole = build({});
    const Octets payload = payload_of(whole);
    whole.resize(whole.size() + 6, 0xee);
    EXPECT_EQ(reassemble(whole, split(whole)), payload);

    Packet small;
    small.payload = 100;
    small.version = 6;
    small.protocol = ip_protocol::udp;
    const Octets fits = build(small);
    Octets trailed = fits;
    trailed.resize(1700, 0xee);
    const Split result = split(trailed);
    ASSERT_EQ(result.size(), 1u);
    EXPECT_EQ(result.at(0), fits);
}

/// Fragments put together again; checks offsets, flags and sizes.
Octets defragment(const Octets& whole, const Split& result, std::size_t first = 0,
                  bool more = false) {
    Octets payload;
    for (std::size_t i = 0; i < result.size(); ++i) {
        const Octets made = result.at(i);
        const ParsedHeaders at = parsed(made);
        EXPECT_EQ(at.status, ParseStatus::ok) << i;
        EXPECT_EQ(at.datagram_end, made.size()) << i;
        EXPECT_LE(made.size() - at.l3, mtu);
        const std::uint16_t field = load_be16(&made[at.l3 + 6u]);
        EXPECT_EQ((field & 0x1fffu) * 8u, first + payload.size()) << i;
        EXPECT_EQ((field & 0x2000) != 0, more || i + 1 < result.size()) << i;
        EXPECT_EQ(load_be16(&made[at.l3 + 4u]), load_be16(&whole[at.l3 + 4u]));
        const std::ptrdiff_t behind = at.l3 + (made[at.l3] & 0xf) * 4;
        payload.insert(payload.end(), made.begin() + behind, made.end());
    }
    return payload;
}

TEST(Segmenter, UdpIsFragmentedWhenThatIsAllowed) {
    Packet packet;
    packet.protocol = ip_protocol::udp;
    packet.fragment = 0;
    packet.tags = 1;
    const Octets whole = build(packet);
    const Split result = split(whole);
    ASSERT_EQ(result.size(), 4u);
    EXPECT_EQ(result.at(0).size(), 18 + mtu);  // 1480 is a multiple of 8
    const Octets datagram(whole.begin() + 18 + 20, whole.end());
    EXPECT_EQ(defragment(whole, result), datagram);
    // A payload that does not divide by 8 leaves room in every fragment.
    const Split narrow = split(whole, 1499);
    EXPECT_EQ(narrow.at(0).size(), 18 + 20 + 1472u);
    EXPECT_EQ(defragment(whole, narrow), datagram);
}

TEST(Segmenter, AUdpChecksumLeftToTheNicIsCompletedAndAnyOtherKept) {
    Packet packet;
    packet.protocol = ip_protocol::udp;
    packet.fragment = 0;
    const Octets whole = build(packet);
    Octets partial = whole;
    const ParsedHeaders at = parsed(whole);
    store_be16(&partial[checksum_at(at)], pseudo_header(whole, at, at.datagram_end - at.l4).sum());
    const Octets datagram(whole.begin() + 34, whole.end());
    EXPECT_EQ(defragment(whole, split(partial)), datagram);
    for (const std::uint16_t kept : {std::uint16_t{0}, std::uint16_t{0x4711}}) {
        Octets other = whole;
        store_be16(&other[checksum_at(at)], kept);
        EXPECT_EQ(load_be16(&split(other).at(0)[checksum_at(at)]), kept);
    }
}

TEST(Segmenter, AFragmentIsFragmentedFurther) {
    Packet packet;
    packet.protocol = ip_protocol::udp;
    packet.fragment = 0x2000 | 100;  // from byte 800 on, more follow
    packet.payload = 4000 - 8;
    const Octets whole = build(packet);
    const Split result = split(whole);
    ASSERT_EQ(result.size(), 3u);
    EXPECT_EQ(defragment(whole, result, 800, true), Octets(whole.begin() + 34, whole.end()));
}

TEST(Segmenter, LaterFragmentsCarryOnlyOptionsToBeCopied) {
    Packet packet;
    packet.protocol = ip_protocol::udp;
    packet.fragment = 0;
    packet.ip_options = {7, 7, 4, 0, 0, 0, 0, 0x94, 4, 0, 0, 0};  // record route; router alert; end
    packet.payload = 3000;
    const Octets whole = build(packet);
    const Split result = split(whole);
    ASSERT_EQ(result.size(), 3u);
    EXPECT_EQ(defragment(whole, result), Octets(whole.begin() + 14 + 32, whole.end()));
    const auto options = [&](std::size_t index) {
        const Octets made = result.at(index);
        return Octets(made.begin() + 34, made.begin() + 46);
    };
    EXPECT_EQ(options(0), packet.ip_options);
    EXPECT_EQ(options(1), Octets({1, 1, 1, 1, 1, 1, 1, 0x94, 4, 0, 0, 0}));
    EXPECT_EQ(options(2), options(1));
}

TEST(Segmenter, RefusesWhatCannotBeSplit) {
    const auto refused = [](const Octets& whole, std::uint32_t largest = mtu) {
        const Split result = split(whole, largest);
        return !result.done && result.size() == 0 && result.made.bytes.empty();
    };
    for (const std::uint8_t flag : {tcp_flag::syn, tcp_flag::rst, urg}) {
        Packet packet;
        packet.flags = tcp_flag::ack | flag;
        EXPECT_TRUE(refused(build(packet))) << int{flag};
    }
    Packet udp;
    udp.protocol = ip_protocol::udp;
    EXPECT_TRUE(refused(build(udp))) << "DF";
    udp.version = 6;
    EXPECT_TRUE(refused(build(udp))) << "IPv6";

    Octets damaged = build({});
    damaged[14 + 10] ^= 1;
    EXPECT_TRUE(refused(damaged)) << "IPv4 header checksum";
    Octets opaque = build({});
    opaque[12] = 0x88;
    EXPECT_TRUE(refused(opaque)) << "Ethernet type";
    const Octets whole = build({});
    EXPECT_FALSE(split(Octets(whole.begin(), whole.begin() + 50), mtu, whole.size()).done)
        << "headers snapped";
    EXPECT_TRUE(refused(Octets(10, 0))) << "no Ethernet header";
    Packet deep;
    deep.ip_options = Octets(40, 1);
    deep.tcp_options = Octets(40, 1);
    EXPECT_TRUE(refused(build(deep), 120)) << "an MTU that the headers fill";
    EXPECT_FALSE(refused(build(deep), 121));
    Packet death;
    death.protocol = ip_protocol::udp;
    death.fragment = 0x1f00;
    EXPECT_TRUE(refused(build(death))) << "a fragment that ends beyond 64 KiB";

    Packet packet;
    packet.version = 6;
    Octets sealed = build(packet);
    const Octets header = {
        ip_protocol::tcp, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    sealed[14 + 6] = ip_protocol::authentication;
    store_be16(&sealed[14 + 4], static_cast<std::uint16_t>(load_be16(&sealed[14 + 4]) + 24));
    sealed.insert(sealed.begin() + 54, header.begin(), header.end());
    ASSERT_EQ(parsed(sealed).status, ParseStatus::ok);
    EXPECT_TRUE(refused(sealed)) << "an authentication header";
}

TEST(Segmenter, ExtensionHeadersAreRepeatedInEverySegment) {
    Packet packet;
    packet.version = 6;
    Octets whole = build(packet);
    const Octets options = {ip_protocol::tcp, 0, 1, 4, 0, 0, 0, 0};
    whole[14 + 6] = ip_protocol::destination_options;
    store_be16(&whole[14 + 4], static_cast<std::uint16_t>(load_be16(&whole[14 + 4]) + 8));
    whole.insert(whole.begin() + 54, options.begin(), options.end());
    ASSERT_EQ(upper_sum(whole), 0xffff);
    const Split result = split(whole);
    ASSERT_EQ(result.size(), 4u);
    EXPECT_EQ(reassemble(whole, result), payload_of(whole));
    for (std::size_t i = 0; i < result.size(); ++i) EXPECT_EQ(upper_sum(result.at(i)), 0xffff);
}

TEST(Segmenter, AppendsToWhatIsThere) {
    const Octets whole = build({});
    CapturedFrame frame;
    frame.captured_bytes = static_cast<std::uint32_t>(whole.size());
    frame.original_bytes = frame.captured_bytes;
    Split both;
    ASSERT_TRUE(segment(whole.data(), frame, mtu, both.made));
    ASSERT_TRUE(segment(whole.data(), frame, mtu, both.made));
    ASSERT_EQ(both.size(), 8u);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(both.at(i), both.at(i + 4));
}

}  // namespace
}  // namespace snsim
