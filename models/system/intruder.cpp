#include "models/system/intruder.h"

#include <cstring>

#include "models/base/frame.h"
#include "models/protocols/byte_order.h"

namespace snsim {

namespace {

constexpr std::uint64_t nobodys_memory = 0x1000;
constexpr std::uint32_t line = 64;
constexpr std::uint32_t entry = ring_entry_bytes;
constexpr std::size_t source_mac = 6;
constexpr std::size_t ether_type = 12;
constexpr std::uint8_t tag_bytes = 4;

/// What a driver can read but not write, and where nothing stands.
constexpr std::array<std::uint32_t, 10> policy_registers{nic_bar::identity,
                                                         nic_bar::function,
                                                         nic_bar::status,
                                                         nic_bar::queues,
                                                         0x14,
                                                         nic_bar::mac_low,
                                                         nic_bar::mac_high,
                                                         0x20,
                                                         0x200,
                                                         0x3ffc};

/// Gives the frame a tag that its interface does not have. Its length stays.
void tag(Frame& frame) {
    constexpr std::uint16_t foreign = 4000;
    if (frame.header_bytes > max_header_bytes - tag_bytes || frame.extent_count == 0 ||
        frame.extents[0].length < tag_bytes) {
        return;
    }
    std::uint8_t* const at = frame.header.data() + ether_type;
    std::memmove(at + tag_bytes, at, frame.header_bytes - ether_type);
    store_be16(at, 0x8100);
    store_be16(at + 2, foreign);
    frame.header_bytes = static_cast<std::uint8_t>(frame.header_bytes + tag_bytes);
    frame.extents[0].length -= tag_bytes;
}

}  // namespace

Intruder::Intruder(const sc_core::sc_module_name& name, Partition& partition, Software& software)
    : sc_module(name),
      dma("to_dma", partition.agenda, HostAccess::tell<&Intruder::done, Intruder>(), this),
      agenda_(partition.agenda),
      software_(software),
      block_(partition.agenda.add_block(this->name())),
      wake_(partition.agenda, block_, wake_handler<&Intruder::due, Intruder>(), this) {}

void Intruder::begin(const EventParams& event) {
    steps_.push(agenda_.now(), 0, {&event, 0});
    due();
}

void Intruder::due() {
    const Picoseconds now = agenda_.now();
    while (!steps_.empty() && steps_.time() <= now) {
        const Step step = steps_.pop();
        const auto& params = std::get<AttemptEventParams>(step.event->body);
        attempt(*step.event, step.number, now);
        if (step.number + 1 == params.count) continue;
        steps_.push(now + params.every.value, 0, {step.event, step.number + 1});
    }
    if (!steps_.empty()) wake_.at(steps_.time(), Phase::control);
}

void Intruder::done(Payload&, Picoseconds) {}

void Intruder::attempt(const EventParams& event, std::int64_t number, Picoseconds t) {
    ++tried_[&event];
    agenda_.count_item();
    switch (std::get<AttemptEventParams>(event.body).attempt) {
        case Attempt::write_rings:
        case Attempt::read_rings:
        case Attempt::write_buffers:
        case Attempt::read_buffers:
        case Attempt::write_memory:
        case Attempt::read_memory:
        case Attempt::write_registers:
        case Attempt::read_registers:
        case Attempt::write_interrupt: by_memory(event, t); break;
        case Attempt::receive_other:
        case Attempt::transmit_other:
        case Attempt::transmit_oversized:
        case Attempt::transmit_endless:
        case Attempt::transmit_segment:
        case Attempt::transmit_spoofed:
        case Attempt::transmit_vlan: by_descriptors(event); break;
        default: by_registers(event, number, t); break;
    }
}

void Intruder::by_memory(const EventParams& event, Picoseconds t) {
    const auto own = static_cast<std::uint16_t>(event.interface);
    HostInterface& other = software_.interfaces[event.against];
    const ReceiveRing& rx = other.receive_ring(0);
    const TransmitRing& tx = other.transmit_ring(0);
    const std::uint64_t registers =
        BarAddress{static_cast<std::uint32_t>(event.against), nic_bar::registers, nic_bar::control}
            .address();
    const auto write = [&](std::uint64_t address, std::uint32_t bytes) {
        dma.write(own, address, bytes, bytes_.data(), nullptr, 0, t);
    };
    const auto read = [&](std::uint64_t address, std::uint32_t bytes) {
        dma.read(own, address, bytes, bytes_.data(), nullptr, 0, t);
    };
    switch (std::get<AttemptEventParams>(event.body).attempt) {
        case Attempt::write_rings: write(rx.completions(), entry); break;
        case Attempt::read_rings: read(rx.descriptors(), entry); break;
        case Attempt::write_buffers: write(rx.buffers(), line); break;
        case Attempt::read_buffers: read(tx.buffers(), line); break;
        case Attempt::write_memory: write(nobodys_memory, line); break;
        case Attempt::read_memory: read(nobodys_memory, line); break;
        case Attempt::write_registers: write(registers, 4); break;
        case Attempt::read_registers: read(registers, 4); break;
        case Attempt::write_interrupt: write(MsixMessage::to(0, 0).address, 4); break;
        default: break;
    }
}

void Intruder::write(std::uint16_t own, const BarAddress& at, std::uint32_t value, Picoseconds t) {
    software_.cpu.registers.send(at.address(), own, value, t);
}

void Intruder::set_vector(std::uint16_t own, std::uint32_t vector, std::uint64_t address,
                          std::uint32_t data, Picoseconds t) {
    const std::array<std::uint32_t, 4> words{static_cast<std::uint32_t>(address),
                                             static_cast<std::uint32_t>(address >> 32), data, 0};
    for (std::uint32_t i = 0; i < words.size(); ++i) {
        write(own, {own, nic_bar::msix, vector * 16 + i * 4}, words[i], t);
    }
}

void Intruder::by_registers(const EventParams& event, std::int64_t number, Picoseconds t) {
    const auto own = static_cast<std::uint16_t>(event.interface);
    const auto victim = static_cast<std::uint32_t>(event.against);
    ReceiveRing& rx = software_.interfaces[own].receive_ring(0);
    HostInterface& other = software_.interfaces[victim];
    const auto ring = [&](std::uint32_t function, Doorbell bell) {
        write(own, {function, nic_bar::registers, bell.offset()}, bell.value(), t);
    };
    const auto set_up = [&](std::uint32_t offset, std::uint32_t value) {
        const std::uint32_t at = ring_registers(0, RingKind::rx_completion);
        write(own, {own, nic_bar::registers, at + offset}, value, t);
    };
    const std::uint32_t entries = rx.layout().entries;
    switch (std::get<AttemptEventParams>(event.body).attempt) {
        case Attempt::doorbell_other: ring(victim, {0, RingKind::rx, 1, false}); break;
        case Attempt::doorbell_absent: ring(own, {max_queues - 1, RingKind::rx, 1, false}); break;
        case Attempt::doorbell_beyond: {
            Doorbell bell = rx.descriptors_doorbell();
            bell.index = static_cast<std::uint16_t>(bell.index + entries + 1);
            ring(own, bell);
            break;
        }
        case Attempt::completion_future: {
            Doorbell bell = rx.completions_doorbell(true);
            bell.index = static_cast<std::uint16_t>(bell.index + entries + 1);
            ring(own, bell);
            break;
        }
        case Attempt::register_policy:
            write(own,
                  {own, nic_bar::registers,
                   policy_registers[static_cast<std::size_t>(number) % policy_registers.size()]},
                  1, t);
            break;
        case Attempt::register_other:
            write(own, {victim, nic_bar::registers, nic_bar::control}, nic_bar::control_reset, t);
            break;
        case Attempt::register_read:
            software_.cpu.registers.read(
                BarAddress{victim, nic_bar::registers, nic_bar::mac_low}.address(), own, t);
            break;
        case Attempt::vector_memory:
            set_vector(own, max_vectors - 1, other.receive_ring(0).completions(), 1, t);
            break;
        case Attempt::vector_other: {
            const auto& vectors = other.vectors();
            const MsixMessage message = vectors.empty() ? MsixMessage::to(0, 0) : vectors[0];
            set_vector(own, 0, message.address, message.data, t);
            ring(own, rx.completions_doorbell(true));
            break;
        }
        case Attempt::ring_other: {
            const std::uint64_t base = other.receive_ring(0).completions();
            set_up(ring_register::base, static_cast<std::uint32_t>(base));
            set_up(ring_register::base + 4, static_cast<std::uint32_t>(base >> 32));
            set_up(ring_register::entries, entries);
            break;
        }
        case Attempt::ring_size: set_up(ring_register::entries, 3); break;
        default: break;
    }
}

void Intruder::by_descriptors(const EventParams& event) {
    HostInterface& own = software_.interfaces[event.interface];
    HostInterface& other = software_.interfaces[event.against];
    if (std::get<AttemptEventParams>(event.body).attempt == Attempt::receive_other) {
        const std::uint64_t buffers = other.receive_ring(0).buffers();
        own.receive_ring(0).tamper(
            1, [buffers](RxDescriptor& descriptor) { descriptor.address = buffers; });
        return;
    }
    const std::uint64_t buffers = other.transmit_ring(0).buffers();
    const MacAddress mac = software_.mac(event.against);
    const Attempt what = std::get<AttemptEventParams>(event.body).attempt;
    own.transmit_ring(0).tamper(1, [=](TxDescriptor& descriptor, Frame& frame) {
        switch (what) {
            case Attempt::transmit_other: descriptor.address = buffers; break;
            case Attempt::transmit_oversized: descriptor.length = 0xffff; break;
            case Attempt::transmit_endless:
                descriptor.flags =
                    static_cast<std::uint8_t>(descriptor.flags & ~TxDescriptor::end_of_packet);
                break;
            case Attempt::transmit_segment:
                descriptor.flags =
                    static_cast<std::uint8_t>(descriptor.flags | TxDescriptor::segment);
                descriptor.mss = 1;
                break;
            case Attempt::transmit_spoofed:
                std::memcpy(&frame.header[source_mac], mac.data(), mac.size());
                break;
            case Attempt::transmit_vlan: tag(frame); break;
            default: break;
        }
    });
}

}  // namespace snsim
