// Engine pools one after the other: a chain that frames pass in one go.
//
// Where nothing is decided between pools, a frame's whole way follows from its arrival at the
// first. What the pools of a chain count is gathered here and handed to their stations' cells
// when a cell ends or somebody asks; visits that do not lie wholly inside the cell are told one by
// one.
//
// While frames have the same work, a pool of k engines takes turns: the engine that is free first
// is the one that the k-th frame before took, and no frame is done before an earlier one. Then the
// times of leaving are all there is to know (`in_turns_`).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/base/servers.h"

namespace snsim {

class EngineChain final : private StationTally::Gatherer {
  public:
    /// What one pool has to do for a frame.
    struct Work {
        Exact service;
        std::uint32_t units = 0;
    };
    /// The same for every pool of a chain. All services of a chain have the same denominator.
    struct Profile {
        explicit Profile(std::vector<Work> work_of_pools);

        std::vector<Work> work;
        Picoseconds at_most = 0;  ///< all services together
        bool whole = true;        ///< they have no fraction of a picosecond
    };

    EngineChain() = default;
    ~EngineChain() override = default;
    EngineChain(const EngineChain&) = delete;
    EngineChain& operator=(const EngineChain&) = delete;

    /// Appends a pool; before the first frame.
    Station& add(std::string path, std::uint8_t slot, std::uint32_t engines);

    /// Gives what was gathered to the stations' cells, which may then be taken back.
    void hand_over() override;
    /// No profile of the frames so far is needed any more.
    void forget_profile();

    /// Takes the frame that arrives at t through all pools; returns when it leaves the last. The
    /// profile must live until another one is used or forget_profile() is called.
    Picoseconds pass(Frame& frame, Picoseconds t, const Profile& profile) {
        if (unlikely(!lies_inside(t, profile) || &profile != profile_)) {
            return pass_with_care(frame, t, profile);
        }
        if (fault::armed("double_service")) gather(frame, t, profile);
        last_leave_ = gather(frame, t, profile);
        frame.spend(visited_, fault::armed("lost_time") ? 0 : last_leave_ - t);
        return last_leave_;
    }

  private:
    struct alignas(64) Pool {
        Pool(std::uint32_t engine_count, std::uint8_t slot_of_station)
            : count(engine_count), slot(slot_of_station), engines(engine_count) {}

        /// What a frame meets while the engines take turns: one cache line.
        Picoseconds service = 0;
        // gathered since the last hand-over
        std::uint64_t left_sum = 0;
        std::uint32_t depth = 0;  ///< greatest; 0 also stands for 1
        std::uint32_t count;      ///< engines
        std::uint8_t slot;

        // The same where they do not.
        std::uint64_t started_sum = 0;
        std::uint64_t finished_sum = 0;
        Engines engines;
    };

    /// True if all visits of a frame that arrives at t are sure to lie in the cell.
    [[nodiscard]] bool lies_inside(Picoseconds t, const Profile& profile) const {
        return t >= start_ && (last_leave_ > t ? last_leave_ : t) + profile.at_most < end_;
    }
    /// Takes the frame through, all of whose visits lie in the cell.
    Picoseconds gather(Frame& frame, Picoseconds t, const Profile& profile) {
        ++gathered_;
        entered_sum_ += static_cast<std::uint64_t>(t);
        return in_turns_ ? pass_in_turns(frame, t) : pass_by_engines(frame, t, profile);
    }
    Picoseconds pass_in_turns(Frame& frame, Picoseconds t) {
        const std::uint64_t n = passed_++;
        std::uint64_t mask = mask_;
        Picoseconds* leaving = leaving_.data();
        for (Pool& pool : pools_) {
            const Picoseconds leave = start_in_turn(pool, t, leaving, mask, n) + pool.service;
            frame.left[pool.slot] = leave;
            pool.left_sum += static_cast<std::uint64_t>(leave);
            leaving = note_leaving(pool, leaving, mask, n, t, leave);
            t = leave;
        }
        return t;
    }
    /// When the pool's frame number n, that comes at t, begins: its engine is free when the frame
    /// left that had it before.
    [[nodiscard]] static Picoseconds start_in_turn(const Pool& pool, Picoseconds t,
                                                   const Picoseconds* leaving, std::uint64_t mask,
                                                   std::uint64_t n) {
        const Picoseconds free = leaving[(n - pool.count) & mask];
        return free > t ? free : t;
    }
    /// The pool's frame number n, that entered at t, leaves. Returns the next pool's part of the
    /// times of leaving, whose mask may have grown.
    Picoseconds* note_leaving(Pool& pool, Picoseconds* leaving, std::uint64_t& mask,
                              std::uint64_t n, Picoseconds t, Picoseconds leave) {
        if (unlikely(leaving[n & mask] > t)) {
            leaving = grow(pool, n);
            mask = mask_;
        }
        leaving[n & mask] = leave;
        raise_depth(pool.depth, leaving, mask, n, t);
        return leaving + mask + 1;
    }
    Picoseconds pass_by_engines(Frame& frame, Picoseconds t, const Profile& profile);
    Picoseconds pass_with_care(Frame& frame, Picoseconds t, const Profile& profile);
    [[nodiscard]] Served serve(std::size_t pool, Picoseconds t, const Profile& profile,
                               const Picoseconds* leaving, std::uint64_t n);
    void take_turns(const Profile& profile);
    void leave_turns();
    [[nodiscard]] Picoseconds* grow(const Pool& pool, std::uint64_t n);
    void settle();

    // The cell that all pools' stations hold, if it is the same one.
    Picoseconds start_ = 0;
    Picoseconds end_ = 0;
    Picoseconds last_leave_ = 0;        ///< from the chain
    const Profile* profile_ = nullptr;  ///< of the frames gathered, and of those before in turns
    bool in_turns_ = false;
    std::uint64_t gathered_ = 0;  ///< frames
    std::uint64_t entered_sum_ = 0;
    std::uint64_t passed_ = 0;  ///< frames so far
    std::uint64_t mask_ = 7;
    std::uint64_t visited_ = 0;  ///< stamps of the pools
    std::vector<Pool> pools_;
    std::vector<Picoseconds> leaving_;  ///< of the latest frames, cyclically, pool after pool
    std::vector<std::unique_ptr<Station>> stations_;
};

}  // namespace snsim
