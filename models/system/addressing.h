// The address plan: every endpoint (the far end of a card's wire) owns a network, and routes lead
// to endpoints. Endpoint e has 10.e.0.0/16 and fd00:e::/64; its MAC is 02:00:00:00:e:01 and that of
// the card's port facing it 02:00:00:00:e:02.
#pragma once

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
        std::uint16_t port;
        std::string path;
        MacAddress mac;
        MacAddress gateway;  ///< the card's port
        IpPrefix ipv4;
        IpPrefix ipv6;
    };
    /// Throws std::out_of_range for a path that is no endpoint.
    [[nodiscard]] const Endpoint& endpoint(const std::string& path) const;
    [[nodiscard]] const Endpoint& endpoint(std::size_t host, std::uint16_t port) const {
        return endpoints_[host * wires_per_host + port];
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

    std::vector<Endpoint> endpoints_;
    std::vector<std::vector<PlannedRoute>> routes_;  // by host
};

}  // namespace snsim
