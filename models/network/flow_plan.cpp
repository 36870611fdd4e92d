#include "models/network/flow_plan.h"

#include <algorithm>

#include "models/protocols/byte_order.h"

namespace snsim {

namespace {

unsigned free_bits(const IpPrefix& prefix) {
    return (prefix.address.version == 4 ? 32U : 128U) - prefix.length;
}

FlowPlan::Address number_of(const IpAddress& address) {
    return {load_be64(&address.bytes[0]), load_be64(&address.bytes[8])};
}

/// The addresses of a network that can be chosen.
struct Hosts {
    std::uint64_t first;  ///< within the network
    std::uint64_t count;
};

/// Hosts are neither the first nor the last address where there are others; of a large network
/// those among the first 2^most_bits.
Hosts hosts_of(const IpPrefix& prefix, unsigned most_bits) {
    const std::uint64_t size = std::uint64_t{1} << std::min(free_bits(prefix), most_bits);
    return size > 2 ? Hosts{1, size - 2} : Hosts{0, size};
}

}  // namespace

FlowPlan::FlowPlan(const FlowNetworks& networks, std::uint64_t key, std::uint8_t protocol)
    : source_(number_of(networks.source.address)),
      hosts_(static_cast<std::uint32_t>(hosts_of(networks.source, 16).count)),
      protocol_(protocol),
      ipv4_(networks.source.address.version == 4),
      key_(RandomStream::mix(key)) {
    source_.low += hosts_of(networks.source, 16).first;
    if (ipv4_) {
        ipv4_networks_.reserve(networks.destinations.size());
    } else {
        ipv6_networks_.reserve(networks.destinations.size());
    }
    for (const IpPrefix& prefix : networks.destinations) {
        const Hosts hosts = hosts_of(prefix, 32);
        Address first = number_of(prefix.address);
        first.low += hosts.first;
        if (ipv4_) {
            ipv4_networks_.push_back(
                {static_cast<std::uint32_t>(first.low), static_cast<std::uint32_t>(hosts.count)});
        } else {
            ipv6_networks_.push_back({first, hosts.count});
        }
    }
}

FlowKey FlowPlan::key(std::uint64_t flow) const {
    const Endpoints e = endpoints(flow);
    FlowKey key;
    store_be64(&key.src[0], e.src.high);
    store_be64(&key.src[8], e.src.low);
    store_be64(&key.dst[0], e.dst.high);
    store_be64(&key.dst[8], e.dst.low);
    key.sport = e.sport;
    key.dport = e.dport;
    key.protocol = protocol_;
    key.family = ipv4_ ? 4 : 6;
    return key;
}

}  // namespace snsim
