// The traffic manager: bounded queues in front of the egress pipeline (port_queues.h).
//
// A frame that a function dropped ends here, as does one beyond its function's rate limit
// (`rate_limit`). Others join their queue, or are dropped (`queue_full`) at its limit, counted in
// cells of the packet buffer. Ports take turns (round robin among those with a frame, transmit
// credit and a context of the egress pipeline). Left out: priorities and shaping, multicast, ECN
// marking.
//
// An arrival is an agenda point. A frame that finds nobody waiting and all its credits goes
// straight on, even ahead of its time: those before it have gone, and nothing takes credits but
// frames.
#pragma once

#include <systemc>
#include <vector>

#include "models/asic/asic_events.h"
#include "models/asic/asic_params.h"
#include "models/asic/port_queues.h"
#include "models/base/credits.h"
#include "models/base/frame_stream.h"
#include "models/base/inputs.h"
#include "models/base/partition.h"

namespace snsim {

class TrafficManager : public sc_core::sc_module {
  public:
    struct Build {
        const TrafficManagerParams& params;
        Bytes cell;
        std::int64_t contexts;       ///< of the egress pipeline
        std::vector<Bytes> tx_fifo;  ///< of each port; the third is the host's
        Duration credit_latency;
        std::vector<PortQueues::Share> functions;  ///< of the host
    };

    TrafficManager(const sc_core::sc_module_name& name, Partition& partition, const Build& build);

    FrameIn from_ingress;
    FrameOut to_egress;
    CreditLink release;  ///< gives a dropped frame's cells back

    Probe<FrameDropped> dropped_here;

    /// What a function of the host may get from the present on.
    void set_share(std::size_t function, const PortQueues::Share& share) {
        queues_[host_port].set_share(function, share);
    }
    /// A transmit FIFO's bytes are free again at t.
    void transmit_credit(Frame& frame, Picoseconds t);

    [[nodiscard]] BlockId block() const { return block_; }
    /// Frames that took a context of the egress pipeline, and contexts not given back.
    [[nodiscard]] std::int64_t issued() const { return issued_; }
    [[nodiscard]] std::int64_t contexts_out() const {
        return static_cast<std::int64_t>(contexts_.held());
    }

  private:
    [[nodiscard]] static std::vector<PortQueues> queues_of(const Build& build);
    [[nodiscard]] bool nobody_waits() const { return entered_.empty(); }
    void arrive(Frame& frame, Picoseconds t);
    /// Passes the frame that arrives at t if nothing holds it up.
    [[nodiscard]] bool pass_straight(Frame& frame, Picoseconds t);
    void context_credit(Frame& frame, Picoseconds t);
    void drop(Frame& frame, DropReason reason, Picoseconds t);
    /// Sends whatever can go at t and arranges for the next moment at which something may.
    void dispatch(Picoseconds t);
    void issue(std::size_t port, Frame& frame, Picoseconds t);
    void wait_for_credit(Picoseconds t);
    [[nodiscard]] bool has_context(Picoseconds t) const {
        return contexts_.known() && contexts_.free_at() <= t;
    }
    void wake_up();
    void wake_at(Picoseconds t);

    // parameters
    Picoseconds credit_latency_;

    // wiring
    Partition& partition_;
    BlockId block_;
    std::uint8_t place_;
    FrameInput input_;
    Wake wake_;

    // state
    std::vector<PortQueues> queues_;  ///< by port
    OrderedSlots contexts_;
    std::int64_t issued_ = 0;
    Station station_;
    Ring<Picoseconds> entered_;  ///< when those that wait did, in order of entry
    std::size_t turn_ = 0;
};

}  // namespace snsim
