// One Ethernet port: MAC and PCS with FEC, a transmit FIFO and the line.
//
// Receive: a fixed time from the last bit on the wire to the packet buffer, which is told of a
// frame ahead of that and puts both ports' frames in order. Transmit: frames wait
// in a FIFO counted in bytes, whose space the sender holds as credit; the line takes preamble,
// frame, FCS and inter-frame gap at the port's rate, so that 64 B frames go at 148.8 Mpps on 100
// Gb/s. A frame has left, for latency, with its first bit on the wire. Left out: pause and priority
// flow control, link training, bit errors, cut-through.
#pragma once

#include <systemc>

#include "models/asic/asic_events.h"
#include "models/asic/asic_params.h"
#include "models/base/credits.h"
#include "models/base/frame_stream.h"
#include "models/base/frame_tally.h"
#include "models/base/inputs.h"
#include "models/base/partition.h"
#include "models/base/servers.h"

namespace snsim {

class EthernetPort : public sc_core::sc_module {
  public:
    EthernetPort(const sc_core::sc_module_name& name, Partition& partition,
                 const PortParams& params, std::uint8_t index, std::uint8_t rx_slot,
                 std::uint8_t tx_slot, Duration credit_latency);

    FrameIn from_wire;
    FrameOut to_buffer;  ///< the credit: the buffer took the frame or dropped it
    FrameIn from_egress;
    FrameOut to_wire;
    CreditLink tx_credit;  ///< tells the traffic manager of bytes free in the FIFO
    CreditLink release;    ///< gives a departed frame's cells back

    FrameTally arrivals;    ///< counted with their last bit
    FrameTally departures;  ///< likewise
    Probe<FrameArrived> arrived;
    Probe<FrameDeparted> departed;

    /// From a frame's last bit on the wire to the packet buffer.
    [[nodiscard]] static Duration rx_latency(const PortParams& params) {
        return params.fec_latency + params.mac_latency;
    }

    [[nodiscard]] BlockId rx_block() const { return rx_block_; }
    [[nodiscard]] BlockId tx_block() const { return tx_block_; }
    [[nodiscard]] std::uint8_t index() const { return index_; }
    [[nodiscard]] const PortParams& parameters() const { return params_; }

  private:
    void receive(Frame& frame, Picoseconds t);
    void taken(Frame& frame, Picoseconds t);
    void transmit(Frame& frame, Picoseconds t);

    // parameters
    PortParams params_;
    std::uint8_t index_;
    UnitTime byte_time_;  ///< on the line
    Picoseconds rx_latency_;
    Picoseconds credit_latency_;

    // wiring
    BlockId rx_block_;
    BlockId tx_block_;
    FrameInput tx_input_;

    // state
    Station rx_;
    Station tx_;
    FreeTime line_;
};

}  // namespace snsim
