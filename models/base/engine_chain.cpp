#include "models/base/engine_chain.h"

#include <algorithm>

namespace snsim {

EngineChain::Profile::Profile(std::vector<Work> work_of_pools) : work(std::move(work_of_pools)) {
    for (const Work& one : work) {
        at_most += one.service.ps + 1;
        whole = whole && one.service.den == 1;
    }
}

Station& EngineChain::add(std::string path, std::uint8_t slot, std::uint32_t engines) {
    pools_.emplace_back(engines, slot);
    visited_ |= std::uint64_t{1} << slot;
    while (mask_ + 1 < engines) mask_ = 2 * mask_ + 1;
    leaving_.assign(pools_.size() * (mask_ + 1), 0);
    stations_.push_back(std::make_unique<Station>(std::move(path), slot, engines));
    stations_.back()->tally.set_gatherer(*this);
    return *stations_.back();
}

/// The pool serves its n-th frame, that arrives at t.
inline Served EngineChain::serve(std::size_t pool, Picoseconds t, const Profile& profile,
                                 const Picoseconds* leaving, std::uint64_t n) {
    const Work& work = profile.work[pool];
    Served served;
    if (in_turns_) {
        const Picoseconds start = start_in_turn(pools_[pool], t, leaving, mask_, n);
        served = {start, start + work.service.ps, start + work.service.ps, 0};
    } else {
        served = pools_[pool].engines.serve(t, work.service);
    }
    served.work = work.units;
    return served;
}

Picoseconds EngineChain::pass_by_engines(Frame& frame, Picoseconds t, const Profile& profile) {
    const std::uint64_t n = passed_++;
    std::uint64_t mask = mask_;
    Picoseconds* leaving = leaving_.data();
    for (std::size_t i = 0; i < pools_.size(); ++i) {
        Pool& pool = pools_[i];
        const Served served = pool.engines.serve(t, profile.work[i].service);
        frame.left[pool.slot] = served.leave;
        pool.started_sum += static_cast<std::uint64_t>(served.start);
        pool.finished_sum += static_cast<std::uint64_t>(served.finish);
        pool.left_sum += static_cast<std::uint64_t>(served.leave);
        leaving = note_leaving(pool, leaving, mask, n, t, served.leave);
        t = served.leave;
    }
    return t;
}

/// A frame that may reach beyond the cell, or whose work differs from that of the frames before.
Picoseconds EngineChain::pass_with_care(Frame& frame, Picoseconds t, const Profile& profile) {
    settle();
    if (&profile != profile_) {
        leave_turns();
        profile_ = &profile;
    } else if (!in_turns_) {
        take_turns(profile);
    }
    if (lies_inside(t, profile)) return pass(frame, t, profile);
    const std::uint64_t n = passed_++;
    Picoseconds* leaving = leaving_.data();
    for (std::size_t i = 0; i < pools_.size(); ++i, leaving += mask_ + 1) {
        const Served served = serve(i, t, profile, leaving, n);
        if (leaving[n & mask_] > t) leaving = grow(pools_[i], n);
        leaving[n & mask_] = served.leave;
        frame.pass(pools_[i].slot, t, served.leave);
        stations_[i]->tally.visit_among(t, served, leaving, mask_, n);
        t = served.leave;
    }
    last_leave_ = t;
    start_ = stations_.front()->tally.cell_start();
    end_ = stations_.front()->tally.cell_end();
    for (const auto& station : stations_) {
        if (station->tally.cell_start() != start_ || station->tally.cell_end() != end_) {
            end_ = start_;
        }
    }
    return t;
}

/// From now on, if each engine is free when one of the latest frames left; of those the last one
/// had the same work as the next.
void EngineChain::take_turns(const Profile& profile) {
    if (!profile.whole) return;
    const Picoseconds* leaving = leaving_.data();
    for (const Pool& pool : pools_) {
        if (!pool.engines.follow(leaving, mask_, passed_)) return;
        leaving += mask_ + 1;
    }
    in_turns_ = true;
    for (std::size_t i = 0; i < pools_.size(); ++i) pools_[i].service = profile.work[i].service.ps;
}

void EngineChain::leave_turns() {
    if (!in_turns_) return;
    in_turns_ = false;
    const Picoseconds* leaving = leaving_.data();
    for (Pool& pool : pools_) {
        pool.engines.set_to(leaving, mask_, passed_);
        leaving += mask_ + 1;
    }
}

/// The frame whose place the n-th would take is still in the pool: look back farther. Returns the
/// pool's part.
Picoseconds* EngineChain::grow(const Pool& pool, std::uint64_t n) {
    const std::uint64_t count = mask_ + 1;
    const std::uint64_t mask = 2 * count - 1;
    std::vector<Picoseconds> larger(2 * leaving_.size());
    const auto at = static_cast<std::size_t>(&pool - pools_.data());
    for (std::size_t p = 0; p < pools_.size(); ++p) {
        // Pools before this one have seen the n-th frame.
        const std::uint64_t seen = p < at ? n + 1 : n;
        for (std::uint64_t i = seen - std::min(seen, count); i < seen; ++i) {
            larger[p * 2 * count + (i & mask)] = leaving_[p * count + (i & mask_)];
        }
    }
    leaving_ = std::move(larger);
    mask_ = mask;
    return &leaving_[at * 2 * count];
}

void EngineChain::hand_over() {
    settle();
    end_ = start_;
}

void EngineChain::forget_profile() {
    hand_over();
    leave_turns();
    profile_ = nullptr;
}

void EngineChain::settle() {
    if (gathered_ == 0) return;
    std::uint64_t entered_sum = entered_sum_;
    for (std::size_t i = 0; i < pools_.size(); ++i) {
        Pool& pool = pools_[i];
        if (in_turns_) {
            pool.finished_sum = pool.left_sum;
            pool.started_sum = pool.left_sum - gathered_ * static_cast<std::uint64_t>(pool.service);
        }
        StationBin sums;
        sums.whole = gathered_;
        sums.entered_sum = entered_sum;
        sums.started_sum = pool.started_sum;
        sums.finished_sum = pool.finished_sum;
        sums.left_sum = pool.left_sum;
        sums.work = gathered_ * profile_->work[i].units;
        sums.max_depth = pool.depth;
        stations_[i]->tally.add_gathered(sums);
        entered_sum = pool.left_sum;
        pool.started_sum = pool.finished_sum = pool.left_sum = 0;
        pool.depth = 0;
    }
    gathered_ = 0;
    entered_sum_ = 0;
}

}  // namespace snsim
