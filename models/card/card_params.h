// Parameters of a card: its ASIC, its way to the host, and what its events and states cost in
// energy; and of other devices at the bus.
#pragma once

#include <string>

#include "models/asic/asic_params.h"
#include "models/base/params.h"
#include "models/nic/nic_params.h"
#include "models/pcie/pcie_params.h"

namespace snsim {

/// Watts per state and joules per event. What no source splits further stands in `unattributed_*`.
struct CardPowerParams {
    // states
    Power optics;  ///< per port
    Power serdes;  ///< per port
    Power pcie_phy;
    Power arm;
    Power dram_background;  ///< per channel
    Power unattributed;
    // events
    Energy rx_byte;
    Energy tx_byte;
    Energy buffer_byte;
    Energy parser_byte;
    Energy engine_cycle;
    Energy sram_access;
    Energy tcam_access;
    Energy cache_access;
    Energy dram_access;
    Energy pcie_byte;
    Energy unattributed_frame;
    Energy unattributed_byte;
    static const ParamTable& params();
};

struct CardParams {
    std::string profile;
    SlotParams slot;
    AsicParams asic;
    LinkParams pcie;
    DmaParams dma;
    BarParams bar;
    NicParams nic;
    CardPowerParams power;
    static const ParamTable& params();
};

/// Another device of the host: what of it stands at the bus.
struct DeviceParams {
    std::string name;
    SlotParams slot;
    LinkParams pcie;
    DmaParams dma;
    BarParams bar;
    static const ParamTable& params();
};

}  // namespace snsim
