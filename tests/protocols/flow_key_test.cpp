#include "models/protocols/flow_key.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <set>
#include <vector>

#include "tests/functions/frames.h"

namespace snsim {
namespace {

FlowKey random_key(std::mt19937_64& random) {
    FlowKey key;
    key.family = random() % 2 == 0 ? 4 : 6;
    if (key.family == 4) {
        key.src = make_ipv4(static_cast<uint32_t>(random())).bytes;
        key.dst = make_ipv4(static_cast<uint32_t>(random())).bytes;
    } else {
        key.src = make_ipv6(random(), random()).bytes;
        key.dst = make_ipv6(random(), random()).bytes;
    }
    if (random() % 4 == 0) key.dst = key.src;
    key.sport = static_cast<uint16_t>(random() % 4);
    key.dport = static_cast<uint16_t>(random() % 4);
    key.protocol = static_cast<uint8_t>(random());
    return key;
}

TEST(FlowKey, HoldsAddressesPortsAndProtocolOfBothVersions) {
    const TestFrame v4 = tcp_frame(endpoint("10.1.2.3", 1000), endpoint("10.4.5.6", 80), 0x10);
    FlowKey key;
    ASSERT_TRUE(make_flow_key(v4.parsed, v4.header.data(), key));
    EXPECT_EQ(key.src, parse_ip("10.1.2.3")->bytes);
    EXPECT_EQ(key.dst, parse_ip("10.4.5.6")->bytes);
    EXPECT_EQ(key.sport, 1000);
    EXPECT_EQ(key.dport, 80);
    EXPECT_EQ(key.protocol, 6);
    EXPECT_EQ(key.family, 4);
    const TestFrame v6 = udp_frame(endpoint("2001:db8::1", 5), endpoint("2001:db8::2", 6));
    ASSERT_TRUE(make_flow_key(v6.parsed, v6.header.data(), key));
    EXPECT_EQ(key.src, parse_ip("2001:db8::1")->bytes);
    EXPECT_EQ(key.family, 6);
}

TEST(FlowKey, CarriesTheEchoIdentifierInBothPorts) {
    const Endpoint a = endpoint("10.0.0.1", 0);
    const Endpoint b = endpoint("10.0.0.2", 0);
    const TestFrame request = echo_frame(a, b, 8, 77);
    const TestFrame reply = echo_frame(b, a, 0, 77);
    EXPECT_EQ(request.key.sport, 77);
    EXPECT_EQ(request.key.dport, 77);
    EXPECT_EQ(request.key, reply.key);
    EXPECT_EQ(echo_frame(a, b, 13, 77).key.sport, 0);  // timestamp request
}

TEST(FlowKey, OfAFrameThatIsNotIpIsEmpty) {
    TestFrame frame = udp_frame(endpoint("10.0.0.1", 1), endpoint("10.0.0.2", 2));
    frame.header[12] = 0x08;
    frame.header[13] = 0x06;
    frame.parse_again();
    FlowKey key;
    EXPECT_FALSE(make_flow_key(frame.parsed, frame.header.data(), key));
    EXPECT_EQ(key, FlowKey{});
}

TEST(FlowKey, IsTheSameForBothDirectionsOnceCanonical) {
    std::mt19937_64 random(1);
    for (int round = 0; round < 100000; ++round) {
        const FlowKey key = random_key(random);
        bool forth = false;
        bool back = false;
        const FlowKey a = canonical(key, forth);
        const FlowKey b = canonical(reverse(key), back);
        EXPECT_EQ(a, b);
        EXPECT_EQ(hash_of(a), hash_of(b));
        EXPECT_EQ(forth ? reverse(a) : a, key);
        if (key != reverse(key)) {
            EXPECT_NE(forth, back);
        }
    }
}

TEST(FlowKey, MadeInOneGoEqualsItsParts) {
    const Endpoint a = endpoint("10.9.0.1", 4000);
    const Endpoint b = endpoint("10.0.0.2", 80);
    const Endpoint c = endpoint("2001:db8::9", 4000);
    const Endpoint d = endpoint("2001:db8::1", 80);
    for (const TestFrame& frame : {udp_frame(a, b), udp_frame(b, a), udp_frame(c, d),
                                   udp_frame(d, c), echo_frame(c, d, 128, 9)}) {
        FlowKey key;
        make_flow_key(frame.parsed, frame.header.data(), key);
        bool reversed = false;
        EXPECT_EQ(canonical(key, reversed), frame.key);
        EXPECT_EQ(reversed, frame.reversed);
        EXPECT_EQ(hash_of(frame.key), frame.hash);
    }
}

TEST(FlowKey, HashSpreadsRegularFlowsEvenly) {
    // Addresses and ports counting up, as generators make them: chi-square over 1,024 buckets of
    // the lowest and of the highest bits must stay within 5 standard deviations.
    constexpr size_t buckets = 1024;
    constexpr size_t flows = 100 * buckets;
    for (const bool v6 : {false, true}) {
        std::vector<double> low(buckets, 0);
        std::vector<double> high(buckets, 0);
        std::set<uint64_t> distinct;
        for (uint32_t i = 0; i < flows; ++i) {
            FlowKey key;
            key.family = v6 ? 6 : 4;
            key.src = v6 ? make_ipv6(0x20010db800000000, i).bytes : make_ipv4(0x0a000000 + i).bytes;
            key.dst = v6 ? make_ipv6(0x20010db800000001, i & 0xff).bytes
                         : make_ipv4(0xc0a80000 + (i & 0xff)).bytes;
            key.sport = static_cast<uint16_t>(1024 + i % 1000);
            key.dport = 80;
            key.protocol = 17;
            const uint64_t hash = hash_of(key);
            low[hash % buckets] += 1;
            high[hash >> 54] += 1;
            distinct.insert(hash);
        }
        EXPECT_EQ(distinct.size(), flows);
        const double expected = flows / static_cast<double>(buckets);
        for (const std::vector<double>* counts : {&low, &high}) {
            double chi_square = 0;
            for (const double count : *counts) {
                chi_square += (count - expected) * (count - expected) / expected;
            }
            const double freedom = buckets - 1;
            EXPECT_NEAR(chi_square, freedom, 5 * std::sqrt(2 * freedom));
        }
    }
}

TEST(FlowKey, HashChangesHalfItsBitsWithAnyBitOfTheKey) {
    std::mt19937_64 random(2);
    for (const uint8_t family : {uint8_t{4}, uint8_t{6}}) {
        double flipped = 0;
        int trials = 0;
        for (int round = 0; round < 200; ++round) {
            FlowKey key = random_key(random);
            if (key.family != family) continue;
            auto* const bytes = reinterpret_cast<uint8_t*>(&key);
            const uint64_t before = hash_of(key);
            for (size_t bit = 0; bit < 37 * 8; ++bit) {
                if (family == 4 && (bit < 96 || (bit >= 128 && bit < 224))) continue;
                bytes[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
                const int changed = __builtin_popcountll(before ^ hash_of(key));
                bytes[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
                EXPECT_GE(changed, 8) << bit;
                flipped += changed;
                ++trials;
            }
        }
        EXPECT_NEAR(flipped / trials, 32, 0.5);
    }
}

TEST(EmbeddedFlowKey, IsThatOfTheQuotedPacket) {
    const Endpoint client = endpoint("10.0.0.1", 4000);
    const Endpoint server = endpoint("10.0.0.2", 80);
    const TestFrame sent = tcp_frame(client, server, 0x10);
    const TestFrame error = icmp_error(endpoint("10.9.9.9", 0), sent, 3);
    ASSERT_TRUE(is_icmp_error(error.parsed));
    FlowKey key;
    ASSERT_TRUE(make_embedded_flow_key(error.parsed, error.header.data(), 128, key));
    bool reversed = false;
    EXPECT_EQ(canonical(key, reversed), sent.key);

    const Endpoint client6 = endpoint("2001:db8::1", 4000);
    const Endpoint server6 = endpoint("2001:db8::2", 80);
    const TestFrame sent6 = udp_frame(client6, server6);
    const TestFrame error6 = icmp_error(endpoint("2001:db8::9", 0), sent6, 1);
    ASSERT_TRUE(make_embedded_flow_key(error6.parsed, error6.header.data(), 128, key));
    EXPECT_EQ(canonical(key, reversed), sent6.key);
}

TEST(EmbeddedFlowKey, IsAbsentWhenTheQuotationIsShortOrALaterFragment) {
    const TestFrame sent = udp_frame(endpoint("10.0.0.1", 4000), endpoint("10.0.0.2", 80));
    const TestFrame error = icmp_error(endpoint("10.9.9.9", 0), sent, 11);
    FlowKey key;
    const size_t ports_end = 14 + 20 + 8 + 20 + 4;
    EXPECT_TRUE(make_embedded_flow_key(error.parsed, error.header.data(), ports_end, key));
    for (size_t kept = 42; kept < ports_end; ++kept) {
        const std::vector<uint8_t> exact(error.header.begin(),
                                         error.header.begin() + static_cast<std::ptrdiff_t>(kept));
        EXPECT_FALSE(make_embedded_flow_key(error.parsed, exact.data(), kept, key)) << kept;
    }
    const TestFrame later = icmp_error(endpoint("10.9.9.9", 0), as_fragment(sent, 1, 5, true), 11);
    EXPECT_FALSE(make_embedded_flow_key(later.parsed, later.header.data(), 128, key));
    EXPECT_FALSE(make_embedded_flow_key(sent.parsed, sent.header.data(), 128, key));
}

}  // namespace
}  // namespace snsim
