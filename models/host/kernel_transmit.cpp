#include "models/host/kernel_transmit.h"

#include "models/protocols/headers.h"

namespace snsim {

bool KernelTransmit::is_tcp(const Frame& frame) {
    ParsedHeaders parsed;
    parse(frame.header.data(), frame.header_bytes, frame.bytes - fcs_bytes, parsed);
    return parsed.has_l4 && parsed.protocol == ip_protocol::tcp;
}

void KernelTransmit::enter(Work& work, std::uint64_t bytes) {
    const StackCostParams& costs = queue_.costs.stack;
    work.spend(CycleCause::system_call, price(costs.system_call));
    work.spend(CycleCause::copy, price_of(costs.copy_hit_kib, bytes));
}

void KernelTransmit::pass_stack(Work& work, bool tcp, std::uint64_t bytes) {
    const SendCostParams& costs = queue_.costs.send;
    work.spend(CycleCause::buffer, price(costs.buffer) + price_of(costs.fragment_kib, bytes));
    work.spend(CycleCause::transport, price(tcp ? costs.tcp : costs.udp));
    if (!queue_.params.checksum_offload) {
        work.spend(CycleCause::checksum, price_of(queue_.costs.stack.checksum_kib, bytes));
    }
    work.spend(CycleCause::ip, price(costs.ip));
    work.spend(CycleCause::transmit, price(costs.queue));
}

void KernelTransmit::send(Work& work, Frame* const* frames, std::size_t count, Picoseconds since) {
    const bool tcp = is_tcp(*frames[0]);
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < count; ++i) bytes += frames[i]->payload_bytes();
    pass_stack(work, tcp, bytes);
    work.spend(CycleCause::transmit, (count - 1) * price(queue_.costs.send.segment));
    // What the card cannot cut as one packet it gets as several.
    using Holds = TransmitRing::Holds;
    for (std::size_t i = 0; i < count;) {
        const std::size_t part = queue_.tx.one_packet(frames + i, count - i);
        const bool last = i + part == count;
        queue_.tx.post(frames + i, part, work.now(), since,
                       !last ? Holds::nothing
                       : tcp ? Holds::segments
                             : Holds::packet);
        i += part;
    }
    note_unsent();
}

void KernelTransmit::reply(Work& work, Frame& frame) {
    const bool tcp = is_tcp(frame);
    // The application got it then: of frames read at once, the later ones wait for those before.
    const Picoseconds since = frame.t_in + frame.residence;
    enter(work, frame.payload_bytes());
    pass_stack(work, tcp, frame.payload_bytes());
    send_on(frame, work.now(), since, Hop::bridge,
            tcp ? TransmitRing::Holds::segments : TransmitRing::Holds::packet);
}

void KernelTransmit::refuse(Work& work, Frame& frame) {
    const bool tcp = is_tcp(frame);
    pass_stack(work, tcp, frame.payload_bytes());
    lose(frame, frame.t_in, work.now());
}

}  // namespace snsim
