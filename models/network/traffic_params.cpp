#include "models/network/traffic_params.h"

#include <algorithm>
#include <array>

namespace snsim {
namespace {

using T = TrafficParams;

constexpr std::string_view generated_keys[] = {
    "frame_size", "arrival",          "on_time",    "off_time", "flows", "churn",
    "protocol",   "churn_turnaround", "churn_data", "ip",       "vlan"};
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
    if (p.churn.value > 0 && p.protocol == Transport::udp) {
        r.error("churn", "connections open and close with TCP only; use protocol: tcp");
    }
}

void check_traffic(const T& p, CheckReport& r) {
    if (p.capture.empty()) {
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
                      {"quickstart", "100000", "flows.active"}),
                flag("established", &F::established, true,
                     "connections stand in every table before time zero; false starts cold",
                     "choice", {"quickstart", "false", "flows.installed"}),
                choice("distribution", &F::distribution, FlowChoice::uniform,
                       {{"uniform", FlowChoice::uniform}, {"zipf", FlowChoice::zipf}},
                       "which connection the next frame belongs to", "choice",
                       {"quickstart", "zipf", "latency.mean"}),
                param("exponent", &F::exponent, 1.1, 0.1, 5.0, "skew of zipf", "estimate",
                      {"quickstart", "2", "latency.mean"}),
            })
            .shorthand("count");
    return table;
}

const ParamTable& TrafficParams::params() {
    static const ParamTable table =
        make_table<TrafficParams>(
            "a class of traffic",
            {
                required(text("name", &T::name, "", "what paths and metrics call the class",
                              no_witness("a label"))),
                required(text("from", &T::from, "", "where frames enter: host0.wire0",
                              {"quickstart", "host0.wire1", "latency.mean"})),
                required(text("to", &T::to, "", "where frames leave: host0.wire1",
                              {"quickstart", "host0.wire0", "latency.mean"})),
                value("frame_size", &T::frame_size, FrameSizes::fixed(64_b),
                      "frame sizes with FCS, 64 B to 9216 B", "choice",
                      {"quickstart", "512 B", "throughput.l2"}),
                absent_as("auto",
                          value("rate", &T::rate, std::nullopt,
                                "what is offered, of L1 line rate or absolute; auto is 10 % for "
                                "generated frames and a capture's own timing for replay",
                                "choice", {"quickstart", "5 %", "rate.offered"})),
                choice("arrival", &T::arrival, Arrival::poisson,
                       {{"constant", Arrival::constant},
                        {"poisson", Arrival::poisson},
                        {"on-off", Arrival::on_off}},
                       "gaps between frames; on-off sends at the rate in on-times only", "choice",
                       {"quickstart", "constant", "latency.mean"}),
                param("on_time", &T::on_time, std::nullopt, 1_ns, 1000_s, "mean length of a burst",
                      "choice", no_witness("needs arrival: on-off in the same scenario")),
                param("off_time", &T::off_time, std::nullopt, 1_ns, 1000_s,
                      "mean pause between bursts", "choice",
                      no_witness("needs arrival: on-off in the same scenario")),
                section("flows", &T::flows, "connections"),
                param("churn", &T::churn, 0_per_s, 0_per_s, 1'000'000'000_per_s,
                      "connections opened and closed per second", "choice",
                      {"quickstart", "10 k/s", "connections.rate"}),
                param("churn_turnaround", &T::churn_turnaround, 20_us, 0_ps, 10_s,
                      "delay of the scripted peer before each reply",
                      "estimate: server round trip in a rack",
                      no_witness("needs churn in the same scenario")),
                param("churn_data", &T::churn_data, 1, 0, 1000,
                      "data frames per connection and direction", "choice",
                      no_witness("needs churn in the same scenario")),
                choice("protocol", &T::protocol, Transport::tcp,
                       {{"tcp", Transport::tcp}, {"udp", Transport::udp}},
                       "transport of the frames", "choice", {"quickstart", "udp", "goodput"}),
                choice("ip", &T::ip, IpVersion::v4, {{"v4", IpVersion::v4}, {"v6", IpVersion::v6}},
                       "IP version of the frames", "choice", {"quickstart", "v6", "goodput"}),
                param("vlan", &T::vlan, 0, 0, 4094, "VLAN id of a tag; 0 sends untagged",
                      "IEEE 802.1Q", {"quickstart", "7", "goodput"}),
                param("start", &T::start, 0_ps, 0_ps, 1000_s, "simulated time of the first frame",
                      "choice", {"quickstart", "1 ms", "frames.offered"}),
                param("stop", &T::stop, std::nullopt, 1_ps, 1000_s,
                      "simulated time after the last frame", "choice",
                      {"quickstart", "1 ms", "frames.offered"}),
                text("capture", &T::capture, {},
                     "pcap or pcapng file to replay instead of generating",
                     no_witness("needs a capture file")),
                value("speed", &T::speed, {},
                      "replay against the capture's own clock: original, 10x, 0.5x", "choice",
                      no_witness("needs a capture file")),
                param("repeat", &T::repeat, 1, 0, 1'000'000'000,
                      "times the capture is replayed; 0 goes on until the end", "choice",
                      no_witness("needs a capture file")),
                choice("oversize", &T::oversize, Oversize::drop,
                       {{"drop", Oversize::drop},
                        {"keep", Oversize::keep},
                        {"segment", Oversize::segment}},
                       "captured frames beyond the MTU", "choice",
                       no_witness("needs a capture file")),
                param("mtu", &T::mtu, 1500_b, 68_b, 9198_b, "largest IP packet a replay sends",
                      "RFC 894", no_witness("needs a capture file")),
                flag("allow_truncated", &T::allow_truncated, false,
                     "replay the whole records of a capture that is cut off", "choice",
                     no_witness("needs a capture file")),
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
