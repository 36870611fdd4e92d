// What of a device beside the card stands at the bus: its link, its DMA engine and its memory.
#pragma once

#include <memory>
#include <systemc>

#include "models/card/card_params.h"
#include "models/pcie/bar_memory.h"
#include "models/pcie/bus_map.h"
#include "models/pcie/dma_engine.h"
#include "models/pcie/pcie_link.h"

namespace snsim {

class BusDevice : public sc_core::sc_module {
  public:
    BusDevice(const sc_core::sc_module_name& name, Partition& partition, const DeviceParams& params,
              const PcieLink::Place& place, std::size_t dma_clients);

    PcieLink pcie;
    DmaEngine dma;
    BarMemory bar;

  private:
    MemoryStub registers_;  ///< answers whoever asks for anything else
};

}  // namespace snsim
