#include "models/protocols/rss.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace snsim {
namespace {

struct Vector {
    const char* destination;
    std::uint16_t dport;
    const char* source;
    std::uint16_t sport;
    std::uint32_t addresses;
    std::uint32_t with_ports;
};

// "Verifying the RSS hash calculation", Microsoft.
const Vector published[] = {
    {"161.142.100.80", 1766, "66.9.149.187", 2794, 0x323e8fc2, 0x51ccc178},
    {"65.69.140.83", 4739, "199.92.111.2", 14230, 0xd718262a, 0xc626b0ea},
    {"12.22.207.184", 38024, "24.19.198.95", 12898, 0xd2d0a5de, 0x5c2b394a},
    {"209.142.163.6", 2217, "38.27.205.30", 48228, 0x82989176, 0xafc7327f},
    {"202.188.127.2", 1303, "153.39.163.191", 44251, 0x5d1809c5, 0x10e828a2},
    {"3ffe:2501:200:3::1", 1766, "3ffe:2501:200:1fff::7", 2794, 0x2cc18cd5, 0x40207d3d},
    {"ff02::1", 4739, "3ffe:501:8::260:97ff:fe40:efab", 14230, 0x0f0c461c, 0xdde51bbf},
    {"fe80::200:f8ff:fe21:67cf", 38024, "3ffe:1900:4545:3:200:f8ff:fe21:67cf", 44251, 0x4b61e985,
     0x02d1feef},
};

FlowKey key_of(const Vector& vector, std::uint8_t protocol) {
    const auto source = parse_ip(vector.source);
    const auto destination = parse_ip(vector.destination);
    FlowKey key;
    key.src = source->bytes;
    key.dst = destination->bytes;
    key.sport = vector.sport;
    key.dport = vector.dport;
    key.protocol = protocol;
    key.family = source->version;
    return key;
}

TEST(ToeplitzHash, GivesThePublishedHashesOfAddressesAndPorts) {
    const ToeplitzHash hash(ToeplitzHash::standard_key);
    for (const Vector& vector : published) {
        EXPECT_EQ(hash.of(key_of(vector, ip_protocol::tcp)), vector.with_ports) << vector.source;
        EXPECT_EQ(hash.of(key_of(vector, ip_protocol::udp)), vector.with_ports) << vector.source;
    }
}

TEST(ToeplitzHash, GivesThePublishedHashesOfAddressesWhereThereAreNoPorts) {
    const ToeplitzHash hash(ToeplitzHash::standard_key);
    for (const Vector& vector : published) {
        EXPECT_EQ(hash.of(key_of(vector, ip_protocol::icmp)), vector.addresses) << vector.source;
    }
}

TEST(ToeplitzHash, DependsOnItsKey) {
    ToeplitzHash::Key other = ToeplitzHash::standard_key;
    // Inverting all of it would change nothing for an input with an even number of set bits.
    std::rotate(other.begin(), other.begin() + 1, other.end());
    const FlowKey key = key_of(published[0], ip_protocol::tcp);
    EXPECT_NE(ToeplitzHash(other).of(key), ToeplitzHash(ToeplitzHash::standard_key).of(key));
}

TEST(ToeplitzHash, OfNoIpPacketIsZero) {
    EXPECT_EQ(ToeplitzHash(ToeplitzHash::standard_key).of(FlowKey{}), 0U);
}

}  // namespace
}  // namespace snsim
