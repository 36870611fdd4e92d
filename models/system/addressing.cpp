#include "models/system/addressing.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <stdexcept>

#include "models/base/random.h"
#include "models/protocols/byte_order.h"

namespace snsim {

namespace {

/// Shares of prefix lengths in a full table, per cent, rounded: CIDR Report, IPv4 2023 (/24 60 %,
/// /23 and /22 10 % each, the rest falling to /16) and IPv6 2023 (/48 47 %).
const std::vector<PrefixLengths::Part> internet_ipv4 = {
    {24, 60}, {23, 10}, {22, 11}, {21, 5}, {20, 5}, {19, 3}, {18, 2}, {17, 1}, {16, 3}};
const std::vector<PrefixLengths::Part> internet_ipv6 = {{48, 47}, {44, 10}, {40, 10},
                                                        {36, 8},  {32, 20}, {29, 5}};

MacAddress mac_of(std::size_t endpoint, std::uint8_t last) {
    return {
        0x02, 0, 0, static_cast<std::uint8_t>(endpoint >> 8), static_cast<std::uint8_t>(endpoint),
        last};
}

/// Stands for a prefix among those taken; `bits` are the upper 64 of IPv6, all of IPv4.
std::uint64_t hash_of(std::uint64_t bits, std::uint8_t length) {
    return RandomStream::mix(bits) ^ length;
}

std::uint64_t hash_of(const IpPrefix& prefix) {
    const IpAddress& address = prefix.address;
    return hash_of(address.version == 4 ? ipv4_value(address) : load_be64(address.bytes.data()),
                   prefix.length);
}

bool is_same(const IpPrefix& a, const IpPrefix& b) {
    return a.length == b.length && a.address == b.address;
}

}  // namespace

IpPrefix attached_ipv4(std::size_t endpoint) {
    return {make_ipv4(0x0a000000U + static_cast<std::uint32_t>(endpoint << 16)), 16};
}

IpPrefix attached_ipv6(std::size_t endpoint) {
    return {make_ipv6(0xfd00'0000'0000'0000ULL + (std::uint64_t{endpoint} << 32), 0), 64};
}

/// The first octets, 16 to 207, are shared out among the endpoints of each card that generated IPv4
/// prefixes lead to: 12 for each of up to 16, by number modulo 16 or the next that are free.
void Addressing::share_out_octets(const Scenario& scenario) {
    constexpr std::size_t blocks = 16;
    std::vector<std::set<std::size_t>> targets(scenario.hosts.size());  // by host: endpoints
    for (const RouteParams& route : scenario.routes) {
        if (!route.generate || route.ip != RouteVersion::v4) continue;
        const Endpoint& to = endpoint(route.to);
        targets[to.host].insert(static_cast<std::size_t>(&to - endpoints_.data()));
    }
    octets_.resize(endpoints_.size());
    for (const std::set<std::size_t>& of_host : targets) {
        const std::size_t count = std::max(blocks, of_host.size());
        std::vector<bool> is_taken(count);
        std::size_t rank = 0;
        for (const std::size_t e : of_host) {
            std::size_t block = count == blocks ? e % blocks : rank++;
            while (is_taken[block]) block = (block + 1) % count;
            is_taken[block] = true;
            Octets& octets = octets_[e];
            octets.count = static_cast<std::uint32_t>(generated_octets / count);
            octets.first = first_generated_octet + static_cast<std::uint32_t>(block) * octets.count;
            octets.is_alone = of_host.size() == 1;
        }
    }
}

void Addressing::add(std::size_t host, std::uint16_t port, const std::string& name) {
    const std::size_t e = endpoints_.size();
    endpoints_.push_back(
        {host, port, name, mac_of(e, 1), mac_of(e, 2), attached_ipv4(e), attached_ipv6(e)});
}

/// One address of each version.
void Addressing::add_interface(std::size_t host, std::uint16_t number,
                               const InterfaceParams& interface) {
    add(host, static_cast<std::uint16_t>(wires_per_host + number),
        host_names_[host] + "." + interface.name);
    Endpoint& endpoint = endpoints_.back();
    endpoint.ipv4 = {make_ipv4(ipv4_value(endpoint.ipv4.address) + 1), 32};
    endpoint.ipv6 = {make_ipv6(load_be64(endpoint.ipv6.address.bytes.data()), 1), 128};
    if (!interface.address) return;
    const IpAddress& given = interface.address->address;
    (given.version == 4 ? endpoint.ipv4 : endpoint.ipv6).address = given;
}

Addressing::Addressing(const Scenario& scenario) : routes_(scenario.hosts.size()) {
    for (const HostParams& host : scenario.hosts) host_names_.push_back(host.name);
    for (std::size_t host = 0; host < scenario.hosts.size(); ++host) {
        for (std::uint16_t port = 0; port < wires_per_host; ++port) {
            add(host, port, host_names_[host] + ".wire" + std::to_string(port));
        }
    }
    for (std::size_t host = 0; host < scenario.hosts.size(); ++host) {
        first_interface_.push_back(endpoints_.size());
        interfaces_.push_back(scenario.hosts[host].interfaces.size());
        std::uint16_t number = 0;
        for (const InterfaceParams& interface : scenario.hosts[host].interfaces) {
            add_interface(host, number++, interface);
        }
    }
    for (const Endpoint& endpoint : endpoints_) {
        routes_[endpoint.host].push_back({endpoint.ipv4, endpoint.port});
        routes_[endpoint.host].push_back({endpoint.ipv6, endpoint.port});
    }
    // Generated prefixes keep clear of those given, wherever in the list these stand.
    std::vector<PrefixSet> taken(scenario.hosts.size());
    for (const RouteParams& route : scenario.routes) {
        if (!route.prefix) continue;
        PrefixSet& known = taken[endpoint(route.to).host];
        known.reserve(1);
        known.insert(hash_of(*route.prefix));
    }
    share_out_octets(scenario);
    std::map<std::string, int> streams;
    for (std::size_t i = 0; i < scenario.routes.size(); ++i) {
        const RouteParams& route = scenario.routes[i];
        const Endpoint& to = endpoint(route.to);
        if (route.generate) {
            std::string stream = "routes." + route.to + (route.ip == RouteVersion::v4 ? "" : ".v6");
            if (const int earlier = streams[stream]++; earlier > 0) {
                stream += "." + std::to_string(earlier);
            }
            add_generated(route, i, stream,
                          static_cast<std::uint64_t>(route.seed.value_or(scenario.seed)),
                          taken[to.host]);
        } else if (!is_same(*route.prefix, to.ipv4) && !is_same(*route.prefix, to.ipv6)) {
            routes_[to.host].push_back({*route.prefix, to.port});
        }
    }
}

const Addressing::Endpoint& Addressing::endpoint(const std::string& path) const {
    const auto found = std::find_if(endpoints_.begin(), endpoints_.end(),
                                    [&](const Endpoint& e) { return e.path == path; });
    if (found == endpoints_.end()) throw std::out_of_range("no endpoint " + path);
    return *found;
}

/// Distinct prefixes. Those of different endpoints lie in different blocks of the address space, so
/// that a longer one never leads an address elsewhere.
void Addressing::add_generated(const RouteParams& route, std::size_t number,
                               const std::string& stream, std::uint64_t seed, PrefixSet& taken) {
    const Endpoint& to = endpoint(route.to);
    RandomStream random(seed, stream);
    const bool ipv4 = route.ip == RouteVersion::v4;
    const auto& parts = !route.prefix_lengths.internet() ? route.prefix_lengths.parts
                        : ipv4                           ? internet_ipv4
                                                         : internet_ipv6;
    std::vector<double> weights;
    weights.reserve(parts.size());
    for (const auto& part : parts) weights.push_back(static_cast<double>(part.weight));
    const AliasTable length_of(weights);
    // 4096 blocks of IPv6 (below 2000::/3).
    const auto index = static_cast<std::uint64_t>(&to - endpoints_.data());
    const Octets octets = octets_[index];
    if (ipv4 && octets.count == 0) {
        throw std::invalid_argument("routes." + std::to_string(number) +
                                    ".generate: generated IPv4 routes lead to at most " +
                                    std::to_string(generated_octets) + " endpoints of a card");
    }
    const auto count = static_cast<std::size_t>(*route.generate);
    taken.reserve(count);
    routes_[to.host].reserve(routes_[to.host].size() + count);
    struct Candidate {
        IpPrefix prefix;
        std::uint64_t hash;
    };
    const auto draw = [&] {
        Candidate candidate;
        const auto length = static_cast<std::uint8_t>(parts[length_of.draw(random)].length);
        std::uint64_t bits = random.next();
        candidate.prefix.length = length;
        if (ipv4) {
            const std::uint64_t octet = octets.first + bits % octets.count;
            std::uint64_t value = octet << 24 | (bits >> 8 & 0xffffff);
            value &= length == 0 ? 0 : ~std::uint64_t{0} << (32 - length);
            candidate.prefix.address = make_ipv4(static_cast<std::uint32_t>(value));
            bits = value;
        } else {
            bits = 0x2000'0000'0000'0000ULL | (index & 0xfff) << 48 | (bits & 0xffff'ffff'ffffULL);
            if (length < 64) bits &= ~std::uint64_t{0} << (64 - length);
            candidate.prefix.address = make_ipv6(bits, 0);
        }
        candidate.hash = hash_of(bits, length);
        taken.prefetch(candidate.hash);
        return candidate;
    };
    const auto is_inside = [&](const IpPrefix& prefix) {
        if (!ipv4 || octets.is_alone || prefix.length >= 8) return true;
        const std::uint32_t first = ipv4_value(prefix.address) >> 24;
        return first >= octets.first &&
               first + (std::uint32_t{1} << (8 - prefix.length)) <= octets.first + octets.count;
    };
    std::array<Candidate, 32> ahead;  // their places in the set are fetched while others are tried
    for (std::size_t made = 0, tries = 0; made < count; ++tries) {
        if (tries > 20 * count + 1000) {
            throw std::invalid_argument("routes." + std::to_string(number) +
                                        ".generate: there are no " + std::to_string(count) +
                                        " more prefixes of these lengths towards " + route.to +
                                        "; allow longer ones in prefix_lengths");
        }
        const std::size_t next = tries % ahead.size();
        if (next == 0) std::generate(ahead.begin(), ahead.end(), draw);
        if (is_inside(ahead[next].prefix) && taken.insert(ahead[next].hash)) {
            ++made;
            routes_[to.host].push_back({ahead[next].prefix, to.port});
        }
    }
}

FlowNetworks Addressing::networks(const TrafficParams& traffic) const {
    const bool ipv4 = traffic.ip == IpVersion::v4;
    const Endpoint& from = endpoint(traffic.from);
    const Endpoint& to = endpoint(traffic.to);
    FlowNetworks networks;
    networks.source = ipv4 ? from.ipv4 : from.ipv6;
    // The attached network leads the list; it serves when nothing else does.
    const IpPrefix& attached = ipv4 ? to.ipv4 : to.ipv6;
    networks.destinations.reserve(routes_[to.host].size());
    for (const PlannedRoute& route : routes_[to.host]) {
        if (route.port == to.port && route.prefix.address.version == attached.address.version &&
            route.prefix.address != attached.address) {
            networks.destinations.push_back(route.prefix);
        }
    }
    if (networks.destinations.empty()) networks.destinations.push_back(attached);
    return networks;
}

}  // namespace snsim
