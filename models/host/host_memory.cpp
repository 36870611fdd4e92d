#include "models/host/host_memory.h"

#include <algorithm>

#include "models/functions/drop_reason.h"

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
      channels(std::string(this->name()) + ".channels", Frame::no_station, 1),
      params_(params),
      place_(partition.add_place(this->name())),
      jitter_(RandomStream(seed, std::string(this->name()) + ".jitter")),
      refreshes_(seed, std::string(this->name()) + ".refresh"),
      channels_(static_cast<std::size_t>(params.nodes)) {
    partition.stations.add(station);
    if (params.bandwidth) partition.stations.add(channels, {this->name(), "bandwidth"});
}

std::uint64_t HostMemory::allocate(std::uint64_t bytes, std::uint32_t node) {
    const std::uint64_t start = next_address_;
    // A page is left free in between, so that nothing runs from one region into the next.
    next_address_ += (bytes + page_bytes - 1) / page_bytes * page_bytes + page_bytes;
    regions_.push_back({start, start + bytes, node});
    far_ = far_ || node != 0;
    return start;
}

void HostMemory::watch(std::uint64_t address, std::uint64_t bytes, PayloadFunction function,
                       void* context) {
    watchers_.push_back({address, address + bytes, function, context});
    std::stable_sort(watchers_.begin(), watchers_.end(),
                     [](const Watcher& a, const Watcher& b) { return a.start < b.start; });
}

void HostMemory::asked(Payload& payload, Picoseconds t) {
    Picoseconds done;
    if (payload.is_read()) {
        done = read(payload, t);
        if (content.holds(payload.get_address(), payload.get_data_length())) load(payload, t);
    } else {
        auto& info = info_of<PcieRequest>(payload);
        done = write(payload, info, t);
        store(payload, info, done);
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

void HostMemory::store(Payload& payload, PcieRequest& info, Picoseconds t) {
    const std::uint8_t* const data = payload.get_data_ptr();
    const bool held = content.holds(payload.get_address(), payload.get_data_length());
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
    return done + dram(address, bytes, t);
}

Picoseconds HostMemory::write(Payload& payload, const PcieRequest& info, Picoseconds t) {
    const std::uint64_t address = payload.get_address();
    const std::uint32_t bytes = payload.get_data_length();
    bytes_written_ += bytes;
    Picoseconds done = t + params_.write_latency.value + distance_to(address);
    if (params_.ddio_ways > 0) {
        llc.written(address, bytes);
    } else {
        llc.forget(address, bytes);
        done += dram(address, bytes, t);
    }
    if (!info.relaxed_ordering) {
        done = latest_commit_ = std::max(latest_commit_, done);
    }
    for (const Watcher& watcher : watchers_) {
        if (watcher.start >= address + bytes) break;
        if (watcher.end > address) watcher.function(watcher.context, payload, done);
    }
    return done;
}

/// What an access to DRAM at t takes. The station is that of the devices' own socket.
Picoseconds HostMemory::dram(std::uint64_t address, std::uint32_t bytes, Picoseconds t) {
    Picoseconds wait = refresh_wait();
    if (params_.bandwidth) {
        constexpr std::uint64_t line = 64;
        const std::uint64_t lines = (address % line + bytes + line - 1) / line;
        FreeTime& free = channels_[node_of(address)];
        const UnitTime byte_time(Bytes{1} / *params_.bandwidth);
        const Picoseconds start = free.occupy(t, byte_time * (lines * line));
        if (node_of(address) == 0) {
            channels.tally.visit(
                t, {start, free.ps(), free.ps(), static_cast<std::uint32_t>(lines * line)});
        }
        wait += start - t;
    }
    return wait + params_.dram_latency.value;
}

std::uint32_t HostMemory::node_of(std::uint64_t address) const {
    const auto after =
        std::upper_bound(regions_.begin(), regions_.end(), address,
                         [](std::uint64_t a, const Region& region) { return a < region.start; });
    return after == regions_.begin() ? 0 : std::prev(after)->node;
}

/// How long a refresh of the rank is in the way. Where in its interval an access meets the rank is
/// drawn: with a timetable, one access after the other would fall into step with it.
Picoseconds HostMemory::refresh_wait() {
    const auto since = static_cast<Picoseconds>(
        refreshes_.below(static_cast<std::uint64_t>(params_.refresh_interval.value)));
    return since < params_.refresh.value ? params_.refresh.value - since : 0;
}

}  // namespace snsim
