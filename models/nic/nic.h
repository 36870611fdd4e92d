// The NIC's schematic: functions with their queues, the receive side, and the registers by which
// drivers reach them. Sockets lead to the ASIC, the DMA engine and the link.
#pragma once

#include <deque>
#include <systemc>

#include "models/nic/nic_params.h"
#include "models/nic/receiver.h"
#include "models/nic/register_file.h"
#include "models/nic/transmitter.h"

namespace snsim {

class Nic : public sc_core::sc_module, private RegisterFile::Listener {
  public:
    /// `functions`: what their owner decides of each, in the order of their numbers.
    Nic(const sc_core::sc_module_name& name, Partition& partition, const NicParams& params,
        const std::vector<NicFunction::Identity>& functions,
        const std::vector<Transmitter::Share>& shares, const Transmitter::Slots& slots,
        Duration credit_latency, std::uint32_t read_limit);

    [[nodiscard]] std::deque<NicFunction>& functions() { return functions_; }
    /// The owner takes a function away: whatever it has under way ends where it is. Frames to it
    /// and from it are dropped (`interface_down`), accesses to its registers refused.
    void detach(std::uint16_t function);
    /// The owner gives a function, as after power-on, or gives it another number of queues.
    void attach(std::uint16_t function, std::uint16_t queues);

  private:
    void doorbell(NicQueue& queue, const Doorbell& doorbell, Picoseconds t) override;

    std::deque<NicFunction> functions_;

  public:
    Receiver rx;
    Transmitter tx;
    RegisterFile registers;
};

}  // namespace snsim
