// One function of the NIC, physical or virtual: its queue pairs, RSS, MSI-X table and state, as its
// driver set them up through its registers.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <memory>

#include "models/base/ring.h"
#include "models/nic/coalescer.h"
#include "models/nic/completion_ring.h"
#include "models/nic/descriptor_ring.h"
#include "models/nic/nic_params.h"
#include "models/nic/vnic_params.h"
#include "models/protocols/address.h"
#include "models/protocols/nic_registers.h"
#include "models/protocols/rss.h"

namespace snsim {

struct TransmitPacket;

struct NicQueue {
    NicQueue(std::uint16_t of, std::uint16_t number, const NicParams& nic)
        : function(of),
          index(number),
          rx(static_cast<std::uint32_t>(nic.descriptor_cache),
             static_cast<std::uint32_t>(nic.descriptor_fetch)),
          tx(static_cast<std::uint32_t>(nic.descriptor_cache),
             static_cast<std::uint32_t>(nic.descriptor_fetch)),
          merging(static_cast<std::size_t>(nic.lro_sessions)) {}

    std::uint16_t function;
    std::uint16_t index;
    DescriptorRing rx;
    DescriptorRing tx;
    Coalescer merging;  ///< where its function merges segments
    CompletionRing rx_completions;
    CompletionRing tx_completions;
    std::uint32_t life = 0;            ///< counts resets
    bool sending = false;              ///< it takes its turns among the function's queues
    Ring<TransmitPacket*> reading{2};  ///< packets on their way to the card, in order
    std::uint32_t unreported = 0;      ///< packets sent and not told of
};
/// A driver is told of packets sent after so many at the latest.
inline constexpr std::uint32_t max_unreported = 16;

class NicFunction {
  public:
    static constexpr std::size_t indirection_entries = 128;

    /// What its owner, not its driver, decides.
    struct Identity {
        MacAddress mac;
        std::uint16_t vlan;             ///< 0: untagged
        std::uint16_t queues;           ///< that it may use
        std::uint16_t most_queues = 0;  ///< that it may ever use in this run; 0: the same
        bool attached = true;
    };

    NicFunction(std::uint16_t number, const Identity& identity, const NicParams& nic)
        : index(number), owner(identity) {
        const std::uint16_t most = std::max(identity.queues, identity.most_queues);
        for (std::uint16_t q = 0; q < most; ++q) queues.emplace_back(number, q, nic);
        attached = identity.attached;
        reset();
    }

    /// As after power-on: no ring is set up, flows spread evenly over the queues.
    void reset() {
        enabled = lro = false;
        faulted = false;
        rss_key = ToeplitzHash::standard_key;
        hash = std::make_unique<ToeplitzHash>(rss_key);
        for (std::size_t i = 0; i < indirection.size(); ++i) {
            indirection[i] = static_cast<std::uint8_t>(i % owner.queues);
        }
        vectors.fill({});
        for (NicQueue& queue : queues) {
            queue.rx.stop();
            queue.tx.stop();
            queue.rx_completions.stop();
            queue.tx_completions.stop();
            queue.merging.forget();
            queue.unreported = 0;
            ++queue.life;
        }
    }

    struct Vector {
        MsixMessage message;
        bool masked = true;
    };

    std::uint16_t index;
    Identity owner;
    bool attached = true;  ///< its owner lets it work
    bool enabled = false;  ///< its driver has switched it on
    bool lro = false;      ///< likewise: received segments are merged
    bool faulted = false;
    std::deque<NicQueue> queues;  ///< the first `owner.queues` can be used
    ToeplitzHash::Key rss_key{};
    std::unique_ptr<ToeplitzHash> hash;
    std::array<std::uint8_t, indirection_entries> indirection{};
    std::array<Vector, max_vectors> vectors{};

    [[nodiscard]] bool receives() const { return attached && enabled; }
};

}  // namespace snsim
