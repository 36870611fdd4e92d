// The address plan: endpoints own addresses, and routes lead to endpoints. The far end of a card's
// wire owns a network: endpoint e has 10.e.0.0/16 and fd00:e::/64. A host's interface owns one
// address of each version, 10.e.0.1 and fd00:e::1 or what the scenario gives. The MAC of an
// endpoint is 02:00:00:00:e:01, that of the card facing it 02:00:00:00:e:02. Wires are numbered
// before interfaces, each in the scenario's order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/functions/lpm.h"
#include "models/network/flow_plan.h"
#include "models/system/prefix_set.h"
#include "models/system/scenario.h"

namespace snsim {

/// A route of one host's card, with the port it leads to.
struct PlannedRoute {
    IpPrefix prefix;
    std::uint16_t port;
};

/// The networks of endpoint number e: 10.e.0.0/16 and fd00:e::/64.
[[nodiscard]] IpPrefix attached_ipv4(std::size_t endpoint);
[[nodiscard]] IpPrefix attached_ipv6(std::size_t endpoint);

class Addressing {
  public:
    static constexpr std::size_t wires_per_host = 2;

    explicit Addressing(const Scenario& scenario);

    struct Endpoint {
        std::size_t host;
        std::uint16_t port;  ///< egress port of the card: a wire's, or host_port + function
        std::string path;
        MacAddress mac;
        MacAddress gateway;  ///< the card, as the endpoint sees it
        IpPrefix ipv4;
        IpPrefix ipv6;
    };
    /// Throws std::out_of_range for a path that is no endpoint.
    [[nodiscard]] const Endpoint& endpoint(const std::string& path) const;
    /// By the host's number and the card's egress port.
    [[nodiscard]] const Endpoint& endpoint(std::size_t host, std::uint16_t port) const {
        return endpoints_[port < wires_per_host ? host * wires_per_host + port
                                                : first_interface_[host] + (port - wires_per_host)];
    }
    /// Egress ports of a host's card: wires, then the functions of its interfaces.
    [[nodiscard]] std::uint16_t ports(std::size_t host) const {
        return static_cast<std::uint16_t>(wires_per_host + interfaces_[host]);
    }
    /// The networks of both versions that are attached to a host's card, then the scenario's
    /// routes.
    [[nodiscard]] const std::vector<PlannedRoute>& routes(std::size_t host) const {
        return routes_[host];
    }
    /// From where to where the flows of a class go.
    [[nodiscard]] FlowNetworks networks(const TrafficParams& traffic) const;

  private:
    void add_generated(const RouteParams& route, std::size_t number, const std::string& stream,
                       std::uint64_t seed, PrefixSet& taken);

    /// Of IPv4 prefixes generated towards an endpoint: their first octets.
    struct Octets {
        std::uint32_t first = 0;
        std::uint32_t count = 0;  ///< 0: there are not enough
        bool is_alone = false;    ///< no other endpoint of the card has generated ones
    };
    static constexpr std::uint32_t first_generated_octet = 16;
    static constexpr std::uint32_t generated_octets = 192;
    void share_out_octets(const Scenario& scenario);

    void add(std::size_t host, std::uint16_t port, const std::string& name);
    void add_interface(std::size_t host, std::uint16_t number, const InterfaceParams& interface);

    std::vector<Endpoint> endpoints_;
    std::vector<Octets> octets_;                // by endpoint
    std::vector<std::size_t> interfaces_;       // by host: how many
    std::vector<std::size_t> first_interface_;  // by host: number of its endpoint
    std::vector<std::string> host_names_;
    std::vector<std::vector<PlannedRoute>> routes_;  // by host
};

}  // namespace snsim
