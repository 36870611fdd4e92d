// Which addresses and ports the flows of a traffic class use.
//
// Flow f runs from an address of the sender's network to an address inside one of the networks that
// lead to the receiver; both follow from f alone, so any frame's header can be written at any time.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/random.h"
#include "models/protocols/address.h"
#include "models/protocols/flow_key.h"

namespace snsim {

/// A network that flows can go to; version by `prefix`.
struct FlowNetworks {
    IpPrefix source;
    std::vector<IpPrefix> destinations;  ///< at least one, of the source's version
};

class FlowPlan {
  public:
    FlowPlan(const FlowNetworks& networks, std::uint64_t key, std::uint8_t protocol);

    /// The 16 bytes of an address as a number.
    struct Address {
        std::uint64_t high;
        std::uint64_t low;  ///< IPv4: ::ffff:a.b.c.d
    };
    struct Endpoints {
        Address src;
        Address dst;
        std::uint16_t sport;
        std::uint16_t dport;
    };
    /// `flow` < 2^32.
    [[nodiscard]] Endpoints endpoints(std::uint64_t flow) const {
        const std::uint64_t bits = mixed(flow);
        // Hosts vary faster than ports, so that source address and port together are unique.
        const std::uint32_t round = static_cast<std::uint32_t>(flow) / hosts_;
        const std::uint32_t host = static_cast<std::uint32_t>(flow) % hosts_;
        return {{source_.high, source_.low + host},
                destination(bits),
                static_cast<std::uint16_t>(first_port + round % client_ports),
                server_port};
    }
    /// Fetches what endpoints() will read. (Inlined always: g++ takes a function that does nothing
    /// but prefetch for one without effect and drops calls of it.)
    __attribute__((always_inline)) void prefetch(std::uint64_t flow) const {
        const std::uint64_t bits = mixed(flow);
        if (ipv4_) {
            __builtin_prefetch(&one_of(ipv4_networks_, bits));
        } else {
            __builtin_prefetch(&one_of(ipv6_networks_, bits));
        }
    }
    /// The key of the flow's first packet.
    [[nodiscard]] FlowKey key(std::uint64_t flow) const;
    [[nodiscard]] bool is_ipv4() const { return ipv4_; }

  private:
    static constexpr std::uint16_t first_port = 1024;
    static constexpr std::uint32_t client_ports = 64000;
    static constexpr std::uint16_t server_port = 443;

    // Destination networks, as computing an address in one wants them: the first address that can
    // be chosen, and how many can. Tables of 100,000 are common, and every frame reads one entry.
    struct Ipv4Network {
        std::uint32_t first;
        std::uint32_t hosts;
    };
    struct Ipv6Network {
        Address first;
        std::uint64_t hosts;
    };

    [[nodiscard]] std::uint64_t mixed(std::uint64_t flow) const {
        return RandomStream::mix(key_ + flow);
    }
    template <class Network>
    [[nodiscard]] static const Network& one_of(const std::vector<Network>& networks,
                                               std::uint64_t bits) {
        return networks[(bits >> 32) * networks.size() >> 32];
    }
    [[nodiscard]] Address destination(std::uint64_t bits) const {
        const std::uint64_t which = bits & 0xffffffff;
        if (ipv4_) {
            const Ipv4Network& network = one_of(ipv4_networks_, bits);
            return {0, ipv4_mapped | (network.first + (which * network.hosts >> 32))};
        }
        const Ipv6Network& network = one_of(ipv6_networks_, bits);
        return {network.first.high, network.first.low + (which * network.hosts >> 32)};
    }

    static constexpr std::uint64_t ipv4_mapped = 0xffff'0000'0000;

    Address source_;       // the first that sends
    std::uint32_t hosts_;  // of the source network that send
    std::uint8_t protocol_;
    bool ipv4_;
    std::uint64_t key_;
    std::vector<Ipv4Network> ipv4_networks_;  // of the two, the version's own is filled
    std::vector<Ipv6Network> ipv6_networks_;
};

}  // namespace snsim
