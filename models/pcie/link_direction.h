// One direction of a link: the queues of those who send, their arbiter, the line, and the far end's
// buffer.
//
// A transaction is sent as a train of TLPs. Which train's TLP goes next is the arbiter's choice
// (tlp_arbiter.h). A TLP needs credit for its header and data, which the far end gives back by
// updates when it has drained the TLP (flow_control.h), and room in the replay buffer
// (acknowledgements.h). Acknowledgements and updates of the other direction's traffic take the line
// (link_line.h) where it is free and before TLPs where it is not (`dll: events`), or are a part of
// the rate (`dll: guideline`).
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
// acknowledgement is back.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/base/inputs.h"
#include "models/base/memory_stream.h"
#include "models/base/partition.h"
#include "models/base/probe.h"
#include "models/base/random.h"
#include "models/pcie/acknowledgements.h"
#include "models/pcie/flow_control.h"
#include "models/pcie/link_line.h"
#include "models/pcie/pcie_events.h"
#include "models/pcie/tlp_arbiter.h"
#include "models/pcie/train.h"

namespace snsim {

class LinkDirection {
  public:
    static constexpr std::size_t max_senders = TlpArbiter::max_senders;

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
        arbiter_.set_ports(weights);
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
    void drained(const Tlp& tlp, Picoseconds t);
    /// What a TLP of so many bytes of data takes on this line.
    [[nodiscard]] Picoseconds line_time(const Tlp& tlp) const {
        return line_.time_of(header_of(tlp.flow) + tlp.payload_bytes).ps;
    }

    Probe<TlpFact> tlp_sent;      ///< first bit
    Probe<TlpFact> tlp_received;  ///< last bit, at the far end
    Station& station;             ///< the line's

    [[nodiscard]] BitRate rate() const { return line_.rate(); }
    [[nodiscard]] const FlowCredits& credits(PcieFlow flow) const {
        return flows_[flow_index(flow)].credits;
    }
    // for the audit: TLPs and payload bytes since the beginning
    [[nodiscard]] std::uint64_t accepted_bytes() const { return accepted_bytes_; }
    [[nodiscard]] std::uint64_t delivered_bytes() const { return delivered_bytes_; }
    [[nodiscard]] std::uint64_t waiting_bytes() const { return arbiter_.bytes(); }
    [[nodiscard]] std::uint64_t replays() const { return replays_; }
    [[nodiscard]] std::uint64_t dllps() const { return line_.packets(); }
    /// Tells of the data link layer's packets that were due by now while the line was idle.
    void settle();
    /// TLPs and trains that wait or are to come.
    [[nodiscard]] std::size_t waiting() const { return arbiter_.coming() + arbiter_.waiting(); }
    [[nodiscard]] const ReplayBuffer& replay_buffer() const { return acks_.replay; }

  private:
    void enqueue(Train& train, std::size_t sender, Picoseconds t);
    [[nodiscard]] Train& take_train();
    void decide();
    void advance(Picoseconds until);
    void admit(Picoseconds t) {
        arbiter_.admit(t, [this](const Train& train) { line_.station.tally.enter(train.entered); });
    }
    void schedule();
    [[nodiscard]] Picoseconds start_of_last(const Train& train, Picoseconds earliest) const;
    [[nodiscard]] bool may_go(const Train& train, Picoseconds t, Picoseconds& retry);
    void send_from(Train& train, Picoseconds t, Picoseconds until);
    [[nodiscard]] bool is_watched() const { return tlp_sent.heard() || tlp_received.heard(); }
    [[nodiscard]] std::uint32_t alike(const Train& train, Picoseconds t);
    void send_alike(Train& train, std::uint32_t most, Picoseconds t, Picoseconds until);
    void send_last(Train& train, Picoseconds t);
    void send_with_care(Train& train, Picoseconds t);
    [[nodiscard]] Picoseconds send_corrupted(const Train& train, std::uint32_t bytes,
                                             Picoseconds start);
    static void note_sent(Train& train, std::uint32_t tlps, std::uint32_t payload,
                          Picoseconds first_arrival);
    void complete(Train& train, std::uint32_t payload, Picoseconds arrival);
    void dllp(Picoseconds t);
    void acknowledge(Picoseconds t);
    void replay();
    void tell_drained(FlowControl& flow, Picoseconds t);
    [[nodiscard]] std::uint32_t header_of(PcieFlow flow) const {
        return flow == PcieFlow::completion ? headers_.completion : headers_.request;
    }

    // parameters
    TlpHeaders headers_;
    double error_rate_;
    Picoseconds latency_;
    Picoseconds interval_;    ///< between data link packets of a kind
    Picoseconds packet_way_;  ///< of one, until it is read
    bool told_;               ///< they travel one by one

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
    TlpArbiter arbiter_;
    LinkLine line_;
    std::array<FlowControl, pcie_flows> flows_;
    Acknowledgements acks_;
    RandomStream random_;
    bool careful_;  ///< each TLP has to be looked at by itself
    Picoseconds not_before_ = 0;
    bool deciding_ = false;
    std::vector<std::unique_ptr<Train>> trains_;
    std::vector<Train*> spare_;
    std::uint64_t accepted_bytes_ = 0;
    std::uint64_t delivered_bytes_ = 0;
    std::uint64_t replays_ = 0;
};

}  // namespace snsim
