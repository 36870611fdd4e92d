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

    // while time runs, at the present t; the card's side is its owner's matter
    /// The interface comes up with new rings, set up over the link.
    void attach(std::uint16_t interface, const InterfaceParams& params, Picoseconds t);
    /// It is gone: what lies in its rings ends, its memory is out of the card's reach.
    void detach(std::uint16_t interface, Picoseconds t);
    /// Its driver gives its rings up and sets up others.
    void rebuild(std::uint16_t interface, const InterfaceParams& params, Picoseconds t);
    void moderate(std::uint16_t interface, const InterfaceParams& params, Picoseconds t);

    [[nodiscard]] const MacAddress& mac(std::size_t interface) const {
        return nic_.functions()[interface].owner.mac;
    }

    Processor cpu;
    InterruptController interrupts;
    FramePath path;
    std::deque<HostInterface> interfaces;

  private:
    void map_areas();
    void allow_interrupts(std::size_t interface);
    void open(std::uint16_t interface, const InterfaceParams& params, Picoseconds t);
    [[nodiscard]] HostInterface::SetUp over_link(std::uint16_t interface, Picoseconds t);

    Nic& nic_;
    Iommu& iommu_;
    MemoryContent& memory_;
    std::size_t mapped_ = 0;  ///< areas
};

}  // namespace snsim
