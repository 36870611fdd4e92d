// Memory of a device that others reach by its base address register: peers by DMA, and cores.
//
// One access after the other takes the memory's rate; a read's data leave `read_latency` after it
// began. What lies outside the window goes on to the device's registers. Left out: contents, banks,
// and the device's own accesses to its memory.
#pragma once

#include <systemc>

#include "models/base/memory_stream.h"
#include "models/base/partition.h"
#include "models/base/servers.h"
#include "models/pcie/pcie_params.h"

namespace snsim {

class BarMemory : public sc_core::sc_module {
  public:
    /// `address`: of the window.
    BarMemory(const sc_core::sc_module_name& name, Partition& partition, const BarParams& params,
              std::uint64_t address);

    MemoryIn from_link;
    MemoryOut to_registers;
    Station station;  ///< work in bytes

    [[nodiscard]] std::uint64_t address() const { return address_; }

  private:
    void asked(Payload& payload, Picoseconds t);
    void answered(Payload& payload, Picoseconds t) { from_link.respond(payload, t); }

    // parameters
    std::uint64_t address_;
    std::uint64_t bytes_;
    UnitTime byte_time_;
    Picoseconds read_latency_;

    // state
    FreeTime free_;
};

}  // namespace snsim
