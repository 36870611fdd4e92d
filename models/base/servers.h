// Servers: the kinds of station whose departures follow from arrivals by arithmetic alone.
//
// Times are whole picoseconds rounded down; the sub-picosecond remainder is kept with the server,
// so that the long-run rate is the nominal one.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/base/fault.h"
#include "models/base/station.h"

namespace snsim {

/// Next-free time of one server.
class FreeTime {
  public:
    [[nodiscard]] Picoseconds ps() const { return ps_; }
    /// True if this is free before the other, to the fraction of a picosecond.
    [[nodiscard]] bool before(const FreeTime& other) const {
        return ps_ < other.ps_ || (ps_ == other.ps_ && rem_ < other.rem_);
    }
    /// Occupies the server from max(t, free) for `service`; returns the start. All services of one
    /// server have the same denominator.
    Picoseconds occupy(Picoseconds t, const Exact& service) {
        if (t > ps_) {
            ps_ = t;
            rem_ = 0;
        }
        const Picoseconds start = ps_;
        ps_ += service.ps;
        rem_ += service.rem;
        if (rem_ >= service.den) {
            rem_ -= service.den;
            ++ps_;
        }
        return start;
    }

  private:
    Picoseconds ps_ = 0;
    std::uint64_t rem_ = 0;
};

/// One server, first in first out.
class FifoServer {
  public:
    FifoServer(std::string path, std::uint8_t slot) : station(std::move(path), slot, 1) {}

    Station station;

    /// Serves the frame that arrives at t; returns when it leaves.
    Picoseconds pass(Frame& frame, Picoseconds t, const Exact& service, std::uint32_t work) {
        const Picoseconds start = free_.occupy(t, service);
        const Picoseconds finish = free_.ps();
        station.visit(frame, t, {start, finish, finish, work});
        return finish;
    }
    [[nodiscard]] Picoseconds free_at() const { return free_.ps(); }

  private:
    FreeTime free_;
};

/// k equal engines, the earliest free takes the next frame; frames leave in the order they came,
/// and an engine is free again when its frame is done, not when it leaves. Which of two engines
/// that are free at the same time takes a frame makes no difference, so only their free times are
/// kept, sorted in a ring: mostly a new one is the latest.
class EnginePool {
  public:
    EnginePool(std::string path, std::uint8_t slot, std::uint32_t engines)
        : last_engine_(engines - 1),
          more_(engines > few_.size() ? engines : 0),
          free_(more_.empty() ? few_.data() : more_.data()),
          station(std::move(path), slot, engines) {}
    EnginePool(const EnginePool&) = delete;
    EnginePool& operator=(const EnginePool&) = delete;

    Picoseconds pass(Frame& frame, Picoseconds t, const Exact& service, std::uint32_t work) {
        FreeTime engine = free_[first_];
        const Picoseconds start = engine.occupy(t, service);
        const Picoseconds finish = engine.ps();
        // The ring begins behind the engine taken; its own place is now the last one.
        const std::uint32_t last = first_;
        first_ = last == last_engine_ ? 0 : last + 1;
        if (unlikely(engine.before(latest_))) {
            insert(engine, last);
        } else {
            free_[last] = engine;
            latest_ = engine;
        }
        last_leave_ = finish > last_leave_ ? finish : last_leave_;
        station.visit(frame, t, {start, finish, last_leave_, work});
        if (fault::armed("double_service")) {
            station.tally.visit(t, {start, finish, last_leave_, work});
        }
        return last_leave_;
    }

  private:
    /// Puts an engine that is free earlier than the latest one in its place of the order.
    void insert(const FreeTime& engine, std::uint32_t place) {
        for (std::uint32_t i = 0; i < last_engine_; ++i) {
            const std::uint32_t before = place == 0 ? last_engine_ : place - 1;
            if (!engine.before(free_[before])) break;
            free_[place] = free_[before];
            place = before;
        }
        free_[place] = engine;
    }

    std::uint32_t first_ = 0;
    std::uint32_t last_engine_;
    FreeTime latest_;  // of all engines
    Picoseconds last_leave_ = 0;
    std::array<FreeTime, 4> few_;  // the usual number, beside the rest of the state
    std::vector<FreeTime> more_;
    FreeTime* free_;  // sorted from first_ on, cyclically

  public:
    Station station;
};

/// A fixed time that any number of frames spend side by side.
class Delay {
  public:
    Delay(std::string path, std::uint8_t slot, Duration time)
        : station(std::move(path), slot, 0), time_(time.value) {}

    Station station;

    Picoseconds pass(Frame& frame, Picoseconds t) {
        station.visit(frame, t, {t, t + time_, t + time_, 0});
        return t + time_;
    }

  private:
    Picoseconds time_;
};

}  // namespace snsim
