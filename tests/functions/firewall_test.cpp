#include "models/functions/firewall.h"

#include <cstring>
#include <gtest/gtest.h>
#include <vector>

#include "tests/functions/frames.h"

namespace snsim {
namespace {

constexpr int64_t second = Firewall::second_ps;
constexpr uint8_t syn = tcp_flag::syn;
constexpr uint8_t syn_ack = tcp_flag::syn | tcp_flag::ack;
constexpr uint8_t ack = tcp_flag::ack;
constexpr uint8_t fin = tcp_flag::fin | tcp_flag::ack;
constexpr uint8_t rst = tcp_flag::rst;

const Endpoint client = endpoint("10.0.0.1", 4000);
const Endpoint server = endpoint("10.0.0.2", 80);
const Endpoint client6 = endpoint("2001:db8::1", 4000);
const Endpoint server6 = endpoint("2001:db8::2", 80);
const Endpoint router = endpoint("10.9.9.9", 0);

AclRule deny_port(uint16_t port) {
    AclRule rule;
    rule.action = AclAction::deny;
    rule.dport = {port, port};
    return rule;
}

Firewall::Params small() {
    Firewall::Params params;
    params.capacity = 32;
    params.fragment_capacity = 4;
    return params;
}

// A firewall and a clock that tests set.
class Bench {
  public:
    explicit Bench(const Firewall::Params& params = small()) : firewall(params) {}

    Execution run(TestFrame frame) {
        FrameView view = frame.view(now);
        return execute(firewall, view);
    }
    // The reason of the drop, none when it was forwarded.
    DropReason pass(const TestFrame& frame) { return run(frame).drop; }
    DropReason send(const Endpoint& from, const Endpoint& to, uint8_t flags) {
        return pass(tcp_frame(from, to, flags));
    }
    // Packets of one connection: '>' from the client, '<' from the server.
    std::vector<DropReason> script(const std::vector<std::pair<char, uint8_t>>& packets) {
        std::vector<DropReason> out;
        for (const auto& [from, flags] : packets) {
            out.push_back(from == '>' ? send(client, server, flags) : send(server, client, flags));
        }
        return out;
    }
    void expect_all_pass(const std::vector<std::pair<char, uint8_t>>& packets) {
        EXPECT_EQ(script(packets), std::vector<DropReason>(packets.size(), DropReason::none));
    }
    ConnectionState state() {
        const TestFrame frame = tcp_frame(client, server, ack);
        const Connection* entry = firewall.connections().peek(frame.key, frame.hash, now);
        return entry == nullptr ? ConnectionState::free : entry->state;
    }

    Firewall firewall;
    int64_t now = 0;
};

TEST(Firewall, PassesAHandshakeDataAndAnOrderlyClose) {
    Bench bench;
    bench.expect_all_pass({{'>', syn}, {'<', syn_ack}, {'>', ack}});
    EXPECT_EQ(bench.state(), ConnectionState::established);
    bench.expect_all_pass({{'>', ack}, {'<', ack}, {'>', fin}, {'<', ack}});
    EXPECT_EQ(bench.state(), ConnectionState::close_wait);
    bench.expect_all_pass({{'<', ack}, {'>', ack}, {'<', fin}, {'>', ack}});
    EXPECT_EQ(bench.state(), ConnectionState::time_wait);
    EXPECT_EQ(bench.firewall.counters().installed, 1u);
    EXPECT_EQ(bench.firewall.counters().active, 1u);
}

TEST(Firewall, PassesAHalfClosedConnectionInEitherDirection) {
    for (const bool server_closes : {false, true}) {
        Bench bench;
        bench.expect_all_pass({{'>', syn}, {'<', syn_ack}, {'>', ack}});
        const char closer = server_closes ? '<' : '>';
        const char other = server_closes ? '>' : '<';
        bench.expect_all_pass({{closer, fin}, {other, ack}});
        EXPECT_EQ(bench.state(), ConnectionState::close_wait);
        for (int i = 0; i < 10; ++i) bench.expect_all_pass({{other, ack}, {closer, ack}});
        EXPECT_EQ(bench.state(), ConnectionState::close_wait);
        bench.expect_all_pass({{other, fin}, {closer, ack}});
        EXPECT_EQ(bench.state(), ConnectionState::time_wait);
    }
}

TEST(Firewall, PassesASimultaneousOpen) {
    Bench bench;
    bench.expect_all_pass({{'>', syn}, {'<', syn}});
    EXPECT_EQ(bench.state(), ConnectionState::syn_sent_both);
    bench.expect_all_pass({{'>', syn_ack}, {'<', syn_ack}});
    EXPECT_EQ(bench.state(), ConnectionState::established);
}

TEST(Firewall, PassesASimultaneousClose) {
    Bench bench;
    bench.expect_all_pass({{'>', syn}, {'<', syn_ack}, {'>', ack}, {'>', fin}, {'<', fin}});
    EXPECT_EQ(bench.state(), ConnectionState::last_ack);
    bench.expect_all_pass({{'<', ack}, {'>', ack}});
    EXPECT_EQ(bench.state(), ConnectionState::time_wait);
}

TEST(Firewall, PassesRetransmissions) {
    Bench bench;
    bench.expect_all_pass({{'>', syn},
                           {'>', syn},
                           {'<', syn_ack},
                           {'>', syn},
                           {'<', syn_ack},
                           {'>', ack},
                           {'<', syn_ack},
                           {'>', fin},
                           {'>', fin},
                           {'<', fin},
                           {'<', fin},
                           {'>', ack},
                           {'<', fin}});
    EXPECT_EQ(bench.state(), ConnectionState::time_wait);
}

TEST(Firewall, DropsSegmentsThatTheHandshakeDoesNotAllow) {
    Bench bench;
    EXPECT_EQ(bench.script({{'>', syn}, {'>', ack}, {'>', syn_ack}, {'<', fin}, {'<', ack}}),
              (std::vector<DropReason>{DropReason::none, DropReason::bad_tcp_state,
                                       DropReason::bad_tcp_state, DropReason::bad_tcp_state,
                                       DropReason::none}));
    EXPECT_EQ(bench.state(), ConnectionState::syn_sent);
}

TEST(Firewall, DropsImpossibleFlagsWithAndWithoutAConnection) {
    Bench bench;
    for (const uint8_t flags :
         {uint8_t{0}, uint8_t{0x03}, uint8_t{0x06}, uint8_t{0x01}, uint8_t{0x3f}, uint8_t{0x29}}) {
        EXPECT_EQ(bench.send(client, server, flags), DropReason::bad_tcp_state);
    }
    bench.expect_all_pass({{'>', syn}});
    EXPECT_EQ(bench.send(client, server, 0x03), DropReason::bad_tcp_state);
}

TEST(Firewall, AResetClosesUntilANewSyn) {
    Bench bench;
    bench.expect_all_pass({{'>', syn}, {'<', syn_ack}, {'>', ack}, {'<', rst}, {'<', rst}});
    EXPECT_EQ(bench.state(), ConnectionState::closed);
    EXPECT_EQ(bench.send(client, server, ack), DropReason::bad_tcp_state);
    EXPECT_EQ(bench.send(server, client, fin), DropReason::bad_tcp_state);
    bench.expect_all_pass({{'>', syn}});
    EXPECT_EQ(bench.state(), ConnectionState::syn_sent);
    EXPECT_EQ(bench.firewall.counters().installed, 2u);
    EXPECT_EQ(bench.firewall.counters().active, 1u);
}

TEST(Firewall, ASynInTimeWaitOpensANewConnectionFromEitherSide) {
    Bench bench;
    bench.expect_all_pass(
        {{'>', syn}, {'<', syn_ack}, {'>', ack}, {'>', fin}, {'<', fin}, {'>', ack}});
    ASSERT_EQ(bench.state(), ConnectionState::time_wait);
    bench.expect_all_pass({{'<', syn}, {'>', syn_ack}, {'<', ack}});
    EXPECT_EQ(bench.state(), ConnectionState::established);
}

TEST(Firewall, JudgesTheNewConnectionInTimeWaitByItsRules) {
    Firewall::Params params = small();
    params.rules = {deny_port(4000)};  // the client's port, so the server may not open
    Bench bench(params);
    bench.expect_all_pass(
        {{'>', syn}, {'<', syn_ack}, {'>', ack}, {'>', fin}, {'<', fin}, {'>', ack}});
    EXPECT_EQ(bench.send(server, client, syn), DropReason::acl_deny);
    EXPECT_EQ(bench.state(), ConnectionState::time_wait);
    bench.expect_all_pass({{'>', syn}});
}

TEST(Firewall, DropsMidStreamSegmentsWithoutAConnectionWhenStrict) {
    Bench bench;
    for (const uint8_t flags : {ack, syn_ack, fin, rst}) {
        EXPECT_EQ(bench.send(client, server, flags), DropReason::no_connection);
    }
    EXPECT_EQ(bench.firewall.counters().active, 0u);
}

TEST(Firewall, PicksUpMidStreamWhenNotStrict) {
    Firewall::Params params = small();
    params.strict = false;
    params.rules = {deny_port(81)};
    const std::vector<std::pair<uint8_t, ConnectionState>> cases{
        {ack, ConnectionState::established},
        {fin, ConnectionState::fin_wait},
        {syn_ack, ConnectionState::syn_recv},
        {rst, ConnectionState::free}};
    for (const auto& [flags, state] : cases) {
        Bench bench(params);
        EXPECT_EQ(bench.send(client, server, flags), DropReason::none);
        EXPECT_EQ(bench.state(), state);
        EXPECT_EQ(bench.send(client, endpoint("10.0.0.2", 81), flags), DropReason::acl_deny);
    }
    Bench bench(params);
    bench.expect_all_pass({{'<', syn_ack}, {'>', ack}});  // the receiver of the SYN+ACK is first
    EXPECT_EQ(bench.state(), ConnectionState::established);
}

TEST(Firewall, AsksTheRulesForFirstPacketsAlone) {
    Firewall::Params params = small();
    params.default_action = AclAction::deny;
    AclRule allow;
    allow.dport = {80, 80};
    params.rules = {allow};
    Bench bench(params);
    bench.expect_all_pass({{'>', syn}, {'<', syn_ack}, {'>', ack}, {'<', ack}});
    EXPECT_EQ(bench.send(endpoint("10.0.0.2", 81), client, syn), DropReason::acl_deny);
    const Execution first = bench.run(udp_frame(client6, server6));
    EXPECT_TRUE(first.has(Firewall::classified));
    EXPECT_TRUE(first.has(Firewall::installed));
    const Execution reply = bench.run(udp_frame(server6, client6));
    EXPECT_FALSE(reply.has(Firewall::classified));
    EXPECT_TRUE(reply.has(Firewall::updated));
}

TEST(Firewall, JudgesEveryPacketWhenStateless) {
    Firewall::Params params = small();
    params.stateful = false;
    params.rules = {deny_port(4000)};
    Bench bench(params);
    bench.expect_all_pass({{'>', ack}});  // no connection is needed
    EXPECT_EQ(bench.send(server, client, syn_ack), DropReason::acl_deny);
    EXPECT_EQ(bench.send(client, server, 0x03), DropReason::none);
    EXPECT_EQ(bench.firewall.tables().size(), 2u);
}

TEST(Firewall, ForgetsEachProtocolAtItsOwnTimeout) {
    Firewall::Params params = small();
    params.tcp_established = 100 * second;
    params.tcp_transient = 10 * second;
    params.udp = 7 * second;
    params.icmp = 3 * second;
    const TestFrame request = echo_frame(client, server, 8, 5);
    const TestFrame reply = echo_frame(server, client, 0, 5);
    for (const bool expired : {false, true}) {
        Bench bench(params);
        const int64_t last = expired ? 0 : 1;  // how long before the timeout the next one comes
        const DropReason gone = expired ? DropReason::no_connection : DropReason::none;
        EXPECT_EQ(bench.send(client, server, syn), DropReason::none);
        bench.now += 10 * second - last;
        EXPECT_EQ(bench.send(server, client, syn_ack), gone);

        Bench open(params);
        open.expect_all_pass({{'>', syn}, {'<', syn_ack}, {'>', ack}});
        open.now += 100 * second - last;
        EXPECT_EQ(open.send(server, client, ack), gone);

        Bench echo(params);
        EXPECT_EQ(echo.pass(request), DropReason::none);
        echo.now += 3 * second - last;
        EXPECT_EQ(echo.pass(reply), gone);

        Bench udp(params);
        udp.pass(udp_frame(client, server));
        udp.now += 7 * second - last;
        udp.pass(udp_frame(client, server));
        EXPECT_EQ(udp.firewall.counters().installed, expired ? 2u : 1u);
        EXPECT_EQ(udp.firewall.counters().evicted, expired ? 1u : 0u);
    }
}

TEST(Firewall, PacketsThatOnlyPassDoNotRefresh) {
    Firewall::Params params = small();
    params.tcp_established = 100 * second;
    Bench bench(params);
    bench.expect_all_pass({{'>', syn}, {'<', syn_ack}, {'>', ack}});
    bench.now = 50 * second;
    EXPECT_EQ(bench.send(client, server, syn), DropReason::none);  // answered by a challenge ACK
    bench.now = 100 * second;
    EXPECT_EQ(bench.send(client, server, ack), DropReason::no_connection);
}

TEST(Firewall, DropsFirstPacketsWhenTheTableIsFullOrForwardsThemUntracked) {
    for (const bool forward : {false, true}) {
        Firewall::Params params = small();
        params.capacity = 4;
        params.udp = 10;
        if (forward) params.when_full = Firewall::WhenFull::forward;
        Bench bench(params);
        for (uint16_t port = 1; port <= 4; ++port) {
            EXPECT_EQ(bench.pass(udp_frame(endpoint("10.0.0.1", port), server)), DropReason::none);
        }
        EXPECT_EQ(bench.pass(udp_frame(endpoint("10.0.0.1", 5), server)),
                  forward ? DropReason::none : DropReason::connection_table_full);
        EXPECT_EQ(bench.firewall.counters().rejected, 1u);
        EXPECT_EQ(bench.firewall.counters().active, 4u);
        EXPECT_EQ(bench.pass(udp_frame(server, endpoint("10.0.0.1", 2))), DropReason::none);
        bench.now = 10;
        EXPECT_EQ(bench.pass(udp_frame(endpoint("10.0.0.1", 5), server)), DropReason::none);
        EXPECT_EQ(bench.firewall.counters().installed, 5u);
    }
    EXPECT_TRUE(is_loss(DropReason::connection_table_full));
}

TEST(Firewall, TracksEchoByItsIdentifier) {
    Bench bench;
    EXPECT_EQ(bench.pass(echo_frame(server, client, 0, 5)), DropReason::no_connection);
    EXPECT_EQ(bench.pass(echo_frame(client, server, 8, 5)), DropReason::none);
    EXPECT_EQ(bench.pass(echo_frame(server, client, 0, 5)), DropReason::none);
    EXPECT_EQ(bench.pass(echo_frame(server, client, 0, 6)), DropReason::no_connection);
    EXPECT_EQ(bench.pass(echo_frame(client6, server6, 128, 5)), DropReason::none);
    EXPECT_EQ(bench.pass(echo_frame(server6, client6, 129, 5)), DropReason::none);
}

TEST(Firewall, RulesDecideOtherIcmpMessagesEachTime) {
    Firewall::Params params = small();
    AclRule deny;
    deny.action = AclAction::deny;
    deny.src = parse_prefix("2001:db8::2");
    params.rules = {deny};
    Bench bench(params);
    EXPECT_EQ(bench.pass(echo_frame(client6, server6, 135, 0)), DropReason::none);
    EXPECT_EQ(bench.pass(echo_frame(server6, client6, 136, 0)), DropReason::acl_deny);
    EXPECT_EQ(bench.firewall.counters().active, 0u);
}

TEST(Firewall, PassesErrorsAboutItsConnectionsAlone) {
    for (const bool strict : {true, false}) {
        Firewall::Params params = small();
        params.strict = strict;
        Bench bench(params);
        const TestFrame sent = tcp_frame(client, server, syn);
        const DropReason unknown = strict ? DropReason::no_connection : DropReason::none;
        EXPECT_EQ(bench.pass(icmp_error(router, sent, 3)), unknown);
        EXPECT_EQ(bench.pass(sent), DropReason::none);
        EXPECT_EQ(bench.pass(icmp_error(router, sent, 3)), DropReason::none);
        EXPECT_EQ(bench.pass(icmp_error(router, tcp_frame(server, client, syn_ack), 11)),
                  DropReason::none);
        EXPECT_EQ(bench.state(), ConnectionState::syn_sent);
        TestFrame cut = icmp_error(router, sent, 3);
        cut.kept = 50;
        cut.parse_again();
        EXPECT_EQ(bench.pass(cut), unknown);
        EXPECT_EQ(bench.pass(icmp_error(client6, udp_frame(client6, server6), 1)), unknown);
        EXPECT_EQ(bench.pass(udp_frame(client6, server6)), DropReason::none);
        EXPECT_EQ(bench.pass(icmp_error(client6, udp_frame(client6, server6), 1)),
                  DropReason::none);
    }
}

TEST(Firewall, AnErrorDoesNotKeepAConnectionAlive) {
    Firewall::Params params = small();
    params.udp = 10;
    Bench bench(params);
    const TestFrame sent = udp_frame(client, server);
    bench.pass(sent);
    bench.now = 9;
    EXPECT_EQ(bench.pass(icmp_error(router, sent, 3)), DropReason::none);
    bench.now = 10;
    EXPECT_EQ(bench.pass(icmp_error(router, sent, 3)), DropReason::no_connection);
}

TEST(Firewall, LaterFragmentsFollowAFirstThatWasLetThrough) {
    for (const bool stateful : {true, false}) {
        Firewall::Params params = small();
        params.stateful = stateful;
        params.rules = {deny_port(81)};
        params.fragment = 10;
        Bench bench(params);
        const TestFrame whole = udp_frame(client, server);
        const auto orphan = DropReason::fragment_without_connection;
        EXPECT_EQ(bench.pass(as_fragment(whole, 1, 3, false)), orphan);
        EXPECT_EQ(bench.pass(as_fragment(whole, 1, 0, true)), DropReason::none);
        bench.now = 5;
        EXPECT_EQ(bench.pass(as_fragment(whole, 1, 2, true)), DropReason::none);
        EXPECT_EQ(bench.pass(as_fragment(whole, 1, 3, false)), DropReason::none);
        EXPECT_EQ(bench.pass(as_fragment(whole, 2, 3, false)), orphan);
        EXPECT_EQ(bench.pass(as_fragment(udp_frame(server, client), 1, 3, false)), orphan);
        bench.now = 9;
        EXPECT_EQ(bench.pass(as_fragment(whole, 1, 3, false)), DropReason::none);
        bench.now = 10;  // not refreshed by those that followed
        EXPECT_EQ(bench.pass(as_fragment(whole, 1, 3, false)), orphan);
        const TestFrame denied = udp_frame(client, endpoint("10.0.0.2", 81));
        EXPECT_EQ(bench.pass(as_fragment(denied, 9, 0, true)), DropReason::acl_deny);
        EXPECT_EQ(bench.pass(as_fragment(denied, 9, 3, false)), orphan);
    }
}

TEST(Firewall, AFirstFragmentSeenAgainNotesAnew) {
    Firewall::Params params = small();
    params.fragment = 10;
    Bench bench(params);
    const TestFrame whole = udp_frame(client, server);
    bench.pass(as_fragment(whole, 1, 0, true));
    bench.now = 9;
    bench.pass(as_fragment(whole, 1, 0, true));
    bench.now = 18;
    EXPECT_EQ(bench.pass(as_fragment(whole, 1, 3, false)), DropReason::none);
}

TEST(Firewall, PassesWhatIsNotIpAndDropsWhatIsMalformed) {
    Firewall::Params params = small();
    params.default_action = AclAction::deny;
    Bench bench(params);
    TestFrame arp = udp_frame(client, server);
    arp.header[13] = 0x06;
    arp.parse_again();
    const Execution run = bench.run(arp);
    EXPECT_EQ(run.verdict, Verdict::forward);
    EXPECT_EQ(run.conditions, mask_of(always));
    TestFrame cut = udp_frame(client, server);
    cut.bytes = 30;
    cut.parse_again();
    EXPECT_EQ(bench.pass(cut), DropReason::malformed);
    TestFrame wrong = udp_frame(client, server);
    wrong.header[22] ^= 1;
    wrong.parse_again();
    EXPECT_EQ(bench.pass(wrong), DropReason::bad_ip_checksum);
}

TEST(Firewall, EstablishedFlowsAreThereBeforeTheirFirstPacket) {
    Bench bench;
    FlowKey key;
    const TestFrame data = tcp_frame(server, client, ack);
    make_flow_key(data.parsed, data.header.data(), key);
    EXPECT_TRUE(bench.firewall.install_established(key, 0));
    EXPECT_EQ(bench.state(), ConnectionState::established);
    bench.expect_all_pass({{'>', ack}, {'<', ack}});
    EXPECT_TRUE(bench.firewall.install_established(key, 0));  // once more changes nothing
    EXPECT_EQ(bench.firewall.counters().installed, 1u);
    const TestFrame datagram = udp_frame(client6, server6);
    make_flow_key(datagram.parsed, datagram.header.data(), key);
    EXPECT_TRUE(bench.firewall.install_established(key, 0));
    EXPECT_TRUE(bench.run(datagram).has(Firewall::hit));
}

TEST(Firewall, EntersAHundredThousandEstablishedFlows) {
    Firewall firewall{Firewall::Params{}};
    std::vector<FlowKey> keys(100000);
    for (uint32_t i = 0; i < keys.size(); ++i) {
        keys[i].family = 4;
        keys[i].protocol = 6;
        keys[i].src = make_ipv4(0x0a000000 + i).bytes;
        keys[i].dst = server.address.bytes;
        keys[i].sport = static_cast<uint16_t>(i);
        keys[i].dport = 80;
    }
    EXPECT_EQ(firewall.install_established(keys.data(), keys.size(), 0), keys.size());
    EXPECT_EQ(firewall.counters().active, keys.size());
}

TEST(Firewall, EntersEstablishedFlowsUpToTheFirstThatHasNoRoom) {
    Firewall::Params params;
    params.capacity = 16;
    Firewall firewall{params};
    std::vector<FlowKey> keys(20);
    for (uint32_t i = 0; i < keys.size(); ++i) {
        keys[i].family = 4;
        keys[i].protocol = 6;
        keys[i].src = make_ipv4(0x0a000000 + i).bytes;
        keys[i].dst = server.address.bytes;
    }
    keys[18] = keys[3];  // is there, but stands behind one that is not
    EXPECT_EQ(firewall.install_established(keys.data(), keys.size(), 0), 16u);
    EXPECT_EQ(firewall.counters().active, 16u);
    EXPECT_EQ(firewall.counters().rejected, 1u);
}

TEST(Firewall, CountsPacketsAndBytesOfAConnection) {
    Bench bench;
    bench.expect_all_pass({{'>', syn}, {'<', syn_ack}, {'>', ack}});
    const TestFrame frame = tcp_frame(client, server, ack);
    const Connection* entry = bench.firewall.connections().peek(frame.key, frame.hash, 0);
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->packets, 3u);
    EXPECT_EQ(entry->bytes, 180u);
}

TEST(Firewall, NamesTheLineItWritesBack) {
    Bench bench;
    bench.expect_all_pass({{'>', syn}, {'<', syn_ack}, {'>', ack}});
    TestFrame frame = tcp_frame(client, server, ack);
    FrameView view = frame.view(1);
    Execution run;
    bench.firewall.begin(view, run);
    ASSERT_TRUE(run.has(Firewall::tracked));
    LookupPlan plan;
    bench.firewall.lookup(0, view, run, plan);
    EXPECT_EQ(plan.count, 1);
    EXPECT_EQ(plan.line[0], frame.hash % 32);
    EXPECT_EQ(plan.written, 1u);
    EXPECT_FALSE(run.has(Firewall::classified));
}

TEST(Firewall, TheSameFramesGiveTheSameDecisionsWithAndWithoutSweeping) {
    Firewall::Params params = small();
    params.udp = 50;
    params.tcp_transient = 30;
    params.capacity = 64;
    Bench swept(params);
    Bench unswept(params);
    uint64_t random = 1;
    for (int i = 0; i < 30000; ++i) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        const auto pick = static_cast<uint32_t>(random >> 33);
        const Endpoint a = endpoint("10.0.0.1", static_cast<uint16_t>(pick % 20));
        const uint8_t flags[] = {syn, syn_ack, ack, fin, rst, ack};
        const bool back = (pick >> 8) % 2 == 0;
        const TestFrame frame =
            (pick >> 9) % 3 == 0
                ? udp_frame(back ? server : a, back ? a : server)
                : tcp_frame(back ? server : a, back ? a : server, flags[(pick >> 12) % 6]);
        swept.now = unswept.now = i;
        for (unsigned table = 0; table < swept.firewall.tables().size(); ++table) {
            LookupPlan plan;
            if (swept.firewall.tables()[table].stateful) swept.firewall.age(table, i, 7, plan);
        }
        ASSERT_EQ(swept.pass(frame), unswept.pass(frame)) << i;
    }
    EXPECT_LE(swept.firewall.counters().active, unswept.firewall.counters().active);
    EXPECT_EQ(swept.firewall.counters().installed, unswept.firewall.counters().installed);
}

TEST(Firewall, ProgramsNameTablesAndStepsThatExist) {
    for (const bool stateful : {true, false}) {
        Firewall::Params params = small();
        params.stateful = stateful;
        const Firewall firewall(params);
        for (const Op& op : firewall.program()) {
            EXPECT_GT(op.count, 0);
            EXPECT_LT(op.when, 32);
            if (op.kind == Primitive::lookup) {
                EXPECT_LT(op.table, firewall.tables().size());
                EXPECT_EQ(op.count, 1);
            }
        }
    }
}

TEST(DropReason, NamesAreThereAndDifferent) {
    for (size_t a = 0; a < drop_reasons; ++a) {
        EXPECT_FALSE(name(static_cast<DropReason>(a)).empty());
        for (size_t b = a + 1; b < drop_reasons; ++b) {
            EXPECT_NE(name(static_cast<DropReason>(a)), name(static_cast<DropReason>(b)));
        }
    }
    EXPECT_EQ(name(DropReason::ttl_expired), "ttl_expired");
    EXPECT_FALSE(is_loss(DropReason::acl_deny));
    EXPECT_TRUE(is_loss(DropReason::queue_full));
}

}  // namespace
}  // namespace snsim
