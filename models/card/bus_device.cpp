#include "models/card/bus_device.h"

namespace snsim {

BusDevice::BusDevice(const sc_core::sc_module_name& name, Partition& partition,
                     const DeviceParams& params, const PcieLink::Place& place,
                     std::size_t dma_clients)
    : sc_module(name),
      pcie("pcie", partition, params.pcie, place),
      dma("dma", partition, params.dma, params.pcie, dma_clients),
      bar("bar", partition, params.bar, BusMap::memory_of(place.device)),
      registers_("registers", partition.agenda) {
    dma.to_link.bind(pcie.device->in);
    pcie.device->out.bind(bar.from_link);
    bar.to_registers.bind(registers_.in);
    partition.agenda.add_edge(dma.block(), pcie.block());
}

}  // namespace snsim
