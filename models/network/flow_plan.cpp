#include "models/network/flow_plan.h"

#include <algorithm>

#include "models/protocols/byte_order.h"

namespace snsim {

namespace {

constexpr std::uint16_t first_port = 1024;
constexpr std::uint64_t client_ports = 64000;

unsigned free_bits(const IpPrefix& prefix, bool ipv4) {
    return (ipv4 ? 32U : 128U) - prefix.length;
}

/// The address of the network whose host part follows from the 32 bits `host`: neither the first
/// nor the last one where there are others.
IpBytes address_in(const IpPrefix& prefix, unsigned bits, std::uint64_t host) {
    IpBytes bytes = prefix.address.bytes;
    if (bits == 0) return bytes;
    const std::uint64_t size = std::uint64_t{1} << std::min(bits, 32U);
    const std::uint64_t value = size > 2 ? 1 + (host * (size - 2) >> 32) : host >> 31;
    const std::uint64_t low = load_be64(bytes.data() + 8) | value;
    store_be64(bytes.data() + 8, low);
    return bytes;
}

}  // namespace

FlowPlan::FlowPlan(FlowNetworks networks, std::uint64_t key, std::uint8_t protocol)
    : networks_(std::move(networks)),
      key_(RandomStream::mix(key)),
      protocol_(protocol),
      ipv4_(networks_.source.address.version == 4),
      hosts_((std::uint64_t{1} << std::min(16U, free_bits(networks_.source, ipv4_))) - 2) {}

FlowPlan::Endpoints FlowPlan::endpoints(std::uint64_t flow) const {
    // Hosts vary faster than ports, so that source address and port together are unique.
    std::uint64_t round = 0;
    std::uint64_t host = flow;
    if (host >= hosts_) {
        round = flow / hosts_;
        host = flow % hosts_;
    }
    const std::uint64_t bits = mixed(flow);
    const IpPrefix& network = destination(bits);
    Endpoints e;
    e.src = networks_.source.address.bytes;
    store_be64(e.src.data() + 8, load_be64(e.src.data() + 8) | (host + 1));
    e.dst = address_in(network, free_bits(network, ipv4_), bits & 0xffffffff);
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
