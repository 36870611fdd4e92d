// Counts what cores spend by cause, and other events of a host's software, in the measure window.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/event_tally.h"
#include "observers/timeline.h"

namespace snsim {

class CycleMeter final : private LentCell<std::uint64_t>::Lender {
  public:
    struct Row {
        std::string path;
        std::string cause;
        EventTally* tally;
        std::size_t counter;       ///< of the timeline
        std::uint64_t window = 0;  ///< in the measure window
        std::uint64_t all = 0;     ///< in all closed bins
    };

    explicit CycleMeter(Timeline& timeline) : timeline_(timeline) {}
    CycleMeter(const CycleMeter&) = delete;
    CycleMeter& operator=(const CycleMeter&) = delete;

    /// Lends a tally its cells, before the first fact; returns its index here.
    std::size_t watch(std::string path, std::string cause, EventTally& tally);
    /// Takes a closed bin in.
    void close(const Bin& bin, bool in_window);

    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
    /// Events from the running totals, and what of them lies in bins not yet closed.
    [[nodiscard]] std::uint64_t open(std::size_t row) const;

  private:
    void lend(LentCell<std::uint64_t>& to, std::size_t counter, Picoseconds t) override;

    Timeline& timeline_;
    std::vector<Row> rows_;
};

}  // namespace snsim
