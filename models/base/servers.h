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
        // Whether a server is free nobody can foresee: no branches on that.
        const Picoseconds idle = t - ps_;
        const Picoseconds start = ps_ + (idle & ~(idle >> 63));
        if (service.den == 1) {
            ps_ = start + service.ps;
            return start;
        }
        const auto busy = static_cast<std::uint64_t>(t <= ps_);
        const std::uint64_t rest = (rem_ & (std::uint64_t{0} - busy)) + service.rem;
        const auto carry = static_cast<std::uint64_t>(rest >= service.den);
        rem_ = rest - (service.den & (std::uint64_t{0} - carry));
        ps_ = start + service.ps + static_cast<Picoseconds>(carry);
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
          slot_(slot),
          more_(engines > few_.size() ? engines : 0),
          free_(more_.empty() ? few_.data() : more_.data()),
          station(std::move(path), slot, engines) {}
    EnginePool(const EnginePool&) = delete;
    EnginePool& operator=(const EnginePool&) = delete;

    Picoseconds pass(Frame& frame, Picoseconds t, const Exact& service, std::uint32_t work) {
        const Picoseconds leave = serve(frame, t, service, work);
        frame.spend(std::uint64_t{1} << slot_, leave - t);
        return leave;
    }
    /// The same for who notes for several stations at once that the frame has passed them.
    Picoseconds serve(Frame& frame, Picoseconds t, const Exact& service, std::uint32_t work) {
        const std::uint32_t place = first_;
        FreeTime engine = free_[place];  // a copy: it stays in registers
        // The ring begins behind the engine taken; its own place is now the last one.
        first_ = place == last_engine_ ? 0 : place + 1;
        const Picoseconds start = engine.occupy(t, service);
        const Picoseconds finish = engine.ps();
        if (unlikely(engine.before(latest_))) {
            insert(engine, place);
        } else {
            free_[place] = engine;
            latest_ = engine;
        }
        // The latest of all finishes: no frame overtakes.
        const Picoseconds leave = latest_.ps();
        frame.left[slot_] = leave;
        station.tally.visit_to_the_end(t, {start, finish, leave, work});
        if (fault::armed("double_service")) station.tally.visit(t, {start, finish, leave, work});
        return leave;
    }

  private:
    /// Puts an engine that is free earlier than the latest one in its place of the order.
    void insert(FreeTime engine, std::uint32_t place) {
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
    std::uint8_t slot_;
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
