#include "models/host/socket.h"

namespace snsim {

namespace {
std::uint64_t price(std::int64_t cycles) { return static_cast<std::uint64_t>(cycles); }
}  // namespace

Socket::Socket(FramePath& path, PacketPool& pool, const CpuParams& costs,
               const DriverParams& params, Bytes ddio, Core& core, std::uint16_t interface)
    : path_(path),
      pool_(pool),
      costs_(costs),
      params_(params),
      ddio_(static_cast<std::uint64_t>(ddio.value)),
      core_(core),
      interface_(interface) {}

void Socket::queue(Packet& packet, Work& work) {
    work.spend(CycleCause::socket, price(costs_.stack.socket));
    const bool fits =
        queued_ + packet.bytes <= static_cast<std::uint64_t>(params_.socket.value);
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
    std::uint64_t hit = 0;
    std::uint64_t miss = 0;
    for (const Frame* const frame : packet.frames) {
        const std::uint64_t bytes = frame->payload_bytes();
        const auto& note = const_cast<Frame*>(frame)->note<HostNote>();
        (path_.landed() - note.landed > ddio_ ? miss : hit) += bytes;
    }
    work.spend(CycleCause::copy, (hit * price(costs_.stack.copy_hit_kib) +
                                  miss * price(costs_.stack.copy_miss_kib)) /
                                     1024);
    const Picoseconds t = work.now();
    for (Frame* const frame : packet.frames) {
        path_.sockets.serve(*frame, start, t);
        path_.deliver(*frame, t, interface_);
    }
    pool_.release(packet);
}

}  // namespace snsim
