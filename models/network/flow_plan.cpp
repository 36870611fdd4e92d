#include "models/network/flow_plan.h"

#include "models/base/random.h"

namespace snsim {

namespace {

constexpr std::uint16_t first_port = 1024;
constexpr std::uint64_t client_ports = 64000;

/// The address of the network whose host part is `host`, neither the first nor the last one.
IpBytes address_in(const IpPrefix& prefix, bool ipv4, std::uint64_t host) {
    IpBytes bytes = prefix.address.bytes;
    const unsigned total = ipv4 ? 32 : 128;
    const unsigned free_bits = total - prefix.length > 48 ? 48 : total - prefix.length;
    if (free_bits == 0) return bytes;
    const std::uint64_t size = std::uint64_t{1} << free_bits;
    std::uint64_t value = size > 2 ? 1 + host % (size - 2) : host % size;
    for (unsigned i = 0; i < (free_bits + 7) / 8; ++i) {
        bytes[15 - i] = static_cast<std::uint8_t>(bytes[15 - i] | value);
        value >>= 8;
    }
    return bytes;
}

}  // namespace

FlowPlan::FlowPlan(FlowNetworks networks, std::uint64_t key, std::uint8_t protocol)
    : networks_(std::move(networks)),
      key_(RandomStream::mix(key)),
      protocol_(protocol),
      ipv4_(networks_.source.address.version == 4) {}

FlowPlan::Endpoints FlowPlan::endpoints(std::uint64_t flow) const {
    // Hosts vary faster than ports, so that source address and port together are unique.
    const unsigned total = ipv4_ ? 32 : 128;
    const unsigned free_bits = total - networks_.source.length;
    const std::uint64_t hosts = free_bits >= 16 ? 65534 : (std::uint64_t{1} << free_bits) - 2;
    const std::uint64_t mixed = RandomStream::mix(key_ + flow);
    const IpPrefix& destination =
        networks_.destinations[(mixed >> 32) % networks_.destinations.size()];
    Endpoints e;
    e.src = address_in(networks_.source, ipv4_, flow % hosts);
    e.dst = address_in(destination, ipv4_, mixed & 0xffffffff);
    e.sport = static_cast<std::uint16_t>(first_port + (flow / hosts) % client_ports);
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
