#include "models/system/software.h"

namespace snsim {

Software::Software(Partition& partition, const HostParams& params, const std::string& host,
                   HostMemory& memory, Nic& nic, Iommu& iommu, std::uint8_t sending_slot,
                   const std::vector<NextHops>& next_hops)
    : cpu("cpu", partition, params.cpu),
      interrupts("interrupts", partition, cpu),
      path(partition, host, sending_slot),
      nic_(nic) {
    const DeviceCache cache{
        Bytes{params.memory.llc.value * params.memory.ddio_ways / params.memory.llc_ways},
        static_cast<std::uint32_t>(params.memory.ddio_ways)};
    const HostParts parts{cpu, interrupts, memory.content, path, params.cpu, cache, partition};
    for (const InterfaceParams& interface : params.interfaces) {
        const auto number = static_cast<std::uint16_t>(interfaces.size());
        HostInterface::Settings settings{};
        settings.function = settings.number = number;
        settings.queues = static_cast<std::uint16_t>(interface.queues);
        settings.ring = static_cast<std::uint32_t>(interface.ring);
        settings.buffer = static_cast<std::uint32_t>(interface.buffer.value);
        settings.moderation_frames = static_cast<std::uint32_t>(interface.moderation.frames);
        settings.moderation_time = interface.moderation.time;
        settings.next_hops = next_hops[number];
        interfaces.emplace_back(interface.name.c_str(), parts, settings, interface);
    }
    // Each function reaches its own rings and buffers.
    for (const MemoryContent::Area& area : memory.content.areas()) {
        iommu.map(area.function, area.base, area.bytes, area.writable);
    }
}

void Software::set_up() {
    for (std::size_t i = 0; i < interfaces.size(); ++i) {
        interfaces[i].set_up([this, i](const BarAddress& at, std::uint32_t value) {
            const bool taken = nic_.registers.write(static_cast<std::uint16_t>(i), at, value, 0);
            SNSIM_CHECK(taken, "a driver's set-up was refused by its card");
        });
    }
}

}  // namespace snsim
