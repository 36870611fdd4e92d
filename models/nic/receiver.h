// The receive side of the NIC: from the ASIC's egress pipeline into the rings of a host's memory.
//
// A frame takes a fixed time to be filtered and hashed. Then, in order over all functions, it takes
// a descriptor of its queue from the card's cache, or is dropped; its bytes go to the DMA engine
// and right behind them its completion, alone or with others. Where a function merges segments
// (LRO) those of a connection that follow each other go into one buffer, the later ones without
// their headers, and one completion tells of them (coalescer.h). The bytes it takes of the FIFO and
// of the packet buffer come back when its last byte has left for the host. The tag of a function's
// VLAN is taken off, and told by the completion. Left out: header split, copies of group frames to
// several functions.
//
// A frame is dropped here where its function is off (`interface_down`), does not have its MAC
// address or VLAN (`not_for_interface`, `wrong_vlan`), has no descriptor on the card
// (`no_descriptor`) or one too small (`buffer_too_small`).
#pragma once

#include <deque>
#include <systemc>

#include "models/base/credits.h"
#include "models/base/frame_stream.h"
#include "models/base/inputs.h"
#include "models/base/partition.h"
#include "models/base/servers.h"
#include "models/base/timed_queue.h"
#include "models/functions/nic_note.h"
#include "models/nic/completion_writer.h"
#include "models/nic/host_access.h"
#include "models/nic/nic_events.h"
#include "models/nic/nic_function.h"

namespace snsim {

class Receiver : public sc_core::sc_module {
  public:
    Receiver(const sc_core::sc_module_name& name, Partition& partition, const NicParams& params,
             std::deque<NicFunction>& functions, Duration credit_latency);

    FrameIn from_asic;
    HostAccess dma;
    CreditLink rx_credit;  ///< tells the traffic manager of bytes free in the FIFO
    CreditLink release;    ///< gives the frame's cells of the packet buffer back

    Probe<NicDropped> dropped_here;
    Probe<NicFaulted> faults;
    Probe<TagChanged> untagged;

    /// A receive ring's descriptors are known up to this one; false if they cannot be.
    [[nodiscard]] bool ring(NicQueue& queue, std::uint16_t index, Picoseconds t);

    /// The buffer of a frame that has left was not to be written.
    void end_blocked(Frame& frame, Picoseconds t);

    // for the audit
    [[nodiscard]] std::uint64_t received() const { return received_; }
    [[nodiscard]] std::uint64_t written() const { return written_; }
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
    [[nodiscard]] std::uint64_t inside() const { return inside_; }

    [[nodiscard]] BlockId block() const { return block_; }

  private:
    enum What : std::uint32_t { descriptors, frame_bytes, completions, what_bits = 2 };
    /// Descriptors that have come.
    struct Fetched {
        NicQueue* queue;
        std::uint8_t* to;
        std::uint32_t generation;
    };
    /// A run of merged segments has waited its time.
    struct Expiry {
        NicQueue* queue;
        std::uint64_t session;
    };

    void accept(Frame& frame, Picoseconds t);
    void receive(Frame& frame, Picoseconds t);
    void take_up(NicFunction& function, Frame& frame, RxCompletion& entry, std::uint32_t tag,
                 Picoseconds t);
    [[nodiscard]] DropReason refusal(const NicFunction& function, const Frame& frame,
                                     const NicNote& note) const;
    /// The frame's descriptor, taken, and what tells of it; false if it was dropped.
    [[nodiscard]] bool take_descriptor(NicQueue& queue, Frame& frame, RxCompletion& entry,
                                       RxDescriptor& descriptor, std::uint32_t tag, Picoseconds t);
    void write(NicQueue& queue, Frame& frame, std::uint64_t address, std::uint32_t bytes,
               std::uint32_t tag, Picoseconds t);
    void merge(NicQueue& queue, Frame& frame, RxCompletion& entry, std::uint32_t tag,
               Picoseconds t);
    void close(NicQueue& queue, const Coalescer::Session& session, Picoseconds t);
    /// `tag`: bytes of the frame that were taken off here.
    void drop(Frame& frame, DropReason reason, std::uint32_t tag, Picoseconds t);
    void fetch(NicQueue& queue, Picoseconds t);
    void stop(NicQueue& queue, std::uint32_t generation, Picoseconds t);
    void done(Payload& payload, Picoseconds t);
    void give_back(Frame& frame, std::uint32_t tag, Picoseconds t);
    void wake_up();
    void due();

    // parameters
    Picoseconds credit_latency_;

    // wiring
    Partition& partition_;
    std::deque<NicFunction>& functions_;
    BlockId block_;
    std::uint8_t place_;

  public:
    CompletionWriter completion;

  private:
    Delay lookup_;
    FrameInput input_;
    Wake wake_;

    // state
    TimedQueue<Fetched> fetched_;
    TimedQueue<Expiry> expiring_;
    Station queue_;                  ///< from the look-up until the frame has left for the host
    Picoseconds latest_credit_ = 0;  ///< credits go back in order
    std::uint64_t received_ = 0;
    std::uint64_t written_ = 0;
    std::uint64_t dropped_ = 0;
    std::uint64_t inside_ = 0;
};

}  // namespace snsim
