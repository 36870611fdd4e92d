// The card's schematic: the ASIC with its two ports and, where the host is modelled, the DMA engine
// and the PCIe link, and the NIC where the host has interfaces; the on-card CPU joins here.
#pragma once

#include <memory>
#include <optional>
#include <systemc>

#include "models/asic/asic.h"
#include "models/card/card_params.h"
#include "models/functions/mac_filter.h"
#include "models/nic/nic.h"
#include "models/pcie/bar_memory.h"
#include "models/pcie/dma_engine.h"
#include "models/pcie/pcie_link.h"

namespace snsim {

class Card : public sc_core::sc_module {
  public:
    /// A function of the NIC as its owner configures it.
    struct Interface {
        NicFunction::Identity identity;
        PortQueues::Share share;
        std::uint8_t wire;  ///< by which it sends where no function decides
    };
    /// What the card is plugged into.
    struct Slot {
        PcieLink::Place place;
        bool has_peers;           ///< that reach its memory
        std::size_t dma_clients;  ///< besides the card's own
        std::vector<Interface> interfaces;
    };

    /// `slot`: absent where no host is modelled.
    Card(const sc_core::sc_module_name& name, Partition& partition, const CardParams& params,
         const std::vector<PlacedFunction>& functions, const std::optional<Slot>& slot = {});

  private:
    MacFilter filter_;
    Transmitter::Slots tx_slots_;
    std::vector<std::uint8_t> wires_;  ///< by function

  public:
    Asic asic;
    std::unique_ptr<PcieLink> pcie;
    std::unique_ptr<DmaEngine> dma;
    std::unique_ptr<BarMemory> bar;  ///< where others reach it
    std::unique_ptr<Nic> nic;

    /// What a function may get and send from t, the present, on.
    void set_share(std::uint16_t function, const PortQueues::Share& share, Picoseconds t);

    /// Stamp slot of what a frame passes before the card reads it.
    [[nodiscard]] std::uint8_t sending_slot() const { return tx_slots_.sending; }

  private:
    void connect_registers(Partition& partition, const Slot& slot, const BarParams& params,
                           MemoryIn& registers);
    void connect_nic(Partition& partition, std::size_t first_client);

    std::unique_ptr<MemoryStub> registers_;  ///< answers the host in place of the card's functions
};

}  // namespace snsim
