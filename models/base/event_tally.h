// Counted events, added up where they happen.
//
// A model that does something countable (an access to a memory, a byte parsed) adds to a cell that
// an observer lends for one span of time; outside that span it asks for another. Without a lender
// it adds where nobody looks. A running total is kept beside the cells, for the audit.
#pragma once

#include <cstdint>

#include "models/base/check.h"
#include "models/base/fault.h"
#include "models/base/units.h"

namespace snsim {

class EventTally {
  public:
    /// Who lends cells. `lend` calls set_cell() with the cell of time t.
    class Lender {
      public:
        virtual void lend(EventTally& tally, Picoseconds t) = 0;

      protected:
        virtual ~Lender() = default;
    };

    EventTally() = default;
    ~EventTally() = default;
    EventTally(const EventTally&) = delete;
    EventTally& operator=(const EventTally&) = delete;

    void set_lender(Lender& lender) {
        lender_ = &lender;
        forget_cell();
    }
    void set_cell(std::uint64_t& cell, Picoseconds start, Picoseconds end) {
        cell_ = &cell;
        start_ = start;
        end_ = end;
    }
    /// The cell held is taken back.
    void forget_cell() { end_ = start_; }
    [[nodiscard]] Picoseconds cell_start() const { return start_; }

    void count(Picoseconds t, std::uint64_t events = 1) {
        if (unlikely(t < start_ || t >= end_)) fetch(t);
        *cell_ += events;
        if (!fault::armed("unpriced_event")) total_ += events;
    }

    /// Events since the beginning.
    [[nodiscard]] std::uint64_t total() const { return total_; }

  private:
    void fetch(Picoseconds t) {
        if (lender_ != nullptr) {
            lender_->lend(*this, t);
        } else {
            set_cell(unread_, 0, Picoseconds{1} << 62);
        }
        SNSIM_CHECK(t >= start_ && t < end_, "a counter was lent the cell of another time");
    }

    Picoseconds start_ = 0;  // of the cell
    Picoseconds end_ = 0;
    std::uint64_t* cell_ = nullptr;
    std::uint64_t total_ = 0;
    Lender* lender_ = nullptr;
    std::uint64_t unread_ = 0;
};

}  // namespace snsim
