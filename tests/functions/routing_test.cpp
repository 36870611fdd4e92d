#include "models/functions/routing.h"

#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <vector>

#include "tests/functions/frames.h"

namespace snsim {
namespace {

const NextHop west{0, {2, 0, 0, 0, 1, 1}, {2, 0, 0, 0, 1, 0}};
const NextHop east{1, {2, 0, 0, 0, 2, 1}, {2, 0, 0, 0, 2, 0}};

const Endpoint client = endpoint("10.0.0.1", 4000);
const Endpoint server = endpoint("192.168.7.9", 80);
const Endpoint client6 = endpoint("2001:db8::1", 4000);
const Endpoint server6 = endpoint("2001:db8:7::9", 80);

class RoutingTest : public testing::Test {
  protected:
    RoutingTest() {
        const uint32_t to_west = routing.add_next_hop(west);
        const uint32_t to_east = routing.add_next_hop(east);
        EXPECT_FALSE(
            routing.set_ipv4_routes({{0xc0a80000, 16, to_west}, {0xc0a80700, 24, to_east}}));
        EXPECT_FALSE(routing.set_ipv6_routes(
            {{0x20010db800000000, 0, 32, to_west}, {0x20010db800070000, 0, 48, to_east}}));
    }

    Execution run(TestFrame& frame, uint16_t in_port = 0) {
        FrameView view = frame.view(0, in_port);
        return execute(routing, view);
    }

    Routing routing;
};

TEST_F(RoutingTest, SendsByTheLongestPrefixWithNewMacsAndOneHopLess) {
    TestFrame v4 = tcp_frame(client, server, tcp_flag::ack);
    TestFrame v6 = tcp_frame(client6, server6, tcp_flag::ack);
    for (TestFrame* frame : {&v4, &v6}) {
        const Execution result = run(*frame);
        EXPECT_EQ(result.verdict, Verdict::forward);
        EXPECT_EQ(frame->out_port, 1);
        EXPECT_EQ(std::memcmp(frame->header.data(), east.dst_mac.data(), 6), 0);
        EXPECT_EQ(std::memcmp(frame->header.data() + 6, east.src_mac.data(), 6), 0);
        EXPECT_EQ(frame->parsed.ttl, 63);
        frame->parse_again();
        EXPECT_EQ(frame->parsed.status, ParseStatus::ok);  // the checksum with it
        EXPECT_EQ(frame->parsed.ttl, 63);
    }
}

TEST_F(RoutingTest, DropsWhatNoRouteTakes) {
    TestFrame frame = udp_frame(server, client);
    const Execution result = run(frame);
    EXPECT_EQ(result.verdict, Verdict::drop);
    EXPECT_EQ(result.drop, DropReason::no_route);
    EXPECT_EQ(frame.parsed.ttl, 64);
}

TEST_F(RoutingTest, UsesTheIngressPortsDefaultAsARoute) {
    routing.set_default(3, west);
    TestFrame frame = udp_frame(server, client);
    EXPECT_EQ(run(frame, 3).verdict, Verdict::forward);
    EXPECT_EQ(frame.out_port, 0);
    EXPECT_EQ(frame.parsed.ttl, 63);
    TestFrame other = udp_frame(server, client);
    EXPECT_EQ(run(other, 2).drop, DropReason::no_route);
}

TEST_F(RoutingTest, DropsAtTheLastHopAndNotBefore) {
    for (const unsigned ttl : {0u, 1u, 2u}) {
        HeaderFields fields = fields_of(client, server, ip_protocol::udp);
        fields.ttl = static_cast<uint8_t>(ttl);
        TestFrame frame = make_frame(fields);
        const Execution result = run(frame);
        EXPECT_EQ(result.verdict, ttl < 2 ? Verdict::drop : Verdict::forward) << ttl;
        if (ttl < 2) {
            EXPECT_EQ(result.drop, DropReason::ttl_expired);
        }
    }
}

TEST_F(RoutingTest, BridgesMulticastAndOtherProtocolsUnchanged) {
    TestFrame arp = udp_frame(client, server);
    arp.header[13] = 0x06;
    arp.parse_again();
    TestFrame broadcast = udp_frame(client, server);
    std::memset(broadcast.header.data(), 0xff, 6);
    broadcast.parse_again();
    for (TestFrame* frame : {&arp, &broadcast}) {
        EXPECT_EQ(run(*frame).drop, DropReason::no_route);
    }
    routing.set_default(0, east);
    for (TestFrame* frame : {&arp, &broadcast}) {
        const std::array<uint8_t, 128> before = frame->header;
        const Execution result = run(*frame);
        EXPECT_EQ(result.verdict, Verdict::forward);
        EXPECT_TRUE(result.has(Routing::bridged));
        EXPECT_FALSE(result.has(Routing::ip));
        EXPECT_EQ(frame->out_port, 1);
        EXPECT_EQ(frame->header, before);
    }
}

TEST_F(RoutingTest, DropsMalformedFramesByKind) {
    TestFrame frame = udp_frame(client, server);
    frame.header[24] ^= 1;
    frame.parse_again();
    EXPECT_EQ(run(frame).drop, DropReason::bad_ip_checksum);
    frame = udp_frame(client, server);
    frame.bytes = 20;
    frame.parse_again();
    EXPECT_EQ(run(frame).drop, DropReason::malformed);
    frame = udp_frame(client, server);
    frame.kept = 30;
    frame.parse_again();
    EXPECT_EQ(run(frame).drop, DropReason::header_too_long);
}

TEST_F(RoutingTest, RefusesRoutesToUnknownNextHops) {
    const auto error = routing.set_ipv4_routes({{0, 0, 0}, {0x0a000000, 8, 99}});
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind, RouteError::Kind::bad_next_hop);
    EXPECT_EQ(error->route, 1u);
}

TEST_F(RoutingTest, ChargesTheExecutedPathAlone) {
    TestFrame frame = tcp_frame(client, server, tcp_flag::ack);
    const Execution result = run(frame);
    uint32_t lookups = 0;
    uint32_t rewritten = 0;
    for (const Op& op : routing.program()) {
        if (!result.has(op.when)) continue;
        if (op.kind == Primitive::lookup) ++lookups;
        if (op.kind == Primitive::rewrite) rewritten += op.count;
    }
    EXPECT_EQ(lookups, 2u);  // route and next hop
    EXPECT_EQ(rewritten, 4u);
    EXPECT_FALSE(result.has(Routing::ipv6));
}

uint64_t resident_pages() {
    std::ifstream statm("/proc/self/statm");
    uint64_t size = 0;
    uint64_t resident = 0;
    statm >> size >> resident;
    return resident;
}

TEST(RoutingStart, WithFewRoutesTouchesLittleMemory) {
    const uint64_t before = resident_pages();
    Routing routing;
    const uint32_t hop = routing.add_next_hop(east);
    std::vector<Ipv4Route> routes{{0, 0, hop}};
    for (uint32_t i = 0; i < 4000; ++i) routes.push_back({0x0a000000 + (i << 8), 24, hop});
    EXPECT_FALSE(routing.set_ipv4_routes(routes));
    EXPECT_EQ(routing.tables()[0].bytes, uint64_t{1} << 26);
    EXPECT_LT(resident_pages() - before, 1000u);  // of 16,384
}

}  // namespace
}  // namespace snsim
