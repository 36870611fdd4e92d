// The shared packet buffer and the one queue of frames that wait for the parser.
//
// A frame takes whole cells when it has arrived and keeps them until it has left the card or is
// dropped. It is dropped here (`buffer_full`) when the cells do not suffice, or when its port's
// share of the waiting frames (port_limit) is used up, so that one port cannot starve the other.
// Frames wait in order of arrival over both ports for a context of the ingress pipeline. Left out:
// the buffer's own read and write bandwidth (it is built to pass both ports), cut-through.
#pragma once

#include <array>
#include <systemc>

#include "models/asic/asic_events.h"
#include "models/asic/asic_params.h"
#include "models/base/credits.h"
#include "models/base/frame_stream.h"
#include "models/base/inputs.h"
#include "models/base/partition.h"

namespace snsim {

class PacketBuffer : public sc_core::sc_module {
  public:
    static constexpr std::size_t ports = 2;
    /// Who gives cells back: the traffic manager for drops, each port for departures.
    enum Lane : std::uint8_t { dropped, departed0, departed1, lanes };

    /// `contexts`: credits of the pipeline behind the parser.
    PacketBuffer(const sc_core::sc_module_name& name, Partition& partition,
                 const PacketBufferParams& params, std::int64_t contexts);

    FrameIn from_port0;
    FrameIn from_port1;
    FrameOut to_parser;

    Probe<FrameBuffered> buffered;
    Probe<FrameDropped> dropped_here;

    /// The frame's cells are free again at t.
    template <Lane lane>
    void release(Frame& frame, Picoseconds t) {
        cells_.give_back(t, frame.cells, lane);
    }

    [[nodiscard]] BlockId block() const { return block_; }
    /// Frames that took a context, and contexts not given back, known future returns counted as
    /// given back.
    [[nodiscard]] std::int64_t issued() const { return issued_; }
    [[nodiscard]] std::int64_t contexts_out() const { return contexts_.out(); }

  private:
    void arrive(Frame& frame, Picoseconds t);
    void credit(Frame& frame, Picoseconds t);
    void issue(Frame& frame, Picoseconds t);

    // parameters
    std::uint32_t cell_bytes_;

    // wiring
    Partition& partition_;
    BlockId block_;
    std::uint8_t place_;

    // state
    CreditPool cells_;
    std::array<CreditPool, ports> shares_;
    CreditPool contexts_;
    std::int64_t issued_ = 0;
    Station queue_;
    Ring<Frame*> waiting_;
};

}  // namespace snsim
