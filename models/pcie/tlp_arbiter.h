// Whose TLP goes next on one direction of a link: the trains that are to come, the queues of those
// who send, and their turns.
//
// Senders take turns of as many TLPs as their weight. Order is kept as PCIe Base 5.0, 2.4.1
// demands: no train passes a posted one that was handed over earlier, unless relaxed (a train of
// another sender may go between the TLPs of one that has begun); posted TLPs and completions pass
// non-posted ones that may not go. Where the senders are a switch's ports none of them waits for
// another's writes. Whether a train may go (credit, replay room) is for the caller to say.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "models/base/ring.h"
#include "models/pcie/sorted_queue.h"
#include "models/pcie/train.h"

namespace snsim {

class TlpArbiter {
  public:
    static constexpr std::size_t max_senders = 32;

    /// Requests and answers of a block at the end of a link.
    TlpArbiter() : senders_(2) {}
    /// The ports of a switch.
    void set_ports(const std::vector<std::int64_t>& weights);

    /// The train joins its queue at t, now or later. True if it is behind others there, and so ends
    /// no earlier than they.
    bool announce(Train& train, Picoseconds t) {
        coming_.push(t, train.lane(), &train);
        Lane& lane = lane_of(train);
        const bool behind = lane.open++ > 0 && t >= lane.latest;
        lane.latest = std::max(lane.latest, t);
        return behind;
    }
    /// Those that have come by t join their queues, of which on_entry(train) is told.
    template <class OnEntry>
    void admit(Picoseconds t, OnEntry on_entry) {
        while (!coming_.empty() && coming_.time() <= t) {
            Train& train = *coming_.pop();
            train.order = orders_++;
            lane_of(train).queue.push(&train);
            ++senders_[train.sender].waiting;
            ++waiting_;
            on_entry(train);
        }
    }
    /// The first of its queue has been sent.
    void drop(const Train& train) {
        Lane& lane = lane_of(train);
        lane.queue.drop();
        --lane.open;
        --senders_[train.sender].waiting;
        --waiting_;
    }

    /// The train whose next TLP is sent: the first in turn of which may_go(train) is true.
    template <class MayGo>
    [[nodiscard]] Train* next(MayGo may_go);
    /// True if the train's next TLP is what would be chosen, could it go.
    [[nodiscard]] bool is_unrivalled(const Train& train) const {
        return lane_of(train).queue.size() == waiting_ || is_first(train);
    }
    /// No train comes before this that could be a rival of one that is unrivalled now; `until` if
    /// none does till then.
    [[nodiscard]] Picoseconds unrivalled_until(const Train& train, Picoseconds until) const {
        for (std::size_t i = 0; i < coming_.size() && coming_[i].t <= until; ++i) {
            if (coming_[i].source != train.lane()) return coming_[i].t - 1;
        }
        return until;
    }
    /// No train's last TLP starts before this if none does before `from`;
    /// start_of_last(train, earliest) is when that of a train does which is sent from then on.
    template <class StartOfLast>
    [[nodiscard]] Picoseconds last_start(Picoseconds from, StartOfLast start_of_last) const;

    [[nodiscard]] std::size_t waiting() const { return waiting_; }  ///< in queues
    [[nodiscard]] std::size_t coming() const { return coming_.size(); }
    /// When the first one comes, or never.
    [[nodiscard]] Picoseconds next_coming() const {
        return coming_.empty() ? never : coming_.time();
    }
    /// Of trains that wait or are to come.
    [[nodiscard]] std::uint64_t bytes() const;

  private:
    struct Lane {
        Ring<Train*> queue;
        std::uint32_t open = 0;  ///< those to come included
        Picoseconds latest = 0;  ///< that the last one is ready
    };
    struct Sender {
        std::int64_t weight = 1;
        std::size_t waiting = 0;
        std::array<Lane, pcie_flows> lanes;  ///< by flow

        [[nodiscard]] const Ring<Train*>& writes() const {
            return lanes[flow_index(PcieFlow::posted)].queue;
        }
    };

    [[nodiscard]] Lane& lane_of(const Train& train) {
        return senders_[train.sender].lanes[flow_index(train.flow)];
    }
    [[nodiscard]] const Lane& lane_of(const Train& train) const {
        return senders_[train.sender].lanes[flow_index(train.flow)];
    }
    /// Of one sender, the oldest that may go; what is younger passes only where the rules let it.
    template <class MayGo>
    [[nodiscard]] Train* candidate(const Sender& sender, MayGo may_go) const;
    /// The first train of each of a sender's queues, by age. Returns how many.
    [[nodiscard]] static std::size_t oldest(const Sender& sender,
                                            std::array<Train*, pcie_flows>& trains);
    [[nodiscard]] bool in_order(const Train& train, const Sender& sender) const;
    [[nodiscard]] bool is_first(const Train& train) const;
    [[nodiscard]] bool behind_others(const Train& train) const;
    [[nodiscard]] static bool passes_posted(const Train& train, const Sender& sender);

    SortedQueue<Train*> coming_;
    std::vector<Sender> senders_;
    bool ports_ = false;       // the senders are a switch's
    std::size_t waiting_ = 0;  // trains in queues
    std::size_t turn_ = 0;     // the sender that has sent last
    std::int64_t more_ = 0;    // TLPs that it may send before others have their turn
    std::uint64_t orders_ = 0;
};

template <class MayGo>
Train* TlpArbiter::candidate(const Sender& sender, MayGo may_go) const {
    for (const Lane& lane : sender.lanes) {  // mostly there is no other queue
        if (lane.queue.size() != waiting_) continue;
        Train* const train = lane.queue.front();
        return may_go(*train) ? train : nullptr;
    }
    std::array<Train*, pcie_flows> trains;
    const std::size_t count = oldest(sender, trains);
    for (std::size_t i = 0; i < count; ++i) {
        if (in_order(*trains[i], sender) && may_go(*trains[i])) return trains[i];
    }
    return nullptr;
}

template <class MayGo>
Train* TlpArbiter::next(MayGo may_go) {
    if (more_ > 0 && senders_[turn_].waiting > 0) {
        if (Train* const train = candidate(senders_[turn_], may_go)) {
            --more_;
            return train;
        }
    }
    std::size_t turn = turn_;
    for (std::size_t i = 0; i < senders_.size(); ++i) {
        turn = turn + 1 == senders_.size() ? 0 : turn + 1;
        if (senders_[turn].waiting == 0) continue;
        if (Train* const train = candidate(senders_[turn], may_go)) {
            turn_ = turn;
            more_ = senders_[turn].weight - 1;
            return train;
        }
    }
    return nullptr;
}

template <class StartOfLast>
Picoseconds TlpArbiter::last_start(Picoseconds from, StartOfLast start_of_last) const {
    Picoseconds least = never;
    if (waiting_ > 0) {
        for (const Sender& sender : senders_) {
            if (sender.waiting == 0) continue;
            for (const Lane& lane : sender.lanes) {
                if (lane.queue.empty()) continue;
                least = std::min(least, start_of_last(*lane.queue.front(), from));
            }
            if (sender.waiting == waiting_) break;
        }
    }
    constexpr std::size_t few = 8;
    if (coming_.size() > few) {  // a bound that takes less looking
        const Picoseconds first = std::max(from, coming_.time());
        return std::min(
            {least, start_of_last(*coming_[0].value, first), std::max(from, coming_[1].t)});
    }
    // Of one queue only the first that comes may end first, if none is there already.
    std::array<std::uint32_t, pcie_flows> seen{};  // by flow, a bit per sender
    bool first = false;                            // of its queue, or together with that one
    for (std::size_t i = 0; i < coming_.size() && coming_[i].t < least; ++i) {
        const Train& train = *coming_[i].value;
        std::uint32_t& of_flow = seen[flow_index(train.flow)];
        const std::uint32_t bit = 1U << train.sender;
        const bool alone = (of_flow & bit) == 0;
        first = alone || (first && coming_[i].t == coming_[i - 1].t &&
                          coming_[i].source == coming_[i - 1].source);
        of_flow |= bit;
        if (!first || !lane_of(train).queue.empty()) continue;
        least = std::min(least, start_of_last(train, std::max(from, coming_[i].t)));
    }
    return least;
}

}  // namespace snsim
