#include "models/pcie/tlp_arbiter.h"

#include "models/base/check.h"

namespace snsim {

void TlpArbiter::set_ports(const std::vector<std::int64_t>& weights) {
    SNSIM_CHECK(weights.size() <= max_senders,
                "more senders than a link's direction has turns for");
    ports_ = true;
    senders_ = std::vector<Sender>(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) senders_[i].weight = weights[i];
}

std::size_t TlpArbiter::oldest(const Sender& sender, std::array<Train*, pcie_flows>& trains) {
    std::size_t count = 0;
    for (const Lane& lane : sender.lanes) {
        if (lane.queue.empty()) continue;
        Train* const train = lane.queue.front();
        std::size_t at = count++;
        for (; at > 0 && trains[at - 1]->order > train->order; --at) trains[at] = trains[at - 1];
        trains[at] = train;
    }
    return count;
}

/// True if the rules let the sender's train go now.
bool TlpArbiter::in_order(const Train& train, const Sender& sender) const {
    const Ring<Train*>& writes = sender.writes();
    const bool behind_posted = !writes.empty() && writes.front()->order < train.order;
    if (behind_posted && !passes_posted(train, sender)) return false;
    return ports_ || train.sent > 0 || !behind_others(train);
}

/// True if no other sender's train waits, and none of its own is older.
bool TlpArbiter::is_first(const Train& train) const {
    const Sender& sender = senders_[train.sender];
    return sender.waiting == waiting_ &&
           std::all_of(sender.lanes.begin(), sender.lanes.end(), [&](const Lane& lane) {
               return lane.queue.empty() || lane.queue.front()->order >= train.order;
           });
}

/// True if another sender handed a posted train over earlier, of which no TLP has gone yet.
bool TlpArbiter::behind_others(const Train& train) const {
    for (std::size_t i = 0; i < senders_.size(); ++i) {
        if (i == train.sender || senders_[i].waiting == 0) continue;
        const Ring<Train*>& writes = senders_[i].writes();
        for (std::size_t k = 0; k < writes.size() && writes[k]->order < train.order; ++k) {
            if (writes[k]->sent == 0) return !passes_posted(train, senders_[i]);
        }
    }
    return false;
}

/// Only relaxed completions, and what is ordered by function against other functions' writes.
bool TlpArbiter::passes_posted(const Train& train, const Sender& sender) {
    if (train.relaxed && train.flow == PcieFlow::completion) return true;
    if (!train.by_function) return false;
    const Ring<Train*>& writes = sender.writes();
    for (std::size_t i = 0; i < writes.size() && writes[i]->order < train.order; ++i) {
        if (writes[i]->info->function == train.info->function) return false;
    }
    return true;
}

std::uint64_t TlpArbiter::bytes() const {
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < coming_.size(); ++i) bytes += coming_[i].value->data;
    for (const Sender& sender : senders_) {
        for (const Lane& lane : sender.lanes) {
            for (std::size_t i = 0; i < lane.queue.size(); ++i) bytes += lane.queue[i]->data;
        }
    }
    return bytes;
}

}  // namespace snsim
