// Counted events, added up where they happen: an access to a memory, bytes that were parsed.
#pragma once

#include <cstdint>

#include "models/base/fault.h"
#include "models/base/lent_cell.h"

namespace snsim {

class EventTally {
  public:
    void count(Picoseconds t, std::uint64_t events = 1) {
        if (std::uint64_t* const bin = cell.at(t)) *bin += events;
        if (!fault::armed("unpriced_event")) total_ += events;
    }

    /// Events since the beginning: kept apart from the cells, for the audit.
    [[nodiscard]] std::uint64_t total() const { return total_; }

    LentCell<std::uint64_t> cell;

  private:
    std::uint64_t total_ = 0;
};

}  // namespace snsim
