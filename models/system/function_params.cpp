#include "models/system/function_params.h"

namespace snsim {
namespace {

constexpr const char* scenario = "quickstart";  // of the witnesses

std::vector<std::pair<std::string, TablePlace>> table_places() {
    return {
        {"auto", TablePlace::automatic}, {"sram", TablePlace::sram}, {"dram", TablePlace::dram}};
}

std::vector<std::pair<std::string, AclAction>> actions() {
    return {{"allow", AclAction::allow}, {"deny", AclAction::deny}};
}

void check_rule(const RuleParams& p, CheckReport& r) {
    if (p.source && p.destination && p.source->address.version != p.destination->address.version) {
        r.error("destination", "source and destination are of different IP versions");
    }
    if (p.protocol != RuleProtocol::icmp) return;
    for (const auto* key : {"source_ports", "destination_ports"}) {
        if (r.given(key)) r.error(key, "ICMP has no ports");
    }
}

void check_firewall(const FirewallParams& p, CheckReport& r) {
    if ((p.capacity & (p.capacity - 1)) != 0) {
        std::int64_t below = 1;
        while (below * 2 < p.capacity) below *= 2;
        r.error("capacity", "'" + std::to_string(p.capacity) +
                                "' is not a power of two; near are " + std::to_string(below) +
                                " and " + std::to_string(below * 2));
    }
}

}  // namespace

const ParamTable& RoutingParams::params() {
    using P = RoutingParams;
    static const ParamTable table = make_table<P>(
        "routing by longest prefix match",
        {
            choice("memory", &P::memory, TablePlace::automatic, table_places(),
                   "memory of the routes; auto takes SRAM while they fit", "choice",
                   {scenario, "dram", "latency.mean", "rt.memory"}),
            param("capacity", &P::capacity, 2'000'000, 1, 4'000'000, "routes of both IP versions",
                  "choice", refused("dsc100-line-rate", "1000", "rt.capacity")),
        });
    return table;
}

const ParamTable& RuleParams::params() {
    using P = RuleParams;
    const auto denied = [](const std::string& value, const std::string& key) {  // all TCP
        return Witness(scenario, value, "frames.dropped", "fw.rules.0." + key,
                       {"fw.rules.0.destination_ports=any"});
    };
    static const ParamTable table =
        make_table<P>(
            "an access rule; the first that matches decides",
            {
                required(choice("action", &P::action, AclAction::allow, actions(),
                                "what happens to the first packet of a connection", "choice",
                                denied("allow", "action"))),
                choice("protocol", &P::protocol, RuleProtocol::any,
                       {{"any", RuleProtocol::any},
                        {"tcp", RuleProtocol::tcp},
                        {"udp", RuleProtocol::udp},
                        {"icmp", RuleProtocol::icmp}},
                       "protocol; icmp is ICMPv6 for IPv6", "choice", denied("udp", "protocol")),
                absent_as("any", value("source", &P::source, std::nullopt, "source prefix",
                                       "choice", denied("192.0.2.0/24", "source"))),
                absent_as("any",
                          value("destination", &P::destination, std::nullopt, "destination prefix",
                                "choice", denied("192.0.2.0/24", "destination"))),
                value("source_ports", &P::source_ports, {}, "source ports", "choice",
                      denied("1", "source_ports")),
                value("destination_ports", &P::destination_ports, {}, "destination ports", "choice",
                      {scenario, "any", "frames.dropped", "fw.rules.0.destination_ports"}),
            })
            .check(check_rule);
    return table;
}

const ParamTable& FirewallParams::params() {
    using P = FirewallParams;
    const std::vector<std::string> few_flows{"background.flows=40", "answers.flows=40"};
    const std::vector<std::string> full_table{"background.flows=40", "answers.flows=40",
                                              "fw.capacity=128"};
    static const ParamTable table =
        make_table<P>(
            "stateful firewall for layer 4",
            {
                flag("stateful", &P::stateful, true,
                     "connections are tracked; false judges every packet by the rules", "choice",
                     {scenario, "false", "flows.installed", "fw.stateful"}),
                flag("strict", &P::strict, true,
                     "TCP packets of no known connection are dropped unless they open one",
                     "choice",
                     {scenario,
                      "true",
                      "frames.dropped",
                      "fw.strict",
                      {"background.flows.established=false"}}),
                list_or_file("rules", &P::rules,
                             "access rules in order, or the name of a file with them"),
                choice("default_action", &P::default_action, AclAction::allow, actions(),
                       "what happens when no rule matches", "choice",
                       {scenario, "deny", "frames.dropped", "fw.default_action"}),
                param("capacity", &P::capacity, 262'144, 32, 67'108'864,
                      "connections the table holds; a power of two", "estimate",
                      {scenario, "128", "frames.dropped", "fw.capacity", few_flows}),
                choice(
                    "when_full", &P::when_full, Firewall::WhenFull::drop,
                    {{"drop", Firewall::WhenFull::drop}, {"forward", Firewall::WhenFull::forward}},
                    "what happens to a new connection when the table is full", "choice",
                    {scenario, "forward", "frames.dropped", "fw.when_full", full_table}),
                param("timeout_established", &P::timeout_established, 43200_s, 1_us, 1'000'000_s,
                      "idle time after which an open TCP connection is forgotten",
                      "VMware NSX 4.1, Session Timers",
                      {scenario, "50 us", "flows.evicted", "fw.timeout_established"}),
                param("timeout_transient", &P::timeout_transient, 120_s, 1_us, 1'000'000_s,
                      "the same in every other TCP state", "VMware NSX 4.1, Session Timers",
                      {scenario, "10 us", "flows.evicted", "fw.timeout_transient"}),
                param("timeout_udp", &P::timeout_udp, 60_s, 1_us, 1'000'000_s,
                      "the same for UDP and other protocols", "VMware NSX 4.1, Session Timers",
                      {scenario,
                       "50 us",
                       "flows.evicted",
                       "fw.timeout_udp",
                       {"background.churn=0 /s", "background.protocol=udp"}}),
                param("timeout_icmp", &P::timeout_icmp, 20_s, 1_us, 1'000'000_s,
                      "the same for ICMP echo", "VMware NSX 4.1, Session Timers",
                      {"capture-replay",
                       "1 us",
                       "flows.evicted",
                       "rt.timeout_icmp",
                       {"rt.kind=firewall", "replay.capture=captures/mixed.pcapng",
                        "windows.measure=3 ms"}}),
                choice("memory", &P::memory, TablePlace::automatic, table_places(),
                       "memory of the connection table; auto takes SRAM while it fits", "choice",
                       {scenario,
                        "dram",
                        "latency.mean",
                        "fw.memory",
                        {"answers.flows=100", "fw.capacity=32768"}}),
            })
            .check(check_firewall);
    return table;
}

const ParamTable& FunctionParams::params() {
    using P = FunctionParams;
    static const ParamTable table = make_table<P>(
        "a network function",
        {
            required(text("name", &P::name, "", "what paths and metrics call the function",
                          no_witness("a label"))),
            required(planned(
                {"nat", "vlan", "vxlan", "geneve", "mpls", "load-balancing", "policing", "qos",
                 "mirror", "telemetry", "app-detect", "overlay"},
                choice("kind", &P::kind, FunctionKind::routing,
                       {{"routing", FunctionKind::routing}, {"firewall", FunctionKind::firewall}},
                       "what it does", "choice",
                       {"capture-replay", "firewall", "latency.mean", "rt.kind"}))),
            planned({"arm", "hypervisor", "guest"},
                    choice("where", &P::where, FunctionPlace::asic, {{"asic", FunctionPlace::asic}},
                           "what runs it", "choice", no_witness("only one place so far"))),
            required(text("at", &P::at, "", "the card whose frames it sees: host0.card",
                          {scenario,
                           "host1.card",
                           "latency.mean",
                           "rt.at",
                           {"hosts.1={name: host1, card: {profile: dsc-100}}"}})),
            planned({"egress"}, choice("direction", &P::direction, FunctionDirection::both,
                                       {{"ingress", FunctionDirection::ingress},
                                        {"both", FunctionDirection::both}},
                                       "which frames it sees: ingress are those from the wire",
                                       "choice", no_witness("all frames come from a wire so far"))),
            reserved("share", "how much of the traffic it takes"),
            alternative<RoutingParams>("kind", "routing", &P::body),
            alternative<FirewallParams>("kind", "firewall", &P::body),
        });
    return table;
}

}  // namespace snsim
