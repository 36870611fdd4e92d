#include "models/system/scenario_loader.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <unistd.h>

namespace snsim {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* good = R"(name: demo
windows: {measure: 1 ms}
hosts:
  - name: host0
    card: {profile: small, asic: {clock: 900 MHz}}
functions:
  - {name: route, kind: routing, where: asic, at: host0.card}
  - {name: fw, kind: firewall, where: asic, at: host0.card, rules: rules/web.yaml}
routes:
  - {prefix: 10.1.0.0/16, to: host0.wire1}
  - {generate: 1000, to: host0.wire0}
traffic:
  - {name: clients, from: host0.wire0, to: host0.wire1, frame_size: 64 B, rate: 37 Mpps, flows: 100}
)";

/// A folder of its own as working directory, with profiles in home/ and next to the scenario.
class ScenarioLoader : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "snsim-loader-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        before_ = fs::current_path();
        folder_ = pattern;
        fs::current_path(folder_);
        write("home/scenarios/profiles/cards/small.yaml",
              "asic:\n  clock: 500 MHz\n  credit_cycles: 3\n");
        write("home/scenarios/profiles/cards/large.yaml", "profile: small\nasic: {clock: 2 GHz}\n");
        write("home/scenarios/quickstart.yaml", "# The first steps.\nhosts: [{name: host0}]\n");
        write("study/rules/web.yaml",
              "- {action: allow, protocol: tcp, destination_ports: 80}\n- {action: deny}\n");
        write("study/demo.yaml", good);
    }
    void TearDown() override {
        fs::current_path(before_);
        fs::remove_all(folder_);
    }

    static void write(const std::string& path, const std::string& text) {
        if (const auto folder = fs::path(path).parent_path(); !folder.empty()) {
            fs::create_directories(folder);
        }
        std::ofstream(path) << text;
    }
    static LoadedScenario load(const std::string& name, std::vector<std::string> sets = {},
                               std::string seed = {}) {
        return load_scenario(name, Library("home"), {std::move(sets), std::move(seed)});
    }
    static LoadedScenario load_text(const std::string& text, std::vector<std::string> sets = {}) {
        write("study/x.yaml", text);
        return load("study/x.yaml", std::move(sets));
    }
    static std::string errors(const std::string& text, std::vector<std::string> sets = {}) {
        return load_text(text, std::move(sets)).diagnostics.text();
    }
    /// The errors of the good scenario with options.
    static std::string set_errors(std::vector<std::string> sets) {
        return load("study/demo.yaml", std::move(sets)).diagnostics.text();
    }
    /// `value origin` of a path of a loaded scenario.
    static std::string shown(const LoadedScenario& loaded, const std::string& path) {
        std::string out = "absent";
        walk_values(Scenario::params(), &loaded.scenario, loaded.tree, {},
                    [&](const ParamValue& v) {
                        if (v.path == path) out = v.value + " " + v.origin.short_text();
                    });
        return out;
    }

  private:
    fs::path before_;
    fs::path folder_;
};

TEST_F(ScenarioLoader, LayersFollowOneAnother) {
    const auto loaded = load("study/demo.yaml", {"host0.card.asic.port0.rate=25 Gb/s"}, "7");
    ASSERT_TRUE(loaded.ok()) << loaded.diagnostics.text();
    EXPECT_EQ(shown(loaded, "host0.card.asic.clock"), "900 MHz study/demo.yaml:5");
    EXPECT_EQ(shown(loaded, "host0.card.asic.credit_cycles"),
              "3 " + shown_path("home/scenarios/profiles/cards/small.yaml") + ":3");
    EXPECT_EQ(shown(loaded, "host0.card.asic.port0.rate"), "25 Gb/s --set #1");
    EXPECT_THAT(shown(loaded, "host0.card.asic.port1.rate"), HasSubstr(" default"));
    EXPECT_EQ(shown(loaded, "seed"), "7 --seed");
    EXPECT_EQ(shown(loaded, "fw.rules.0.destination_ports"), "80 study/rules/web.yaml:1");
    EXPECT_EQ(shown(loaded, "clients.flows.count"), "100 study/demo.yaml:13");
    EXPECT_EQ(loaded.scenario.hosts[0].card.asic.clock, 900_mhz);
    EXPECT_EQ(std::get<FirewallParams>(loaded.scenario.functions[1].body).rules.size(), 2u);
    ASSERT_EQ(loaded.profiles.size(), 1u);
    EXPECT_EQ(loaded.profiles[0].name, "small");
    EXPECT_THAT(loaded.profiles[0].text, HasSubstr("credit_cycles"));
}

TEST_F(ScenarioLoader, ADifferentProfileKeepsOverridesInPlace) {
    const auto loaded = load("study/demo.yaml", {"host0.card.profile=large"});
    ASSERT_TRUE(loaded.ok()) << loaded.diagnostics.text();
    EXPECT_EQ(shown(loaded, "host0.card.asic.clock"), "900 MHz study/demo.yaml:5");
    EXPECT_EQ(loaded.scenario.hosts[0].card.asic.credit_cycles, 3);  // large is based on small
    EXPECT_EQ(loaded.scenario.hosts[0].card.profile, "large");
}

TEST_F(ScenarioLoader, ProfilesNextToTheScenarioComeFirst) {
    write("study/profiles/cards/small.yaml", "asic: {credit_cycles: 9}\n");
    EXPECT_EQ(load("study/demo.yaml").scenario.hosts[0].card.asic.credit_cycles, 9);
}

TEST_F(ScenarioLoader, ProfileMistakesAreFound) {
    EXPECT_THAT(set_errors({"host0.card.profile=smal"}),
                HasSubstr("error: --set #1: host0.card.profile: there is no profile 'smal' in "
                          "cards; did you mean 'small'? (known: large and small)"));
    write("home/scenarios/profiles/cards/small.yaml", "asic:\n  clok: 1 GHz\n");
    EXPECT_THAT(set_errors({}), HasSubstr("small.yaml:2:3: host0.card.asic.clok: unknown key; did "
                                          "you mean 'clock'?"));
    write("home/scenarios/profiles/cards/small.yaml", "profile: large\n");
    EXPECT_THAT(set_errors({}), HasSubstr("is based on itself"));
}

TEST_F(ScenarioLoader, AHostAddedByOptionGetsItsProfile) {
    const auto loaded = load("study/demo.yaml", {"hosts.1={name: host1, card: {profile: large}}",
                                                 "host1.card.asic.credit_cycles=5"});
    ASSERT_TRUE(loaded.ok()) << loaded.diagnostics.text();
    EXPECT_EQ(loaded.scenario.hosts[1].card.asic.clock, 2_ghz);
    EXPECT_EQ(loaded.scenario.hosts[1].card.asic.credit_cycles, 5);
}

TEST_F(ScenarioLoader, SetTakesCanonicalPathsAndAliases) {
    const auto loaded = load(
        "study/demo.yaml",
        {"clients.frame_size=[64 B, 1518 B]", "traffic.0.rate=5 %", "hosts.0.wire0.latency=7 ns",
         "clients.flows.established=false", "fw.rules.2={action: allow}", "fw.rules.0.protocol=udp",
         "record.pcap.0=host0.card.asic.port1",
         "traffic.1={name: more, from: host0.wire1, to: host0.wire0}", "more.rate=1 Gb/s",
         "clients.frame_size.1=512 B", "sim={batch: 7}"});
    ASSERT_TRUE(loaded.ok()) << loaded.diagnostics.text();
    const TrafficParams& clients = loaded.scenario.traffic[0];
    EXPECT_EQ(clients.frame_size.parts[1].size, 512_b);
    EXPECT_EQ(clients.rate->share, 5_percent);
    EXPECT_EQ(loaded.scenario.hosts[0].wire0.latency, 7_ns);
    EXPECT_EQ(clients.flows.count, 100);
    EXPECT_FALSE(clients.flows.established);
    const auto& rules = std::get<FirewallParams>(loaded.scenario.functions[1].body).rules;
    ASSERT_EQ(rules.size(), 3u);
    EXPECT_EQ(rules[0].protocol, RuleProtocol::udp);
    EXPECT_EQ(loaded.scenario.traffic[1].rate->bits, 1_gbps);
    EXPECT_EQ(loaded.scenario.record.pcap, std::vector<std::string>{"host0.card.asic.port1"});
    EXPECT_EQ(loaded.scenario.sim.batch, 7);
    EXPECT_TRUE(loaded.scenario.sim.run_ahead);
}

TEST_F(ScenarioLoader, SetCreatesNothingUnknown) {
    EXPECT_EQ(set_errors({"seed=2", "clients.frame_sise=64 B"}),
              "error: --set #2: clients.frame_sise: unknown key; did you mean 'frame_size'?\n");
    EXPECT_THAT(set_errors({"client.rate=1 %"}), HasSubstr("did you mean 'clients'?"));
    EXPECT_THAT(set_errors({"host0.card.asic.foo=1"}),
                HasSubstr("error: --set #1: host0.card.asic.foo: unknown key"));
    EXPECT_THAT(
        set_errors({"traffic.2.rate=1 %"}),
        HasSubstr("--set #1: traffic.2: index 2 is beyond the end; the list has 1 element"));
    EXPECT_THAT(set_errors({"seed.x=1"}), HasSubstr("'seed' is a single value"));
    EXPECT_THAT(set_errors({"hosts.hst0.name=x"}), HasSubstr("did you mean 'host0'?"));
    EXPECT_THAT(set_errors({"seed"}), HasSubstr("is not PATH=VALUE"));
    EXPECT_THAT(set_errors({"seed=[1"}), HasSubstr("error: --set #1: "));
    EXPECT_THAT(set_errors({"guests.0=x"}), HasSubstr("not yet modelled"));
    EXPECT_THAT(set_errors({"CLIENTS.rate=1 %"}), HasSubstr("did you mean 'clients'?"));
    EXPECT_EQ(set_errors({"clients=5"}),
              "error: --set #1: clients: '5' stands where keys are wanted, as in '{name: ...}'\n");
    EXPECT_THAT(set_errors({"record.pcap.1=x"}),
                HasSubstr("record.pcap.1: index 1 is beyond the end; the list has 0 elements"));
    EXPECT_THAT(set_errors({"traffic.01.rate=1 %"}), HasSubstr("traffic.01: there is no such"));
    EXPECT_THAT(
        set_errors({"host0.card.asic.clock=900"}),
        HasSubstr("error: --set #1: host0.card.asic.clock: '900' needs a unit of frequency"));
}

TEST_F(ScenarioLoader, FilesAreRelativeToWhoeverNamesThem) {
    write("here.yaml", "rules:\n  - {action: deny}\n");
    const auto loaded = load("study/demo.yaml", {"fw.rules=here.yaml"});
    ASSERT_TRUE(loaded.ok()) << loaded.diagnostics.text();
    EXPECT_EQ(std::get<FirewallParams>(loaded.scenario.functions[1].body).rules.size(), 1u);
    EXPECT_THAT(set_errors({"fw.rules=rules/web.yaml"}), HasSubstr("there is no file"));
    write("study/t/web.pcap", "x");
    const auto replay = load_text(
        "hosts: [{name: host0}]\ntraffic: [{name: r, from: host0.wire0, "
        "to: host0.wire1, capture: t/web.pcap, speed: 10x}]\n");
    ASSERT_TRUE(replay.ok()) << replay.diagnostics.text();
    EXPECT_EQ(replay.scenario.traffic[0].capture.path, "study/t/web.pcap");
    EXPECT_EQ(replay.scenario.traffic[0].capture.given, "t/web.pcap");
    EXPECT_FALSE(replay.scenario.traffic[0].rate.has_value());
}

TEST_F(ScenarioLoader, MistakesInIncludedFilesAreCitedThere) {
    write("study/rules/web.yaml", "- {action: alow}\n- {prot: tcp}\n");
    const std::string found = set_errors({});
    EXPECT_THAT(found, HasSubstr("study/rules/web.yaml:1:12: fw.rules.0.action: 'alow'"));
    EXPECT_THAT(found, HasSubstr("study/rules/web.yaml:2:4: fw.rules.1.prot: unknown key"));
}

TEST_F(ScenarioLoader, EverythingWrongComesAtOnceInFileOrder) {
    const std::string found = errors(
        "name: demo\n"
        "windows: {measure: 900}\n"
        "hosts:\n"
        "  - {name: host0, card: {asic: {clok: 1 GHz}}}\n"
        "  - {name: host0}\n"
        "traffic:\n"
        "  - {name: latency, from: host0.wire0, to: host0.wire7, frame_sise: 64 B}\n"
        "  - {from: host0.wire0, to: host0.vnic0}\n"
        "guests: []\n",
        {"seed=x"});
    EXPECT_EQ(
        found,
        "error: study/x.yaml:2:20: windows.measure: '900' needs a unit of duration (default 1 ms, "
        "range 1 us to 1000 s)\n"
        "error: study/x.yaml:4:33: host0.card.asic.clok: unknown key; did you mean 'clock'?\n"
        "error: study/x.yaml:5:12: hosts.1.name: the name 'host0' is taken (study/x.yaml:4:12); "
        "hosts, functions, traffic and searches share their names\n"
        "error: study/x.yaml:7:12: traffic.0.name: 'latency' is a family of metrics; choose "
        "another "
        "name\n"
        "error: study/x.yaml:7:44: latency.to: there is no endpoint 'host0.wire7'; did you mean "
        "'host0.wire0'? (known: host0.wire0 and host0.wire1)\n"
        "error: study/x.yaml:7:57: latency.frame_sise: unknown key; did you mean 'frame_size'?\n"
        "error: study/x.yaml:8:5: traffic.1: needs the key 'name' (what paths, metrics and random "
        "streams call the class)\n"
        "error: study/x.yaml:8:29: traffic.1.to: there is no endpoint 'host0.vnic0' (known: "
        "host0.wire0 and host0.wire1)\n"
        "error: study/x.yaml:9:1: guests: 'guests' is not yet modelled (virtual machines)\n"
        "error: --set #1: seed: 'x' is not a whole number, as in '4096' (default 1, range 0 to "
        "9223372036854775807)\n");
}

TEST_F(ScenarioLoader, TrafficIsCheckedForSense) {
    const auto traffic = [](const std::string& keys) {
        return errors(
            "hosts: [{name: host0}]\ntraffic: [{name: t, from: host0.wire0, to: "
            "host0.wire1, " +
            keys + "}]\n");
    };
    EXPECT_EQ(traffic("frame_size: imix, rate: 0 %"), "");
    EXPECT_EQ(traffic("ip: v6, frame_size: 78 B"), "");
    EXPECT_THAT(traffic("ip: v6, frame_size: imix"), HasSubstr("takes at least 78 B"));
    EXPECT_THAT(traffic("ip: v6, vlan: 3, frame_size: 78 B"), HasSubstr("takes at least 82 B"));
    EXPECT_EQ(traffic("ip: v6, protocol: udp, frame_size: 66 B"), "");
    EXPECT_THAT(traffic("arrival: on-off, on_time: 1 us"), HasSubstr("needs an 'off_time'"));
    EXPECT_THAT(traffic("rate: 101 %"), HasSubstr("above line rate"));
    EXPECT_THAT(traffic("rate: 10"), HasSubstr("needs a unit"));
    EXPECT_THAT(traffic("rate: -1 %"), HasSubstr("is negative"));
    EXPECT_THAT(traffic("speed: 10x"), HasSubstr("applies to replay only"));
    EXPECT_THAT(traffic("churn: 1 k/s, protocol: udp"), HasSubstr("with TCP only"));
    EXPECT_THAT(traffic("start: 2 ms, stop: 1 ms"), HasSubstr("not after the start"));
    EXPECT_THAT(traffic("rewrite: {}"), HasSubstr("not yet modelled"));
    EXPECT_THAT(traffic("frame_size: [{weight: 1}]"), HasSubstr("t.frame_size.0: needs the key"));
    EXPECT_THAT(traffic("frame_size: 9217 B"), HasSubstr("64 B to 9216 B"));
    EXPECT_THAT(traffic("capture: none.pcap"), HasSubstr("there is no file 'none.pcap'"));
    write("study/a.pcap", "x");
    EXPECT_EQ(traffic("capture: a.pcap, rate: 10 %, oversize: segment"), "");
    EXPECT_THAT(traffic("capture: a.pcap, flows: 3"), HasSubstr("t.flows: has no effect"));
    EXPECT_THAT(traffic("capture: a.pcap, rate: 10 %, speed: 2x"), HasSubstr("not by both"));
}

TEST_F(ScenarioLoader, NothingIsOfferedAboveLineRateHoweverItIsWritten) {
    const auto rate = [](const std::string& keys, const std::string& port = "100 Gb/s") {
        return errors("hosts: [{name: host0, card: {asic: {port0: {rate: " + port +
                      "}}}}]\ntraffic: [{name: t, from: host0.wire0, to: host0.wire1, " + keys +
                      "}]\n");
    };
    EXPECT_EQ(rate("rate: 100 Gb/s"), "");
    EXPECT_EQ(rate("rate: 100.1 Gb/s"),
              "error: study/x.yaml:2:63: t.rate: '100.1 Gb/s' is above line rate; "
              "host0.card.asic.port0 has 100 Gb/s\n");
    EXPECT_THAT(rate("rate: 30 Gb/s", "25 Gb/s"), HasSubstr("has 25 Gb/s"));
    EXPECT_EQ(rate("rate: 148809523 /s"), "");  // 64 B and 20 B around them
    EXPECT_THAT(rate("rate: 148809524 /s"), HasSubstr("carries at most 148.809523 Mpps"));
    EXPECT_EQ(rate("rate: 8127438 /s, frame_size: 1518 B"), "");
    EXPECT_THAT(rate("rate: 8127439 /s, frame_size: 1518 B"), HasSubstr("above line rate"));
    EXPECT_EQ(rate("rate: 31 Mpps, frame_size: [64 B, {size: 512 B, weight: 1}, {size: 512 B}]"),
              "");
    EXPECT_THAT(rate("rate: 41 Mpps, frame_size: [64 B, 512 B]"), HasSubstr("above line rate"));
    write("study/a.pcap", "x");
    EXPECT_EQ(rate("rate: 500 Mpps, capture: a.pcap"), "");  // late, not refused
    EXPECT_THAT(rate("rate: 500 Gb/s, capture: a.pcap"), HasSubstr("above line rate"));
}

TEST_F(ScenarioLoader, FramesMustBeAbleToLeaveWhereToSays) {
    const auto load = [](const std::string& functions, const std::string& traffic) {
        return errors("hosts: [{name: host0}]\nfunctions: [" + functions + "]\ntraffic: [" +
                      traffic + "]\n");
    };
    const std::string back = "{name: t, from: host0.wire0, to: host0.wire0}";
    EXPECT_EQ(load("{name: r, kind: routing, at: host0.card}", back), "");
    EXPECT_EQ(load("{name: f, kind: firewall, at: host0.card}", back),
              "error: study/x.yaml:3:44: t.to: 'host0.wire0' is where the class enters; without a "
              "routing function at host0.card its frames leave by the other port\n");
    write("study/a.pcap", "x");
    const std::string replays =
        "{name: a, from: host0.wire0, to: host0.wire1, capture: a.pcap}, "
        "{name: b, from: host0.wire0, to: host0.wire0, capture: a.pcap}";
    EXPECT_THAT(load("{name: r, kind: routing, at: host0.card}", replays),
                HasSubstr("b.to: captures replayed at one wire leave by one way, and a goes to "
                          "'host0.wire1'"));
}

TEST_F(ScenarioLoader, ReferencesMayUseIndicesAndPrintCanonically) {
    const auto loaded = load_text(
        "hosts: [{name: host0}]\n"
        "functions: [{name: f, kind: routing, at: hosts.0.card}]\n"
        "routes: [{prefix: 192.0.2.0/24, to: hosts.0.wire1}]\n"
        "traffic: [{name: t, from: hosts.0.wire0, to: hosts.0.wire1}]\n"
        "record: {pcap: [hosts.0.card.asic.port1]}\n");
    ASSERT_TRUE(loaded.ok()) << loaded.diagnostics.text();
    EXPECT_EQ(loaded.scenario.functions[0].at, "host0.card");
    EXPECT_EQ(loaded.scenario.routes[0].to, "host0.wire1");
    EXPECT_EQ(loaded.scenario.traffic[0].from, "host0.wire0");
    EXPECT_EQ(loaded.scenario.record.pcap[0], "host0.card.asic.port1");
    EXPECT_THAT(errors("hosts: [{name: host0}]\n"
                       "traffic: [{name: t, from: hosts.1.wire0, to: hosts.0.wire1}]\n"),
                HasSubstr("there is no endpoint 'hosts.1.wire0'"));
}

TEST_F(ScenarioLoader, WhatIsKeptForLaterIsNotCalledUnknown) {
    EXPECT_EQ(errors("hosts: [{name: host0, card: {arm: {clock: 2 GHz}}}]\n"
                     "functions: [{name: v, kind: vxlan, at: host0.card, vni: 5, share: 2 %}]\n"
                     "record: {flows: true, io: true}\n"),
              "error: study/x.yaml:1:30: host0.card.arm: 'arm' is not yet modelled (the on-card "
              "CPU)\n"
              "error: study/x.yaml:2:29: v.kind: 'vxlan' is not yet modelled (one of routing or "
              "firewall)\n"
              "error: study/x.yaml:2:60: v.share: 'share' is not yet modelled (how much of the "
              "traffic it takes)\n"
              "error: study/x.yaml:3:10: record.flows: 'flows' is not yet modelled (flow "
              "records)\n"
              "error: study/x.yaml:3:23: record.io: 'io' is not yet modelled (the trace of sampled "
              "I/Os)\n");
    EXPECT_THAT(set_errors({"host0.card.arm.clock=2 GHz"}),
                HasSubstr("--set #1: host0.card.arm: 'arm' is not yet modelled"));
    EXPECT_THAT(set_errors({"guests.0.at=1 ms"}), HasSubstr("guests: 'guests' is not yet"));
}

TEST_F(ScenarioLoader, AccessesGoFromADmaEngineToTheMemoryOfItsHost) {
    const auto accesses = [](const std::string& host, const std::string& keys) {
        return errors("hosts: [{name: host0" + host + "}]\ntraffic: [{name: a, " + keys + "}]\n");
    };
    const std::string way = "from: host0.card.dma, to: host0.memory";
    EXPECT_THAT(accesses("", way + ", access: {operation: read}"),
                HasSubstr("a.from: accesses to memory need a host with a 'profile'"));
    EXPECT_THAT(accesses(", memory: {nodes: 1}", "from: host0.wire0, to: host0.wire1"),
                HasSubstr("host0.memory: has no effect without a 'profile' of the host"));
    EXPECT_THAT(accesses("", way + ", access: {operation: read}, rate: 10 %"),
                HasSubstr("a.rate: has no effect on accesses to memory"));
    EXPECT_THAT(accesses("", way + ", access: {operation: read, size: 256 B, spacing: 64 B}"),
                HasSubstr("a.access.spacing: '64 B' is less than the size of 256 B"));
    EXPECT_THAT(accesses("", way + ", access: {operation: read, size: 4 KiB, window: 1 KiB}"),
                HasSubstr("a.access.window: '1 KiB' has no room for one access"));
    EXPECT_THAT(
        accesses(", card: {pcie: {lanes: 3, mps: 200 B}}", "from: host0.wire0, to: host0.wire1"),
        AllOf(HasSubstr("a link has 1, 2, 4, 8, 16 or 32 lanes, not 3"),
              HasSubstr("'200 B' is no power of two")));
}

TEST_F(ScenarioLoader, APrefixHasOneRoute) {
    const auto routes = [](const std::string& list) {
        return errors("hosts: [{name: host0}, {name: host1}]\nroutes:\n" + list);
    };
    EXPECT_EQ(routes("  - {prefix: 192.0.2.0/24, to: host0.wire1}\n"
                     "  - {prefix: 192.0.2.0/25, to: host0.wire0}\n"
                     "  - {prefix: 192.0.2.0/24, to: host1.wire0}\n"),
              "");
    EXPECT_EQ(routes("  - {prefix: 192.0.2.0/24, to: host0.wire1}\n"
                     "  - {prefix: 192.0.2.0/24, to: host0.wire0}\n"),
              "error: study/x.yaml:4:14: routes.1.prefix: the prefix '192.0.2.0/24' has a route "
              "already (study/x.yaml:3:14)\n");
    EXPECT_EQ(routes("  - {prefix: 10.1.0.0/16, to: host0.wire1}\n"), "");
    EXPECT_EQ(routes("  - {prefix: 10.1.0.0/16, to: host0.wire0}\n"),
              "error: study/x.yaml:3:14: routes.0.prefix: '10.1.0.0/16' is the network attached to "
              "host0.wire1 and leads there already\n");
}

TEST_F(ScenarioLoader, FunctionsAndRoutesAreCheckedForSense) {
    const auto function = [](const std::string& keys) {
        return errors("hosts: [{name: host0}]\nfunctions: [{name: f, " + keys + "}]\n");
    };
    EXPECT_EQ(function("kind: firewall, at: host0.card"), "");
    EXPECT_THAT(function("kind: nat, at: host0.card"),
                HasSubstr("'nat' is not yet modelled (one of routing or firewall)"));
    EXPECT_THAT(function("kind: routing, at: host0.card, where: arm"),
                HasSubstr("'arm' is not yet modelled"));
    EXPECT_THAT(function("kind: routing, at: host1.card"), HasSubstr("known: host0.card"));
    EXPECT_THAT(function("kind: routing, at: host0.card, rules: []"),
                HasSubstr("is a key of kind: firewall"));
    EXPECT_THAT(function("kind: firewall, at: host0.card, capacity: 1000"),
                HasSubstr("near are 512 and 1024"));
    EXPECT_THAT(function("kind: firewall, at: host0.card, rules: [{action: deny, source: "
                         "10.0.0.0/8, destination: '2001:db8::/32'}]"),
                HasSubstr("different IP versions"));
    EXPECT_THAT(function("kind: firewall, at: host0.card, rules: [{action: deny, protocol: icmp, "
                         "source_ports: 1-2}]"),
                HasSubstr("ICMP has no ports"));
    EXPECT_THAT(function("kind: firewall, at: host0.card, rules: [{action: deny, source_ports: "
                         "9-2}]"),
                HasSubstr("write '2-9'"));
    EXPECT_THAT(function("kind: firewall, at: host0.card, rules: [{action: deny, source_ports: "
                         "080}]"),
                HasSubstr("without leading zeros"));
    const auto route = [](const std::string& keys) {
        return errors("hosts: [{name: host0}]\nroutes: [{to: host0.wire1, " + keys + "}]\n");
    };
    EXPECT_EQ(route("prefix: '2001:db8::/32'"), "");
    EXPECT_EQ(route("generate: 100 k, prefix_lengths: [{length: 24, weight: 6}, 16], seed: 3"), "");
    EXPECT_THAT(route("prefix: 10.0.0.1/8"), HasSubstr("the prefix is '10.0.0.0/8'"));
    EXPECT_THAT(route("prefix: 10.0.0.0/33"), HasSubstr("is no IP prefix"));
    EXPECT_THAT(route("prefix: 10.0.0.0/8, generate: 5"), HasSubstr("give one"));
    EXPECT_THAT(route("seed: 5"), HasSubstr("needs the key 'prefix' or 'generate'"));
    EXPECT_THAT(route("generate: 5, prefix_lengths: 33"), HasSubstr("no IPv4 prefix length"));
}

TEST_F(ScenarioLoader, FindsScenariosByName) {
    const auto loaded = load("quickstart");
    ASSERT_TRUE(loaded.ok()) << loaded.diagnostics.text();
    EXPECT_EQ(loaded.scenario.name, "quickstart");
    EXPECT_THAT(load("quickstrat").diagnostics.text(),
                HasSubstr("there is no scenario 'quickstrat'; did you mean 'quickstart'?"));
    EXPECT_FALSE(load("study").ok());
    EXPECT_EQ(Library("home").scenarios(), std::vector<std::string>{"quickstart"});
    EXPECT_EQ(file_about("home/scenarios/quickstart.yaml"), "The first steps");
}

TEST_F(ScenarioLoader, EmptyAndBrokenFilesAreErrors) {
    EXPECT_THAT(errors(""), HasSubstr("needs the key 'hosts'"));
    EXPECT_THAT(errors("[1, 2]"), HasSubstr("a list stands where keys are wanted"));
    EXPECT_THAT(errors("hosts: [{name: host0}"), HasSubstr("without its ']'"));
    EXPECT_THAT(errors("hosts: []"), HasSubstr("at least one host"));
    EXPECT_THAT(errors("hosts: host0"), HasSubstr("where a list is wanted"));
}

TEST_F(ScenarioLoader, TheResolvedTextLoadsToTheSame) {
    const auto loaded =
        load("study/demo.yaml", {"clients.frame_size=[{size: 64 B, weight: 7}, 1 kB]",
                                 "clients.stop=5 ms", "record.frames=none"});
    ASSERT_TRUE(loaded.ok()) << loaded.diagnostics.text();
    const auto again = load_text(resolved_yaml(loaded));
    ASSERT_TRUE(again.ok()) << again.diagnostics.text() << resolved_yaml(loaded);
    const auto values = [](const LoadedScenario& l) {
        std::string out;
        walk_values(Scenario::params(), &l.scenario, l.tree, {},
                    [&](const ParamValue& v) { out += v.path + "=" + v.value + "\n"; });
        return out;
    };
    EXPECT_EQ(values(again), values(loaded));
}

}  // namespace
}  // namespace snsim
