// Stations: places where frames wait and are served, computed instead of simulated.
//
// A station knows when its servers are next free; the departure of a frame follows from its arrival
// by arithmetic (servers.h), or from decisions of its owner. The station stamps the frame, adds the
// visit up (station_tally.h) and announces it to whoever listens.
//
// A visit whose arrival and departure are known together is one call; where a frame waits for a
// decision of the agenda it enters, starts and leaves. Nothing is told of a time before it could
// have been told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/frame.h"
#include "models/base/station_tally.h"
#include "models/base/units.h"

namespace snsim {

/// The end of a service whose end was not known when it started.
struct Left {
    Picoseconds start;
    Picoseconds leave;
    Picoseconds stalled;  ///< of the time since its start, spent waiting for another resource
    std::uint32_t work;
};

/// The name, the stamp slot and the facts of one station; what it does is up to its owner.
class Station {
  public:
    Station(std::string path, std::uint8_t slot, std::uint32_t servers)
        : slot_(slot), servers_(servers), path_(std::move(path)) {}
    Station(const Station&) = delete;
    Station& operator=(const Station&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::uint8_t slot() const { return slot_; }
    /// Servers that can be busy at once; 0: a pure delay or queue, which has no utilisation.
    [[nodiscard]] std::uint32_t servers() const { return servers_; }

    void visit(Frame& frame, Picoseconds enter, const Served& service) {
        frame.pass(slot_, enter, service.leave);
        tally.visit(enter, service);
    }
    void enter(Frame& frame, Picoseconds t) {
        frame.enter(slot_, t);
        tally.enter(t);
    }
    void start(Picoseconds t, std::uint32_t work) { tally.start(t, work); }
    void leave(Frame& frame, const Left& end) {
        tally.finish_and_leave(frame.entered, end.leave, end.stalled);
        if (unlikely(tally.visited.heard())) {
            tally.visited({frame.entered, {end.start, end.leave, end.leave, end.work}});
        }
        frame.leave(slot_, end.leave);
    }
    /// `stalled`: of the service, spent waiting for another resource.
    void serve(Frame& frame, const Served& service, Picoseconds stalled = 0) {
        serve_overtaking(frame, service, frame.entered, stalled);
    }
    /// The same where frames overtake each other; `oldest`: when the frame entered that came as
    /// many frames after the first as leave before this one.
    void serve_overtaking(Frame& frame, const Served& service, Picoseconds oldest,
                          Picoseconds stalled = 0) {
        tally.serve(oldest, service, stalled);
        if (unlikely(tally.visited.heard())) tally.visited({frame.entered, service});
        frame.leave(slot_, service.leave);
    }

    StationTally tally;

  private:
    std::uint8_t slot_;
    std::uint32_t servers_;
    std::string path_;
};

/// What stands for utilisation and bottlenecks: a station serves one resource, which a parameter
/// sizes. Doubling that parameter doubles the resource.
struct Resource {
    std::string path;  ///< instance whose parameter it is
    std::string name;  ///< the parameter
    /// Its stations are parts that fill apart: the fullest stands for the resource.
    bool in_parts = false;
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
