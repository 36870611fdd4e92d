// The stations a frame passes in a host, the same for all its interfaces, and how it ends there.
//
// `sending`: in a transmit ring, from the send call until the card begins to read it; `landing`:
// from the moment the card sent its last byte until its completion lies in memory; `rings`: from
// the moment its completion lies in memory until a driver has taken it; `stack`: in the kernel
// until it lies at a socket; `sockets`: until an application has it. Frames of different queues and
// cores overtake each other.
#pragma once

#include <algorithm>
#include <string>

#include "models/base/frame_tally.h"
#include "models/base/partition.h"
#include "models/base/probe.h"
#include "models/base/ring.h"
#include "models/host/host_events.h"
#include "models/host/host_note.h"

namespace snsim {

/// A station whose frames overtake each other.
class SharedStation {
  public:
    SharedStation(Partition& partition, const std::string& path)
        : SharedStation(partition, path, partition.stations.next_slot()) {}
    SharedStation(Partition& partition, const std::string& path, std::uint8_t slot)
        : station(path, slot, 0) {
        partition.stations.add(station);
    }

    Station station;

    void enter(Frame& frame, Picoseconds t) {
        station.enter(frame, t);
        entered_.push(t);
    }
    void serve(Frame& frame, Picoseconds start, Picoseconds leave) {
        station.serve_overtaking(frame, {start, leave, leave, frame.bytes}, entered_.pop());
    }

  private:
    Ring<Picoseconds> entered_;
};

class FramePath {
  public:
    /// `sending_slot`: of `sending`, which frames pass before all others.
    FramePath(Partition& partition, const std::string& host, std::uint8_t sending_slot)
        : sending(partition, host + ".sending", sending_slot),
          landing(host + ".landing", partition.stations.next_slot(), 0),
          rings(partition, host + ".rings"),
          stack(partition, host + ".stack"),
          sockets(partition, host + ".sockets"),
          partition_(partition),
          place_(partition.add_place(host + ".stack")) {
        partition.stations.add(landing);
    }
    FramePath(const FramePath&) = delete;
    FramePath& operator=(const FramePath&) = delete;

    SharedStation sending;
    Station landing;
    SharedStation rings;
    SharedStation stack;
    SharedStation sockets;

    Probe<FrameReceivedByHost> received;
    Probe<FrameDroppedByHost> dropped;
    Probe<SegmentsMerged> merged;
    Probe<HostFaulted> faults;
    FrameTally deliveries;

    /// The frame's completion lies in memory from t on; in non-decreasing time over all rings.
    void land(Frame& frame, Picoseconds t) {
        const Picoseconds sent = frame.t_in + frame.residence;
        landing.visit(frame, sent, {t, t, t, frame.bytes});
        rings.enter(frame, t);
    }
    /// An application has the frame, which is gone.
    void deliver(Frame& frame, Picoseconds t, std::uint16_t interface) {
        deliveries.departed(frame, t);
        received({frame, t, interface});
        bytes_taken_ += frame.bytes;
        partition_.agenda.frames().release(frame, t);
    }
    /// The frame goes out again, past stations it has passed.
    void turn(Frame& frame) { partition_.agenda.frames().begin_leg(frame); }
    void drop(Frame& frame, DropReason reason, Picoseconds t) {
        frame.drop_reason = static_cast<std::uint8_t>(reason);
        frame.drop_place = place_;
        dropped({frame, reason, t});
        partition_.agenda.frames().release(frame, t);
    }

    /// The frame ends in memory, wherever it lies there.
    void discard(Frame& frame, DropReason reason, Picoseconds t) {
        const Picoseconds end = frame.at == Frame::no_station ? t : std::max(t, frame.entered);
        if (frame.at == sending.station.slot()) sending.serve(frame, end, end);
        drop(frame, reason, end);
    }

    /// Bytes that cards wrote into memory so far: where a frame stands among them says how much
    /// came after it.
    void note_landed(std::uint32_t bytes) { landed_ += bytes; }
    [[nodiscard]] std::uint64_t landed() const { return landed_; }
    [[nodiscard]] std::uint64_t bytes_taken() const { return bytes_taken_; }

  private:
    Partition& partition_;
    std::uint8_t place_;
    std::uint64_t landed_ = 0;
    std::uint64_t bytes_taken_ = 0;
};

}  // namespace snsim
