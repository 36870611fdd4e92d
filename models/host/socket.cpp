#include "models/host/socket.h"

#include "models/base/random.h"

namespace snsim {

namespace {
std::uint64_t price(std::int64_t cycles) { return static_cast<std::uint64_t>(cycles); }
}  // namespace

double DeviceCache::missing(std::uint64_t bytes_since) const {
    if (bytes.value == 0 || ways == 0) return 1;
    const double per_set = static_cast<double>(bytes_since) * static_cast<double>(ways) /
                           static_cast<double>(bytes.value);
    if (per_set > 100) return 1;
    double term = fixed_exp(-per_set);
    double present = 0;
    for (std::uint32_t i = 0; i < ways; ++i) {
        present += term;
        term *= per_set / (i + 1);
    }
    return 1 - present;
}

Socket::Socket(FramePath& path, PacketPool& pool, const CpuParams& costs,
               const DriverParams& params, const DeviceCache& cache, KernelTransmit& transmit,
               Core& core, std::uint16_t interface)
    : path_(path),
      pool_(pool),
      costs_(costs),
      params_(params),
      cache_(cache),
      transmit_(transmit),
      core_(core),
      interface_(interface) {}

void Socket::queue(Packet& packet, Work& work) {
    work.spend(CycleCause::socket, price(costs_.stack.socket));
    const bool fits = queued_ + packet.bytes <= static_cast<std::uint64_t>(params_.socket.value);
    if (fits && asleep_) work.spend(CycleCause::wakeup, price(costs_.stack.wakeup));
    const Picoseconds t = work.now();
    for (Frame* const frame : packet.frames) {
        path_.stack.serve(*frame, packet.t, t);
        if (fits) {
            path_.sockets.enter(*frame, t);
        } else {
            path_.drop(*frame, DropReason::socket_full, t);
        }
    }
    if (!fits) {
        pool_.release(packet);
        return;
    }
    queued_ += packet.bytes;
    packet.t = t;
    packet.core = work.core().index();
    packets_.push(&packet);
    if (!asleep_) return;
    asleep_ = false;
    core_.wake(*this, Level::thread, t, work.core().index() + 1);
}

Task::Next Socket::run(Work& work) {
    work.spend(CycleCause::system_call, price(costs_.stack.system_call));
    if (packets_.empty() || packets_.front()->t > work.now()) {
        // Blocks; whoever brings the next packet wakes it.
        work.spend(CycleCause::context_switch, price(costs_.stack.context_switch));
        asleep_ = packets_.empty();
        if (!asleep_) core_.wake(*this, Level::thread, packets_.front()->t, core_.index() + 1);
        return Next::sleep;
    }
    std::uint64_t left = static_cast<std::uint64_t>(params_.read.value);
    do {
        Packet& packet = *packets_.pop();
        queued_ -= packet.bytes;
        left -= left < packet.bytes ? left : packet.bytes;
        const bool stream = packet.tcp;
        copy(packet, work);
        if (!stream) break;
    } while (left > 0 && !packets_.empty() && packets_.front()->tcp &&
             packets_.front()->t <= work.now());
    work.spend(CycleCause::application, price(params_.work));
    return Next::again;
}

void Socket::copy(Packet& packet, Work& work) {
    const Picoseconds start = work.now();
    if (packet.core != core_.index()) {
        const std::uint64_t line = price(costs_.stack.transfer);
        const std::uint64_t lines =
            price(costs_.stack.packet_lines) + price(costs_.stack.frame_lines) * packet.buffers;
        work.spend(CycleCause::transport, price(costs_.stack.connection_lines) * line);
        work.spend(CycleCause::transfer, lines * line);
    }
    double missing = 0;
    std::uint64_t bytes = 0;
    for (Frame* const frame : packet.frames) {
        const std::uint64_t since = path_.landed() - frame->note<HostNote>().landed;
        bytes += frame->payload_bytes();
        missing += frame->payload_bytes() * cache_.missing(since);
    }
    const auto from_memory = static_cast<std::uint64_t>(missing);
    work.spend(CycleCause::copy, ((bytes - from_memory) * price(costs_.stack.copy_hit_kib) +
                                  from_memory * price(costs_.stack.copy_miss_kib)) /
                                     1024);
    const Picoseconds t = work.now();
    for (Frame* const frame : packet.frames) {
        path_.sockets.serve(*frame, start, t);
        finish(*frame, work);
    }
    if (params_.application == Application::reply) transmit_.flush(work);
    pool_.release(packet);
}

void Socket::finish(Frame& frame, Work& work) {
    switch (params_.application) {
        case Application::reply: transmit_.reply(work, frame); break;
        case Application::drop: path_.drop(frame, DropReason::discarded, work.now()); break;
        case Application::receive:
        case Application::forward: path_.deliver(frame, work.now(), interface_); break;
    }
}

}  // namespace snsim
