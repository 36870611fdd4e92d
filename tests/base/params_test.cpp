#include "models/base/params.h"

#include <gmock/gmock.h>
#include <map>

namespace snsim {
namespace {

using testing::HasSubstr;

enum class Order { pipeline, port };

struct FlowParams {
    std::int64_t count;
    bool cold;
    static const ParamTable& params();
};
const ParamTable& FlowParams::params() {
    static const ParamTable table =
        make_table<FlowParams>("flows",
                               {
                                   param("count", &FlowParams::count, 1, 1, 100, "how many",
                                         "choice", no_witness("a test")),
                                   flag("cold", &FlowParams::cold, false, "start cold", "choice",
                                        no_witness("a test")),
                               })
            .shorthand("count");
    return table;
}

struct WireKind {
    std::string label;
    static const ParamTable& params();
};
const ParamTable& WireKind::params() {
    static const ParamTable table = make_table<WireKind>(
        "a wire",
        {
            text("label", &WireKind::label, "none", "what it is called", no_witness("a test")),
        });
    return table;
}

struct RadioKind {
    Frequency carrier;
    static const ParamTable& params();
};
const ParamTable& RadioKind::params() {
    static const ParamTable table = make_table<RadioKind>(
        "a radio", {
                       param("carrier", &RadioKind::carrier, 1_ghz, 1_mhz, 60_ghz, "carrier",
                             "choice", no_witness("a test")),
                   });
    return table;
}

enum class Kind { wire, radio };

struct LinkParams {
    std::string name;
    Kind kind;
    std::variant<WireKind, RadioKind> body;
    static const ParamTable& params();
};
const ParamTable& LinkParams::params() {
    static const ParamTable table = make_table<LinkParams>(
        "a link",
        {
            required(text("name", &LinkParams::name, "", "its name", no_witness("a test"))),
            required(choice("kind", &LinkParams::kind, Kind::wire,
                            {{"wire", Kind::wire}, {"radio", Kind::radio}}, "what it is", "choice",
                            no_witness("a test"))),
            alternative<WireKind>("kind", "wire", &LinkParams::body),
            alternative<RadioKind>("kind", "radio", &LinkParams::body),
        });
    return table;
}

struct BlockParams {
    Frequency clock;
    Bytes width;
    std::int64_t cycles;
    Order order;
    bool strict;
    Share share;
    double skew;
    std::optional<Duration> stop;
    std::vector<std::string> taps;
    FlowParams flows;
    std::vector<LinkParams> links;
    std::vector<FlowParams> mixes;
    static const ParamTable& params();
};
const ParamTable& BlockParams::params() {
    using P = BlockParams;
    static const ParamTable table =
        make_table<P>(
            "a block",
            {
                param("clock", &P::clock, 2_ghz, 100_mhz, 5_ghz, "its clock", "estimate",
                      {"quickstart", "1 GHz", "latency.mean"}),
                param("width", &P::width, 16_b, 1_b, 256_b, "bytes per clock", "estimate",
                      no_witness("a test")),
                param("cycles", &P::cycles, 2, 1, 64, "cycles per header", "estimate",
                      no_witness("a test")),
                planned({"random"}, choice("order", &P::order, Order::pipeline,
                                           {{"pipeline", Order::pipeline}, {"port", Order::port}},
                                           "who may overtake", "choice", no_witness("a test"))),
                flag("strict", &P::strict, true, "strictness", "choice", no_witness("a test")),
                param("share", &P::share, 2_percent, 0_percent, 100_percent, "a share", "choice",
                      no_witness("a test")),
                param("skew", &P::skew, 1.1, 0.1, 5.0, "a number", "choice", no_witness("a test")),
                absent_as("never", param("stop", &P::stop, std::nullopt, 1_ps, 1_s, "when it stops",
                                         "choice", no_witness("a test"))),
                text("taps", &P::taps, {}, "a list of texts", no_witness("a test")),
                section("flows", &P::flows, "flows"),
                list("links", &P::links, "links"),
                list("mixes", &P::mixes, "unnamed elements"),
                reserved("events", "fail and restore"),
            })
            .check([](const P& p, CheckReport& r) {
                if (p.width == 64_b && p.strict) r.error("width", "64 B excludes strict");
            });
    return table;
}

Node map(std::initializer_list<std::pair<const char*, Node>> entries) {
    std::vector<Entry> out;
    for (const auto& [key, node] : entries) out.push_back({key, {}, node});
    return Node::map(std::move(out));
}

Node scalar(const char* text) { return Node::scalar(text); }

std::string errors_of(const Node& node) {
    Diagnostics d;
    (void)bind<BlockParams>(node, d, "block");
    return d.text();
}

TEST(Params, AbsentKeysTakeTheirDefaults) {
    Diagnostics d;
    const auto p = bind<BlockParams>(map({}), d);
    EXPECT_TRUE(d.ok()) << d.text();
    EXPECT_EQ(p.clock, 2_ghz);
    EXPECT_EQ(p.order, Order::pipeline);
    EXPECT_TRUE(p.strict);
    EXPECT_FALSE(p.stop.has_value());
    EXPECT_EQ(p.flows.count, 1);
    EXPECT_TRUE(p.links.empty());
}

TEST(Params, WrittenKeysAreRead) {
    Diagnostics d;
    const auto p =
        bind<BlockParams>(map({{"clock", scalar("833.333333 MHz")},
                               {"order", scalar("port")},
                               {"strict", scalar("false")},
                               {"share", scalar("0.5")},
                               {"stop", scalar("5 us")},
                               {"taps", Node::list({scalar("a"), scalar("b")})},
                               {"flows", scalar("7")},
                               {"links", Node::list({map({{"name", scalar("up")},
                                                          {"kind", scalar("radio")},
                                                          {"carrier", scalar("5 GHz")}})})}}),
                          d);
    EXPECT_TRUE(d.ok()) << d.text();
    EXPECT_EQ(p.clock.value, 833'333'333);
    EXPECT_EQ(p.order, Order::port);
    EXPECT_FALSE(p.strict);
    EXPECT_EQ(p.share, 50_percent);
    EXPECT_EQ(p.stop, 5_us);
    EXPECT_EQ(p.taps, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(p.flows.count, 7);
    EXPECT_FALSE(p.flows.cold);
    ASSERT_EQ(p.links.size(), 1u);
    EXPECT_EQ(std::get<RadioKind>(p.links[0].body).carrier, 5_ghz);
}

TEST(Params, MessagesSayWhatIsAllowed) {
    EXPECT_EQ(errors_of(map({{"clock", scalar("900")}})),
              "error: block.clock: '900' needs a unit of frequency (default 2 GHz, range 100 MHz "
              "to 5 GHz)\n");
    EXPECT_EQ(errors_of(map({{"clok", scalar("1 GHz")}})),
              "error: block.clok: unknown key; did you mean 'clock'?\n");
    EXPECT_THAT(errors_of(map({{"clock", scalar("6 GHz")}})), HasSubstr("'6 GHz' is too large"));
    EXPECT_THAT(errors_of(map({{"clock", scalar("99999999 Hz")}})), HasSubstr("is too small"));
    EXPECT_THAT(errors_of(map({{"strict", scalar("yes")}})),
                HasSubstr("'yes' is neither true nor false"));
    EXPECT_THAT(errors_of(map({{"order", scalar("prot")}})), HasSubstr("did you mean 'port'?"));
    EXPECT_THAT(errors_of(map({{"order", scalar("prot")}})), HasSubstr("one of pipeline or port"));
    EXPECT_THAT(errors_of(map({{"order", scalar("random")}})),
                HasSubstr("'random' is not yet modelled"));
    EXPECT_THAT(errors_of(map({{"events", Node::list({})}})),
                HasSubstr("'events' is not yet modelled (fail and restore)"));
    EXPECT_THAT(errors_of(map({{"clock", Node{}}})), HasSubstr("has no value"));
    EXPECT_THAT(errors_of(map({{"clock", Node::list({})}})), HasSubstr("a list stands where"));
    EXPECT_THAT(errors_of(map({{"links", scalar("up")}})), HasSubstr("where a list is wanted"));
    EXPECT_THAT(errors_of(map({{"flows", Node::list({})}})), HasSubstr("where keys are wanted"));
    EXPECT_THAT(errors_of(map({{"bandwidth", scalar("1")}})), HasSubstr("the keys here are clock"));
}

TEST(Params, AllErrorsComeAtOnce) {
    Diagnostics d;
    (void)bind<BlockParams>(map({{"clock", scalar("900")},
                                 {"widht", scalar("1 B")},
                                 {"cycles", scalar("many")},
                                 {"links", Node::list({map({{"kind", scalar("wire")}})})}}),
                            d);
    EXPECT_EQ(d.size(), 4u) << d.text();
}

TEST(Params, RequiredKeysAreMissed) {
    EXPECT_EQ(errors_of(map({{"links", Node::list({map({{"kind", scalar("wire")}})})}})),
              "error: block.links.0: needs the key 'name' (its name)\n");
}

TEST(Params, ElementsAreCalledByTheirNames) {
    const Node up = map({{"name", scalar("up")}, {"kind", scalar("wire")}, {"x", scalar("1")}});
    EXPECT_THAT(errors_of(map({{"links", Node::list({up})}})),
                HasSubstr("block.up.x: unknown key"));
    EXPECT_THAT(errors_of(map({{"mixes", Node::list({map({}), map({{"x", scalar("1")}})})}})),
                HasSubstr("block.mixes.1.x: unknown key"));
}

TEST(Params, AlternativesBringTheirOwnKeys) {
    const Node wire =
        map({{"name", scalar("up")}, {"kind", scalar("wire")}, {"carrier", scalar("1 GHz")}});
    EXPECT_THAT(errors_of(map({{"links", Node::list({wire})}})),
                HasSubstr("block.up.carrier: is a key of kind: radio, not of kind: wire"));
}

TEST(Params, ChecksRunOnGoodValuesOnly) {
    EXPECT_EQ(errors_of(map({{"width", scalar("64 B")}})),
              "error: block.width: 64 B excludes strict\n");
    EXPECT_EQ(errors_of(map({{"width", scalar("64 B")}, {"strict", scalar("false")}})), "");
    EXPECT_THAT(errors_of(map({{"width", scalar("64 B")}, {"strict", scalar("maybe")}})),
                testing::Not(HasSubstr("excludes")));
}

TEST(Params, AbsentIsAWord) {
    Diagnostics d;
    EXPECT_FALSE(bind<BlockParams>(map({{"stop", scalar("never")}}), d).stop.has_value());
    EXPECT_FALSE(bind<BlockParams>(map({{"stop", Node{}}}), d).stop.has_value());
    EXPECT_TRUE(d.ok());
    EXPECT_THAT(errors_of(map({{"stop", scalar("none")}})), HasSubstr("is not a duration"));
}

TEST(Params, WalkingShowsEveryValueWithItsOrigin) {
    const Origin origin = labelled("--set #1", ".", 1000);
    Node node =
        map({{"flows", map({{"count", Node::scalar("7", origin)}})},
             {"links", Node::list({map({{"name", scalar("up")}, {"kind", scalar("radio")}})})}});
    Diagnostics d;
    const auto p = bind<BlockParams>(node, d);
    ASSERT_TRUE(d.ok()) << d.text();
    std::map<std::string, std::string> seen;
    walk_values(BlockParams::params(), &p, node, "block",
                [&](const ParamValue& v) { seen[v.path] = v.value + " " + v.origin.text(); });
    EXPECT_EQ(seen.at("block.clock"), "2 GHz default");
    EXPECT_EQ(seen.at("block.flows.count"), "7 --set #1");
    EXPECT_EQ(seen.at("block.up.carrier"), "1 GHz default");
    EXPECT_EQ(seen.count("block.up.label"), 0u);
}

TEST(Params, WalkingRowsGivesPatterns) {
    std::map<std::string, std::string> seen;
    walk_rows(BlockParams::params(), "",
              [&](const std::string& path, const Row&, const std::string& condition) {
                  seen[path] = condition;
              });
    EXPECT_EQ(seen.count("flows.count"), 1u);
    EXPECT_EQ(seen.count("mixes.<n>.count"), 1u);
    EXPECT_EQ(seen.at("<link>.carrier"), "kind: radio");
    EXPECT_EQ(seen.at("<link>.name"), "");
}

TEST(Params, ATableMayNotDeclareAKeyTwice) {
    const auto row = [] {
        return flag("cold", &FlowParams::cold, false, "x", "choice", no_witness("a test"));
    };
    EXPECT_THROW((void)make_table<FlowParams>("twice", {row(), row()}), std::logic_error);
}

}  // namespace
}  // namespace snsim
