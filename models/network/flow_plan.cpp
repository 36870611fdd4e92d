#include "models/network/flow_plan.h"

#include <algorithm>

#include "models/protocols/byte_order.h"

namespace snsim {

namespace {

constexpr std::uint16_t first_port = 1024;
constexpr std::uint32_t client_ports = 64000;

unsigned free_bits(const IpPrefix& prefix) {
    return (prefix.address.version == 4 ? 32U : 128U) - prefix.length;
}

}  // namespace

/// Hosts are neither the first nor the last address where there are others; of a large network
/// the first 2^32.
FlowPlan::Network FlowPlan::network_of(const IpPrefix& prefix) {
    const std::uint8_t* const bytes = prefix.address.bytes.data();
    Network network{load_be64(bytes), load_be64(bytes + 8), 1, 0};
    const std::uint64_t size = std::uint64_t{1} << std::min(free_bits(prefix), 32U);
    if (size > 2) {
        network.hosts = size - 2;
        network.first = 1;
    } else {
        network.hosts = size;
    }
    return network;
}

FlowPlan::FlowPlan(const FlowNetworks& networks, std::uint64_t key, std::uint8_t protocol)
    : source_(networks.source),
      key_(RandomStream::mix(key)),
      protocol_(protocol),
      ipv4_(networks.source.address.version == 4),
      hosts_((std::uint32_t{1} << std::min(16U, free_bits(networks.source))) - 2) {
    destinations_.reserve(networks.destinations.size());
    for (const IpPrefix& prefix : networks.destinations) {
        destinations_.push_back(network_of(prefix));
    }
}

FlowPlan::Endpoints FlowPlan::endpoints(std::uint64_t flow) const {
    const std::uint64_t bits = mixed(flow);
    const Network& network = destination(bits);
    // Hosts vary faster than ports, so that source address and port together are unique.
    const std::uint32_t round = static_cast<std::uint32_t>(flow) / hosts_;
    const std::uint32_t host = static_cast<std::uint32_t>(flow) % hosts_;
    Endpoints e;
    e.src = source_.address.bytes;
    store_be64(e.src.data() + 8, load_be64(e.src.data() + 8) | (host + 1));
    store_be64(e.dst.data(), network.high);
    store_be64(e.dst.data() + 8,
               network.low | (network.first + ((bits & 0xffffffff) * network.hosts >> 32)));
    e.sport = static_cast<std::uint16_t>(first_port + round % client_ports);
    e.dport = 443;
    return e;
}

FlowKey FlowPlan::key(std::uint64_t flow) const {
    const Endpoints e = endpoints(flow);
    FlowKey key;
    key.src = e.src;
    key.dst = e.dst;
    key.sport = e.sport;
    key.dport = e.dport;
    key.protocol = protocol_;
    key.family = ipv4_ ? 4 : 6;
    return key;
}

}  // namespace snsim
