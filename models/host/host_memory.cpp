#include "models/host/host_memory.h"

#include <algorithm>

#include "models/functions/drop_reason.h"
#include "models/protocols/pcie_payload.h"

namespace snsim {

namespace {
constexpr std::uint64_t page_bytes = 4096;
}

HostMemory::HostMemory(const sc_core::sc_module_name& name, Partition& partition,
                       const HostMemoryParams& params, std::uint64_t seed)
    : sc_module(name),
      in("in", partition.agenda, payload_function<&HostMemory::asked, HostMemory>(), this),
      llc(params),
      content([this](std::uint64_t bytes) { return allocate(bytes); }),
      station(this->name(), Frame::no_station, 0),
      params_(params),
      place_(partition.add_place(this->name())),
      jitter_(RandomStream(seed, std::string(this->name()) + ".jitter")),
      refreshes_(seed, std::string(this->name()) + ".refresh") {
    partition.stations.add(station);
}

std::uint64_t HostMemory::allocate(std::uint64_t bytes, std::uint32_t node) {
    const std::uint64_t start = next_address_;
    // A page is left free in between, so that nothing runs from one region into the next.
    next_address_ += (bytes + page_bytes - 1) / page_bytes * page_bytes + page_bytes;
    regions_.push_back({start, start + bytes, node});
    return start;
}

void HostMemory::watch(std::uint64_t address, std::uint64_t bytes, PayloadFunction function,
                       void* context) {
    watchers_.push_back({address, address + bytes, function, context});
    std::stable_sort(watchers_.begin(), watchers_.end(),
                     [](const Watcher& a, const Watcher& b) { return a.start < b.start; });
}

void HostMemory::asked(Payload& payload, Picoseconds t) {
    const Picoseconds done = payload.is_read() ? read(payload, t) : write(payload, t);
    if (payload.is_write()) {
        store(payload, done);
    } else if (content.holds(payload.get_address(), payload.get_data_length())) {
        load(payload, t);
    }
    station.tally.visit(t, {t, done, done, 1});
    in.respond(payload, done);
}

/// Entries of a ring, or the frame in a buffer.
void HostMemory::load(Payload& payload, Picoseconds t) {
    std::uint8_t* const data = payload.get_data_ptr();
    if (data != nullptr) {
        content.read_bytes(payload.get_address(), data, payload.get_data_length());
    } else if (!info_of<PcieRequest>(payload).continues) {
        info_of<PcieRequest>(payload).frame = content.read_frame(payload.get_address(), t);
    }
}

void HostMemory::store(Payload& payload, Picoseconds t) {
    const std::uint8_t* const data = payload.get_data_ptr();
    const bool held = content.holds(payload.get_address(), payload.get_data_length());
    auto& info = info_of<PcieRequest>(payload);
    if (info.frame == nullptr) {
        if (held && data != nullptr) {
            content.write_bytes(payload.get_address(), data, payload.get_data_length(), t);
        }
        return;
    }
    const DropReason reason = held ? content.write_frame(payload.get_address(), *info.frame)
                                   : DropReason::dma_fault;  // memory that nobody looks at
    if (reason == DropReason::none) return;
    info.blocked = true;
    info.frame->drop_reason = static_cast<std::uint8_t>(reason);
    info.frame->drop_place = place_;
}

Picoseconds HostMemory::read(Payload& payload, Picoseconds t) {
    const std::uint64_t address = payload.get_address();
    const std::uint32_t bytes = payload.get_data_length();
    info_of<PcieRequest>(payload).step = params_.line_time.value;
    bytes_read_ += bytes;
    Picoseconds done = t + params_.llc_latency.value + distance_to(address);
    if (params_.jitter.value > 0) {
        done +=
            static_cast<Picoseconds>(static_cast<double>(params_.jitter.value) * jitter_.next());
    }
    if (llc.holds(address, bytes)) return done;
    return done + refresh_wait() + params_.dram_latency.value;
}

Picoseconds HostMemory::write(Payload& payload, Picoseconds t) {
    const std::uint64_t address = payload.get_address();
    const std::uint32_t bytes = payload.get_data_length();
    bytes_written_ += bytes;
    Picoseconds done = t + params_.write_latency.value + distance_to(address);
    if (params_.ddio_ways > 0) {
        llc.written(address, bytes);
    } else {
        llc.forget(address, bytes);
        done += refresh_wait() + params_.dram_latency.value;
    }
    if (!info_of<PcieRequest>(payload).relaxed_ordering) {
        done = latest_commit_ = std::max(latest_commit_, done);
    }
    for (const Watcher& watcher : watchers_) {
        if (watcher.start >= address + bytes) break;
        if (watcher.end > address) watcher.function(watcher.context, payload, done);
    }
    return done;
}

Picoseconds HostMemory::distance_to(std::uint64_t address) const {
    const auto after =
        std::upper_bound(regions_.begin(), regions_.end(), address,
                         [](std::uint64_t a, const Region& region) { return a < region.start; });
    const bool remote = after != regions_.begin() && std::prev(after)->node != 0;
    return remote ? params_.numa_latency.value : 0;
}

/// How long a refresh of the rank is in the way. Where in its interval an access meets the rank is
/// drawn: with a timetable, one access after the other would fall into step with it.
Picoseconds HostMemory::refresh_wait() {
    const auto since = static_cast<Picoseconds>(
        refreshes_.below(static_cast<std::uint64_t>(params_.refresh_interval.value)));
    return since < params_.refresh.value ? params_.refresh.value - since : 0;
}

}  // namespace snsim
