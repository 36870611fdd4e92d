// The host's root complex: where a card's requests enter the host and a core's accesses leave it.
//
// Requests of the link are taken in their order: posted writes become visible in it, reads and
// interrupts wait for the writes before them (unless relaxed). A read's data leave in completions
// as memory gives them. One card for now, so its requests are passed on as they arrive. Left out:
// peer-to-peer between root ports, message requests other than MSI-X, errors, configuration space.
#pragma once

#include <systemc>

#include "models/base/memory_stream.h"
#include "models/base/partition.h"
#include "models/base/probe.h"
#include "models/pcie/iommu.h"
#include "models/pcie/pcie_events.h"
#include "models/pcie/pcie_params.h"

namespace snsim {

class RootComplex : public sc_core::sc_module {
  public:
    RootComplex(const sc_core::sc_module_name& name, Partition& partition, const RootParams& params,
                const LinkParams& link, Iommu& iommu);

    MemoryIn from_link;   ///< requests of the card
    MemoryOut to_link;    ///< accesses to its registers
    MemoryIn from_cores;  ///< of the host's cores to the card's registers: a write is answered
                          ///< when it has left, a read when its data are there
    MemoryOut to_memory;
    Probe<DmaRefused> refused;
    Probe<DmaRefused> strayed;  ///< what a disabled IOMMU that watches let pass
    MemoryOut to_interrupts;    ///< MSI-X, after the writes before it

    [[nodiscard]] std::uint64_t blocked_accesses() const { return blocked_accesses_; }

  private:
    [[nodiscard]] bool passes(Payload& payload, Iommu::Verdict verdict, Picoseconds t);
    void block(Payload& payload, DmaRefusal what, Picoseconds t);
    void card_asks(Payload& payload, Picoseconds t);
    void memory_answers(Payload& payload, Picoseconds t);
    void interrupt_taken(Payload& payload, Picoseconds t);
    void core_asks(Payload& payload, Picoseconds t);
    void link_answers(Payload& payload, Picoseconds t);

    // parameters
    RootParams params_;
    LinkParams link_;
    std::uint32_t completion_limit_;

    // wiring
    Iommu& iommu_;
    std::uint8_t place_;  ///< where frames end that may not be written

    // state
    std::uint64_t blocked_accesses_ = 0;
    Picoseconds latest_commit_ = 0;  ///< of posted writes: nothing is visible before those in front
};

}  // namespace snsim
