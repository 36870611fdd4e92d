// The agenda: a partition's own event list, in simulated-time order, without kernel events.
//
// Each *slot* belongs to one input of a block and holds at most one pending item; later frames wait
// in that input's ring. An item's key is (time, phase, rank of its slot); the ring order is the
// last tie-breaker. Ranks follow the frame paths, feeder before consumer, instance path breaking
// ties, so no order of construction, address or container reaches a result. Posting a key below
// the running item's own is a defect and ends the run.
//
// The pending keys, each with its slot's rank in the lowest bits so that no two are equal, stand in
// a tree of minima over the slots: posting or taking an item costs log2(slots) compares and no
// memory allocation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/check.h"
#include "models/base/frame_pool.h"
#include "models/base/units.h"

namespace snsim {

/// What goes first at equal time.
enum class Phase : std::uint8_t { control = 0, departure = 1, arrival = 2, timer = 3 };

/// What the agenda needs to know of a block to rank its slots.
struct BlockId {
    std::uint32_t index = 0;
};
struct SlotId {
    std::uint32_t index = 0;
};

class Agenda {
  public:
    using Handler = void (*)(void* context);

    // --- elaboration
    BlockId add_block(std::string path);
    /// Declares that `from` hands frames to `to`.
    void add_edge(BlockId from, BlockId to);
    /// A slot of a block; slots of one block rank in the order of this call.
    SlotId add_slot(BlockId block, Handler handler, void* context);
    /// Ranks all slots. Throws std::logic_error naming the blocks of a zero-latency cycle.
    void elaborate();

    // --- simulation
    [[nodiscard]] Picoseconds now() const { return now_; }
    /// Makes the slot's one pending item due at (t, phase), replacing what was pending.
    void post(SlotId slot, Picoseconds t, Phase phase) {
        const std::uint32_t rank = rank_of_[slot.index];
        // What is due after the end of time never comes, however long after.
        const std::uint64_t key = key_of(t < end_of_time_ ? t : end_of_time_, phase) | rank;
        SNSIM_CHECK(key >= running_key_, "an item was posted below the running item's key");
        set(rank, key);
    }
    /// Whether the slot's turn at (t, phase) has come and gone.
    [[nodiscard]] bool is_over(SlotId slot, Picoseconds t, Phase phase) const {
        return (key_of(t, phase) | rank_of_[slot.index]) < running_key_;
    }
    [[nodiscard]] bool pending(SlotId slot) const { return key_at(slot) != idle; }
    [[nodiscard]] Picoseconds due(SlotId slot) const {
        return static_cast<Picoseconds>(key_at(slot) >> time_shift_);
    }
    void cancel(SlotId slot) { set(rank_of_[slot.index], idle); }

    /// Executes all items with t < horizon in key order; the present then is the horizon, or the
    /// earlier time that an item asked for. Returns it.
    Picoseconds run_until(Picoseconds horizon, Picoseconds kernel_now);
    /// The running item woke a kernel process at t: stop before any item at t or later.
    void yield_at(Picoseconds t) {
        const std::uint64_t key = key_of(t, Phase::control);
        limit_ = key < limit_ ? key : limit_;
    }
    /// No item at this time or later is executed before the kernel had its turn.
    [[nodiscard]] Picoseconds horizon() const {
        return static_cast<Picoseconds>(limit_ >> time_shift_);
    }
    /// What the kernel's clock shows while items execute.
    [[nodiscard]] Picoseconds kernel_now() const { return kernel_now_; }
    /// Counts an item that exists whatever the batch and run-ahead settings.
    void count_item() { ++items_; }
    [[nodiscard]] std::uint64_t items() const { return items_; }
    /// All items executed, those of look-ahead included: how hard the agenda worked.
    [[nodiscard]] std::uint64_t executed() const { return executed_; }
    [[nodiscard]] FramePool& frames() { return frames_; }

    // --- settings, before elaboration
    std::uint32_t batch = 32;  ///< frames a source may create ahead
    bool run_ahead = true;     ///< private inputs are passed without an item

  private:
    static constexpr std::uint64_t idle = ~std::uint64_t{0};
    static constexpr int phase_bits = 2;

    /// The key of rank 0.
    [[nodiscard]] std::uint64_t key_of(Picoseconds t, Phase phase) const {
        return static_cast<std::uint64_t>(t) << time_shift_ | static_cast<std::uint64_t>(phase)
                                                                  << (time_shift_ - phase_bits);
    }
    [[nodiscard]] std::uint64_t key_at(SlotId slot) const {
        return least_[leaves_ + rank_of_[slot.index]];
    }
    void set(std::uint32_t rank, std::uint64_t key) {
        if (least_[leaves_ + rank] == key) return;
        least_[leaves_ + rank] = key;
        if (rank != running_rank_) replay(rank);
    }
    /// Re-plays the matches of a leaf whose key changed.
    void replay(std::uint32_t rank) {
        std::uint64_t* const least = least_.data();
        std::uint32_t node = leaves_ + rank;
        std::uint64_t key = least[node];
        while (node > 1) {
            const std::uint64_t other = least[node ^ 1U];
            key = other < key ? other : key;
            node >>= 1;
            least[node] = key;
        }
    }

    struct Slot {
        BlockId block;
        Handler handler;
        void* context;
    };
    struct Block {
        std::string path;
        std::vector<std::uint32_t> feeds;
    };
    struct Call {
        Handler handler;
        void* context;
    };

    std::vector<Block> blocks_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> rank_of_;  // by slot index
    std::vector<Call> calls_;             // by rank
    std::vector<std::uint64_t> least_;    // keys: [1, leaves) the least below, then the leaves
    std::uint32_t leaves_ = 0;
    int time_shift_ = phase_bits;  // a key is time, phase and rank in one number
    Picoseconds end_of_time_ = 0;  // no item at this time or later is ever executed
    std::uint32_t running_rank_ = ~std::uint32_t{0};
    std::uint64_t running_key_ = 0;
    std::uint64_t limit_ = 0;
    Picoseconds now_ = 0;
    Picoseconds kernel_now_ = 0;
    std::uint64_t items_ = 0;
    std::uint64_t executed_ = 0;
    FramePool frames_;
};

}  // namespace snsim
