#include "models/system/function_factory.h"

#include <stdexcept>

#include "models/functions/firewall.h"
#include "models/functions/routing.h"
#include "models/protocols/byte_order.h"

namespace snsim {

namespace {

NextHop next_hop_to(const Addressing::Endpoint& endpoint) {
    return {endpoint.port, endpoint.mac, endpoint.gateway};
}

std::unique_ptr<Function> make_routing(const RoutingParams& params, const FunctionParams& function,
                                       const Scenario& scenario, std::size_t host,
                                       const Addressing& addressing) {
    auto routing = std::make_unique<Routing>();
    std::vector<std::uint32_t> hops;
    for (std::uint16_t port = 0; port < addressing.ports(host); ++port) {
        hops.push_back(routing->add_next_hop(next_hop_to(addressing.endpoint(host, port))));
    }
    std::vector<Ipv4Route> ipv4;
    std::vector<Ipv6Route> ipv6;
    ipv4.reserve(addressing.routes(host).size());
    for (const PlannedRoute& route : addressing.routes(host)) {
        const IpBytes& bytes = route.prefix.address.bytes;
        if (route.prefix.address.version == 4) {
            ipv4.push_back(
                {ipv4_value(route.prefix.address), route.prefix.length, hops[route.port]});
        } else {
            ipv6.push_back({load_be64(bytes.data()), load_be64(bytes.data() + 8),
                            route.prefix.length, hops[route.port]});
        }
    }
    if (static_cast<std::int64_t>(ipv4.size() + ipv6.size()) > params.capacity) {
        throw std::invalid_argument(function.name +
                                    ".capacity: " + std::to_string(ipv4.size() + ipv6.size()) +
                                    " routes (attached networks included) are more than " +
                                    std::to_string(params.capacity));
    }
    if (const auto error = routing->set_ipv4_routes(ipv4)) {
        throw std::invalid_argument("routes: " + to_text(*error));
    }
    if (const auto error = routing->set_ipv6_routes(ipv6)) {
        throw std::invalid_argument("routes: " + to_text(*error));
    }
    // What no route takes goes where the classes that enter by the port say (`to:`), else to the
    // other port.
    for (std::uint16_t port = 0; port < Addressing::wires_per_host; ++port) {
        const auto other = static_cast<std::uint16_t>(1 - port);
        routing->set_default(port, next_hop_to(addressing.endpoint(host, other)));
    }
    for (const bool replayed : {false, true}) {  // generated frames have routes, captured need not
        for (const TrafficParams& traffic : scenario.traffic) {
            if (!traffic.has_frames()) continue;
            const auto& from = addressing.endpoint(traffic.from);
            if (from.host == host && traffic.capture.empty() != replayed) {
                routing->set_default(from.port, next_hop_to(addressing.endpoint(traffic.to)));
            }
        }
    }
    return routing;
}

std::optional<std::uint8_t> protocol_number(RuleProtocol protocol, bool ipv6) {
    switch (protocol) {
        case RuleProtocol::any: return std::nullopt;
        case RuleProtocol::tcp: return ip_protocol::tcp;
        case RuleProtocol::udp: return ip_protocol::udp;
        case RuleProtocol::icmp: return ipv6 ? ip_protocol::icmpv6 : ip_protocol::icmp;
    }
    return std::nullopt;
}

std::unique_ptr<Function> make_firewall(const FirewallParams& params) {
    Firewall::Params p;
    p.stateful = params.stateful;
    p.strict = params.strict;
    p.when_full = params.when_full;
    p.capacity = static_cast<std::size_t>(params.capacity);
    p.tcp_established = params.timeout_established.value;
    p.tcp_transient = params.timeout_transient.value;
    p.udp = params.timeout_udp.value;
    p.icmp = params.timeout_icmp.value;
    p.default_action = params.default_action;
    for (const RuleParams& rule : params.rules) {
        const bool ipv6 = (rule.source && rule.source->address.version == 6) ||
                          (rule.destination && rule.destination->address.version == 6);
        const bool either = !rule.source && !rule.destination;
        AclRule r;
        r.action = rule.action;
        r.protocol = protocol_number(rule.protocol, ipv6);
        r.src = rule.source;
        r.dst = rule.destination;
        r.sport = rule.source_ports;
        r.dport = rule.destination_ports;
        p.rules.push_back(r);
        if (either && rule.protocol == RuleProtocol::icmp) {  // both versions of ICMP
            r.protocol = protocol_number(rule.protocol, true);
            p.rules.push_back(r);
        }
    }
    return std::make_unique<Firewall>(p);
}

}  // namespace

std::unique_ptr<Function> make_function(const FunctionParams& params, const Scenario& scenario,
                                        std::size_t host, const Addressing& addressing) {
    if (const auto* routing = std::get_if<RoutingParams>(&params.body)) {
        return make_routing(*routing, params, scenario, host, addressing);
    }
    return make_firewall(std::get<FirewallParams>(params.body));
}

}  // namespace snsim
