#include "models/card/card.h"

namespace snsim {

Card::Card(const sc_core::sc_module_name& name, Partition& partition, const CardParams& params,
           const std::vector<PlacedFunction>& functions, const std::optional<Slot>& slot)
    : sc_module(name), asic("asic", partition, params.asic, functions) {
    if (!slot) return;
    dma = std::make_unique<DmaEngine>("dma", partition, params.dma, params.pcie, slot->dma_clients);
    pcie = std::make_unique<PcieLink>("pcie", partition, params.pcie, slot->root, slot->seed);
    registers_ = std::make_unique<MemoryStub>("registers", partition.agenda);
    dma->to_link.bind(pcie->from_dma);
    pcie->to_card.bind(registers_->in);
    partition.agenda.add_edge(dma->block(), pcie->block());
}

}  // namespace snsim
