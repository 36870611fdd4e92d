// The shared packet buffer and the one queue of frames that wait for the parser, from the wires
// and, where the card has host interfaces, from the NIC.
//
// A frame takes whole cells when it has arrived and keeps them until it has left the card or is
// dropped. It is dropped here (`buffer_full`) when the cells do not suffice, or when its port's
// share of the waiting frames (port_limit) is used up, so that one port cannot starve the other.
// Frames wait in order of arrival over both ports for a context of the ingress pipeline. Left out:
// the buffer's own read and write bandwidth (it is built to pass both ports), cut-through.
//
// An arrival is an agenda point, but the buffer is told of it before, and what becomes of the frame
// is mostly settled by then: room that is free now or known to come back stays free for it, and a
// drop is certain if no room can come back before the frame does. So one item decides, in order of
// arrival, on all frames whose fate is settled.
#pragma once

#include <array>
#include <optional>
#include <systemc>

#include "models/asic/asic_events.h"
#include "models/asic/asic_params.h"
#include "models/base/credits.h"
#include "models/base/frame_stream.h"
#include "models/base/frame_tally.h"
#include "models/base/inputs.h"
#include "models/base/partition.h"

namespace snsim {

class PacketBuffer : public sc_core::sc_module {
  public:
    static constexpr std::size_t most_ports = 3;
    /// Who gives cells back: the traffic manager for drops, each port for departures.
    enum Lane : std::uint8_t { dropped, departed0, departed1, departed_host, lanes };

    /// `contexts`: credits of the pipeline behind the parser. `notice`: how long before its arrival
    /// the buffer is told of a frame at least. `host`: whether frames come from a NIC.
    PacketBuffer(const sc_core::sc_module_name& name, Partition& partition,
                 const PacketBufferParams& params, std::int64_t contexts, Duration notice,
                 bool host = false);

    FrameIn from_port0;
    FrameIn from_port1;
    std::optional<FrameIn> from_host;
    FrameOut to_parser;

    /// Tell the NIC that a frame of its own is gone: by each lane, and with a drop here.
    std::array<CreditLink, lanes + 1> host_credits;

    FrameTally drops;
    Probe<FrameBuffered> buffered;
    Probe<FrameDropped> dropped_here;

    /// The frame's cells are free again at t.
    template <Lane lane>
    void release(Frame& frame, Picoseconds t) {
        cells_.give_back(t, frame.cells, lane);
        if (frame.in_port == host_port) host_credits[lane].give_back(frame, t);
    }

    [[nodiscard]] BlockId block() const { return block_; }
    [[nodiscard]] std::uint8_t place() const { return place_; }
    /// Frames that took a context, and contexts not given back, known future returns counted as
    /// given back.
    [[nodiscard]] std::int64_t issued() const { return issued_; }
    [[nodiscard]] std::int64_t contexts_out() const {
        return static_cast<std::int64_t>(contexts_.held());
    }

  private:
    struct Arrival {
        Frame* frame;
        Picoseconds t;
    };

    template <std::size_t port>
    void announce(Frame& frame, Picoseconds t) {
        announce(arrivals_[port], {&frame, t});
    }
    void announce(Ring<Arrival>& arrivals, const Arrival& arrival);
    void take_turn();
    [[nodiscard]] FrameIn& from(std::size_t port) {
        return port == 0 ? from_port0 : port == 1 ? from_port1 : *from_host;
    }
    /// False if it is not settled yet what becomes of a frame that arrives at t, ahead of now.
    [[nodiscard]] bool decide(FrameIn& from, Frame& frame, Picoseconds t);
    void credit(Frame& frame, Picoseconds t);
    void issue_waiting(Picoseconds t);
    void issue(Frame& frame, Picoseconds t);

    [[nodiscard]] std::uint32_t cells_of(const Frame& frame) const {
        return static_cast<std::uint32_t>((frame.bytes + cell_bytes_ - 1) * cells_per_byte_ >>
                                          inverse_bits);
    }

    /// Dividing by a cell is multiplying by its inverse, rounded up: exact up to 2^40 / cell bytes,
    /// 256 MiB for the largest.
    static constexpr int inverse_bits = 40;

    // parameters
    std::uint32_t cell_bytes_;
    std::uint64_t cells_per_byte_;
    Picoseconds notice_;
    std::size_t ports_;

    // wiring
    Partition& partition_;
    BlockId block_;
    std::uint8_t place_;
    Wake turn_;

    // state
    std::array<Ring<Arrival>, most_ports> arrivals_;  ///< announced and not decided on
    Picoseconds decided_ = 0;                         ///< latest arrival decided on
    Picoseconds credited_ = 0;                        ///< latest context given back
    std::array<CreditPool<>, most_ports> shares_;
    CreditPool<lanes> cells_;
    OrderedSlots contexts_;
    Ring<Picoseconds> returned_;  ///< contexts for frames that wait
    bool issuing_ = false;
    std::int64_t issued_ = 0;
    Station queue_;
    FrameQueue waiting_;
};

}  // namespace snsim
