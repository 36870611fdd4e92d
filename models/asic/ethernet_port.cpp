#include "models/asic/ethernet_port.h"

namespace snsim {

EthernetPort::EthernetPort(const sc_core::sc_module_name& name, Partition& partition,
                           const PortParams& params, std::uint8_t index, std::uint8_t rx_slot,
                           std::uint8_t tx_slot, Duration credit_latency)
    : sc_module(name),
      from_wire("from_wire", partition.agenda,
                frame_function<&EthernetPort::receive, EthernetPort>(), this),
      to_buffer("to_buffer", partition.agenda, frame_function<&EthernetPort::taken, EthernetPort>(),
                this),
      from_egress("from_egress", partition.agenda,
                  input_function<&EthernetPort::tx_input_, &EthernetPort::transmit, EthernetPort>(),
                  this),
      to_wire("to_wire", partition.agenda),
      params_(params),
      index_(index),
      byte_time_(Bytes{1} / params.rate),
      rx_latency_(rx_latency(params).value),
      credit_latency_(credit_latency.value),
      rx_block_(partition.agenda.add_block(std::string(this->name()) + ".rx")),
      tx_block_(partition.agenda.add_block(std::string(this->name()) + ".tx")),
      tx_input_(partition.agenda, tx_block_, InputKind::private_fifo,
                frame_handler<&EthernetPort::transmit, EthernetPort>(), this),
      rx_(std::string(this->name()) + ".rx", rx_slot, 0),
      tx_(std::string(this->name()) + ".tx", tx_slot, 1) {
    partition.stations.add(rx_);
    partition.stations.add(tx_, {this->name(), "rate"});
}

void EthernetPort::receive(Frame& frame, Picoseconds t) {
    frame.in_port = index_;
    to_buffer.send(frame, t + rx_latency_);
}

void EthernetPort::taken(Frame& frame, Picoseconds t) {
    arrivals.arrived(frame, frame.t_in);
    arrived({frame, frame.t_in});
    rx_.visit(frame, frame.t_in, {t, t, t, frame.bytes});
}

void EthernetPort::transmit(Frame& frame, Picoseconds t) {
    const Picoseconds start = line_.occupy(t, byte_time_ * (frame.bytes + wire_overhead_bytes));
    const Picoseconds finish = line_.ps();
    const Picoseconds first_bit = start + params_.mac_latency.value;
    tx_.visit(frame, t, {start, finish, first_bit, frame.bytes});
    tx_credit.give_back(frame, start + credit_latency_);
    release.give_back(frame, finish + credit_latency_);
    const Picoseconds last_bit = first_bit + (byte_time_ * (frame.bytes + preamble_bytes)).ps;
    departures.departed(frame, last_bit);
    departed({frame, first_bit, last_bit});
    to_wire.send(frame, last_bit);
}

}  // namespace snsim
