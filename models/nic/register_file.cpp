#include "models/nic/register_file.h"

#include <algorithm>
#include <cstring>

namespace snsim {

namespace {
constexpr std::uint32_t all_ones = ~0U;
constexpr std::uint32_t register_bytes = 4;
constexpr std::uint32_t vector_bytes = 16;
constexpr std::uint64_t low_half = 0xffffffff;
}  // namespace

RegisterFile::RegisterFile(const sc_core::sc_module_name& name, Partition& partition,
                           Duration latency, std::deque<NicFunction>& functions, Listener& listener)
    : sc_module(name),
      from_link("from_link", partition.agenda,
                payload_function<&RegisterFile::asked, RegisterFile>(), this),
      latency_(latency.value),
      agenda_(partition.agenda),
      functions_(functions),
      listener_(listener),
      block_(partition.agenda.add_block(this->name())),
      wake_(partition.agenda, block_, wake_handler<&RegisterFile::due, RegisterFile>(), this) {
    for (const NicFunction& function : functions) {
        setups_.emplace_back(function.queues.size());
    }
}

void RegisterFile::asked(Payload& payload, Picoseconds t) {
    const auto& info = info_of<PcieRequest>(payload);
    const auto at = BarAddress::of(payload.get_address());
    std::uint8_t* const data = payload.get_data_ptr();
    const std::uint32_t bytes = payload.get_data_length();
    if (payload.is_read()) {
        std::uint32_t value = all_ones;
        if (!at) {
            refuse(info.function, NicFault::no_register, t);
        } else if (bytes == register_bytes) {
            value = read(info.function, *at, t);
        } else {
            refuse(at->function, NicFault::no_register, t);
        }
        if (data != nullptr) {
            std::memset(data, 0xff, bytes);
            std::memcpy(data, &value, std::min(bytes, register_bytes));
        }
    } else if (!at || data == nullptr || bytes % register_bytes != 0) {
        refuse(at ? at->function : info.function, NicFault::no_register, t);
    } else {
        for (std::uint32_t done = 0; done < bytes; done += register_bytes) {
            BarAddress next = *at;
            next.offset += done;
            write(info.function, next, load_le32(data + done), t);
        }
    }
    from_link.respond(payload, t);
}

bool RegisterFile::refuse(std::uint32_t function, NicFault fault, Picoseconds t) {
    ++fault_counts_[static_cast<std::size_t>(fault)];
    faults({t, static_cast<std::uint16_t>(function), fault});
    return false;
}

bool RegisterFile::write(std::uint16_t from, const BarAddress& at, std::uint32_t value,
                         Picoseconds t) {
    if (at.function != from) return refuse(from, NicFault::other_function, t);
    if (at.function >= functions_.size() || at.offset % register_bytes != 0) {
        return refuse(from, NicFault::no_register, t);
    }
    NicFunction& function = functions_[at.function];
    if (!function.attached) return refuse(from, NicFault::detached, t);
    if (at.bar == nic_bar::msix) return write_vector(function, at.offset, value, t);
    if (at.offset >= nic_bar::doorbells) return ring_doorbell(function, at.offset, value, t);
    if (at.offset >= nic_bar::rings) return write_ring(function, at.offset, value, t);
    return write_function(function, at.offset, value, t);
}

bool RegisterFile::write_function(NicFunction& function, std::uint32_t offset, std::uint32_t value,
                                  Picoseconds t) {
    if (offset == nic_bar::control) {
        if ((value & nic_bar::control_reset) != 0) {
            function.reset();
            setups_[function.index].assign(function.queues.size(), {});
        }
        function.enabled = (value & nic_bar::control_enable) != 0;
        function.lro = (value & nic_bar::control_lro) != 0;
        return true;
    }
    if (offset >= nic_bar::rss_key && offset < nic_bar::rss_key + ToeplitzHash::key_bytes) {
        store_le32(&function.rss_key[offset - nic_bar::rss_key], value);
        *function.hash = ToeplitzHash(function.rss_key);
        return true;
    }
    const std::uint32_t end = nic_bar::indirection + NicFunction::indirection_entries;
    if (offset < nic_bar::indirection || offset >= end) {
        return refuse(function.index, NicFault::no_register, t);
    }
    std::array<std::uint8_t, register_bytes> entries{};
    store_le32(entries.data(), value);
    for (const std::uint8_t queue : entries) {
        if (queue >= function.owner.queues) {
            return refuse(function.index, NicFault::bad_ring, t);
        }
    }
    std::copy(entries.begin(), entries.end(), &function.indirection[offset - nic_bar::indirection]);
    return true;
}

bool RegisterFile::write_ring(NicFunction& function, std::uint32_t offset, std::uint32_t value,
                              Picoseconds t) {
    const std::uint32_t number = (offset - nic_bar::rings) / ring_register::bytes;
    const std::uint32_t queue = number / rings_per_queue;
    if (queue >= function.owner.queues) return refuse(function.index, NicFault::no_register, t);
    const auto kind = static_cast<RingKind>(number % rings_per_queue);
    RingSetup& setup = setups_[function.index][queue][number % rings_per_queue];
    switch (offset % ring_register::bytes) {
        case ring_register::base: setup.base = (setup.base & ~low_half) | value; return true;
        case ring_register::base + register_bytes:
            setup.base = (setup.base & low_half) | std::uint64_t{value} << 32;
            return true;
        case ring_register::vector:
            if (value >= max_vectors) return refuse(function.index, NicFault::bad_ring, t);
            setup.vector = value;
            return true;
        case ring_register::frames:
            setup.frames = std::max(value, 1U);
            moderate(function.queues[queue], kind, setup);
            return true;
        case ring_register::time_ns:
            setup.time_ns = value;
            moderate(function.queues[queue], kind, setup);
            return true;
        case ring_register::entries: break;
        default: return refuse(function.index, NicFault::no_register, t);
    }
    const bool power = (value & (value - 1)) == 0;
    if (!power || value > max_ring || setup.base % ring_entry_bytes != 0) {
        return refuse(function.index, NicFault::bad_ring, t);
    }
    setup.entries = value;
    set_up(function.queues[queue], kind, setup);
    return true;
}

/// Moderation may change while a ring is at work.
void RegisterFile::moderate(NicQueue& queue, RingKind kind, const RingSetup& setup) {
    CompletionRing& ring =
        kind == RingKind::tx_completion ? queue.tx_completions : queue.rx_completions;
    ring.moderation = {setup.frames, Picoseconds{setup.time_ns} * 1000};
}

void RegisterFile::set_up(NicQueue& queue, RingKind kind, const RingSetup& setup) {
    const auto completions = [&](CompletionRing& ring) {
        ring.set_up(setup.base, setup.entries);
        ring.vector = static_cast<std::uint16_t>(setup.vector);
        moderate(queue, kind, setup);
    };
    switch (kind) {
        case RingKind::rx:
            queue.rx.set_up(setup.base, setup.entries);
            queue.merging.forget();
            break;
        case RingKind::tx: queue.tx.set_up(setup.base, setup.entries); break;
        case RingKind::rx_completion: completions(queue.rx_completions); break;
        case RingKind::tx_completion: completions(queue.tx_completions); break;
    }
}

bool RegisterFile::write_vector(NicFunction& function, std::uint32_t offset, std::uint32_t value,
                                Picoseconds t) {
    const std::uint32_t number = offset / vector_bytes;
    if (number >= max_vectors) return refuse(function.index, NicFault::no_register, t);
    NicFunction::Vector& vector = function.vectors[number];
    std::uint64_t& address = vector.message.address;
    switch (offset % vector_bytes / register_bytes) {
        case 0: address = (address & ~low_half) | value; break;
        case 1: address = (address & low_half) | std::uint64_t{value} << 32; break;
        case 2: vector.message.data = value; break;
        default:
            vector.masked = (value & 1U) != 0 || !vector.message.well_formed();
            if (vector.masked && (value & 1U) == 0) {
                return refuse(function.index, NicFault::bad_vector, t);
            }
            break;
    }
    return true;
}

bool RegisterFile::ring_doorbell(NicFunction& function, std::uint32_t offset, std::uint32_t value,
                                 Picoseconds t) {
    const auto doorbell = Doorbell::at(offset, value);
    if (!doorbell || doorbell->queue >= function.owner.queues) {
        return refuse(function.index, NicFault::bad_doorbell, t);
    }
    NicQueue& to = function.queues[doorbell->queue];
    coming_.push(t + latency_, 0, {&to, *doorbell, to.life});
    if (!wake_.pending() || wake_.due() > coming_.time()) {
        wake_.at(coming_.time(), Phase::departure);
    }
    return true;
}

void RegisterFile::refuse_doorbell(const NicQueue& queue, const Doorbell& doorbell, Picoseconds t) {
    const bool on[] = {queue.rx.on(), queue.tx.on(), queue.rx_completions.on(),
                       queue.tx_completions.on()};
    refuse(
        queue.function,
        on[static_cast<std::size_t>(doorbell.ring)] ? NicFault::bad_doorbell : NicFault::ring_off,
        t);
}

void RegisterFile::due() {
    agenda_.count_item();
    const Picoseconds now = agenda_.now();
    while (!coming_.empty() && coming_.time() <= now) {
        const Rung rung = coming_.pop();
        if (rung.life == rung.queue->life) {
            listener_.doorbell(*rung.queue, rung.doorbell, now);
        } else {
            refuse_doorbell(*rung.queue, rung.doorbell, now);
        }
    }
    if (!coming_.empty()) wake_.at(coming_.time(), Phase::departure);
}

std::uint32_t RegisterFile::read(std::uint16_t from, const BarAddress& at, Picoseconds t) {
    if (at.function != from) {
        refuse(from, NicFault::other_function, t);
        return all_ones;
    }
    if (at.function < functions_.size() && !functions_[at.function].attached) {
        refuse(from, NicFault::detached, t);
        return all_ones;
    }
    if (at.function < functions_.size() && at.bar == nic_bar::registers) {
        const NicFunction& function = functions_[at.function];
        const MacAddress& mac = function.owner.mac;
        switch (at.offset) {
            case nic_bar::identity: return nic_bar::magic;
            case nic_bar::function: return function.index;
            case nic_bar::control:
                return (function.enabled ? nic_bar::control_enable : 0) |
                       (function.lro ? nic_bar::control_lro : 0);
            case nic_bar::status:
                return (function.receives() ? nic_bar::status_ready : 0) |
                       (function.faulted ? nic_bar::status_fault : 0);
            case nic_bar::queues: return function.owner.queues;
            case nic_bar::mac_low: return load_le32(mac.data());
            case nic_bar::mac_high: return load_le16(mac.data() + 4);
            default: break;
        }
    }
    refuse(from, NicFault::no_register, t);
    return all_ones;
}

}  // namespace snsim
