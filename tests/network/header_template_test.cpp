#include "models/network/header_template.h"

#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "models/protocols/byte_order.h"

namespace snsim {
namespace {

struct Case {
    std::uint8_t version;
    std::uint8_t protocol;
    bool tagged;
    std::uint32_t frame_bytes;
};

/// Header and payload of a frame, checked as a receiver would.
void expect_right(const Case& c, HeaderTemplate::Payload payload, std::uint64_t flow,
                  std::uint64_t tag, std::uint64_t before = 0) {
    FlowNetworks networks;
    networks.source = c.version == 4 ? IpPrefix{make_ipv4(0x0a000000), 16}
                                     : IpPrefix{make_ipv6(0xfd00'0000'0000'0000, 0), 64};
    networks.destinations = {c.version == 4 ? IpPrefix{make_ipv4(0xc0a80000), 16}
                                            : IpPrefix{make_ipv6(0x2001'0db8'ffff'ffff, 0), 64}};
    const FlowPlan plan(networks, 7, c.protocol);
    HeaderFields fields;
    fields.tagged = c.tagged;
    fields.protocol = c.protocol;
    fields.src.version = fields.dst.version = c.version;
    const HeaderTemplate header(fields, c.frame_bytes, payload);
    auto frame = std::make_unique<Frame>();
    frame->bytes = c.frame_bytes;
    header.write(*frame, plan.endpoints(flow), tag, before);

    ASSERT_EQ(frame->header_bytes, header.header_bytes());
    std::vector<std::uint8_t> bytes(c.frame_bytes - fcs_bytes);
    frame->serialise(bytes.data());
    ParsedHeaders parsed;
    ASSERT_EQ(parse(bytes.data(), bytes.size(), bytes.size(), parsed), ParseStatus::ok);
    FlowKey key;
    ASSERT_TRUE(make_flow_key(parsed, bytes.data(), key));
    EXPECT_EQ(key, plan.key(flow));
    const std::uint8_t* const ip = bytes.data() + parsed.l3;
    const std::uint32_t upper = parsed.datagram_end - parsed.l4;
    InternetChecksum sum;
    sum.add(c.version == 4 ? ip + 12 : ip + 8, c.version == 4 ? 8 : 32);
    sum.add32(upper);
    sum.add16(c.protocol);
    sum.add(bytes.data() + parsed.l4, upper);
    EXPECT_EQ(sum.sum(), 0xffff);
    if (c.protocol != ip_protocol::tcp) return;
    const std::uint64_t number = fields.tcp_seq + before * frame->payload_bytes();
    EXPECT_EQ(load_be32(bytes.data() + parsed.l4 + 4), static_cast<std::uint32_t>(number));
}

TEST(HeaderTemplate, WritesFramesWithRightChecksums) {
    for (const std::uint8_t version : {std::uint8_t{4}, std::uint8_t{6}}) {
        for (const std::uint8_t protocol : {ip_protocol::tcp, ip_protocol::udp}) {
            for (const bool tagged : {false, true}) {
                for (const std::uint32_t bytes : {86U, 87U, 93U, 128U, 1518U, 9018U}) {
                    for (std::uint64_t i = 0; i < 40; ++i) {
                        const Case c{version, protocol, tagged, bytes};
                        const std::uint64_t tag = RandomStream::mix(i);
                        expect_right(c, HeaderTemplate::Payload::data, i * 9973, tag);
                        expect_right(c, HeaderTemplate::Payload::padding, i * 9973, tag);
                        // The last of these goes round the sequence number's end.
                        expect_right(c, HeaderTemplate::Payload::data, i, tag, i * i * 100'000);
                    }
                    expect_right({version, protocol, tagged, bytes}, HeaderTemplate::Payload::data,
                                 0xffff'ffff, ~std::uint64_t{0});
                }
            }
        }
    }
}

TEST(HeaderTemplate, NeverSendsAUdpChecksumOfZero) {
    const FlowNetworks networks{{make_ipv4(0x0a000000), 16}, {{make_ipv4(0xc0a80000), 16}}};
    const FlowPlan plan(networks, 7, ip_protocol::udp);
    HeaderFields fields;
    fields.src.version = fields.dst.version = 4;
    const HeaderTemplate header(fields, 46 + 2, HeaderTemplate::Payload::data);
    const auto frame = std::make_unique<Frame>();
    bool all_ones = false;
    for (std::uint64_t word = 0; word <= 0xffff; ++word) {  // one of them completes the sum
        header.write(*frame, plan.endpoints(1), word << 48);
        const std::uint16_t checksum = load_be16(frame->header.data() + 40);
        ASSERT_NE(checksum, 0) << word;
        all_ones = all_ones || checksum == 0xffff;
    }
    EXPECT_TRUE(all_ones);
}

}  // namespace
}  // namespace snsim
