// The transmit side of the NIC: from the rings of a host's memory to the ASIC's packet buffer.
//
// Doorbells make descriptors known, which are read ahead in batches. Functions whose queues hold
// whole packets take turns by deficit round robin on their weights, within their rate limits; a
// function's queues take turns packet by packet. A packet's pieces are then read, as long as no
// more than `tx_window` bytes are under way and the ASIC has room for its frames: it grants
// `tx_credit` bytes for each wire, which come back as frames leave the packet buffer. Functions
// draw on the credit of the wire by which they send. The packet is cut into segments where its
// descriptor asks for that: one that becomes several frames is begun once the first of them has
// room, and runs up a debt for the others; its pieces are the payloads of its frames, which so keep
// what they are. Its frames reach the packet buffer `tx_latency` later. Completions
// tell the driver how far the card is with a ring. A tag is put into frames whose descriptor asks
// for that. Reads overtake each other; packets of a queue do not.
//
// A packet is dropped here if it carries another MAC address or VLAN than its function's
// (`spoofed`), if its memory holds no packet of that length or its descriptor asks for segments of
// what is no TCP (`malformed`), or if its function was switched off meanwhile (`interface_down`).
// A ring full of pieces without an end is switched off.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <systemc>
#include <vector>

#include "models/base/credits.h"
#include "models/base/frame_stream.h"
#include "models/base/frame_tally.h"
#include "models/base/servers.h"
#include "models/base/token_bucket.h"
#include "models/base/weighted_turns.h"
#include "models/nic/completion_writer.h"
#include "models/nic/host_access.h"
#include "models/nic/nic_events.h"
#include "models/nic/nic_function.h"
#include "models/nic/transmit_packet.h"

namespace snsim {

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
        std::uint8_t wire = 0;  ///< by which it sends where no function decides
    };
    /// `read_limit`: most bytes the DMA engine reads at once.
    Transmitter(const sc_core::sc_module_name& name, Partition& partition, const NicParams& params,
                std::deque<NicFunction>& functions, const std::vector<Share>& shares,
                const Slots& slots, std::uint32_t read_limit);

    FrameOut to_asic;  ///< the credit: the buffer took the frame or dropped it
    HostAccess dma;

    Probe<NicDropped> dropped_here;
    Probe<NicFaulted> faults;
    FrameTally cut;       ///< packets that were segmented
    FrameTally segments;  ///< what they became
    Probe<TagChanged> tagged;

    /// A transmit ring's descriptors are known up to this one; false if they cannot be.
    [[nodiscard]] bool ring(NicQueue& queue, std::uint16_t index, Picoseconds t);
    /// What the function may send from t, the present, on.
    void set_share(std::uint16_t function, const Share& share, Picoseconds t);
    /// The ASIC has no more of the frame from t on. Each way in which that happens is a lane.
    template <std::size_t lane>
    void credit(Frame& frame, Picoseconds t) {
        give_back(frame, lane, t);
    }
    static constexpr std::size_t credit_lanes = 5;

    [[nodiscard]] BlockId block() const { return block_; }

  private:
    enum What : std::uint32_t { descriptors, data, completions, what_bits = 2 };
    using Packet = TransmitPacket;
    struct Todo {
        enum class Kind : std::uint8_t { fetched, piece, read, tokens, credit };
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
        std::uint8_t wire = 0;
    };
    /// Towards one wire: whose turn it is, and what the ASIC grants.
    struct Way {
        Way(const std::vector<Share>& shares, const NicParams& params);
        WeightedTurns turns;
        CreditPool<credit_lanes + 1> credits;  ///< the last lane is the NIC's own
        std::int64_t beyond = 0;               ///< bytes sent beyond the credit, by large packets
        bool waits = false;                    ///< for credit
        Picoseconds looks_at = never;          ///< whether it is there
    };

    void fetch(NicQueue& queue, Picoseconds t);
    void note_packets(NicQueue& queue, Picoseconds t);
    void stop(NicQueue& queue, NicFault fault, Picoseconds t);
    /// Reads that bring a piece of a packet.
    [[nodiscard]] std::uint32_t reads_of(std::uint32_t bytes) const {
        return bytes == 0 ? 1 : (bytes + read_limit_ - 1) / read_limit_;
    }
    void start(Picoseconds t);
    [[nodiscard]] bool start_one(Way& way, Picoseconds t);
    [[nodiscard]] bool take_credit(Way& way, Packet& packet, Picoseconds t);
    void give_back(const Frame& frame, std::size_t lane, Picoseconds t);
    void wait_for_credit(Way& way, Picoseconds t);
    void give_back(Way& way, std::int64_t bytes, std::size_t lane, Picoseconds t);
    void leave_turn(NicQueue& queue);
    [[nodiscard]] bool has_tokens(std::uint16_t function, std::uint32_t bytes, Picoseconds t);
    void read_packet(NicQueue& queue, Packet& packet, Picoseconds t);
    void done(Payload& payload, Picoseconds t);
    void place(Packet& packet, std::uint32_t piece, Frame& frame, Picoseconds t);
    void send(Packet& packet, Picoseconds t);
    void pass_on(Packet& packet, Picoseconds t);
    void drop(Frame& frame, DropReason reason, Picoseconds t);
    void send_segments(Frame& packet, const Packet& what, Picoseconds t);
    void send_parts(Packet& packet, Picoseconds t);
    void send_frame(Frame& frame, const Packet& packet, Picoseconds t);
    void report(Packet& packet, Picoseconds t);
    void later(Picoseconds t, const Todo& todo);
    void wake_up();
    void due();
    [[nodiscard]] Packet& take_packet();

    // parameters
    std::int64_t window_;
    std::uint32_t read_limit_;

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
    std::deque<Way> ways_;        // by wire
    std::size_t next_way_ = 0;    // whose turn it is
    std::int64_t under_way_ = 0;  // bytes
    std::vector<std::unique_ptr<Packet>> packets_;
    std::vector<Packet*> spare_;
    Station fetch_;
    Delay process_;
};

}  // namespace snsim
