#include "models/host/kernel_sender.h"

namespace snsim {

namespace {
std::uint64_t price(std::int64_t cycles) { return static_cast<std::uint64_t>(cycles); }
}  // namespace

KernelSender::KernelSender(KernelTransmit& transmit, Outbox& outbox, const CpuParams& costs,
                           const DriverParams& params, Core& core)
    : transmit_(transmit),
      outbox_(outbox),
      costs_(costs),
      params_(params),
      core_(core),
      number_(outbox.add_sender(*this)) {}

void KernelSender::due(Picoseconds t) {
    if (state_ == State::asleep) core_.wake(*this, Level::thread, t);
}

void KernelSender::freed(const Work& by) {
    if (state_ != State::waiting || transmit_.room() == 0) return;
    state_ = State::asleep;
    core_.wake(*this, Level::thread, by.now(), by.core().index() + 1);
}

Task::Next KernelSender::sleep(Work& work, State how) {
    work.spend(CycleCause::context_switch, price(costs_.stack.context_switch));
    state_ = how;
    const Picoseconds next = outbox_.due_at(number_);
    if (how == State::asleep && next != never) {
        core_.wake(*this, Level::thread, std::max(next, work.now()), core_.index() + 1);
    }
    return Next::sleep;
}

/// What is due by t and goes with one system call.
void KernelSender::gather(Picoseconds t) {
    count_ = outbox_.together(number_, t, params_.write);
    if (count_ == 0) return;
    Frame& first = *outbox_.look(number_, t);
    first.ensure_header();
    tcp_ = KernelTransmit::is_tcp(first);
}

Task::Next KernelSender::run(Work& work) {
    state_ = State::awake;
    gather(work.now());
    if (count_ == 0) return sleep(work, State::asleep);
    const bool waits =
        params_.when_full == WhenFull::wait || (params_.when_full == WhenFull::protocol && tcp_);
    if (waits && transmit_.room() == 0) return sleep(work, State::waiting);
    send(work);
    return Next::again;
}

void KernelSender::send(Work& work) {
    const Picoseconds called = work.now();
    work.spend(CycleCause::application, price(params_.work));
    if (transmit_.room() < count_) {
        // As much as there is room for; a datagram that finds none is lost.
        count_ = std::max<std::size_t>(transmit_.room(), 1);
    }
    packet_.clear();
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        packet_.push_back(&outbox_.send(number_, called));
        bytes += packet_.back()->payload_bytes();
    }
    transmit_.enter(work, bytes);
    if (transmit_.room() == 0) {
        transmit_.refuse(work, *packet_.front());
        return;
    }
    if (params_.tso) {
        transmit_.send(work, packet_.data(), packet_.size(), called);
    } else {
        for (Frame* const& frame : packet_) transmit_.send(work, &frame, 1, called);
    }
    transmit_.flush(work);
}

}  // namespace snsim
