#include "models/system/software.h"

#include <algorithm>

namespace snsim {

namespace {

HostInterface::Settings settings_of(const InterfaceParams& params, std::uint16_t number) {
    HostInterface::Settings settings{};
    settings.function = settings.number = number;
    settings.queues = static_cast<std::uint16_t>(params.queues);
    settings.ring = static_cast<std::uint32_t>(params.ring);
    settings.buffer = static_cast<std::uint32_t>(params.buffer.value);
    settings.receive_buffer = settings.buffer;
    settings.lro = params.lro;
    settings.vlan = static_cast<std::uint16_t>(params.vlan);
    if (params.lro) {
        settings.receive_buffer =
            std::max(settings.buffer, static_cast<std::uint32_t>(params.lro_buffer.value));
    }
    settings.moderation_frames = static_cast<std::uint32_t>(params.moderation.frames);
    settings.moderation_time = params.moderation.time;
    return settings;
}

/// Of a packet: what the card says to its drivers.
std::uint32_t most_pieces(const NicParams& nic) {
    return DescriptorRing::most_pieces(static_cast<std::uint32_t>(nic.descriptor_cache),
                                       static_cast<std::uint32_t>(nic.descriptor_fetch));
}

}  // namespace

Software::Software(Partition& partition, const HostParams& params, const std::string& host,
                   HostMemory& memory, Nic& nic, Iommu& iommu, std::uint8_t sending_slot,
                   const std::vector<NextHops>& next_hops)
    : cpu("cpu", partition, params.cpu),
      interrupts("interrupts", partition, cpu),
      path(partition, host, sending_slot),
      nic_(nic),
      iommu_(iommu),
      memory_(memory.content) {
    memory_.on_discard(
        [this](Frame& frame, DropReason reason, Picoseconds t) { path.discard(frame, reason, t); });
    const DeviceCache cache{
        Bytes{params.memory.llc.value * params.memory.ddio_ways / params.memory.llc_ways},
        static_cast<std::uint32_t>(params.memory.ddio_ways)};
    const HostParts parts{cpu, interrupts, memory.content, path, params.cpu, cache, partition};
    for (const InterfaceParams& interface : params.interfaces) {
        const auto number = static_cast<std::uint16_t>(interfaces.size());
        HostInterface::Settings settings = settings_of(interface, number);
        settings.most_queues = static_cast<std::uint16_t>(nic.functions()[number].queues.size());
        settings.most_pieces = most_pieces(params.card.nic);
        settings.closed = !interface.attached;
        settings.next_hops = next_hops[number];
        cpu.registers.set_gone(number, settings.closed);
        interfaces.emplace_back(interface.name.c_str(), parts, settings, interface);
    }
    for (std::size_t i = 0; i < interfaces.size(); ++i) {
        if (params.interfaces[i].attached) {
            allow_interrupts(i);
        } else {
            iommu_.unmap(static_cast<std::uint16_t>(i));
        }
    }
    map_areas();
}

/// Each function reaches its own rings and buffers.
void Software::map_areas() {
    for (; mapped_ < memory_.areas().size(); ++mapped_) {
        const MemoryContent::Area& area = memory_.areas()[mapped_];
        iommu_.map(area.function, area.base, area.bytes, area.writable);
    }
}

void Software::allow_interrupts(std::size_t interface) {
    for (const MsixMessage& message : interfaces[interface].vectors()) {
        iommu_.allow_interrupt(static_cast<std::uint16_t>(interface), message.address,
                               message.data);
    }
}

HostInterface::SetUp Software::over_link(std::uint16_t interface, Picoseconds t) {
    return [this, interface, t](const BarAddress& at, std::uint32_t value) {
        cpu.registers.write(at.address(), interface, value, t);
    };
}

void Software::open(std::uint16_t interface, const InterfaceParams& params, Picoseconds t) {
    HostInterface::Settings settings = settings_of(params, interface);
    settings.next_hops = interfaces[interface].settings().next_hops;
    settings.most_pieces = interfaces[interface].settings().most_pieces;
    interfaces[interface].open(settings);
    map_areas();
    allow_interrupts(interface);
    const HostInterface::SetUp write = over_link(interface, t);
    write({interface, nic_bar::registers, nic_bar::control}, nic_bar::control_reset);
    interfaces[interface].set_up(write, t);
}

void Software::attach(std::uint16_t interface, const InterfaceParams& params, Picoseconds t) {
    cpu.registers.set_gone(interface, false);
    open(interface, params, t);
}

void Software::detach(std::uint16_t interface, Picoseconds t) {
    cpu.registers.set_gone(interface, true);
    iommu_.unmap(interface);
    interfaces[interface].close(t);
}

void Software::rebuild(std::uint16_t interface, const InterfaceParams& params, Picoseconds t) {
    iommu_.unmap(interface);
    interfaces[interface].close(t);
    open(interface, params, t);
}

void Software::moderate(std::uint16_t interface, const InterfaceParams& params, Picoseconds t) {
    interfaces[interface].moderate(over_link(interface, t),
                                   static_cast<std::uint32_t>(params.moderation.frames),
                                   params.moderation.time);
}

void Software::set_up() {
    for (std::size_t i = 0; i < interfaces.size(); ++i) {
        if (interfaces[i].settings().closed) {
            interfaces[i].outbox.start();  // what it sends is lost
            continue;
        }
        interfaces[i].set_up([this, i](const BarAddress& at, std::uint32_t value) {
            const bool taken = nic_.registers.write(static_cast<std::uint16_t>(i), at, value, 0);
            SNSIM_CHECK(taken, "a driver's set-up was refused by its card");
        });
    }
}

}  // namespace snsim
