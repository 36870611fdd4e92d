#include "models/asic/packet_buffer.h"

#include <algorithm>

#include "models/base/fault.h"

namespace snsim {

namespace {
constexpr std::size_t header_ahead = 3;
}  // namespace

PacketBuffer::PacketBuffer(const sc_core::sc_module_name& name, Partition& partition,
                           const PacketBufferParams& params, std::int64_t contexts, Duration notice,
                           bool host)
    : sc_module(name),
      from_port0("from_port0", partition.agenda,
                 frame_function<&PacketBuffer::announce<0>, PacketBuffer>(), this),
      from_port1("from_port1", partition.agenda,
                 frame_function<&PacketBuffer::announce<1>, PacketBuffer>(), this),
      to_parser("to_parser", partition.agenda,
                frame_function<&PacketBuffer::credit, PacketBuffer>(), this),
      cell_bytes_(static_cast<std::uint32_t>(params.cell.value)),
      cells_per_byte_((std::uint64_t{1} << inverse_bits) / cell_bytes_ + 1),
      notice_(notice.value),
      ports_(host ? most_ports : most_ports - 1),
      partition_(partition),
      block_(partition.agenda.add_block(this->name())),
      place_(partition.add_place(this->name())),
      turn_(partition.agenda, block_, wake_handler<&PacketBuffer::take_turn, PacketBuffer>(), this),
      shares_{CreditPool<>(params.port_limit.value / params.cell.value),
              CreditPool<>(params.port_limit.value / params.cell.value),
              CreditPool<>(params.port_limit.value / params.cell.value)},
      cells_(params.size.value / params.cell.value),
      contexts_(static_cast<std::size_t>(contexts)),
      queue_(this->name(), partition.stations.next_slot(), 0),
      waiting_(partition.agenda.frames()) {
    partition.stations.add(queue_);
    if (!host) return;
    from_host.emplace("from_host", partition.agenda,
                      frame_function<&PacketBuffer::announce<host_port>, PacketBuffer>(), this);
}

void PacketBuffer::announce(Ring<Arrival>& arrivals, const Arrival& arrival) {
    const bool first = arrivals.empty();
    SNSIM_CHECK(arrival.t >= (first ? decided_ : arrivals.back().t),
                "the buffer was told of a frame too late");
    arrivals.push(arrival);
    // Where nobody waits, its header is written soon.
    if (waiting_.empty() && arrival.frame->source != nullptr) {
        arrival.frame->source->prefetch(*arrival.frame);
    }
    if (first && (!turn_.pending() || turn_.due() > arrival.t)) {
        turn_.at(arrival.t, Phase::arrival);
    }
}

/// Decides on the arrivals of now and, ahead of their time, on those that are settled.
void PacketBuffer::take_turn() {
    const Agenda& agenda = partition_.agenda;
    const Picoseconds now = agenda.now();
    const Picoseconds horizon = agenda.run_ahead ? agenda.horizon() : now;
    const Picoseconds told = std::min(horizon, now + notice_);
    for (;;) {
        std::size_t known = 0;  // ports of which an arrival is known
        std::size_t port = ports_;
        for (std::size_t i = 0; i < ports_; ++i) {
            if (arrivals_[i].empty()) continue;
            ++known;
            const bool first = port == ports_ || arrivals_[i].front().t < arrivals_[port].front().t;
            port = first ? i : port;
        }
        if (known == 0) return;
        Ring<Arrival>& arrivals = arrivals_[port];
        const Arrival next = arrivals.front();
        if (arrivals.size() > 1) arrivals[1].frame->prefetch_arrival();
        // A port of which nothing is known may send a frame that comes first.
        const bool in_order = next.t <= now || next.t < (known == ports_ ? horizon : told);
        if (!in_order || !decide(from(port), *next.frame, next.t)) {
            turn_.at(next.t, Phase::arrival);
            return;
        }
        arrivals.pop();
    }
}

bool PacketBuffer::decide(FrameIn& from, Frame& frame, Picoseconds t) {
    const std::uint32_t cells = cells_of(frame);
    CreditPool<>& share = shares_[frame.in_port];
    const bool has_share = share.can_take(t, cells);
    const bool fits = has_share && cells_.can_take(t, cells);
    if (!fits && t > partition_.agenda.now()) {
        // Frames that wait give room back when they get a context, which come back in order.
        const bool certain = !has_share && (waiting_.empty() || t < credited_);
        if (!certain) return false;
    }
    decided_ = t;
    partition_.agenda.count_item();
    from.return_credit(frame, t);
    if (!fits) {
        frame.drop_place = place_;
        drops.dropped(frame, t);
        dropped_here({frame, DropReason::buffer_full, t});
        if (frame.in_port == host_port) host_credits[lanes].give_back(frame, t);
        partition_.agenda.frames().release(frame, t);
        return true;
    }
    if (fault::armed("lost_frame")) {
        partition_.agenda.frames().release(frame);
        return true;
    }
    cells_.take(cells);
    frame.cells = static_cast<std::uint16_t>(cells);
    buffered({frame, t});
    // Frames wait only while no context is known to come, so the newcomer cannot overtake.
    if (waiting_.empty() && contexts_.known()) {
        const Picoseconds start = std::max(t, contexts_.free_at());
        contexts_.take();
        queue_.visit(frame, t, {start, start, start, cells});
        if (start > t) {  // otherwise it holds nothing of its port's share for any time
            share.take(cells);
            share.give_back(start, cells);
        }
        issue(frame, start);
        return true;
    }
    share.take(cells);
    queue_.enter(frame, t);
    waiting_.push(frame);
    return true;
}

void PacketBuffer::credit(Frame&, Picoseconds t) {
    if (fault::armed("leaked_credit")) return;
    SNSIM_CHECK(t >= credited_, "contexts came back out of order");
    credited_ = t;
    if (waiting_.empty() && returned_.empty()) {
        contexts_.leave(t);
        return;
    }
    returned_.push(t);
    // A frame that nothing holds up comes to its exit within issue(): one after the other.
    if (issuing_) return;
    issuing_ = true;
    while (!returned_.empty() && !waiting_.empty()) issue_waiting(returned_.pop());
    while (!returned_.empty()) contexts_.leave(returned_.pop());
    issuing_ = false;
}

void PacketBuffer::issue_waiting(Picoseconds t) {
    Frame& frame = waiting_.pop();
    if (waiting_.size() > header_ahead) waiting_.prefetch_header(header_ahead);
    // One that was decided on ahead of its time may not have arrived yet.
    const Picoseconds start = std::max(t, frame.entered);
    queue_.serve(frame, {start, start, start, frame.cells});
    shares_[frame.in_port].give_back(start, frame.cells);
    issue(frame, start);
}

void PacketBuffer::issue(Frame& frame, Picoseconds t) {
    frame.ensure_header();
    ++issued_;
    to_parser.send(frame, t);
}

}  // namespace snsim
