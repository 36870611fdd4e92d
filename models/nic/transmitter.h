// The transmit side of the NIC: from the rings of a host's memory to the ASIC's packet buffer.
//
// Doorbells make descriptors known, which are read ahead in batches. Functions whose queues hold
// whole packets take turns by deficit round robin on their weights, within their rate limits; a
// function's queues take turns packet by packet. A packet's pieces are then read, as long as no
// more than `tx_window` bytes are under way. Reads overtake each other, but the packets of a queue
// go on in their order: a packet is cut into segments where its descriptor asks for that, checksums
// are filled in, and its frames reach the packet buffer `tx_latency` later. Completions tell the
// driver how far the card is with a ring.
//
// A packet is dropped here if it carries another MAC address or VLAN than its function's
// (`spoofed`), if its memory holds no packet of that length (`malformed`), or if its function was
// switched off meanwhile (`interface_down`). Left out: the ASIC holding the NIC back; frames beyond
// what a port carries wait in the traffic manager and are dropped there.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <systemc>
#include <vector>

#include "models/base/frame_stream.h"
#include "models/base/frame_tally.h"
#include "models/base/servers.h"
#include "models/base/token_bucket.h"
#include "models/base/weighted_turns.h"
#include "models/nic/completion_writer.h"
#include "models/nic/host_access.h"
#include "models/nic/nic_events.h"
#include "models/nic/nic_function.h"

namespace snsim {

/// A packet that the card reads.
struct TxPacket {
    NicQueue* queue;
    Frame* frame;
    TxDescriptor first;
    std::uint32_t bytes;
    std::uint32_t pieces;  ///< still to be read
    bool there;            ///< all of it is on the card
    std::uint16_t end;     ///< ring position behind it
    std::uint32_t generation;
};

class Transmitter : public sc_core::sc_module {
  public:
    /// Stamp slots of its stations, which frames pass before those of the ASIC.
    struct Slots {
        std::uint8_t sending;  ///< the host's: before the card reads it
        std::uint8_t fetch;
        std::uint8_t process;
    };
    struct Share {
        std::int64_t weight = 1;
        std::optional<BitRate> rate_limit;
        Bytes burst{};
    };
    Transmitter(const sc_core::sc_module_name& name, Partition& partition, const NicParams& params,
                std::deque<NicFunction>& functions, const std::vector<Share>& shares,
                const Slots& slots);

    FrameOut to_asic;  ///< the credit: the buffer took the frame or dropped it
    HostAccess dma;

    Probe<NicDropped> dropped_here;
    Probe<NicFaulted> faults;
    FrameTally cut;       ///< packets that were segmented
    FrameTally segments;  ///< what they became

    /// A transmit ring's descriptors are known up to this one.
    void ring(NicQueue& queue, std::uint16_t index, Picoseconds t);

    [[nodiscard]] BlockId block() const { return block_; }

  private:
    enum What : std::uint32_t { descriptors, data, completions, what_bits = 2 };
    using Packet = TxPacket;
    struct Todo {
        enum class Kind : std::uint8_t { fetched, read, tokens };
        Kind kind;
        NicQueue* queue;
        std::uint8_t* to;
        std::uint32_t generation;
        Packet* packet;
        std::uint16_t function;
    };
    /// Of one function.
    struct Sender {
        Ring<NicQueue*> queues;  ///< with whole packets, the one whose turn it is first
        std::optional<TokenBucket> bucket;
        bool waits_for_tokens = false;
    };

    void fetch(NicQueue& queue, Picoseconds t);
    void note_packets(NicQueue& queue);
    [[nodiscard]] static std::uint32_t pieces_of(const DescriptorRing& ring);
    [[nodiscard]] static std::uint32_t bytes_of(const DescriptorRing& ring);
    void start(Picoseconds t);
    [[nodiscard]] bool has_tokens(std::uint16_t function, std::uint32_t bytes, Picoseconds t);
    void read_packet(NicQueue& queue, Picoseconds t);
    void done(Payload& payload, Picoseconds t);
    void send_read(NicQueue& queue, Picoseconds t);
    void send(Packet& packet, Picoseconds t);
    [[nodiscard]] DropReason refusal(const NicFunction& function, const Packet& packet) const;
    void drop(Frame& frame, DropReason reason, Picoseconds t);
    void send_frame(Frame& frame, const NicQueue& queue, Picoseconds t);
    void send_segments(Frame& packet, const Packet& what, Picoseconds t);
    void report(Packet& packet, Picoseconds t);
    void later(Picoseconds t, const Todo& todo);
    void wake_up();
    void due();
    [[nodiscard]] Packet& take_packet();

    // parameters
    std::int64_t window_;

    // wiring
    Partition& partition_;
    std::deque<NicFunction>& functions_;
    BlockId block_;
    std::uint8_t place_;

  public:
    CompletionWriter completion;

  private:
    Wake wake_;

    // state
    TimedQueue<Todo> todo_;
    std::deque<Sender> senders_;  // by function
    WeightedTurns turns_;
    std::int64_t under_way_ = 0;  // bytes
    std::vector<std::unique_ptr<Packet>> packets_;
    std::vector<Packet*> spare_;
    Station fetch_;
    Delay process_;
};

}  // namespace snsim
