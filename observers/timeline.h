// Bins of simulated time in which observers count facts.
//
// Facts may be announced ahead of the agenda's present and a little behind it, so several bins are
// open at once. A bin holds only counts and sums of times: the number of frames in a station at any
// time, hence its occupancy and busy integrals, follow exactly from how many entered, started,
// finished and left before each edge and when within the bin. Closed bins are handed on and reused:
// memory does not grow with the length of a run.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "models/base/check.h"
#include "models/base/frame_tally.h"
#include "models/base/station_tally.h"
#include "models/base/units.h"

namespace snsim {

struct Bin {
    Picoseconds start = 0;
    std::vector<StationBin> stations;
    std::vector<std::uint64_t> counters;
    std::vector<FrameCount> frames;
};

class Timeline {
  public:
    /// `lag`: how far behind the present a fact may be.
    Timeline(Duration interval, Duration lag) : interval_(interval.value), lag_(lag.value) {}

    /// Reserve cells; before the first fact.
    std::size_t add_station() { return stations_++; }
    std::size_t add_counters(std::size_t count) {
        const std::size_t first = counters_;
        counters_ += count;
        return first;
    }

    std::size_t add_frame_counts(std::size_t count) {
        const std::size_t first = frame_counts_;
        frame_counts_ += count;
        return first;
    }

    [[nodiscard]] Bin& at(Picoseconds t) {
        if (static_cast<std::uint64_t>(t - current_start_) >=
            static_cast<std::uint64_t>(interval_)) {
            move_to(t);
        }
        return *current_;
    }
    [[nodiscard]] Picoseconds interval() const { return interval_; }
    [[nodiscard]] Picoseconds lag() const { return lag_; }

    /// Hands every bin that can get no more facts, the present being `now`, to close(bin).
    template <class Close>
    void close_until(Picoseconds now, Close close) {
        while (first_ + interval_ + lag_ <= now) {
            Bin& bin = at(first_);
            close(const_cast<const Bin&>(bin));
            recycle();
        }
    }

    /// Bins that may still get facts.
    template <class Visit>
    void for_each_open(Visit visit) const {
        for (const auto& bin : open_) visit(const_cast<const Bin&>(*bin));
    }

  private:
    void move_to(Picoseconds t);
    void recycle();

    Picoseconds interval_;
    Picoseconds lag_;
    std::size_t stations_ = 0;
    std::size_t counters_ = 0;
    std::size_t frame_counts_ = 0;
    Picoseconds first_ = 0;  // start of the oldest open bin
    std::deque<std::unique_ptr<Bin>> open_;
    std::vector<std::unique_ptr<Bin>> spare_;
    Bin* current_ = nullptr;
    Picoseconds current_start_ = -(Picoseconds{1} << 62);
};

}  // namespace snsim
