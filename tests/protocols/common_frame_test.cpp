// What the shortcuts for common frames find is what the general ways find.
#include <array>
#include <gtest/gtest.h>
#include <random>
#include <tuple>

#include "models/protocols/any_frame.h"
#include "models/protocols/byte_order.h"
#include "models/protocols/header_writer.h"

namespace snsim {
namespace {

constexpr std::size_t frame_bytes = 96;
using Bytes = std::array<std::uint8_t, frame_bytes>;

/// All that a parser finds; between fields there may be padding.
auto all_of(const ParsedHeaders& p) {
    return std::tie(p.status, p.ip_version, p.protocol, p.fragment, p.l3, p.l4, p.ethertype,
                    p.outer_vlan, p.header_bytes, p.vlan_tags, p.states, p.ttl, p.tcp_flags,
                    p.icmp_type, p.is_multicast, p.is_broadcast, p.has_l4, p.fragment_id,
                    p.datagram_end);
}

void expect_same(const Bytes& bytes, std::size_t available, std::size_t frame) {
    ParsedHeaders quick;
    ParsedHeaders general;
    ASSERT_EQ(parse(bytes.data(), available, frame, quick),
              parse_any(bytes.data(), available, frame, general));
    ASSERT_TRUE(all_of(quick) == all_of(general));
    FlowKey quick_key;
    FlowKey general_key;
    bool quick_reversed = false;
    bool general_reversed = false;
    std::uint64_t quick_hash = 0;
    std::uint64_t general_hash = 0;
    ASSERT_EQ(
        make_canonical_key(quick, bytes.data(), quick_key, quick_reversed, quick_hash),
        make_any_canonical_key(general, bytes.data(), general_key, general_reversed, general_hash));
    ASSERT_EQ(quick_key, general_key);
    ASSERT_EQ(quick_reversed, general_reversed);
    ASSERT_EQ(quick_hash, general_hash);
}

Bytes plain_frame(std::mt19937_64& random) {
    HeaderFields fields;
    fields.dst_mac = {2, 0, 0, 0, 0, 1};
    fields.protocol = random() % 2 == 0 ? ip_protocol::tcp : ip_protocol::udp;
    // Few addresses and ports, so that ends are often equal in one or the other.
    fields.src = make_ipv4(0x0a000001 + static_cast<std::uint32_t>(random() % 3));
    fields.dst = make_ipv4(0x0a000001 + static_cast<std::uint32_t>(random() % 3));
    fields.sport = static_cast<std::uint16_t>(random() % 3);
    fields.dport = static_cast<std::uint16_t>(random() % 3);
    fields.payload_bytes = static_cast<std::uint32_t>(random() % 40);
    Bytes bytes{};
    write_headers(fields, bytes.data());
    return bytes;
}

TEST(CommonFrame, IsFoundAsAnyOther) {
    std::mt19937_64 random(1);
    for (int round = 0; round < 20000; ++round) {
        expect_same(plain_frame(random), frame_bytes, frame_bytes);
    }
}

TEST(CommonFrame, DamagedIsFoundAsAnyOther) {
    std::mt19937_64 random(2);
    for (int round = 0; round < 200000; ++round) {
        Bytes bytes = plain_frame(random);
        for (std::uint64_t damages = 1 + random() % 3; damages > 0; --damages) {
            const std::size_t at = random() % 54;
            bytes[at] = random() % 2 == 0
                            ? static_cast<std::uint8_t>(random())
                            : static_cast<std::uint8_t>(bytes[at] ^ (1U << random() % 8));
        }
        if (random() % 4 != 0) {  // or the checksum would hide what else is wrong
            store_be16(&bytes[24], 0);
            store_be16(&bytes[24], internet_checksum(&bytes[14], 20));
        }
        const std::size_t frame = random() % 4 == 0 ? random() % frame_bytes : frame_bytes;
        expect_same(bytes, random() % 4 == 0 ? random() % frame_bytes : frame, frame);
    }
}

TEST(CommonFrame, IsRefusedForEveryWrongChecksum) {
    std::mt19937_64 random(3);
    Bytes bytes = plain_frame(random);
    const std::uint16_t right = load_be16(&bytes[24]);
    for (std::uint32_t checksum = 0; checksum <= 0xffff; ++checksum) {
        store_be16(&bytes[24], static_cast<std::uint16_t>(checksum));
        ParsedHeaders headers;
        const bool good = parse(bytes.data(), frame_bytes, frame_bytes, headers) == ParseStatus::ok;
        ASSERT_EQ(good, checksum == right) << checksum;
    }
}

}  // namespace
}  // namespace snsim
