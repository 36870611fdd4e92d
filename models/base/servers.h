// Servers: the kinds of station whose departures follow from arrivals by arithmetic alone.
//
// Times are whole picoseconds rounded down; the sub-picosecond remainder is kept with the server,
// so that the long-run rate is the nominal one.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "models/base/fault.h"
#include "models/base/station.h"

namespace snsim {

/// Next-free time of one server.
class FreeTime {
  public:
    FreeTime() = default;
    explicit FreeTime(Picoseconds t) : ps_(t) {}

    [[nodiscard]] Picoseconds ps() const { return ps_; }
    /// True if this is free before the other, to the fraction of a picosecond.
    template <bool whole = false>
    [[nodiscard]] bool before(const FreeTime& other) const {
        return ps_ < other.ps_ || (!whole && ps_ == other.ps_ && rem_ < other.rem_);
    }
    template <bool whole>
    void set(const FreeTime& other) {
        ps_ = other.ps_;
        if constexpr (!whole) rem_ = other.rem_;
    }
    /// Occupies the server from max(t, free) for `service`; returns the start. All services of one
    /// server have the same denominator; `whole`: it is 1.
    template <bool whole = false>
    Picoseconds occupy(Picoseconds t, const Exact& service) {
        const Picoseconds start = ps_ < t ? t : ps_;
        if (whole || service.den == 1) {
            ps_ = start + service.ps;
            return start;
        }
        // Whether a server is free nobody can foresee: no branches on that.
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

/// When k equal engines are free; the earliest free takes the next frame. Frames leave in the order
/// they came, and an engine is free again when its frame is done, not when it leaves. Which of two
/// engines that are free at the same time takes a frame makes no difference, so only their free
/// times are kept, sorted in a ring: mostly a new one is the latest.
class Engines {
  public:
    explicit Engines(std::uint32_t count)
        : last_engine_(count - 1), free_(count > few_.size() ? new FreeTime[count] : few_.data()) {}
    Engines(Engines&& other) noexcept
        : few_(other.few_),
          first_(other.first_),
          last_engine_(other.last_engine_),
          latest_(other.latest_),
          free_(other.has_few() ? few_.data() : other.free_) {
        other.free_ = other.few_.data();
    }
    Engines& operator=(Engines&&) = delete;
    ~Engines() {
        if (!has_few()) delete[] free_;
    }

    /// Serves the frame that arrives at t; `whole`: services have no fraction of a picosecond.
    template <bool whole = false>
    Served serve(Picoseconds t, const Exact& service) {
        const std::uint32_t place = first_;
        FreeTime engine;  // a copy: it stays in registers
        engine.set<whole>(free_[place]);
        // The ring begins behind the engine taken; its own place is now the last one.
        first_ = place == last_engine_ ? 0 : place + 1;
        const Picoseconds start = engine.occupy<whole>(t, service);
        const Picoseconds finish = engine.ps();
        if (unlikely(engine.before<whole>(latest_))) {
            insert(engine, place);
        } else {
            free_[place].set<whole>(engine);
            latest_.set<whole>(engine);
        }
        // The latest of all finishes: no frame overtakes.
        return {start, finish, latest_.ps(), 0};
    }
    /// True if the engines are free when the latest frames left, one each. The times of leaving
    /// stand in a ring of mask + 1, those of the n-th frame (that is to come) behind the others'.
    [[nodiscard]] bool follow(const Picoseconds* leaving, std::uint64_t mask,
                              std::uint64_t n) const {
        std::uint32_t place = first_;
        for (std::uint64_t i = n - last_engine_ - 1; i != n; ++i) {
            if (free_[place].ps() != leaving[i & mask]) return false;
            place = place == last_engine_ ? 0 : place + 1;
        }
        return true;
    }
    /// Makes that so; for services without fractions of a picosecond.
    void set_to(const Picoseconds* leaving, std::uint64_t mask, std::uint64_t n) {
        first_ = 0;
        for (std::uint32_t place = 0; place <= last_engine_; ++place) {
            free_[place] = FreeTime(leaving[(n - last_engine_ - 1 + place) & mask]);
        }
        latest_ = free_[last_engine_];
    }

  private:
    [[nodiscard]] bool has_few() const { return free_ == few_.data(); }
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

    std::array<FreeTime, 4> few_;  // the usual number, beside the rest of the state
    std::uint32_t first_ = 0;
    std::uint32_t last_engine_;
    FreeTime latest_;  // of all engines
    FreeTime* free_;   // the few, or as many as there are; sorted from first_ on, cyclically
};

/// A station of k equal engines.
class EnginePool {
  public:
    EnginePool(std::string path, std::uint8_t slot, std::uint32_t engines)
        : engines_(engines), station(std::move(path), slot, engines) {}
    EnginePool(const EnginePool&) = delete;
    EnginePool& operator=(const EnginePool&) = delete;

    Picoseconds pass(Frame& frame, Picoseconds t, const Exact& service, std::uint32_t work) {
        Served served = engines_.serve(t, service);
        served.work = work;
        frame.pass(station.slot(), t, served.leave);
        station.tally.visit_to_the_end(t, served);
        if (fault::armed("double_service")) station.tally.visit(t, served);
        return served.leave;
    }

  private:
    Engines engines_;

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
