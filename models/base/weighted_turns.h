// Deficit round robin (Shreedhar and Varghese, SIGCOMM 1995): whose turn it is among queues that
// share a server by weight, whatever the sizes of what they hold.
//
// The queue at the head of the round has a grant of `quantum` times its weight, to which what is
// left of it from its last turn is added; it keeps its turn while its first entry fits into that.
#pragma once

#include <cstdint>
#include <vector>

#include "models/base/check.h"
#include "models/base/ring.h"

namespace snsim {

class WeightedTurns {
  public:
    WeightedTurns(const std::vector<std::int64_t>& weights, std::int64_t quantum)
        : quantum_(quantum) {
        for (const std::int64_t weight : weights) {
            SNSIM_CHECK(weight > 0 && quantum > 0, "a queue without weight would never be served");
            queues_.push_back({weight * quantum, 0, false});
        }
    }

    /// From its next turn on.
    void set_weight(std::size_t queue, std::int64_t weight) {
        SNSIM_CHECK(weight > 0, "a queue without weight would never be served");
        queues_[queue].grant = weight * quantum_;
    }

    [[nodiscard]] bool any() const { return !round_.empty(); }
    [[nodiscard]] bool waits(std::size_t queue) const { return queues_[queue].waits; }
    /// The queue, which held nothing, has something to send.
    void join(std::size_t queue) {
        SNSIM_CHECK(!queues_[queue].waits, "a queue joined a round twice");
        queues_[queue].waits = true;
        round_.push(static_cast<std::uint32_t>(queue));
        if (round_.size() == 1) grant();
    }
    /// Whose turn it is; `cost(queue)` is that of its first entry.
    template <class Cost>
    [[nodiscard]] std::size_t next(Cost cost) {
        for (;;) {
            const std::size_t queue = round_.front();
            if (queues_[queue].credit >= cost(queue)) return queue;
            round_.push(round_.pop());
            grant();
        }
    }
    /// The queue at the head sent an entry; `empty`: it has no other now.
    void served(std::int64_t cost, bool empty) {
        Queue& queue = queues_[round_.front()];
        queue.credit -= cost;
        if (empty) leave();
    }
    /// The queue at the head has nothing to send.
    void leave() {
        Queue& queue = queues_[round_.pop()];
        queue.waits = false;
        queue.credit = 0;
        if (!round_.empty()) grant();
    }

  private:
    struct Queue {
        std::int64_t grant;
        std::int64_t credit;
        bool waits;
    };

    void grant() {
        Queue& head = queues_[round_.front()];
        head.credit += head.grant;
    }

    std::int64_t quantum_;
    std::vector<Queue> queues_;
    Ring<std::uint32_t>
        round_;  // those that have something to send, the one whose turn it is first
};

}  // namespace snsim
