#include "models/network/traffic_params.h"

#include <algorithm>
#include <array>

namespace snsim {
namespace {

using T = TrafficParams;

constexpr const char* scenario = "quickstart";  // of the witnesses

constexpr std::string_view generated_keys[] = {
    "frame_size", "arrival",          "on_time",    "off_time", "flows", "churn",
    "protocol",   "churn_turnaround", "churn_data", "ip",       "vlan",  "window"};
constexpr std::string_view replay_keys[] = {"speed", "repeat", "oversize", "mtu",
                                            "allow_truncated"};

void check_replay(const T& p, CheckReport& r) {
    for (const auto key : generated_keys) {
        if (r.given(key)) {
            r.error(key, "has no effect on a capture, which brings its own frames; leave out '" +
                             std::string(key) + "' or 'capture'");
        }
    }
    if (p.rate.has_value() && r.given("speed")) {
        r.error("speed", "a capture is replayed by 'rate' or by 'speed', not by both");
    }
}

void check_generated(const T& p, CheckReport& r) {
    for (const auto key : replay_keys) {
        if (r.given(key)) {
            r.error(key, "applies to replay only, and this class has no 'capture'");
        }
    }
    if (p.arrival == Arrival::on_off) {
        if (!p.on_time.has_value()) r.error("on_time", "arrival: on-off needs an 'on_time'");
        if (!p.off_time.has_value()) r.error("off_time", "arrival: on-off needs an 'off_time'");
    }
    const Bytes least = header_bytes(p.protocol, p.ip, p.vlan);
    if (p.frame_size.smallest() < least) {
        r.error("frame_size", "'" + to_text(p.frame_size.smallest()) +
                                  "' is too small: " + (p.ip == IpVersion::v6 ? "IPv6" : "IPv4") +
                                  " with " + (p.protocol == Transport::tcp ? "TCP" : "UDP") +
                                  (p.vlan != 0 ? " and a VLAN tag" : "") + " takes at least " +
                                  to_text(least));
    }
    if (p.window.has_value() && p.frame_size.parts.size() > 1) {
        r.error("window", "a class with a window has frames of one size");
    }
    if (p.churn.value > 0 && p.protocol == Transport::udp) {
        r.error("churn", "connections open and close with TCP only; use protocol: tcp");
    }
}

void check_accesses(CheckReport& r) {
    const auto refuse = [&](std::string_view key) {
        if (r.given(key)) {
            r.error(key, "has no effect on accesses to memory; leave out '" + std::string(key) +
                             "' or 'access'");
        }
    };
    for (const auto key : generated_keys) refuse(key);
    for (const auto key : replay_keys) refuse(key);
    for (const std::string_view key : {"rate", "capture"}) refuse(key);
}

void check_traffic(const T& p, CheckReport& r) {
    if (!p.has_frames()) {
        check_accesses(r);
    } else if (p.capture.empty()) {
        check_generated(p, r);
    } else {
        check_replay(p, r);
    }
    if (p.stop.has_value() && *p.stop <= p.start) {
        r.error("stop", "'" + to_text(*p.stop) + "' is not after the start at " + to_text(p.start));
    }
}

}  // namespace

Bytes header_bytes(Transport protocol, IpVersion ip, std::int64_t vlan) {
    const Bytes ethernet = 14_b + 4_b;  // addresses, type, FCS
    const Bytes network = ip == IpVersion::v6 ? 40_b : 20_b;
    const Bytes transport = protocol == Transport::tcp ? 20_b : 8_b;
    const Bytes all = ethernet + (vlan != 0 ? 4_b : 0_b) + network + transport;
    return std::max(all, 64_b);
}

const ParamTable& FlowsParams::params() {
    using F = FlowsParams;
    static const ParamTable table =
        make_table<FlowsParams>(
            "the connections frames belong to",
            {
                param("count", &F::count, 1, 1, 16'777'216, "connections", "choice",
                      {scenario, "20000", "flows.active", "background.flows.count"}),
                flag("established", &F::established, true,
                     "connections stand in every table before time zero; false starts cold",
                     "choice",
                     {scenario, "false", "flows.installed", "background.flows.established"}),
                choice("distribution", &F::distribution, FlowChoice::uniform,
                       {{"uniform", FlowChoice::uniform}, {"zipf", FlowChoice::zipf}},
                       "which connection the next frame belongs to", "choice",
                       {scenario, "uniform", "latency.mean", "background.flows.distribution"}),
                param("exponent", &F::exponent, 1.1, 0.1, 5.0, "skew of zipf", "estimate",
                      {scenario, "2", "latency.mean", "background.flows.exponent"}),
            })
            .shorthand("count");
    return table;
}

const ParamTable& TrafficParams::params() {
    static const ParamTable table =
        make_table<TrafficParams>(
            "a class of traffic",
            {
                required(text("name", &T::name, "",
                              "what paths, metrics and random streams call the class",
                              {scenario, "other", "latency.mean", "requests.name"})),
                required(
                    text("from", &T::from, "", "where frames enter: host0.wire0",
                         {scenario, "host0.wire1", "background.latency.mean", "background.from"})),
                required(text("to", &T::to, "", "where frames leave: host0.wire1",
                              {scenario, "host0.wire0", "latency.mean", "background.to"})),
                text("via", &T::via, {},
                     "interface whose host receives the frames and sends them on to `to`",
                     {"interrupt-moderation",
                      "host0.vnic0",
                      "latency.mean",
                      "clients.via",
                      {"clients.to=host0.wire1", "host0.vnic0.application=forward",
                       "host0.vnic0.port=1"}}),
                value("frame_size", &T::frame_size, FrameSizes::fixed(64_b),
                      "frame sizes with FCS, 64 B to 9216 B", "choice",
                      {scenario, "512 B", "throughput.l2", "background.frame_size"}),
                absent_as("auto",
                          value("rate", &T::rate, std::nullopt,
                                "what is offered, of L1 line rate or absolute; auto is 10 % for "
                                "generated frames and a capture's own timing for replay",
                                "choice", {scenario, "5 %", "rate.offered", "background.rate"})),
                choice("arrival", &T::arrival, Arrival::poisson,
                       {{"constant", Arrival::constant},
                        {"poisson", Arrival::poisson},
                        {"on-off", Arrival::on_off}},
                       "gaps between frames; on-off sends at the rate in on-times only", "choice",
                       {scenario, "constant", "latency.mean", "background.arrival"}),
                param("window", &T::window, std::nullopt, 64_b, 1024_mib,
                      "bytes of the class under way at most: it sends when others have arrived or "
                      "were lost; its flows take turns, and their bytes follow each other",
                      "choice",
                      {"interrupt-moderation", "512 B", "rate.offered", "clients.window"}),
                param("on_time", &T::on_time, std::nullopt, 1_ns, 1000_s, "mean length of a burst",
                      "choice",
                      {scenario,
                       "20 us",
                       "latency.mean",
                       "background.on_time",
                       {"background.arrival=on-off", "background.on_time=5 us",
                        "background.off_time=20 us"}}),
                param("off_time", &T::off_time, std::nullopt, 1_ns, 1000_s,
                      "mean pause between bursts", "choice",
                      {scenario,
                       "5 us",
                       "latency.mean",
                       "background.off_time",
                       {"background.arrival=on-off", "background.on_time=5 us",
                        "background.off_time=20 us"}}),
                section("flows", &T::flows, "connections"),
                param("churn", &T::churn, 0_per_s, 0_per_s, 1'000'000'000_per_s,
                      "connections opened and closed per second", "choice",
                      {scenario, "10 k/s", "connections.rate", "background.churn"}),
                param("churn_turnaround", &T::churn_turnaround, 20_us, 0_ps, 10_s,
                      "delay of the scripted peer before each reply",
                      "estimate: server round trip in a rack",
                      {scenario, "300 us", "latency.mean", "background.churn_turnaround"}),
                param("churn_data", &T::churn_data, 1, 0, 1000,
                      "data frames per connection and direction", "choice",
                      {scenario, "5", "frames.offered", "background.churn_data"}),
                choice(
                    "protocol", &T::protocol, Transport::tcp,
                    {{"tcp", Transport::tcp}, {"udp", Transport::udp}}, "transport of the frames",
                    "choice",
                    {scenario, "udp", "goodput", "background.protocol", {"background.churn=0 /s"}}),
                choice(
                    "ip", &T::ip, IpVersion::v4, {{"v4", IpVersion::v4}, {"v6", IpVersion::v6}},
                    "IP version of the frames", "choice",
                    {scenario, "v6", "goodput", "background.ip", {"background.frame_size=128 B"}}),
                param("vlan", &T::vlan, 0, 0, 4094, "VLAN id of a tag; 0 sends untagged",
                      "IEEE 802.1Q", {scenario, "7", "goodput", "background.vlan"}),
                param("start", &T::start, 0_ps, 0_ps, 1000_s, "simulated time of the first frame",
                      "choice", {scenario, "400 us", "frames.offered", "background.start"}),
                param("stop", &T::stop, std::nullopt, 1_ps, 1000_s,
                      "simulated time after the last frame", "choice",
                      {scenario, "400 us", "frames.offered", "background.stop"}),
                text(
                    "capture", &T::capture, {},
                    "pcap or pcapng file to replay instead of generating",
                    {"capture-replay", "captures/mixed.pcapng", "throughput.l2", "replay.capture"}),
                value("speed", &T::speed, {},
                      "replay against the capture's own clock: original, 10x, 0.5x", "choice",
                      {scenario, "10x", "frames.offered", "web.speed"}),
                param("repeat", &T::repeat, 1, 0, 1'000'000'000,
                      "times the capture is replayed; 0 goes on until the end", "choice",
                      {scenario, "1", "frames.offered", "web.repeat", {"web.speed=5000x"}}),
                choice("oversize", &T::oversize, Oversize::drop,
                       {{"drop", Oversize::drop},
                        {"keep", Oversize::keep},
                        {"segment", Oversize::segment}},
                       "captured frames beyond the MTU", "choice",
                       {scenario, "keep", "frames.offered", "web.oversize", {"web.mtu=576 B"}}),
                param("mtu", &T::mtu, 1500_b, 68_b, 9198_b, "largest IP packet a replay sends",
                      "RFC 894", {scenario, "576 B", "frames.offered", "web.mtu"}),
                flag("allow_truncated", &T::allow_truncated, false,
                     "replay the whole records of a capture that is cut off", "choice",
                     no_witness("accepts a file that is refused otherwise")),
                section("access", &T::access, "accesses to memory in place of frames"),
                reserved("rewrite", "addresses and ports changed in replay"),
            })
            .derive([](T& p) {
                if (!p.rate.has_value() && p.capture.empty())
                    p.rate = OfferedRate::of_line(10_percent);
            })
            .check(check_traffic);
    return table;
}

}  // namespace snsim
