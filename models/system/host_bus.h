// What hangs below a host's root complex, and where: the card, other devices, and switches.
//
// Devices are numbered as they are listed, the card first. Each device that is plugged into the
// root complex has a port of it, and so has each switch, in the order of the first device there.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "models/card/bus_device.h"
#include "models/card/card.h"
#include "models/pcie/pcie_switch.h"
#include "models/pcie/root_complex.h"
#include "models/system/scenario.h"

namespace snsim {

class HostBus {
  public:
    HostBus(const HostParams& params, std::uint64_t seed);
    HostBus(const HostBus&) = delete;
    HostBus& operator=(const HostBus&) = delete;

    /// What the link of device `index` (0: the card) leads to.
    [[nodiscard]] PcieLink::Place place_of(std::size_t index) const;
    /// Of each port of the root complex.
    [[nodiscard]] std::vector<LinkParams> root_links() const;
    /// Builds switches and devices inside the module that is being built; `dma_clients`: by device.
    void build(Partition& partition, Card& card, const std::vector<std::size_t>& dma_clients);
    void connect(RootComplex& root);

    // by device, the card first
    [[nodiscard]] DmaEngine& dma(std::size_t index) {
        return index == 0 ? *card_->dma : devices[index - 1]->dma;
    }
    [[nodiscard]] PcieLink& link(std::size_t index) {
        return index == 0 ? *card_->pcie : devices[index - 1]->pcie;
    }
    /// Null where nobody reaches it.
    [[nodiscard]] BarMemory* bar(std::size_t index) {
        return index == 0 ? card_->bar.get() : &devices[index - 1]->bar;
    }
    [[nodiscard]] std::size_t size() const { return devices.size() + 1; }
    /// All of them, those of switches behind those of devices.
    [[nodiscard]] std::vector<PcieLink*> links();

    BusMap map;
    std::vector<std::unique_ptr<BusDevice>> devices;
    std::vector<std::unique_ptr<PcieSwitch>> switches;

  private:
    /// A port of the root complex, and what is behind it.
    struct RootPort {
        const SwitchParams* by;            ///< null: a device alone
        std::vector<std::size_t> devices;  ///< their indices
    };
    [[nodiscard]] const LinkParams& link_params(std::size_t index) const;
    [[nodiscard]] const SlotParams& slot(std::size_t index) const;

    const HostParams& params_;
    std::uint64_t seed_;
    std::vector<RootPort> ports_;
    Card* card_ = nullptr;
};

}  // namespace snsim
