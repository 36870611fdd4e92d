#include "models/pcie/bar_memory.h"

#include "models/protocols/pcie_payload.h"

namespace snsim {

BarMemory::BarMemory(const sc_core::sc_module_name& name, Partition& partition,
                     const BarParams& params, std::uint64_t address)
    : sc_module(name),
      from_link("from_link", partition.agenda, payload_function<&BarMemory::asked, BarMemory>(),
                this),
      to_registers("to_registers", partition.agenda,
                   payload_function<&BarMemory::answered, BarMemory>(), this),
      station(this->name(), Frame::no_station, 1),
      address_(address),
      bytes_(static_cast<std::uint64_t>(params.size.value)),
      byte_time_(Bytes{1} / params.rate),
      read_latency_(params.read_latency.value) {
    partition.stations.add(station, {this->name(), "rate"});
}

void BarMemory::asked(Payload& payload, Picoseconds t) {
    const std::uint64_t address = payload.get_address();
    if (address < address_ || address >= address_ + bytes_) {
        to_registers.request(payload, t);
        return;
    }
    const std::uint32_t bytes = payload.get_data_length();
    const Picoseconds start = free_.occupy(t, byte_time_ * bytes);
    station.tally.visit(t, {start, free_.ps(), free_.ps(), bytes});
    info_of<PcieRequest>(payload).drained = start;
    from_link.respond(payload, payload.is_read() ? start + read_latency_ : free_.ps());
}

}  // namespace snsim
