#include "models/asic/asic.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "models/base/params.h"
#include "models/base/random.h"
#include "models/functions/firewall.h"
#include "models/functions/routing.h"
#include "tests/support/asic_frames.h"
#include "tests/support/bench.h"

namespace snsim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Endpoint client = endpoint("10.0.0.1", 4000);
const Endpoint server = endpoint("192.168.7.9", 80);
const Endpoint client6 = endpoint("2001:db8::1", 4000);
const Endpoint server6 = endpoint("2001:db8:7::9", 80);

/// A frame that left or was dropped.
struct End {
    std::uint64_t sequence;
    std::uint8_t in_port;
    std::uint8_t out_port;
    std::uint8_t reason;
    std::string place;  ///< of a drop
    Picoseconds t_in;
    Picoseconds t;  ///< of a drop, or the first bit
    Picoseconds residence;
    friend bool operator==(const End& a, const End& b) {
        return a.sequence == b.sequence && a.in_port == b.in_port && a.out_port == b.out_port &&
               a.reason == b.reason && a.place == b.place && a.t_in == b.t_in && a.t == b.t &&
               a.residence == b.residence;
    }
    friend std::ostream& operator<<(std::ostream& out, const End& e) {
        return out << "#" << e.sequence << " of port " << +e.in_port << " in " << e.t_in << " out "
                   << e.t << " drop " << +e.reason << " " << e.place;
    }
};

/// An ASIC with a scripted wire on each port.
class Card {
  public:
    Card(Agenda& agenda, Partition& partition, const std::string& name, const AsicParams& params,
         const std::vector<PlacedFunction>& functions)
        : wire0((name + "_wire0").c_str(), agenda),
          wire1((name + "_wire1").c_str(), agenda),
          far0((name + "_far0").c_str(), agenda),
          far1((name + "_far1").c_str(), agenda),
          asic(name.c_str(), partition, params, functions),
          partition_(partition) {
        wire0.out.bind(asic.port0.from_wire);
        wire1.out.bind(asic.port1.from_wire);
        asic.port0.to_wire.bind(far0.in);
        asic.port1.to_wire.bind(far1.in);
        asic.port0.departed.listen<&Card::on_departed>(*this);
        asic.port1.departed.listen<&Card::on_departed>(*this);
        asic.buffer.dropped_here.listen<&Card::on_dropped>(*this);
        asic.tm.dropped_here.listen<&Card::on_dropped>(*this);
    }
    void on_departed(const FrameDeparted& fact) {
        EXPECT_EQ(fact.frame.residence, fact.first_bit - fact.frame.t_in);
        departed.push_back({fact.frame.sequence, fact.frame.in_port, fact.frame.out_port, 0, "",
                            fact.frame.t_in, fact.first_bit, fact.frame.residence});
    }
    void on_dropped(const FrameDropped& fact) {
        EXPECT_EQ(fact.frame.residence, fact.t - fact.frame.t_in);
        dropped.push_back({fact.frame.sequence, fact.frame.in_port, 0,
                           static_cast<std::uint8_t>(fact.reason),
                           partition_.places[fact.frame.drop_place].substr(
                               partition_.places[fact.frame.drop_place].find('.')),
                           fact.frame.t_in, fact.t, fact.frame.residence});
    }
    [[nodiscard]] Picoseconds latency(std::size_t i) const {
        return departed[i].t - departed[i].t_in;
    }
    [[nodiscard]] std::size_t lost(DropReason reason) const {
        return static_cast<std::size_t>(std::count_if(
            dropped.begin(), dropped.end(),
            [reason](const End& e) { return e.reason == static_cast<std::uint8_t>(reason); }));
    }

    ScriptedSource wire0;
    ScriptedSource wire1;
    RecordingSink far0;
    RecordingSink far1;
    Asic asic;
    std::vector<End> departed;
    std::vector<End> dropped;

  private:
    Partition& partition_;
};

/// The documented time of every station that a single frame passes in an idle card.
class Documented {
  public:
    explicit Documented(const AsicParams& params) : p_(params) {}

    /// What a frame does in one function.
    struct Path {
        const Function& function;
        std::vector<Condition> conditions;
        Picoseconds lookups;  ///< the time of all its look-ups

        [[nodiscard]] bool meets(Condition when) const {
            return std::find(conditions.begin(), conditions.end(), when) != conditions.end();
        }
    };

    [[nodiscard]] Picoseconds clocks(std::uint64_t n) const { return cycles(n, p_.clock).ps; }
    [[nodiscard]] Picoseconds rx() const {
        return (p_.port0.fec_latency + p_.port0.mac_latency).value;
    }
    [[nodiscard]] Picoseconds parser(std::uint32_t headers, std::uint32_t header_bytes) const {
        const auto width = static_cast<std::uint32_t>(p_.parser.width.value);
        return clocks(headers * static_cast<std::uint32_t>(p_.parser.state_cycles) +
                      (header_bytes + width - 1) / width);
    }
    [[nodiscard]] Picoseconds bus(const PipelineParams& pipeline, std::uint32_t bytes) const {
        const std::int64_t moved = bytes - fcs_bytes + pipeline.internal_header.value;
        return (Bytes{moved} / BitRate{pipeline.width.value * 8 * p_.clock.value}).ps;
    }
    /// Dispatch in each stage in use, each operation whose condition is met, and all look-ups. For
    /// clocks of whole picoseconds, where it does not matter which stage an operation is in.
    [[nodiscard]] Picoseconds stages(const Pipeline& pipeline,
                                     const std::vector<Path>& paths) const {
        EXPECT_EQ(cycles(1, p_.clock).rem, 0u);
        std::uint64_t work = 0;
        Picoseconds lookups = 0;
        for (const StageProgram& stage : pipeline.program()) {
            if (!stage.terms.empty()) work += static_cast<std::uint64_t>(p_.cost.dispatch);
        }
        for (const Path& path : paths) {
            lookups += path.lookups;
            for (const Op& op : path.function.program()) {
                if (path.meets(op.when)) work += op.count * price(op.kind);
            }
        }
        return lookups + clocks(work);
    }
    /// The same for any clock: each stage's engine ends on a whole picosecond.
    [[nodiscard]] Picoseconds stages_one_by_one(const Pipeline& pipeline,
                                                const std::vector<Path>& paths) const {
        Picoseconds sum = 0;
        for (const Path& path : paths) sum += path.lookups;
        for (const StageProgram& stage : pipeline.program()) {
            if (stage.terms.empty()) continue;
            auto work = static_cast<std::uint64_t>(p_.cost.dispatch);
            for (const Term& term : stage.terms) {
                if (paths[term.function].meets(term.when)) work += term.cycles;
            }
            sum += clocks(work);
        }
        return sum;
    }
    [[nodiscard]] Picoseconds tx() const { return p_.port1.mac_latency.value; }
    [[nodiscard]] Picoseconds miss() const {
        return (p_.memory.cache_latency + p_.memory.dram_latency).value;
    }
    [[nodiscard]] Picoseconds hit() const { return p_.memory.cache_latency.value; }
    [[nodiscard]] Picoseconds sram() const { return p_.memory.sram_latency.value; }
    [[nodiscard]] Picoseconds tcam() const { return p_.memory.tcam_latency.value; }

  private:
    [[nodiscard]] std::uint64_t price(Primitive kind) const {
        switch (kind) {
            case Primitive::extract: return static_cast<std::uint64_t>(p_.cost.extract);
            case Primitive::lookup: return static_cast<std::uint64_t>(p_.cost.lookup);
            case Primitive::compare: return static_cast<std::uint64_t>(p_.cost.compare);
            case Primitive::rewrite: return static_cast<std::uint64_t>(p_.cost.rewrite);
        }
        return 0;
    }
    const AsicParams& p_;
};

class AsicTest : public testing::Test {
  protected:
    AsicTest() {
        const std::uint32_t west =
            routing.add_next_hop({0, {2, 0, 0, 0, 1, 1}, {2, 0, 0, 0, 1, 0}});
        const std::uint32_t east =
            routing.add_next_hop({1, {2, 0, 0, 0, 2, 1}, {2, 0, 0, 0, 2, 0}});
        EXPECT_FALSE(routing.set_ipv4_routes({{0xc0a80000, 16, east}, {0x0a000000, 8, west}}));
        EXPECT_FALSE(routing.set_ipv6_routes({{0x20010db800070000, 0, 48, east}}));
    }
    Card& build(const std::vector<PlacedFunction>& functions = {}) {
        card = std::make_unique<Card>(bench.agenda, bench.partition, "asic", params, functions);
        return *card;
    }
    static ScriptedSource::Fill tcp(const Endpoint& from, const Endpoint& to, std::uint32_t bytes,
                                    std::uint8_t flags = tcp_flag::ack, std::uint8_t ttl = 64) {
        HeaderFields fields = fields_of(from, to, ip_protocol::tcp);
        fields.tcp_flags = flags;
        fields.ttl = ttl;
        const std::uint32_t headers = from.address.version == 4 ? 54 : 74;
        fields.payload_bytes = bytes - fcs_bytes - std::min(bytes - fcs_bytes, headers);
        return with_headers(make_frame(fields), bytes);
    }
    /// Everything but the ingress pipeline.
    [[nodiscard]] Picoseconds around(std::uint32_t bytes, std::uint32_t headers,
                                     std::uint32_t header_bytes) const {
        const Documented d(params);
        return d.rx() + d.parser(headers, header_bytes) + d.bus(params.ingress, bytes) +
               d.bus(params.egress, bytes) + d.stages(card->asic.egress, {{egress, {always}, 0}}) +
               d.tx();
    }
    void expect_drained() {
        EXPECT_EQ(bench.agenda.frames().live(), 0u);
        EXPECT_EQ(card->asic.buffer.contexts_out(), 0);
        EXPECT_EQ(card->asic.tm.contexts_out(), 0);
        EXPECT_EQ(card->asic.buffer.issued(), card->asic.ingress.exited());
        EXPECT_EQ(card->asic.tm.issued(), card->asic.egress.exited());
    }

    Bench bench;
    AsicParams params = defaults<AsicParams>();
    Forwarding ingress{Forwarding::Side::ingress};
    Forwarding egress{Forwarding::Side::egress};
    Routing routing;
    std::unique_ptr<Card> card;
};

constexpr Picoseconds apart = 100'000'000;
const std::vector<std::uint32_t> sizes{64, 65, 80, 128, 594, 1280, 1518, 9018};

TEST_F(AsicTest, ForwardsASingleFrameInTheSumOfItsStationTimes) {
    Card& c = build();
    Picoseconds t = 0;
    for (const std::uint32_t bytes : sizes) c.wire0.send(t += apart, tcp(client, server, bytes));
    bench.run_until(t + apart);
    ASSERT_EQ(c.departed.size(), sizes.size());
    const Documented d(params);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        EXPECT_EQ(c.latency(i),
                  around(sizes[i], 3, 54) + d.stages(c.asic.ingress, {{ingress, {always}, 0}}))
            << sizes[i];
        EXPECT_EQ(c.departed[i].out_port, 1);
    }
    expect_drained();
}

TEST_F(AsicTest, RoutesASingleIpv4FrameInTheSumOfItsStationTimes) {
    Card& c = build({{"rt", &routing}});
    Picoseconds t = 0;
    for (const std::uint32_t bytes : sizes) c.wire0.send(t += apart, tcp(client, server, bytes));
    bench.run_until(t + apart);
    ASSERT_EQ(c.departed.size(), sizes.size());
    const Documented d(params);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        // The IPv4 table is larger than the SRAM: its line comes from DRAM once, then the cache.
        const Picoseconds lookups = (i == 0 ? d.miss() : d.hit()) + d.sram();
        const Documented::Path route{
            routing,
            {Routing::any, Routing::ip, Routing::ipv4, Routing::routed, Routing::routed_ipv4},
            lookups};
        EXPECT_EQ(c.latency(i), around(sizes[i], 3, 54) +
                                    d.stages(c.asic.ingress, {{ingress, {always}, 0}, route}))
            << sizes[i];
    }
    expect_drained();
}

TEST_F(AsicTest, RoutesASingleIpv6FrameInTheSumOfItsStationTimes) {
    Card& c = build({{"rt", &routing}});
    Picoseconds t = 0;
    for (const std::uint32_t bytes : sizes) {
        if (bytes >= 80) c.wire0.send(t += apart, tcp(client6, server6, bytes));
    }
    bench.run_until(t + apart);
    ASSERT_EQ(c.departed.size(), sizes.size() - 2);
    const Documented d(params);
    // One prefix length: one line, in SRAM.
    const Documented::Path route{
        routing,
        {Routing::any, Routing::ip, Routing::ipv6, Routing::routed, Routing::routed_ipv6},
        2 * d.sram()};
    for (std::size_t i = 0; i < c.departed.size(); ++i) {
        EXPECT_EQ(c.latency(i), around(sizes[i + 2], 3, 74) +
                                    d.stages(c.asic.ingress, {{ingress, {always}, 0}, route}))
            << sizes[i + 2];
    }
}

TEST_F(AsicTest, PassesFirewallAndRoutingInTheSumOfTheirStationTimes) {
    Firewall::Params fw;
    fw.capacity = 1024;  // 64 KiB: in SRAM
    Firewall firewall(fw);
    Card& c = build({{"fw", &firewall}, {"rt", &routing}});
    using F = Firewall;
    using R = Routing;
    c.wire0.send(apart, tcp(client, server, 64, tcp_flag::syn));
    c.wire1.send(2 * apart, tcp(server, client, 64, tcp_flag::syn | tcp_flag::ack));
    c.wire0.send(3 * apart, tcp(client, server, 64));
    c.wire0.send(4 * apart, tcp(client, server, 1518));
    bench.run_until(5 * apart);
    ASSERT_EQ(c.departed.size(), 4u);
    const Documented d(params);
    const std::vector<Condition> tracked{F::any, F::ipv4,    F::ports,
                                         F::tcp, F::tracked, F::tracked_ipv4};
    const auto with = [&](std::vector<Condition> more) {
        more.insert(more.end(), tracked.begin(), tracked.end());
        return more;
    };
    struct Case {
        std::uint32_t bytes;
        Documented::Path firewall;
        Picoseconds route;
    };
    const Case cases[] = {
        // connection missed, rules in TCAM, entry written
        {64, {firewall, with({F::classified, F::installed}), d.sram() + d.tcam()}, d.miss()},
        {64, {firewall, with({F::hit, F::tcp_hit, F::updated, F::moved}), d.sram()}, d.miss()},
        {64, {firewall, with({F::hit, F::tcp_hit, F::updated, F::moved}), d.sram()}, d.hit()},
        {1518, {firewall, with({F::hit, F::tcp_hit, F::updated}), d.sram()}, d.hit()}};
    for (std::size_t i = 0; i < 4; ++i) {
        const Documented::Path route{routing,
                                     {R::any, R::ip, R::ipv4, R::routed, R::routed_ipv4},
                                     cases[i].route + d.sram()};
        EXPECT_EQ(c.latency(i),
                  around(cases[i].bytes, 3, 54) +
                      d.stages(c.asic.ingress, {{ingress, {always}, 0}, cases[i].firewall, route}))
            << i;
    }
    EXPECT_EQ(c.departed[1].out_port, 0);
    expect_drained();
}

TEST_F(AsicTest, EndsEveryStationOnAWholePicosecondAtAnyClock) {
    params.clock = 833'333'333_hz;
    Card& c = build({{"rt", &routing}});
    Picoseconds t = 0;
    for (const std::uint32_t bytes : sizes) c.wire0.send(t += apart, tcp(client, server, bytes));
    bench.run_until(t + apart);
    ASSERT_EQ(c.departed.size(), sizes.size());
    const Documented d(params);
    const std::vector<Condition> route{Routing::any, Routing::ip, Routing::ipv4, Routing::routed,
                                       Routing::routed_ipv4};
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const Picoseconds lookups = (i == 0 ? d.miss() : d.hit()) + d.sram();
        EXPECT_EQ(c.latency(i),
                  d.rx() + d.parser(3, 54) + d.bus(params.ingress, sizes[i]) +
                      d.stages_one_by_one(c.asic.ingress,
                                          {{ingress, {always}, 0}, {routing, route, lookups}}) +
                      d.bus(params.egress, sizes[i]) +
                      d.stages_one_by_one(c.asic.egress, {{egress, {always}, 0}}) + d.tx())
            << sizes[i];
    }
}

TEST_F(AsicTest, ForwardsEverySizeAtLineRateWithEnoughEngines) {
    for (PipelineParams* p :
         std::initializer_list<PipelineParams*>{&params.ingress, &params.egress}) {
        p->engines = 64;
        p->width = 64_b;
    }
    params.parser.engines = 16;
    Card& c = build();
    Picoseconds t = apart;
    std::vector<Picoseconds> gaps;
    for (std::uint32_t bytes = 64; bytes <= 1518; bytes += 31) {
        for (int i = 0; i < 20; ++i) {
            c.wire0.send(t, tcp(client, server, bytes));
            t += (Bytes{bytes + wire_overhead_bytes} / params.port0.rate).ps;
        }
        t += apart;  // the card is idle again
    }
    bench.run_until(t + apart);
    ASSERT_EQ(c.departed.size(), 47u * 20u);
    for (std::size_t i = 0; i < c.departed.size(); ++i) {
        ASSERT_EQ(c.latency(i), c.latency(i / 20 * 20)) << i;  // nobody waits
    }
    EXPECT_THAT(c.dropped, IsEmpty());
}

TEST_F(AsicTest, ItsSlowestStageSetsTheRateOfSmallFrames) {
    Card& c = build({{"rt", &routing}});
    constexpr int frames = 2000;
    for (int i = 0; i < frames; ++i) c.wire0.send(apart + i * 6720, tcp(client, server, 64));
    bench.run_until(10 * apart);
    ASSERT_EQ(c.departed.size(), static_cast<std::size_t>(frames));
    std::uint32_t longest = 0;
    for (const StageProgram& stage : c.asic.ingress.program()) {
        longest = std::max(longest, stage.usual_cycles);
    }
    // engines frames in the time of the longest stage, once the pipeline is full
    const auto engines = static_cast<std::size_t>(params.ingress.engines);
    for (std::size_t i = 1000; i < 1900; i += engines) {
        EXPECT_EQ(c.departed[i + engines].t - c.departed[i].t, cycles(longest, params.clock).ps);
    }
}

TEST_F(AsicTest, AContextIsFreeOneCreditTimeAfterTheExit) {
    params.ingress.contexts = 1;
    Card& c = build();
    c.wire0.send(apart, tcp(client, server, 64));
    c.wire0.send(apart, tcp(client, server, 64));
    bench.run_until(3 * apart);
    ASSERT_EQ(c.departed.size(), 2u);
    const Documented d(params);
    const Picoseconds inside = d.parser(3, 54) + d.bus(params.ingress, 64) +
                               d.stages(c.asic.ingress, {{ingress, {always}, 0}});
    EXPECT_EQ(c.departed[1].t - c.departed[0].t,
              inside + d.clocks(static_cast<std::uint64_t>(params.credit_cycles)));
    expect_drained();
}

TEST_F(AsicTest, DroppedFramesEndInTheirOrderBehindTheIngressPipeline) {
    Card& c = build({{"rt", &routing}});
    const std::uint8_t ttl[] = {64, 1, 64, 1, 1, 64};
    for (const std::uint8_t hops : ttl) {
        c.wire0.send(apart, tcp(client, server, 64, tcp_flag::ack, hops));
    }
    c.wire0.send(apart, tcp(client, endpoint("203.0.113.1", 80), 64));  // no route
    bench.run_until(3 * apart);
    ASSERT_THAT(c.departed, SizeIs(3));
    ASSERT_THAT(c.dropped, SizeIs(4));
    const std::uint64_t kept[] = {0, 2, 5};
    const std::uint64_t lost[] = {1, 3, 4, 6};
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(c.departed[i].sequence, kept[i]);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(c.dropped[i].sequence, lost[i]);
        EXPECT_EQ(c.dropped[i].place, ".ingress.rt");
        EXPECT_EQ(c.dropped[i].reason,
                  static_cast<int>(i < 3 ? DropReason::ttl_expired : DropReason::no_route));
    }
    expect_drained();
}

TEST_F(AsicTest, MalformedFramesAreDroppedAndBookedToTheParser) {
    Card& c = build({{"rt", &routing}});
    c.wire0.send(apart, [](Frame& frame) {
        tcp(client, server, 64)(frame);
        frame.header[14] = 0x55;  // version 5
    });
    c.wire0.send(apart, [](Frame& frame) {
        tcp(client, server, 64)(frame);
        frame.header[24] ^= 1;  // header checksum
    });
    bench.run_until(3 * apart);
    EXPECT_THAT(c.departed, IsEmpty());
    ASSERT_THAT(c.dropped, SizeIs(2));
    EXPECT_EQ(c.dropped[0].reason, static_cast<int>(DropReason::malformed));
    EXPECT_EQ(c.dropped[1].reason, static_cast<int>(DropReason::bad_ip_checksum));
    EXPECT_EQ(c.dropped[0].place, ".parser");
    expect_drained();
}

TEST_F(AsicTest, ASlowPortFillsItsQueueAndNotTheOther) {
    params.port1.rate = 1_gbps;
    params.tm.queue_limit = 64_kib;
    Card& c = build({{"rt", &routing}});
    // 1 ms of line rate towards the slow port, a few frames the other way.
    constexpr Picoseconds gap = 1538 * 80;
    for (int i = 0; i < 2000; ++i) c.wire0.send(apart + i * gap, tcp(client, server, 1518));
    for (int i = 0; i < 20; ++i) {
        c.wire1.send(2 * apart + i * 100 * gap / 20, tcp(server, client, 64));
    }
    bench.run_until(100 * apart);
    EXPECT_EQ(c.departed.size() + c.dropped.size(), 2020u);
    EXPECT_GT(c.lost(DropReason::queue_full), 1000u);
    EXPECT_EQ(c.lost(DropReason::queue_full), c.dropped.size());
    Picoseconds previous = 0;
    for (const End& e : c.departed) {
        if (e.out_port == 1) {
            // Back to back once the queue stands: 1538 B at 1 Gb/s.
            if (previous != 0 && e.sequence > 200) {
                EXPECT_EQ(e.t - previous, 12'304'000);
            }
            previous = e.t;
        } else {
            EXPECT_LT(e.t - e.t_in, 2'000'000);  // nothing like the 12 us of one frame at 1 Gb/s
        }
    }
    expect_drained();
}

TEST_F(AsicTest, WhatIsOfferedIsDeliveredOrDroppedUnderOverload) {
    params.buffer.size = 64_kib;
    params.buffer.port_limit = 16_kib;
    params.ingress.engines = 1;
    Card& c = build({{"rt", &routing}});
    RandomStream random(1, "overload");
    std::uint64_t offered = 0;
    for (ScriptedSource* wire : {&c.wire0, &c.wire1}) {
        Picoseconds t = apart;
        for (int i = 0; i < 5000; ++i) {
            const auto bytes = static_cast<std::uint32_t>(64 + random.below(200));
            const auto ttl = static_cast<std::uint8_t>(random.below(10) == 0 ? 1 : 64);
            wire->send(t, wire == &c.wire0 ? tcp(client, server, bytes, tcp_flag::ack, ttl)
                                           : tcp(server, client, bytes, tcp_flag::ack, ttl));
            t += (Bytes{bytes + wire_overhead_bytes} / params.port0.rate).ps;
            ++offered;
        }
    }
    bench.run_until(20 * apart);
    EXPECT_EQ(c.departed.size() + c.dropped.size(), offered);
    EXPECT_GT(c.lost(DropReason::buffer_full), 1000u);
    EXPECT_GT(c.lost(DropReason::ttl_expired), 10u);
    EXPECT_EQ(c.far0.got.size() + c.far1.got.size(), c.departed.size());
    expect_drained();
}

TEST_F(AsicTest, RunAheadChangesNoTimeAndNoDrop) {
    Agenda& other = bench.dispatcher.add_partition();
    other.run_ahead = false;
    Partition other_partition(other);
    params.buffer.size = 64_kib;
    params.buffer.port_limit = 32_kib;
    params.port1.rate = 40_gbps;
    params.tm.queue_limit = 32_kib;
    params.ingress.contexts = 40;
    params.egress.contexts = 20;
    params.ingress.lookups = 4;
    params.memory.cache = 4_kib;
    Firewall::Params fw;
    fw.capacity = 1 << 17;  // 8 MiB: in DRAM
    Firewall one(fw);
    Firewall two(fw);
    Routing routing2;
    const std::uint32_t west = routing2.add_next_hop({0, {2, 0, 0, 0, 1, 1}, {2, 0, 0, 0, 1, 0}});
    const std::uint32_t east = routing2.add_next_hop({1, {2, 0, 0, 0, 2, 1}, {2, 0, 0, 0, 2, 0}});
    EXPECT_FALSE(routing2.set_ipv4_routes({{0xc0a80000, 16, east}, {0x0a000000, 8, west}}));
    Card ahead(bench.agenda, bench.partition, "ahead", params, {{"fw", &one}, {"rt", &routing}});
    Card stepwise(other, other_partition, "stepwise", params, {{"fw", &two}, {"rt", &routing2}});
    RandomStream random(2, "frames");
    Picoseconds t0 = 0;
    Picoseconds t1 = 0;
    for (int i = 0; i < 4000; ++i) {
        const Endpoint from = endpoint("10.0.0.1", static_cast<std::uint16_t>(random.below(300)));
        const Endpoint to = endpoint("192.168.7.9", static_cast<std::uint16_t>(random.below(3)));
        const auto flags =
            static_cast<std::uint8_t>(random.below(2) == 0 ? tcp_flag::syn : tcp_flag::ack);
        const auto bytes =
            static_cast<std::uint32_t>(64 + random.below(random.below(20) == 0 ? 1400 : 60));
        const bool east_bound = random.below(3) != 0;
        const auto fill = east_bound ? tcp(from, to, bytes, flags) : tcp(to, from, bytes, flags);
        Picoseconds& t = east_bound ? t0 : t1;
        (east_bound ? ahead.wire0 : ahead.wire1).send(t, fill);
        (east_bound ? stepwise.wire0 : stepwise.wire1).send(t, fill);
        // Multiples of one frame time: many arrivals on both ports at equal times.
        t += static_cast<Picoseconds>(random.below(4)) * 6720;
    }
    bench.run_until(100 * apart);
    EXPECT_EQ(ahead.departed.size() + ahead.dropped.size(), 4000u);
    EXPECT_GT(ahead.dropped.size(), 100u);
    EXPECT_EQ(ahead.departed, stepwise.departed);
    // What one place drops is announced in order, whatever others announce in between.
    const auto by_place = [](const End& a, const End& b) { return a.place < b.place; };
    for (Card* one_way : {&ahead, &stepwise}) {
        std::stable_sort(one_way->dropped.begin(), one_way->dropped.end(), by_place);
    }
    EXPECT_EQ(ahead.dropped, stepwise.dropped);
    EXPECT_EQ(ahead.far1.got, stepwise.far1.got);
    EXPECT_EQ(bench.agenda.items(), other.items());
    EXPECT_LT(bench.agenda.executed(), other.executed());
}

TEST_F(AsicTest, NeedsFewItemsForAFrameOnTheWire) {
    Card& c = build({{"rt", &routing}});
    for (int i = 0; i < 1000; ++i) c.wire0.send(apart + i * 200'000, tcp(client, server, 64));
    bench.run_until(10 * apart);
    EXPECT_EQ(c.departed.size(), 1000u);
    EXPECT_LE(bench.agenda.items(), 5'000u);
}

}  // namespace
}  // namespace snsim
