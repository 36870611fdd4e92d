// The card's schematic: the ASIC with its two ports and, where the host is modelled, the DMA engine
// and the PCIe link; the on-card CPU joins here.
#pragma once

#include <memory>
#include <optional>
#include <systemc>

#include "models/asic/asic.h"
#include "models/card/card_params.h"
#include "models/pcie/dma_engine.h"
#include "models/pcie/pcie_link.h"

namespace snsim {

class Card : public sc_core::sc_module {
  public:
    /// What the card is plugged into.
    struct Slot {
        const RootParams& root;
        std::uint64_t seed;
        std::size_t dma_clients;
    };

    /// `slot`: absent where no host is modelled.
    Card(const sc_core::sc_module_name& name, Partition& partition, const CardParams& params,
         const std::vector<PlacedFunction>& functions, const std::optional<Slot>& slot = {});

    Asic asic;
    std::unique_ptr<PcieLink> pcie;
    std::unique_ptr<DmaEngine> dma;

  private:
    std::unique_ptr<MemoryStub> registers_;  ///< answers the host in place of the card's functions
};

}  // namespace snsim
