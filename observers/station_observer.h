// Watches the stations: occupancy, waits, utilisation, greatest depth, work done.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "models/base/random.h"
#include "models/base/station.h"
#include "observers/timeline.h"

namespace snsim {

/// What closed bins add up to for one station.
struct StationTotals {
    std::uint64_t entered = 0;
    std::uint64_t started = 0;
    std::uint64_t finished = 0;
    std::uint64_t left = 0;
    std::uint64_t work = 0;
    // integrals over time, frames x picoseconds
    Uint128 inside = 0;
    Uint128 waiting = 0;
    Uint128 busy = 0;     ///< stalls included
    Uint128 stalled = 0;  ///< booked when a frame leaves

    /// Frames in service, stalls excluded, x picoseconds.
    [[nodiscard]] double served() const {
        return busy > stalled ? static_cast<double>(busy - stalled) : 0;
    }
};

class StationObserver final : private StationTally::Lender {
  public:
    explicit StationObserver(Timeline& timeline) : timeline_(timeline) {}
    StationObserver(const StationObserver&) = delete;
    StationObserver& operator=(const StationObserver&) = delete;

    /// Lends a station its cells; returns its index here.
    std::size_t watch(Station& station, Resource resource);

    struct Watched {
        Station* station;
        Resource resource;
        std::size_t cell;
        std::uint64_t max_depth = 0;  // in the window
        // before the first open bin
        std::uint64_t entered = 0;
        std::uint64_t started = 0;
        std::uint64_t finished = 0;
        std::uint64_t left = 0;
        double mean_inside = 0;  // of the latest closed bin
        double mean_busy = 0;
        std::uint64_t bin_work = 0;
        StationTotals window;
        std::uint64_t all_work = 0;
        std::uint64_t all_finished = 0;
    };
    [[nodiscard]] const std::deque<Watched>& stations() const { return stations_; }

    /// All that the stations counted so far is in the bins from here on.
    void finish() const {
        for (const Watched& w : stations_) w.station->tally.settle();
    }
    /// Takes a closed bin in; `in_window`: it belongs to the measure window.
    void close(const Bin& bin, bool in_window);

  private:
    void lend(StationTally& to, std::size_t cell, Picoseconds t) override;

    Timeline& timeline_;
    std::deque<Watched> stations_;
};

}  // namespace snsim
