// Collects what a tally counts, time by time: it lends a cell for each picosecond.
#pragma once

#include <deque>

#include "models/base/event_tally.h"

namespace snsim {

class EventLog final : private LentCell<std::uint64_t>::Lender {
  public:
    struct Events {
        Picoseconds t;
        std::uint64_t count;
    };

    explicit EventLog(EventTally& tally) { tally.cell.set_lender(*this); }
    EventLog(const EventLog&) = delete;
    EventLog& operator=(const EventLog&) = delete;

    std::deque<Events> all;  // a new one whenever the time changes

  private:
    void lend(LentCell<std::uint64_t>& to, std::size_t, Picoseconds t) override {
        all.push_back({t, 0});
        to.set(all.back().count, t, t + 1);
    }
};

}  // namespace snsim
