// Stations: places where frames wait and are served, computed instead of simulated.
//
// A station knows when its servers are next free; the departure of a frame follows from its arrival
// by arithmetic. Times are whole picoseconds rounded down; the sub-picosecond remainder is kept
// with the server, so that the long-run rate is the nominal one.
//
// Facts of a station: `Visited` when arrival and departure are known together, or `Entered` and
// later `Served` (or `Started` and `Left`) where a frame waits for a decision of the agenda. No
// fact tells of a time before it could have been told.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "models/base/fault.h"
#include "models/base/frame.h"
#include "models/base/probe.h"
#include "models/base/ring.h"
#include "models/base/units.h"

namespace snsim {

struct Entered {
    Picoseconds t;
};
/// Service from start to finish. A frame leaves in order of entry: after its service, or, at an
/// egress, with its first bit.
struct Served {
    Picoseconds start;
    Picoseconds finish;
    Picoseconds leave;
    std::uint32_t work;  ///< units the energy of a service is counted in (cycles, bytes)
};
/// The two halves of Served, for services whose end is not known when they start.
struct Started {
    Picoseconds t;
    std::uint32_t work;
};
struct Left {
    Picoseconds leave;
    Picoseconds stalled;  ///< of the time since its start, spent waiting for another resource
};
struct Visited {
    Picoseconds enter;
    Served served;
};

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

/// The name, the stamp slot and the facts of one station; what it does is up to its owner.
class Station {
  public:
    Station(std::string path, std::uint8_t slot, std::uint32_t servers)
        : path_(std::move(path)), slot_(slot), servers_(servers) {}
    Station(const Station&) = delete;
    Station& operator=(const Station&) = delete;

    Probe<Visited> visited;
    Probe<Entered> entered;
    Probe<Served> served;
    Probe<Started> started;
    Probe<Left> left;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::uint8_t slot() const { return slot_; }
    /// Servers that can be busy at once; 0: a pure delay or queue, which has no utilisation.
    [[nodiscard]] std::uint32_t servers() const { return servers_; }

    void visit(Frame& frame, Picoseconds enter, const Served& service) const {
        frame.enter(slot_, enter);
        frame.leave(slot_, service.leave);
        visited({enter, service});
    }
    void enter(Frame& frame, Picoseconds t) const {
        frame.enter(slot_, t);
        entered({t});
    }
    void start(Picoseconds t, std::uint32_t work) const { started({t, work}); }
    void leave(Frame& frame, const Left& end) const {
        frame.leave(slot_, end.leave);
        left(end);
    }
    void serve(Frame& frame, const Served& service) const {
        frame.leave(slot_, service.leave);
        served(service);
    }

  private:
    std::string path_;
    std::uint8_t slot_;
    std::uint32_t servers_;
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
        : station(std::move(path), slot, engines), free_(engines) {}

    Station station;

    Picoseconds pass(Frame& frame, Picoseconds t, const Exact& service, std::uint32_t work) {
        const std::uint32_t engines = static_cast<std::uint32_t>(free_.size());
        FreeTime engine = free_[first_];
        const Picoseconds start = engine.occupy(t, service);
        const Picoseconds finish = engine.ps();
        // The ring begins behind the engine taken; its own place is now the last one.
        std::uint32_t place = first_;
        first_ = first_ + 1 == engines ? 0 : first_ + 1;
        for (std::uint32_t i = 1; i < engines; ++i) {
            const std::uint32_t before = place == 0 ? engines - 1 : place - 1;
            if (!engine.before(free_[before])) break;
            free_[place] = free_[before];
            place = before;
        }
        free_[place] = engine;
        last_leave_ = finish > last_leave_ ? finish : last_leave_;
        station.visit(frame, t, {start, finish, last_leave_, work});
        if (fault::armed("double_service")) {
            station.visited({t, {start, finish, last_leave_, work}});
        }
        return last_leave_;
    }

  private:
    std::vector<FreeTime> free_;  // sorted from first_ on, cyclically
    std::uint32_t first_ = 0;
    Picoseconds last_leave_ = 0;
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

/// Credits of a bounded resource as its holder sees them: taken now, given back at known times.
///
/// A credit given back for time t serves decisions at t and later. Each giver has a lane of its own
/// and gives back in non-decreasing time (checked).
class CreditPool {
  public:
    explicit CreditPool(std::int64_t issued, std::size_t lanes = 1)
        : issued_(issued), available_(issued), lanes_(lanes) {}

    /// True if `count` credits can be taken at t.
    [[nodiscard]] bool can_take(Picoseconds t, std::int64_t count = 1) {
        return available_ >= count || available(t) >= count;
    }
    void take(std::int64_t count = 1) {
        available_ -= count;
        SNSIM_CHECK(available_ >= 0, "a credit was taken that is not there");
    }
    void give_back(Picoseconds t, std::int64_t count = 1, std::size_t lane = 0) {
        Ring<Return>& returns = lanes_[lane];
        SNSIM_CHECK(returns.empty() || t >= returns.back().t, "credits returned out of order");
        returns.push({t, count});
    }
    /// Takes one credit for the first moment from t on when one is known to be there; nothing if
    /// none is. For pools of one lane whose credits come back one by one.
    [[nodiscard]] std::optional<Picoseconds> take_when(Picoseconds t) {
        if (can_take(t)) {
            --available_;
            return t;
        }
        if (lanes_[0].empty()) return std::nullopt;
        return lanes_[0].pop().t;
    }
    /// When the next known return takes effect; max() if none is known.
    [[nodiscard]] Picoseconds next_return() const {
        Picoseconds next = std::numeric_limits<Picoseconds>::max();
        for (const Ring<Return>& returns : lanes_) {
            if (!returns.empty() && returns.front().t < next) next = returns.front().t;
        }
        return next;
    }
    [[nodiscard]] std::int64_t issued() const { return issued_; }
    /// Taken and not given back; known future returns count as given back.
    [[nodiscard]] std::int64_t out() const {
        std::int64_t back = available_;
        for (const Ring<Return>& returns : lanes_) {
            for (std::size_t i = 0; i < returns.size(); ++i) back += returns[i].count;
        }
        return issued_ - back;
    }
    [[nodiscard]] std::int64_t available(Picoseconds t) {
        for (Ring<Return>& returns : lanes_) {
            while (!returns.empty() && returns.front().t <= t) available_ += returns.pop().count;
        }
        return available_;
    }

  private:
    struct Return {
        Picoseconds t;
        std::int64_t count;
    };

    std::int64_t issued_;
    std::int64_t available_;
    std::vector<Ring<Return>> lanes_;
};

/// One wire of a credit's way back: calls owner.method(frame, t) of whoever issued the credit.
class CreditLink {
  public:
    template <auto method, class Owner>
    void bind(Owner& owner) {
        context_ = &owner;
        function_ = [](void* context, Frame& frame, Picoseconds t) {
            (static_cast<Owner*>(context)->*method)(frame, t);
        };
    }
    void give_back(Frame& frame, Picoseconds t) const { function_(context_, frame, t); }

  private:
    void (*function_)(void*, Frame&, Picoseconds) = nullptr;
    void* context_ = nullptr;
};

/// What stands for utilisation and bottlenecks: a station serves one resource, which a parameter
/// sizes. Doubling that parameter doubles the resource.
struct Resource {
    std::string path;  ///< instance whose parameter it is
    std::string name;  ///< the parameter
};

/// The stations of a partition, in journey order, for observers.
class StationRegistry {
  public:
    struct Entry {
        Station* station;
        Resource resource;
    };

    /// The next stamp slot in journey order.
    [[nodiscard]] std::uint8_t next_slot() {
        SNSIM_CHECK(next_ < max_stations, "more stations than a frame has stamps");
        return next_++;
    }
    void add(Station& station, Resource resource = {}) {
        entries_.push_back({&station, std::move(resource)});
    }
    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

  private:
    std::uint8_t next_ = 0;
    std::vector<Entry> entries_;
};

}  // namespace snsim
