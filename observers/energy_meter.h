// Energy: what events cost and states draw, block by block, in integer femtojoules.
//
// A block has a power for its state and prices for its events; what counts as an event is a unit of
// a station's work, a visit to a station, or an event that a model counts. Energy of any span is
// those counts times the prices. Independently of the bins, stations and meter keep running totals
// of the same events; the audit compares the two.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "models/base/event_tally.h"
#include "models/base/station.h"
#include "observers/station_observer.h"
#include "observers/timeline.h"

namespace snsim {

class EnergyMeter final : private LentCell<std::uint64_t>::Lender {
  public:
    enum class Source : std::uint8_t { work, visits, events };

    struct Term {
        Source source;
        std::size_t index;  ///< of the station in its observer, or of the counted events here
        Energy each;
    };
    struct Block {
        std::string path;
        Power state;
        std::vector<Term> terms;
        Uint128 window_fj = 0;  ///< dynamic, inside the window
        Uint128 all_fj = 0;     ///< dynamic, all closed bins
        std::int64_t bin_fj = 0;
        double peak_w = 0;  ///< of a bin inside the window, with the state
    };

    EnergyMeter(Timeline& timeline, const StationObserver& stations)
        : timeline_(timeline), stations_(stations) {}
    EnergyMeter(const EnergyMeter&) = delete;
    EnergyMeter& operator=(const EnergyMeter&) = delete;

    std::size_t add_block(std::string path, Power state);
    /// `station`: its index in the station observer. `per_visit`: a price per frame served instead
    /// of per unit of work.
    void price_station(std::size_t block, std::size_t station, Energy each, bool per_visit = false);
    /// Lends the tally its cells; before the first fact.
    void price_events(std::size_t block, EventTally& tally, Energy each);

    /// After the stations' close() of the same bin.
    void close(const Bin& bin, bool in_window);

    [[nodiscard]] const std::deque<Block>& blocks() const { return blocks_; }
    [[nodiscard]] double card_peak_w() const { return card_peak_w_; }
    [[nodiscard]] double card_bin_w() const { return card_bin_w_; }
    /// Dynamic energy from the running totals, and what of it lies in bins not yet closed.
    [[nodiscard]] Uint128 metered_fj() const;
    [[nodiscard]] Uint128 open_fj(Timeline& timeline) const;

  private:
    struct Counted {
        EventTally* tally;
        std::size_t counter;  ///< of the timeline
    };

    void lend(LentCell<std::uint64_t>& to, std::size_t counter, Picoseconds t) override;
    [[nodiscard]] std::int64_t energy_of(const Block& block, const Bin& bin) const;

    Timeline& timeline_;
    const StationObserver& stations_;
    std::deque<Block> blocks_;
    std::vector<Counted> counted_;
    double card_peak_w_ = 0;
    double card_bin_w_ = 0;
};

}  // namespace snsim
