// The host's interrupt controller: takes the cards' MSI-X messages and hands each to the core that
// its address names, as the handler that its data name. Left out: priorities between vectors,
// messages that no handler waits for (they are counted).
#pragma once

#include <systemc>
#include <vector>

#include "models/base/event_tally.h"
#include "models/base/memory_stream.h"
#include "models/base/partition.h"
#include "models/base/probe.h"
#include "models/host/host_events.h"
#include "models/host/processor.h"
#include "models/protocols/nic_registers.h"
#include "models/protocols/pcie_payload.h"

namespace snsim {

class InterruptController : public sc_core::sc_module {
  public:
    InterruptController(const sc_core::sc_module_name& name, Partition& partition,
                        Processor& processor);

    MemoryIn from_root;
    EventTally interrupts;
    Probe<HostFaulted> faults;

    /// The message that makes a core run a handler: what stands in a card's MSI-X table.
    [[nodiscard]] MsixMessage connect(Task& handler, std::uint32_t core);

    [[nodiscard]] std::uint64_t spurious() const { return spurious_; }

  private:
    void raised(Payload& payload, Picoseconds t);

    Processor& processor_;
    std::vector<Task*> handlers_;  ///< by vector
    std::uint64_t spurious_ = 0;
};

}  // namespace snsim
