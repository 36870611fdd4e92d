// The queues in front of one egress port. A wire has one for what comes from wires and, where the
// card has a NIC, one for what comes from the host; they share it evenly, and the host's, whose
// frames the NIC holds back, never overflows. The host has one per function of the NIC.
//
// Functions share the way to the host by deficit round robin (weighted_turns.h), each with a queue
// limit of its own, so that one that is flooded cannot take the others' room or bandwidth. Where
// there are so many that their limits together are more than there is room for, a queue gets no
// more than a few times what is free (dynamic thresholds: Choudhury and Hahne, ToN 1998), which
// leaves each its part. A function's rate limit is a token bucket: a frame that finds too few
// tokens is dropped.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "models/base/credits.h"
#include "models/base/frame.h"
#include "models/base/token_bucket.h"
#include "models/base/weighted_turns.h"

namespace snsim {

class PortQueues {
  public:
    struct Share {
        std::int64_t weight = 1;
        std::optional<BitRate> rate_limit;
        Bytes burst{};
    };
    struct Build {
        std::int64_t limit;  ///< of each queue, in cells
        Bytes tx_fifo;       ///< behind them
        Bytes most_held;     ///< of it by one frame
        std::vector<Share> shares;
        Bytes quantum;
        bool by_source = false;  ///< one queue for wires and one for the host
        std::int64_t room = std::numeric_limits<std::int64_t>::max() / 16;  ///< of all, in cells
    };

    explicit PortQueues(const Build& build)
        : tx(build.tx_fifo.value),
          most_held_(build.most_held.value),
          by_source_(build.by_source),
          room_(build.room),
          turns_(weights(build), build.quantum.value) {
        for (const Share& share : build.shares) {
            Queue& queue = queues_.emplace_back(build.limit);
            if (share.rate_limit) queue.bucket.emplace(*share.rate_limit, share.burst);
        }
    }

    CreditPool<> tx;  ///< bytes of the FIFO

    /// Bytes of the FIFO a frame holds: a large one streams through it.
    [[nodiscard]] std::int64_t tx_bytes(const Frame& frame) const {
        const std::int64_t bytes = frame.bytes;
        return bytes < most_held_ ? bytes : most_held_;
    }
    /// Cells of the frame's queue.
    [[nodiscard]] CreditPool<>& cells(const Frame& frame) { return queues_[index(frame)].cells; }
    [[nodiscard]] bool empty() const { return !turns_.any(); }
    /// True if the frame's queue may take it at t.
    [[nodiscard]] bool has_room(const Frame& frame, Picoseconds t) {
        Queue& queue = queues_[index(frame)];
        return queue.waiting + frame.cells <= most_of_free * room_ &&
               queue.cells.can_take(t, frame.cells);
    }

    /// True if the rate limit lets the frame pass at t.
    [[nodiscard]] bool conforms(const Frame& frame, Picoseconds t) {
        std::optional<TokenBucket>& bucket = queues_[index(frame)].bucket;
        return !bucket || bucket->conforms(t, Bytes{frame.bytes});
    }
    /// What the function may get from the present on.
    void set_share(std::size_t function, const Share& share) {
        turns_.set_weight(function, share.weight);
        queues_[function].bucket.reset();
        if (share.rate_limit) queues_[function].bucket.emplace(*share.rate_limit, share.burst);
    }
    /// Counts a frame that conforms.
    void count(const Frame& frame, Picoseconds t) {
        std::optional<TokenBucket>& bucket = queues_[index(frame)].bucket;
        if (bucket) bucket->take(t, Bytes{frame.bytes});
    }

    void push(Frame& frame) {
        Queue& queue = queues_[index(frame)];
        queue.frames.push(&frame);
        queue.waiting += frame.cells;
        room_ -= frame.cells;
        if (queue.frames.size() == 1) turns_.join(index(frame));
    }
    /// Whose turn it is.
    [[nodiscard]] Frame& front() {
        if (queues_.size() == 1) return *queues_[0].frames.front();
        return *queues_[turns_.next([this](std::size_t queue) {
                    return std::int64_t{queues_[queue].frames.front()->bytes};
                })].frames.front();
    }
    /// Takes that one out.
    void pop() {
        const Frame& frame = front();
        Queue& queue = queues_[index(frame)];
        queue.frames.drop();
        queue.waiting -= frame.cells;
        room_ += frame.cells;
        turns_.served(frame.bytes, queue.frames.empty());
    }

  private:
    struct Queue {
        explicit Queue(std::int64_t limit) : cells(limit) {}
        Ring<Frame*> frames;
        CreditPool<> cells;
        std::int64_t waiting = 0;  ///< cells of its frames
        std::optional<TokenBucket> bucket;
    };
    static constexpr std::int64_t most_of_free = 8;

    [[nodiscard]] static std::vector<std::int64_t> weights(const Build& build) {
        std::vector<std::int64_t> weights;
        for (const Share& share : build.shares) weights.push_back(share.weight);
        return weights;
    }

    [[nodiscard]] std::size_t index(const Frame& frame) const {
        if (!by_source_) return frame.function;
        return frame.in_port == host_port ? 1 : 0;
    }

    std::int64_t most_held_;
    bool by_source_;
    std::int64_t room_;  ///< cells that are free for frames that wait
    std::vector<Queue> queues_;
    WeightedTurns turns_;
};

}  // namespace snsim
