// The card's schematic. So far: the ASIC with its two ports; PCIe and the on-card CPU join here.
#pragma once

#include <systemc>

#include "models/asic/asic.h"
#include "models/card/card_params.h"

namespace snsim {

class Card : public sc_core::sc_module {
  public:
    Card(const sc_core::sc_module_name& name, Partition& partition, const CardParams& params,
         const std::vector<PlacedFunction>& functions)
        : sc_module(name), asic("asic", partition, params.asic, functions) {}

    Asic asic;
};

}  // namespace snsim
