// What runs on a host with interfaces: its processor, interrupt controller, and each interface's
// rings and drivers. Built inside a Host, whose parts it names: `host0.cpu`, `host0.vnic0`.
#pragma once

#include <deque>
#include <string>

#include "models/host/host_memory.h"
#include "models/host/interface.h"
#include "models/nic/nic.h"
#include "models/pcie/iommu.h"
#include "models/system/scenario.h"

namespace snsim {

class Software {
  public:
    /// `next_hops`: by interface.
    Software(Partition& partition, const HostParams& params, const std::string& host,
             HostMemory& memory, Nic& nic, Iommu& iommu, std::uint8_t sending_slot,
             const std::vector<NextHops>& next_hops);
    Software(const Software&) = delete;
    Software& operator=(const Software&) = delete;

    /// Drivers set up their functions of the NIC, before time begins.
    void set_up();

    Processor cpu;
    InterruptController interrupts;
    FramePath path;
    std::deque<HostInterface> interfaces;

  private:
    Nic& nic_;
};

}  // namespace snsim
