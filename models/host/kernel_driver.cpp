#include "models/host/kernel_driver.h"

#include <algorithm>

#include "models/protocols/headers.h"

namespace snsim {

KernelDriver::KernelDriver(const QueueContext& context, Core& core, PacketPool& pool,
                           Socket& socket)
    : QueueDriver(context),
      core_(core),
      pool_(pool),
      socket_(socket),
      handler_(*this),
      merger_(pool) {
    queue_.rx.set_driver(*this);
}

Task::Next KernelDriver::Handler::run(Work& work) {
    work.spend(CycleCause::interrupt, price(driver_.queue_.costs.interrupt.entry));
    ++driver_.interrupts_;
    driver_.core_.wake(driver_, Level::deferred, work.now(), driver_.core_.index() + 1);
    return Next::sleep;
}

Task::Next KernelDriver::run(Work& work) {
    const InterruptCostParams& costs = queue_.costs.interrupt;
    if (!polling_) {
        polling_ = true;
        round_start_ = work.now();
        round_frames_ = 0;
        work.spend(CycleCause::softirq, price(costs.softirq));
    }
    const auto budget = static_cast<std::uint32_t>(queue_.params.budget);
    const std::uint32_t count = std::min(queue_.rx.ready(work.now()), budget);
    polled({work.now(), count, queue_.interface});
    work.spend(CycleCause::softirq, price(costs.poll));
    reap(work);
    for (std::uint32_t i = 0; i < count; ++i) {
        const Picoseconds taken = work.now();
        const ReceiveRing::Received received = queue_.rx.take();
        frames_ += received.completion.segments;
        bytes_ += received.completion.length + fcs_bytes;
        if (received.completion.segments > 1) {
            receive_merged(work, received, taken);
        } else {
            receive(work, *received.frame, taken);
        }
    }
    refill(work);
    flush_sent(work);
    if (count < budget) {
        complete(work);
        return Next::sleep;
    }
    round_frames_ += count;
    if (round_frames_ >= queue_.params.softirq_budget ||
        work.now() - round_start_ >= queue_.params.softirq_time.value) {
        polling_ = false;
        return Next::demote;
    }
    return Next::again;
}

/// Frees what the card has sent.
void KernelDriver::reap(Work& work) {
    const TransmitRing::Reaped reaped = queue_.tx.reap(work.now());
    work.spend(CycleCause::transmit, reaped.packets * price(queue_.costs.send.complete));
    work.spend(CycleCause::acknowledge,
               reaped.acknowledged * price(queue_.costs.send.acknowledgement));
    if (sender_ != nullptr) sender_->freed(work);
}

void KernelDriver::complete(Work& work) {
    merger_.flush([&](Packet& packet) { deliver(work, packet); });
    flush_sent(work);
    if (queue_.params.adaptive) adapt(work);
    work.spend(CycleCause::softirq, price(queue_.costs.interrupt.rearm));
    polling_ = false;
    if (queue_.tx.holds_packets()) ring(work, queue_.tx.completions_doorbell(true));
    ring(work, queue_.rx.completions_doorbell(true));
}

void KernelDriver::adapt(Work& work) {
    if (!moderation_.sample(work.now(), interrupts_, frames_, bytes_)) return;
    const std::uint32_t registers =
        ring_registers(queue_.rx.layout().queue, RingKind::rx_completion);
    const AdaptiveModeration::Setting& setting = moderation_.setting();
    work.spend(CycleCause::doorbell, 2 * price(queue_.costs.doorbell));
    write_register(registers + ring_register::frames, setting.frames, work.now());
    write_register(registers + ring_register::time_ns, setting.time_us * 1000, work.now());
}

void KernelDriver::receive(Work& work, Frame& frame, Picoseconds taken) {
    work.spend(CycleCause::driver, price(queue_.costs.interrupt.packet));
    if (queue_.params.program != EarlyProgram::none && run_program(work, frame, taken)) return;
    const StackCostParams& costs = queue_.costs.stack;
    work.spend(CycleCause::buffer, price(costs.buffer) + price_of(costs.fragment_kib, frame.bytes));
    if (!queue_.params.checksum_offload) {
        work.spend(CycleCause::checksum, price_of(costs.checksum_kib, frame.bytes - fcs_bytes));
    }
    const Picoseconds t = work.now();
    queue_.path.rings.serve(frame, taken, t);
    queue_.path.stack.enter(frame, t);
    if (queue_.params.gro) {
        merge(work, frame);
        return;
    }
    ParsedHeaders parsed;
    parse(frame.header.data(), frame.header_bytes, frame.bytes - fcs_bytes, parsed);
    Packet& packet = ReceiveMerger::single(pool_, frame);
    packet.t = t;
    packet.tcp = parsed.has_l4 && parsed.protocol == ip_protocol::tcp;
    packet.data_packets = packet.tcp && parsed.datagram_end > parsed.header_bytes ? 1 : 0;
    deliver(work, packet);
}

/// What the card has merged is one packet: a program at the early hook never sees it.
void KernelDriver::receive_merged(Work& work, const ReceiveRing::Received& received,
                                  Picoseconds taken) {
    const StackCostParams& costs = queue_.costs.stack;
    work.spend(CycleCause::driver, price(queue_.costs.interrupt.packet));
    work.spend(CycleCause::buffer,
               price(costs.buffer) + price_of(costs.fragment_kib, received.completion.length));
    Packet& packet = pool_.take();
    packet.tcp = true;
    packet.bytes = received.completion.length;
    constexpr std::uint32_t page = 4096;
    packet.buffers = (packet.bytes + page - 1) / page;
    packet.data_packets = received.completion.segments;
    packet.t = work.now();
    for_each_in_buffer(received.frame, [&](Frame& frame) {
        queue_.path.rings.serve(frame, taken, packet.t);
        queue_.path.stack.enter(frame, packet.t);
        packet.frames.push_back(&frame);
    });
    if (!queue_.params.gro) {
        deliver(work, packet);
        return;
    }
    work.spend(CycleCause::gro, price(costs.gro));
    go_on(work, merger_.pass(packet));
}

/// True if the program disposed of the frame.
bool KernelDriver::run_program(Work& work, Frame& frame, Picoseconds taken) {
    const InterruptCostParams& costs = queue_.costs.interrupt;
    work.spend(CycleCause::program, price(costs.program));
    switch (queue_.params.program) {
        case EarlyProgram::none:
        case EarlyProgram::pass: return false;
        case EarlyProgram::drop:
            queue_.path.rings.serve(frame, taken, work.now());
            queue_.path.drop(frame, DropReason::program_drop, work.now());
            return true;
        case EarlyProgram::transmit: work.spend(CycleCause::transmit, price(costs.transmit)); break;
        case EarlyProgram::redirect: work.spend(CycleCause::transmit, price(costs.redirect)); break;
        case EarlyProgram::route:
            work.spend(CycleCause::program, price(costs.route + costs.node * queue_.params.nodes));
            work.spend(CycleCause::transmit, price(costs.redirect));
            break;
        case EarlyProgram::balance:
            work.spend(CycleCause::program, price(costs.balance));
            work.spend(CycleCause::transmit, price(costs.transmit));
            break;
    }
    queue_.path.rings.serve(frame, taken, work.now());
    const bool routes = queue_.params.program == EarlyProgram::route;
    send_on(frame, work.now(), routes ? Hop::route : Hop::bridge);
    return true;
}

void KernelDriver::merge(Work& work, Frame& frame) {
    work.spend(CycleCause::gro, price(queue_.costs.stack.gro));
    const ReceiveMerger::Result result = merger_.add(frame);
    if (result.merged) work.spend(CycleCause::gro, price(queue_.costs.stack.merge));
    go_on(work, result);
}

void KernelDriver::go_on(Work& work, const ReceiveMerger::Result& result) {
    if (result.done != nullptr) deliver(work, *result.done);
    if (result.also != nullptr) deliver(work, *result.also);
}

void KernelDriver::deliver(Work& work, Packet& packet) {
    const StackCostParams& costs = queue_.costs.stack;
    packet.t = work.now();
    if (packet.frames.size() > 1) {
        queue_.path.merged(
            {packet.t, static_cast<std::uint32_t>(packet.frames.size()), packet.bytes});
    }
    work.spend(CycleCause::ip, price(costs.receive));
    const PacketFilter filter = queue_.params.filter;
    if (filter == PacketFilter::raw) {
        work.spend(CycleCause::filter, price(costs.rule));
        drop(work, packet);
        return;
    }
    if (filter == PacketFilter::connection) {
        work.spend(CycleCause::filter, price(costs.connection));
    }
    if (queue_.params.application == Application::forward) {
        forward(work, packet);
        return;
    }
    work.spend(CycleCause::ip, price(costs.input));
    if (filter != PacketFilter::none) {
        work.spend(CycleCause::filter, price(costs.filter));
        drop(work, packet);
        return;
    }
    work.spend(CycleCause::transport, price(packet.tcp ? costs.tcp : costs.udp));
    if (packet.data_packets > 0) acknowledge(work, packet);
    socket_.queue(packet, work);
}

/// One for every second segment, as received; a packet of several needs one.
void KernelDriver::acknowledge(Work& work, const Packet& packet) {
    unacknowledged_ += packet.data_packets;
    if (unacknowledged_ < 2) return;
    unacknowledged_ = 0;
    work.spend(CycleCause::acknowledge, price(queue_.costs.stack.acknowledge));
}

void KernelDriver::drop(Work& work, Packet& packet) {
    for (Frame* const frame : packet.frames) {
        queue_.path.stack.serve(*frame, packet.t, work.now());
        queue_.path.drop(*frame, DropReason::filter_drop, work.now());
    }
    pool_.release(packet);
}

void KernelDriver::forward(Work& work, Packet& packet) {
    work.spend(CycleCause::ip, price(queue_.costs.stack.forward));
    work.spend(CycleCause::transmit, price(queue_.costs.send.queue));
    for (Frame* const frame : packet.frames) {
        queue_.path.stack.serve(*frame, packet.t, work.now());
        send_on(*frame, work.now(), Hop::route, TransmitRing::Holds::packet);
    }
    pool_.release(packet);
}

}  // namespace snsim
