#include "models/base/station_tally.h"

#include <algorithm>
#include <new>

namespace snsim {

std::uint32_t depth_met(const Picoseconds* leaving, std::uint64_t mask, std::uint64_t n,
                        Picoseconds enter, std::uint32_t known) {
    const auto inside = [&](std::uint64_t back) {
        return back <= mask && back <= n && leaving[(n - back) & mask] > enter;
    };
    // Mostly one deeper; but a cell that is new begins at nothing, however many are inside.
    std::uint64_t deepest = known == 0 ? 1 : known;
    std::uint64_t step = 1;
    for (; inside(deepest + step - 1); step *= 2) deepest += step;
    for (; step > 1; step /= 2) {
        if (inside(deepest + step / 2 - 1)) deepest += step / 2;
    }
    return static_cast<std::uint32_t>(deepest);
}

StationTally::StationTally() : leaving_(allocate(first_leaving)) {}

StationTally::LeavingTimes StationTally::allocate(std::uint64_t count) {
    void* const memory = std::aligned_alloc(alignof(StationBin), count * sizeof(Picoseconds));
    if (memory == nullptr) throw std::bad_alloc();
    LeavingTimes times(static_cast<Picoseconds*>(memory));
    std::fill_n(times.get(), count, 0);
    return times;
}

void StationTally::set_cell(StationBin& bin, Picoseconds start, Picoseconds end) {
    bin_ = &bin;
    start_ = start;
    cell_end_ = end;
    end_ = visited.heard() ? start : end;
}

void StationTally::set_lender(Lender& lender, std::size_t which) {
    settle();
    lender_ = &lender;
    which_ = which;
    cell_end_ = end_ = start_;
    other_end_ = other_start_;
}

void StationTally::forget_cell(Picoseconds start) {
    if (start_ == start) {
        settle();
        cell_end_ = end_ = start_;
    }
    if (other_start_ == start) other_end_ = other_start_;
}

void StationTally::visit_among(Picoseconds enter_time, const Served& served,
                               const Picoseconds* leaving, std::uint64_t mask, std::uint64_t n) {
    enter(enter_time);
    work_ += served.work;
    count_start(served.start, served.work);
    count_finish(served.finish);
    raise_depth(count_left(served.leave).max_depth, leaving, mask, n, enter_time);
    ++left_;
    visited({enter_time, served});
}

void StationTally::add_gathered(const StationBin& sums) {
    StationBin& bin = *bin_;
    bin.whole += sums.whole;
    bin.entered_sum += sums.entered_sum;
    bin.started_sum += sums.started_sum;
    bin.finished_sum += sums.finished_sum;
    bin.left_sum += sums.left_sum;
    bin.work += fault::armed("lost_work") ? 0 : sums.work;
    bin.max_depth = std::max(bin.max_depth, sums.max_depth);
    left_ += sums.whole;
    work_ += sums.work;
}

void StationTally::visit_across(Picoseconds enter_time, Picoseconds start_time,
                                Picoseconds finish_time, Picoseconds leave_time,
                                std::uint32_t work) {
    enter(enter_time);
    serve_across(enter_time, start_time, finish_time, leave_time, work, 0);
    visited({enter_time, {start_time, finish_time, leave_time, work}});
}

void StationTally::serve_across(Picoseconds enter_time, Picoseconds start_time,
                                Picoseconds finish_time, Picoseconds leave_time, std::uint32_t work,
                                Picoseconds stalled) {
    count_start(start_time, work);
    count_finish(finish_time);
    count_leave(enter_time, leave_time, stalled);
}

/// The frame whose place the n-th would take is still inside when that one enters: look back
/// farther.
void StationTally::grow(std::uint64_t n) {
    const std::uint64_t count = mask_ + 1;
    LeavingTimes larger = allocate(2 * count);
    const std::uint64_t mask = 2 * count - 1;
    for (std::uint64_t i = n - count; i < n; ++i) larger[i & mask] = leaving_[i & mask_];
    leaving_ = std::move(larger);
    mask_ = mask;
}

void StationTally::fetch(Picoseconds t) {
    if (t >= other_start_ && t < other_end_) {
        const Picoseconds start = start_;
        const Picoseconds end = cell_end_;
        StationBin* const bin = bin_;
        set_cell(*other_bin_, other_start_, other_end_);
        other_start_ = start;
        other_end_ = end;
        other_bin_ = bin;
        return;
    }
    other_start_ = start_;
    other_end_ = cell_end_;
    other_bin_ = bin_;
    if (lender_ != nullptr) {
        lender_->lend(*this, which_, t);
    } else {
        if (!unread_) unread_ = std::make_unique<StationBin>();
        set_cell(*unread_, 0, Picoseconds{1} << 62);
    }
    SNSIM_CHECK(t >= start_ && t < cell_end_, "a station was lent the cell of another time");
}

}  // namespace snsim
