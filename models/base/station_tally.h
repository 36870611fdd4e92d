// What passes a station, added up where it happens.
//
// Sums are all that most observers want of a station's visits: how many, how long inside, waiting
// and in service, how much work. Twenty-odd stations see each frame, so these sums are not told
// visit by visit: an observer lends the station a cell that stands for one span of time, and the
// station adds to it as long as what happens lies in that span. Otherwise it asks for another.
// Without a lender everything goes into a cell that nobody reads. Running totals are kept beside
// the cells, for the audit. Who wants each visit listens to `visited`, before the first one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "models/base/check.h"
#include "models/base/fault.h"
#include "models/base/probe.h"
#include "models/base/units.h"

namespace snsim {

/// What happened at one station within one span of time. A visit that lies wholly inside counts
/// once; the edges of any other are counted one by one. Sums of times are kept modulo 2^64: with
/// the counts they give the sums of the times since the span's start, and those do not overflow.
struct alignas(64) StationBin {
    std::uint64_t whole = 0;        ///< visits inside the span
    std::uint64_t entered_sum = 0;  ///< of the times, ps
    std::uint64_t started_sum = 0;
    std::uint64_t finished_sum = 0;
    std::uint64_t left_sum = 0;
    std::uint64_t work = 0;         ///< of services that started here
    std::uint64_t stalled_sum = 0;  ///< of those that left
    std::uint32_t max_depth = 0;    ///< most frames met inside by one that left here, itself
                                    ///< included; 0 also stands for 1
    // edges of visits that do not lie wholly inside
    std::uint32_t entered = 0;
    std::uint32_t started = 0;
    std::uint32_t finished = 0;
    std::uint32_t left = 0;

    [[nodiscard]] std::uint64_t starts() const { return whole + started; }
};

/// Service from start to finish. A frame leaves in order of entry: after its service, or, at an
/// egress, with its first bit.
struct Served {
    Picoseconds start;
    Picoseconds finish;
    Picoseconds leave;
    std::uint32_t work;  ///< units the energy of a service is counted in (cycles, bytes)
};
/// A whole visit, told when all of it is known.
struct Visited {
    Picoseconds enter;
    Served served;
};

/// How many frames the n-th meets inside, itself included, at least `known` of which it does. The
/// times of leaving, which do not decrease, stand in a ring of mask + 1, the n-th's own included.
[[nodiscard]] std::uint32_t depth_met(const Picoseconds* leaving, std::uint64_t mask,
                                      std::uint64_t n, Picoseconds enter, std::uint32_t known);
/// Raises the greatest depth to what the n-th meets. Times of leaving do not decrease, so a frame
/// meets more than d - 1 others inside exactly when the d-th before it leaves after it enters: one
/// look settles whether the greatest depth stands.
inline void raise_depth(std::uint32_t& depth, const Picoseconds* leaving, std::uint64_t mask,
                        std::uint64_t n, Picoseconds enter) {
    if (unlikely(leaving[(n - depth) & mask] > enter)) {
        depth = depth_met(leaving, mask, n, enter, depth);
    }
}

class alignas(64) StationTally {
  public:
    /// Who lends cells. `lend` calls set_cell() with the cell of time t, the one of several that
    /// was agreed on.
    class Lender {
      public:
        virtual ~Lender() = default;
        virtual void lend(StationTally& to, std::size_t which, Picoseconds t) = 0;
    };

    /// Who adds visits up for several stations before their tallies hear of them.
    class Gatherer {
      public:
        virtual ~Gatherer() = default;
        /// Gives the cells what was gathered.
        virtual void hand_over() = 0;
    };

    StationTally();
    ~StationTally() = default;
    StationTally(const StationTally&) = delete;
    StationTally& operator=(const StationTally&) = delete;

    /// `which` of the lender's cells is handed back with lend().
    void set_lender(Lender& lender, std::size_t which);
    void set_cell(StationBin& bin, Picoseconds start, Picoseconds end);
    void set_gatherer(Gatherer& gatherer) { gatherer_ = &gatherer; }
    /// The cells get what was gathered so far.
    void settle() const {
        if (gatherer_ != nullptr) gatherer_->hand_over();
    }
    /// The cell of the span that begins at `start` is taken back, if it is held.
    void forget_cell(Picoseconds start);
    [[nodiscard]] Picoseconds cell_start() const { return start_; }
    /// Of the cell, or its start when each visit has to be told.
    [[nodiscard]] Picoseconds cell_end() const { return end_; }

    /// A whole visit, known at once.
    void visit(Picoseconds enter, const Served& served) {
        count_visit(enter, served, served.leave > served.finish ? served.leave : served.finish);
    }
    /// The same where frames never leave before their service ends.
    void visit_to_the_end(Picoseconds enter, const Served& served) {
        count_visit(enter, served, served.leave);
    }

    /// The same for who keeps the times of leaving himself, see depth_met().
    void visit_among(Picoseconds enter, const Served& served, const Picoseconds* leaving,
                     std::uint64_t mask, std::uint64_t n);
    /// Visits that a gatherer has added up; all lie in the cell held.
    void add_gathered(const StationBin& sums);

    // The same step by step, for frames that wait for decisions. What leaves n-th is told with the
    // time at which the n-th entered: where frames overtake each other that is another one's.
    void enter(Picoseconds t) {
        StationBin& bin = at(t);
        ++bin.entered;
        bin.entered_sum += number(t);
    }
    void start(Picoseconds t, std::uint32_t work) {
        ++inside_;
        work_ += work;
        count_start(t, work);
    }
    void finish_and_leave(Picoseconds enter, Picoseconds t, Picoseconds stalled) {
        --inside_;
        count_finish(t);
        count_leave(enter, t, stalled);
    }

    /// Start, finish and leave of a frame that entered before.
    void serve(Picoseconds enter, const Served& served, Picoseconds stalled) {
        work_ += served.work;
        if (unlikely(served.start < start_ || served.leave >= cell_end_ ||
                     served.finish >= cell_end_)) {
            serve_across(enter, served.start, served.finish, served.leave, served.work, stalled);
            return;
        }
        StationBin& bin = *bin_;
        ++bin.started;
        ++bin.finished;
        ++bin.left;
        add(bin, served);
        bin.stalled_sum += static_cast<std::uint64_t>(stalled);
        count_depth(bin, enter, served.leave);
    }

    /// Services started, and their work, since the beginning: kept apart from the cells.
    [[nodiscard]] std::uint64_t starts() const {
        settle();
        return left_ + inside_;
    }
    [[nodiscard]] std::uint64_t work() const {
        settle();
        return work_;
    }

  private:
    struct Free {
        void operator()(Picoseconds* array) const { std::free(array); }
    };
    using LeavingTimes = std::unique_ptr<Picoseconds[], Free>;
    static constexpr std::uint64_t first_leaving = 8;  // one cache line

    [[nodiscard]] static LeavingTimes allocate(std::uint64_t count);
    [[nodiscard]] static std::uint64_t number(Picoseconds t) {
        return static_cast<std::uint64_t>(t);
    }
    static void add(StationBin& bin, const Served& served) {
        bin.started_sum += number(served.start);
        bin.finished_sum += number(served.finish);
        bin.left_sum += number(served.leave);
        bin.work += fault::armed("lost_work") ? 0 : served.work;
    }
    [[nodiscard]] StationBin& at(Picoseconds t) {
        if (unlikely(t < start_ || t >= cell_end_)) fetch(t);
        return *bin_;
    }
    void count_visit(Picoseconds enter, const Served& served, Picoseconds last) {
        work_ += served.work;
        if (unlikely(enter < start_ || last >= end_)) {
            visit_across(enter, served.start, served.finish, served.leave, served.work);
            return;
        }
        StationBin& bin = *bin_;
        ++bin.whole;
        bin.entered_sum += number(enter);
        add(bin, served);
        count_depth(bin, enter, served.leave);
    }
    void count_start(Picoseconds t, std::uint32_t work) {
        StationBin& bin = at(t);
        ++bin.started;
        bin.started_sum += number(t);
        bin.work += work;
    }
    /// The ring reaches back as far as any frame can be still inside.
    void count_depth(StationBin& bin, Picoseconds enter, Picoseconds leave) {
        const std::uint64_t n = left_++;
        if (unlikely(leaving_[n & mask_] > enter)) grow(n);
        leaving_[n & mask_] = leave;
        raise_depth(bin.max_depth, leaving_.get(), mask_, n, enter);
    }
    void count_finish(Picoseconds t) {
        StationBin& bin = at(t);
        ++bin.finished;
        bin.finished_sum += number(t);
    }
    StationBin& count_left(Picoseconds t) {
        StationBin& bin = at(t);
        ++bin.left;
        bin.left_sum += number(t);
        return bin;
    }
    void count_leave(Picoseconds enter, Picoseconds t, Picoseconds stalled) {
        StationBin& bin = count_left(t);
        bin.stalled_sum += static_cast<std::uint64_t>(stalled);
        count_depth(bin, enter, t);
    }
    void visit_across(Picoseconds enter, Picoseconds start, Picoseconds finish, Picoseconds leave,
                      std::uint32_t work);
    void serve_across(Picoseconds enter, Picoseconds start, Picoseconds finish, Picoseconds leave,
                      std::uint32_t work, Picoseconds stalled);
    void grow(std::uint64_t n);
    void fetch(Picoseconds t);

    // What a visit touches: one cache line.
    Picoseconds start_ = 0;  // of the cell
    Picoseconds end_ = 0;    // of the cell, or start_ when each visit has to be told
    StationBin* bin_ = nullptr;
    std::uint64_t work_ = 0;
    std::uint64_t left_ = 0;    // frames so far
    std::uint64_t inside_ = 0;  // started and not yet left
    std::uint64_t mask_ = first_leaving - 1;
    LeavingTimes leaving_;  // of the latest frames, cyclically

    Picoseconds cell_end_ = 0;
    // The cell held before: what frames do that stay long falls into two spans in turn.
    Picoseconds other_start_ = 0;
    Picoseconds other_end_ = 0;
    StationBin* other_bin_ = nullptr;
    Lender* lender_ = nullptr;
    std::size_t which_ = 0;
    Gatherer* gatherer_ = nullptr;
    std::unique_ptr<StationBin> unread_;

  public:
    Probe<Visited> visited;
};

}  // namespace snsim
