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

    struct Endpoints {
        IpBytes src;
        IpBytes dst;
        std::uint16_t sport;
        std::uint16_t dport;
    };
    /// `flow` < 2^32.
    [[nodiscard]] Endpoints endpoints(std::uint64_t flow) const;
    /// Fetches what endpoints() will read. (Inlined always: g++ takes a function that does nothing
    /// but prefetch for one without effect and drops calls of it.)
    __attribute__((always_inline)) void prefetch(std::uint64_t flow) const {
        __builtin_prefetch(&destination(mixed(flow)));
    }
    /// The key of the flow's first packet.
    [[nodiscard]] FlowKey key(std::uint64_t flow) const;
    [[nodiscard]] bool is_ipv4() const { return ipv4_; }

  private:
    [[nodiscard]] std::uint64_t mixed(std::uint64_t flow) const {
        return RandomStream::mix(key_ + flow);
    }
    /// A destination network as computing an address in it wants it.
    struct alignas(32) Network {
        std::uint64_t high;  ///< of its address, host order
        std::uint64_t low;
        std::uint64_t hosts;  ///< that can be chosen, from `first` on; 1: the address alone
        std::uint64_t first;
    };
    [[nodiscard]] static Network network_of(const IpPrefix& prefix);
    [[nodiscard]] const Network& destination(std::uint64_t mixed) const {
        return destinations_[(mixed >> 32) * destinations_.size() >> 32];
    }

    IpPrefix source_;
    std::vector<Network> destinations_;
    std::uint64_t key_;
    std::uint8_t protocol_;
    bool ipv4_;
    std::uint32_t hosts_;  // of the source network that send
};

}  // namespace snsim
