// Engine pools one after the other: a chain that frames pass in one go.
//
// Where nothing is decided between pools, a frame's whole way follows from its arrival at the
// first. What the pools of a chain count is gathered here and handed to their stations' cells
// when a cell ends or somebody asks; visits that do not lie wholly inside the cell are told one by
// one.
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

    /// Takes the frame that arrives at t through all pools; returns when it leaves the last. The
    /// profile must live until another one is used or all is handed over.
    Picoseconds pass(Frame& frame, Picoseconds t, const Profile& profile) {
        if (unlikely(!lies_inside(t, profile) || &profile != profile_)) {
            return pass_with_care(frame, t, profile);
        }
        if (fault::armed("double_service")) gather(frame, t, profile);
        const Picoseconds leave = gather(frame, t, profile);
        frame.spend(visited_, fault::armed("lost_time") ? 0 : leave - t);
        return leave;
    }

  private:
    /// Two cache lines with up to four engines.
    struct alignas(64) Pool {
        explicit Pool(std::uint32_t count) : engines(count) {}

        Engines engines;
        // gathered since the last hand-over
        std::uint64_t started_sum = 0;
        std::uint64_t finished_sum = 0;
        std::uint64_t left_sum = 0;
        std::uint32_t depth = 0;  ///< greatest; 0 also stands for 1
        std::uint8_t slot = 0;
    };
    static_assert(sizeof(Pool) == 128);

    /// True if all visits of a frame that arrives at t are sure to lie in the cell.
    [[nodiscard]] bool lies_inside(Picoseconds t, const Profile& profile) const {
        const Picoseconds last_leave = pools_.back().engines.latest();
        return t >= start_ && (last_leave > t ? last_leave : t) + profile.at_most < end_;
    }
    /// Takes the frame through, all of whose visits lie in the cell.
    Picoseconds gather(Frame& frame, Picoseconds t, const Profile& profile) {
        ++gathered_;
        entered_sum_ += static_cast<std::uint64_t>(t);
        return profile.whole ? pass_inside<true>(frame, t, profile)
                             : pass_inside<false>(frame, t, profile);
    }
    template <bool whole>
    Picoseconds pass_inside(Frame& frame, Picoseconds t, const Profile& profile) {
        const std::uint64_t n = passed_++;
        std::uint64_t mask = mask_;
        const Work* work = profile.work.data();
        Picoseconds* leaving = leaving_.data();
        for (Pool& pool : pools_) {
            const Served served = pool.engines.serve<whole>(t, work->service);
            frame.left[pool.slot] = served.leave;
            pool.started_sum += static_cast<std::uint64_t>(served.start);
            pool.finished_sum += static_cast<std::uint64_t>(served.finish);
            pool.left_sum += static_cast<std::uint64_t>(served.leave);
            if (unlikely(leaving[n & mask] > t)) {
                leaving = grow(pool, n);
                mask = mask_;
            }
            leaving[n & mask] = served.leave;
            raise_depth(pool.depth, leaving, mask, n, t);
            t = served.leave;
            leaving += mask + 1;
            ++work;
        }
        return t;
    }
    Picoseconds pass_with_care(Frame& frame, Picoseconds t, const Profile& profile);
    [[nodiscard]] Picoseconds* grow(const Pool& pool, std::uint64_t n);
    void settle();

    // The cell that all pools' stations hold, if it is the same one.
    Picoseconds start_ = 0;
    Picoseconds end_ = 0;
    const Profile* profile_ = nullptr;  ///< of the frames gathered
    std::uint64_t gathered_ = 0;        ///< frames
    std::uint64_t entered_sum_ = 0;
    std::uint64_t passed_ = 0;  ///< frames so far
    std::uint64_t mask_ = 7;
    std::uint64_t visited_ = 0;  ///< stamps of the pools
    std::vector<Pool> pools_;
    std::vector<Picoseconds> leaving_;  ///< of the latest frames, cyclically, pool after pool
    std::vector<std::unique_ptr<Station>> stations_;
};

}  // namespace snsim
