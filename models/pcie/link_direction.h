// One direction of a link: the queues of those who send, their arbiter, the line, and the far end's
// buffer.
//
// A transaction is sent as a train of TLPs. Senders take turns TLP by TLP. Order is kept as PCIe
// Base 5.0, 2.4.1 demands: no train passes a posted one that was handed over earlier, unless
// relaxed (a train of another sender may go between the TLPs of one that has begun); posted TLPs
// and completions pass non-posted ones that lack credit. A TLP needs credit for its header and
// data, which the far end gives back by updates when it has drained the TLP. Acknowledgements and
// updates of the other direction's traffic take the line where it is free and before TLPs where it
// is not (`dll: events`), or are a part of the rate (`dll: guideline`).
//
// Where the far end is a switch, it is told of each TLP, and gives the credit back when it has
// passed the TLP on. What a switch sends are single TLPs; its ports are senders that take turns by
// weight, and none of them waits for another's writes.
//
// What is sent is decided no earlier than it can be known, but one decision covers as many TLPs as
// are certain by then: a train that nobody disturbs takes one agenda item, when its last TLP
// starts; whoever joins meanwhile finds the TLPs that have not started yet still in the queue, and
// an item for each TLP is needed only while several senders compete.
//
// Corrupted TLPs (`error_rate`) are sent again with all behind them once the negative
// acknowledgement is back. A lost acknowledgement (`ack_loss`) is made good by the next one, or the
// replay timer lets all be sent again that nothing tells of; so much as fits in the replay buffer.
// An idle link sleeps (L0s, L1) and takes its time to wake up.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "models/base/inputs.h"
#include "models/base/memory_stream.h"
#include "models/base/partition.h"
#include "models/base/probe.h"
#include "models/base/random.h"
#include "models/base/servers.h"
#include "models/base/timed_queue.h"
#include "models/pcie/flow_control.h"
#include "models/pcie/link_format.h"
#include "models/pcie/pcie_events.h"
#include "models/pcie/replay_buffer.h"
#include "models/pcie/tlp_cursor.h"

namespace snsim {

/// One TLP, as a switch passes it on.
struct Tlp {
    Payload* payload;
    std::uint64_t address;
    std::uint32_t index;          ///< in its train
    std::uint32_t bytes;          ///< that it carries or asks for
    std::uint32_t payload_bytes;  ///< that it carries
    PcieFlow flow;
    bool last;         ///< of its train
    Picoseconds came;  ///< its last bit, to the switch
};

class LinkDirection {
  public:
    static constexpr std::size_t max_senders = 32;

    struct Settings {
        std::string path;
        LinkParams link;
        FlowCreditParams far_end;  ///< advertised by the receiver
        std::uint64_t seed;
    };
    LinkDirection(Partition& partition, BlockId block, const Settings& settings);
    LinkDirection(const LinkDirection&) = delete;
    LinkDirection& operator=(const LinkDirection&) = delete;

    /// Acknowledgements and credit updates of this direction travel on the other one.
    void set_back(LinkDirection& back) { back_ = &back; }
    /// Calls owner.method(payload, flow, t) when the last TLP of a train has come.
    template <auto method, class Owner>
    void deliver_to(Owner& owner) {
        deliver_context_ = &owner;
        deliver_ = [](void* context, Payload& payload, PcieFlow flow, Picoseconds t) {
            (static_cast<Owner*>(context)->*method)(payload, flow, t);
        };
    }
    /// The far end is a switch: calls owner.method(tlp, first, last) for each TLP, with the times
    /// at which its first and its last bit are there. Before time begins, as what follows.
    template <auto method, class Owner>
    void forward_to(Owner& owner) {
        forward_context_ = &owner;
        forward_ = [](void* context, const Tlp& tlp, Picoseconds first, Picoseconds last) {
            (static_cast<Owner*>(context)->*method)(tlp, first, last);
        };
    }
    /// This end is a switch, whose ports send by weight: calls owner.method(tlp, sender, t) when
    /// one has left that a port passed on.
    template <auto method, class Owner>
    void gather(const std::vector<std::int64_t>& weights, Owner& owner) {
        set_senders(weights);
        passed_context_ = &owner;
        passed_ = [](void* context, const Tlp& tlp, std::size_t sender, Picoseconds t) {
            (static_cast<Owner*>(context)->*method)(tlp, sender, t);
        };
    }
    /// Calls owner.method(payload, t) when the last TLP of a posted train has left.
    template <auto method, class Owner>
    void tell_sent(Owner& owner) {
        sent_context_ = &owner;
        sent_ = [](void* context, Payload& payload, Picoseconds t) {
            (static_cast<Owner*>(context)->*method)(payload, t);
        };
    }

    /// A train of `sender` is ready at t, now or later; the TLPs of a completion not before
    /// `step` after one another.
    void send(std::size_t sender, PcieFlow flow, Payload& payload, const TlpCursor& tlps,
              Picoseconds t, Picoseconds step = 0);
    /// A TLP that came by port `sender` of a switch can go on from t.
    void pass(std::size_t sender, const Tlp& tlp, Picoseconds t);
    /// The switch at the far end has room for others in place of the TLP from t on.
    void drained(const Tlp& tlp, Picoseconds t) {
        give_credit_back(tlp.flow, tlp.payload_bytes, t);
    }
    /// What a TLP of so many bytes of data takes on this line.
    [[nodiscard]] Picoseconds line_time(const Tlp& tlp) const {
        return (byte_time_ * (header_of(tlp.flow) + tlp.payload_bytes)).ps;
    }

    Probe<TlpFact> tlp_sent;      ///< first bit
    Probe<TlpFact> tlp_received;  ///< last bit, at the far end
    Station station;              ///< the line; work in bytes, of TLPs and of DLLPs

    [[nodiscard]] BitRate rate() const { return rate_; }
    [[nodiscard]] const FlowCredits& credits(PcieFlow flow) const {
        return credits_[static_cast<std::size_t>(flow)];
    }
    // for the audit: TLPs and payload bytes since the beginning
    [[nodiscard]] std::uint64_t accepted_bytes() const { return accepted_bytes_; }
    [[nodiscard]] std::uint64_t delivered_bytes() const { return delivered_bytes_; }
    [[nodiscard]] std::uint64_t waiting_bytes() const;
    [[nodiscard]] std::uint64_t replays() const { return replays_; }
    [[nodiscard]] std::uint64_t dllps() const { return dllps_; }
    /// Tells of the data link layer's packets that were due by now while the line was idle.
    void settle();
    /// TLPs and trains that wait or are to come.
    [[nodiscard]] std::size_t waiting() const { return coming_.size() + waiting_; }
    [[nodiscard]] const ReplayBuffer& replay_buffer() const { return replay_; }

  private:
    struct Train {
        Payload* payload;
        PcieRequest* info;    ///< the payload's
        TlpCursor tlps;       ///< not yet sent
        Picoseconds entered;  ///< into the queue, or the end of what was sent of it before
        Picoseconds ready;    ///< its next TLP
        Picoseconds step;
        std::uint64_t order;
        std::uint32_t left;    ///< TLPs
        std::uint32_t sent;    ///< TLPs; where this is one of a train, those before it
        std::uint32_t data;    ///< bytes of all
        std::uint32_t last;    ///< bytes that its last TLP carries or asks for
        std::uint32_t header;  ///< bytes of each
        PcieFlow flow;
        std::uint8_t sender;
        bool relaxed;
        bool by_function;
        bool has_data;
        Picoseconds came;  ///< to the switch that passes it on
        bool passing;      ///< this is one TLP, which a switch passes on
        bool ends;         ///< its last TLP is the transaction's last
    };
    struct Sender {
        std::int64_t weight = 1;
        std::array<Ring<Train*>, 3> queues;   // by flow
        std::size_t waiting = 0;              // in them
        std::array<std::uint32_t, 3> open{};  // by flow, those to come included
        std::array<Picoseconds, 3> latest{};  // by flow, the last one is ready
    };
    /// What was sent of one train without a gap.
    struct Run {
        Train* train = nullptr;
        Picoseconds start = 0;
        Picoseconds finish = 0;
        std::uint32_t bytes = 0;
    };

    void decide();
    void advance(Picoseconds until);
    void admit(Picoseconds t);
    void schedule();
    [[nodiscard]] Picoseconds last_start(Picoseconds from) const;
    [[nodiscard]] Train* arbitrate(Picoseconds t, Picoseconds& retry);
    [[nodiscard]] Train* candidate(Sender& sender, Picoseconds t, Picoseconds& retry);
    [[nodiscard]] bool behind_others(const Train& train) const;
    [[nodiscard]] static bool passes_posted(const Train& train, const Sender& sender);
    [[nodiscard]] bool may_go(const Train& train, Picoseconds t, Picoseconds& retry);
    [[nodiscard]] bool is_unrivalled(const Train& train) const;
    void send_from(Train& train, Picoseconds t, Picoseconds until);
    void transmit(Train& train, std::uint32_t tlps, Picoseconds t);
    [[nodiscard]] std::uint32_t alike(Train& train, Picoseconds t, Picoseconds until);
    [[nodiscard]] Picoseconds send_corrupted(Train& train, std::uint32_t bytes, Picoseconds start);
    void complete(Train& train, std::uint32_t payload, Picoseconds arrival);
    void close_run();
    void send_dllps(Picoseconds until);
    void dllp(Picoseconds t);
    void acknowledge(Picoseconds t);
    void replay();
    void give_credit_back(PcieFlow flow, std::uint32_t bytes, Picoseconds drained,
                          std::uint32_t tlps = 1);
    [[nodiscard]] Picoseconds wake_up(Picoseconds t) const;
    void set_senders(const std::vector<std::int64_t>& weights);
    void enqueue(Train& train, std::size_t sender, Picoseconds t);
    [[nodiscard]] Train& take_train();
    [[nodiscard]] std::uint32_t header_of(PcieFlow flow) const {
        return flow == PcieFlow::completion ? headers_.completion : headers_.request;
    }
    [[nodiscard]] static Tlp tlp_of(const Train& train);

    // parameters
    LinkParams link_;
    BitRate rate_;
    TlpHeaders headers_;
    UnitTime byte_time_;
    Picoseconds latency_;

    // wiring
    Agenda& agenda_;
    Wake wake_;
    LinkDirection* back_ = nullptr;
    void (*deliver_)(void*, Payload&, PcieFlow, Picoseconds) = nullptr;
    void* deliver_context_ = nullptr;
    void (*sent_)(void*, Payload&, Picoseconds) = nullptr;
    void* sent_context_ = nullptr;
    void (*forward_)(void*, const Tlp&, Picoseconds, Picoseconds) = nullptr;
    void* forward_context_ = nullptr;
    void (*passed_)(void*, const Tlp&, std::size_t, Picoseconds) = nullptr;
    void* passed_context_ = nullptr;

    // state
    TimedQueue<Train*> coming_;
    std::vector<Sender> senders_;
    std::size_t waiting_ = 0;  // trains in queues
    std::size_t turn_ = 0;     // the sender that has sent last
    std::int64_t more_ = 0;    // TLPs that it may send before others have their turn
    Picoseconds not_before_ = 0;
    FreeTime line_;
    Run run_;
    bool deciding_ = false;
    std::array<FlowCredits, 3> credits_;
    Picoseconds interval_;  ///< between data link packets of a kind
    Coalescing acks_;
    std::array<Coalescing, 3> updates_;
    ReplayBuffer replay_;
    bool ack_lost_ = false;  ///< the one that tells of what comes now
    TimedQueue<int> dllps_due_;
    RandomStream random_;
    std::vector<std::unique_ptr<Train>> trains_;
    std::vector<Train*> spare_;
    std::uint64_t orders_ = 0;
    std::uint64_t accepted_bytes_ = 0;
    std::uint64_t delivered_bytes_ = 0;
    std::uint64_t replays_ = 0;
    std::uint64_t dllps_ = 0;
};

}  // namespace snsim
