#include "models/nic/transmitter.h"

#include <algorithm>

#include "models/nic/segmentation.h"
#include "models/nic/vlan_tag.h"

namespace snsim {

namespace {

std::vector<std::int64_t> weights_of(const std::vector<Transmitter::Share>& shares) {
    std::vector<std::int64_t> weights;
    weights.reserve(shares.size());
    for (const Transmitter::Share& share : shares) weights.push_back(share.weight);
    return weights;
}

}  // namespace

Transmitter::Transmitter(const sc_core::sc_module_name& name, Partition& partition,
                         const NicParams& params, std::deque<NicFunction>& functions,
                         const std::vector<Share>& shares, const Slots& slots,
                         std::uint32_t read_limit)
    : sc_module(name),
      to_asic(
          "to_asic", partition.agenda, [](void*, Frame&, Picoseconds) {}, nullptr),
      dma("to_dma", partition.agenda, HostAccess::tell<&Transmitter::done, Transmitter>(), this),
      window_(params.tx_window.value),
      read_limit_(read_limit),
      partition_(partition),
      functions_(functions),
      block_(partition.agenda.add_block(this->name())),
      place_(partition.add_place(this->name())),
      completion(partition, block_, dma, functions, {&NicQueue::tx_completions, 1, 0, completions}),
      wake_(partition.agenda, block_, wake_handler<&Transmitter::due, Transmitter>(), this),
      fetch_(std::string(this->name()) + ".fetch", slots.fetch, 0),
      process_(std::string(this->name()) + ".process", slots.process, params.tx_latency) {
    partition.stations.add(fetch_);
    partition.stations.add(process_.station);
    for (std::size_t wire = 0; wire < host_port; ++wire) ways_.emplace_back(shares, params);
    for (const Share& share : shares) {
        Sender& sender = senders_.emplace_back();
        sender.wire = share.wire;
        if (share.rate_limit) sender.bucket.emplace(*share.rate_limit, share.burst);
    }
}

Transmitter::Way::Way(const std::vector<Share>& shares, const NicParams& params)
    : turns(weights_of(shares), params.tx_quantum.value), credits(params.tx_credit.value) {}

bool Transmitter::ring(NicQueue& queue, std::uint16_t index, Picoseconds t) {
    if (!queue.tx.ring(index)) return false;
    fetch(queue, t);
    return true;
}

void Transmitter::set_share(std::uint16_t function, const Share& share, Picoseconds t) {
    Sender& sender = senders_[function];
    ways_[sender.wire].turns.set_weight(function, share.weight);
    sender.bucket.reset();
    if (share.rate_limit) sender.bucket.emplace(*share.rate_limit, share.burst);
    // Who waits for tokens looks again.
    if (sender.waits_for_tokens)
        later(t, {Todo::Kind::tokens, nullptr, nullptr, 0, nullptr, function});
}

void Transmitter::fetch(NicQueue& queue, Picoseconds t) {
    for (;;) {
        const DescriptorRing::Fetch next = queue.tx.next_fetch();
        if (next.count == 0) return;
        dma.read(queue.function, next.address,
                 next.count * static_cast<std::uint32_t>(ring_entry_bytes), next.to, &queue,
                 descriptors | next.generation << what_bits, t);
    }
}

/// The queue takes its turns if it has a packet and does not yet.
void Transmitter::note_packets(NicQueue& queue, Picoseconds t) {
    if (first_packet_pieces(queue.tx) == 0) {
        if (queue.tx.is_full()) stop(queue, NicFault::bad_descriptor, t);  // it would never end
        return;
    }
    if (queue.sending) return;
    queue.sending = true;
    Sender& sender = senders_[queue.function];
    sender.queues.push(&queue);
    if (sender.queues.size() == 1 && !sender.waits_for_tokens) {
        ways_[sender.wire].turns.join(queue.function);
    }
}

/// The queue, whose turn it is, has no packet, or none any more.
void Transmitter::leave_turn(NicQueue& queue) {
    Sender& sender = senders_[queue.function];
    sender.queues.drop();
    queue.sending = false;
    if (sender.queues.empty()) ways_[sender.wire].turns.leave();
}

/// A ring that cannot be worked with is off until its driver sets it up again.
void Transmitter::stop(NicQueue& queue, NicFault fault, Picoseconds t) {
    queue.tx.stop();
    functions_[queue.function].faulted = true;
    faults({t, queue.function, fault});
}

bool Transmitter::has_tokens(std::uint16_t function, std::uint32_t bytes, Picoseconds t) {
    Sender& sender = senders_[function];
    if (!sender.bucket) return true;
    const Bytes size{std::min<std::int64_t>(bytes, sender.bucket->burst().value)};
    if (sender.bucket->conforms(t, size)) {
        sender.bucket->take(t, size);
        return true;
    }
    sender.waits_for_tokens = true;
    ways_[sender.wire].turns.leave();
    later(sender.bucket->earliest(t, size),
          {Todo::Kind::tokens, nullptr, nullptr, 0, nullptr, function});
    return false;
}

/// Reads packets, in turn, as far as window and credit allow.
void Transmitter::start(Picoseconds t) {
    for (std::size_t idle = 0; idle < ways_.size();) {
        idle = start_one(ways_[next_way_], t) ? 0 : idle + 1;
        next_way_ = (next_way_ + 1) % ways_.size();
    }
}

/// Reads the packet whose turn it is; false if that cannot be now.
bool Transmitter::start_one(Way& way, Picoseconds t) {
    while (way.turns.any()) {
        const auto function = static_cast<std::uint16_t>(way.turns.next([this](std::size_t f) {
            return std::int64_t{first_packet_bytes(senders_[f].queues.front()->tx)};
        }));
        Sender& sender = senders_[function];
        NicQueue& queue = *sender.queues.front();
        if (first_packet_pieces(queue.tx) == 0) {  // it was set up anew
            leave_turn(queue);
            continue;
        }
        const std::uint32_t bytes = first_packet_bytes(queue.tx);
        // One of several pieces is read through the window piece by piece.
        const std::uint32_t next = TxDescriptor::load(queue.tx.front()).length;
        if (under_way_ > 0 && under_way_ + std::min(bytes, next) > window_) return false;
        Packet& packet = take_packet();
        packet.describe(queue);
        if (!take_credit(way, packet, t)) {
            spare_.push_back(&packet);
            return false;
        }
        if (!has_tokens(function, bytes, t)) {
            give_back(way, packet.credit, credit_lanes, t);
            spare_.push_back(&packet);
            continue;
        }
        read_packet(queue, packet, t);
        sender.queues.drop();
        queue.sending = first_packet_pieces(queue.tx) > 0;
        if (queue.sending) sender.queues.push(&queue);
        way.turns.served(bytes, sender.queues.empty());
        return true;
    }
    return false;
}

/// A frame larger than all of the credit goes when nothing else is under way.
bool Transmitter::take_credit(Way& way, Packet& packet, Picoseconds t) {
    const std::uint32_t frame = packet.frames > 1
                                    ? packet.first.header_bytes + packet.first.mss + fcs_bytes
                                    : packet.credit;
    const std::int64_t least = std::min<std::int64_t>(frame, way.credits.issued());
    if (way.beyond > 0) {  // what comes back pays for that first
        const std::int64_t paid = std::min(way.beyond, way.credits.available(t));
        way.credits.take(paid);
        way.beyond -= paid;
    }
    if (way.beyond == 0 && way.credits.can_take(t, least)) {
        const std::int64_t taken =
            packet.frames > 1 ? std::min<std::int64_t>(packet.credit, way.credits.available(t))
                              : least;
        way.credits.take(taken);
        way.beyond = packet.credit - taken;
        way.waits = false;
        return true;
    }
    way.waits = true;
    if (way.looks_at <= t) way.looks_at = never;
    wait_for_credit(way, std::max(way.credits.next_return(), t));
    return false;
}

/// Looks again at t, or earlier: what is told to come back later may be told first.
void Transmitter::wait_for_credit(Way& way, Picoseconds t) {
    if (t >= way.looks_at) return;
    way.looks_at = t;
    later(t, {Todo::Kind::credit, nullptr, nullptr, 0, nullptr, 0});
}

void Transmitter::give_back(const Frame& frame, std::size_t lane, Picoseconds t) {
    give_back(ways_[frame.message], frame.bytes, lane, t);
}

void Transmitter::give_back(Way& way, std::int64_t bytes, std::size_t lane, Picoseconds t) {
    way.credits.give_back(t, bytes, lane);
    if (way.waits) wait_for_credit(way, t);
}

void Transmitter::read_packet(NicQueue& queue, Packet& packet, Picoseconds t) {
    under_way_ += packet.bytes;
    packet.reading = packet.bytes;
    queue.reading.push(&packet);
    const std::uint32_t pieces = packet.pieces;
    packet.pieces = 0;
    for (std::uint32_t i = 0; i < pieces; ++i) {
        packet.pieces += reads_of(TxDescriptor::load(queue.tx.front(i)).length);
    }
    for (std::uint32_t i = 0; i < pieces; ++i) {
        const TxDescriptor piece = TxDescriptor::load(queue.tx.front(i));
        // A read moves at least a byte; an empty piece is the driver's mistake, found with the
        // data.
        std::uint32_t left = std::max<std::uint32_t>(piece.length, 1);
        for (std::uint64_t at = piece.address; left > 0; at += read_limit_) {
            const std::uint32_t bytes = std::min(left, read_limit_);
            dma.read(queue.function, at, bytes, nullptr, &packet, data | i << what_bits, t);
            left -= bytes;
        }
    }
    queue.tx.use(pieces);
    fetch(queue, t);
}

void Transmitter::done(Payload& payload, Picoseconds t) {
    const auto& info = info_of<PcieRequest>(payload);
    switch (info.user & ((1U << what_bits) - 1)) {
        case descriptors:
            if (info.blocked) {
                auto& queue = *static_cast<NicQueue*>(info.context);
                if (info.user >> what_bits != queue.tx.generation()) break;  // it has another life
                stop(queue, NicFault::dma_read, t);
                break;
            }
            later(t, {Todo::Kind::fetched, static_cast<NicQueue*>(info.context),
                      payload.get_data_ptr(), info.user >> what_bits, nullptr, 0});
            break;
        case data: {
            auto& packet = *static_cast<Packet*>(info.context);
            if (info.frame != nullptr) place(packet, info.user >> what_bits, *info.frame, t);
            if (packet.parts.size() > 1) {
                later(t, {Todo::Kind::piece, packet.queue, nullptr, payload.get_data_length(),
                          &packet, 0});
            }
            packet.ready = std::max(packet.ready, t);
            packet.blocked = packet.blocked || info.blocked;
            if (--packet.pieces == 0) {
                later(packet.ready, {Todo::Kind::read, packet.queue, nullptr, 0, &packet, 0});
            }
            break;
        }
        default: break;
    }
}

/// A piece of the packet is here. One that was another packet's ends.
void Transmitter::place(Packet& packet, std::uint32_t piece, Frame& frame, Picoseconds t) {
    Frame*& part = packet.parts[packet.is_cut() ? piece : 0];
    if (part == nullptr) {
        part = &frame;
        return;
    }
    fetch_.visit(frame, frame.t_in + frame.residence, {t, t, t, frame.bytes});
    drop(frame, DropReason::malformed, t);
}

/// All of the packet is on the card.
void Transmitter::send(Packet& packet, Picoseconds t) {
    under_way_ -= packet.reading;
    NicQueue& queue = *packet.queue;
    for (Frame* const frame : packet.parts) {
        if (frame == nullptr) continue;
        frame->in_port = host_port;
        frame->function = queue.function;
        frame->message = senders_[queue.function].wire;
        fetch_.visit(*frame, frame->t_in + frame->residence, {t, t, t, frame->bytes});
    }
    pass_on(packet, t);
    report(packet, t);
    spare_.push_back(&packet);
}

void Transmitter::pass_on(Packet& packet, Picoseconds t) {
    const NicQueue& queue = *packet.queue;
    const bool empty = packet.parts.front() == nullptr;
    const DropReason reason =
        empty ? DropReason::malformed : packet.refusal(functions_[queue.function]);
    if (reason == DropReason::none) {
        Frame& frame = *packet.parts.front();
        if (packet.parts.size() > 1 && packet.is_cut()) {
            send_parts(packet, t);
        } else if (packet.is_cut()) {
            send_segments(frame, packet, t);
        } else {
            send_frame(frame, packet, t);
        }
        return;
    }
    give_back(ways_[senders_[queue.function].wire], packet.credit, credit_lanes, t);
    if (empty && packet.generation == queue.tx.generation()) {
        faults({t, queue.function, packet.blocked ? NicFault::dma_read : NicFault::bad_descriptor});
    }
    for (Frame* const frame : packet.parts) {
        if (frame != nullptr) drop(*frame, reason, t);
    }
}

/// Each part is the payload of one of its frames.
void Transmitter::send_parts(Packet& packet, Picoseconds t) {
    const Segmentation plan(*packet.parts.front(), packet.first.mss);
    const auto count = static_cast<std::uint32_t>(packet.parts.size());
    for (std::uint32_t i = 0; i < count; ++i) {
        Frame& segment = *packet.parts[i];
        plan.write_headers(i, count, segment);
        send_frame(segment, packet, t);
    }
}

void Transmitter::send_segments(Frame& packet, const Packet& what, Picoseconds t) {
    cut.departed(packet, t);
    const Segmentation plan(packet, what.first.mss);
    for (std::uint32_t i = 0; i < plan.count(); ++i) {
        Frame& segment = partition_.agenda.frames().take();
        plan.write(i, segment);
        segments.arrived(segment, t);
        send_frame(segment, what, t);
    }
    partition_.agenda.frames().release(packet);
}

void Transmitter::send_frame(Frame& frame, const Packet& packet, Picoseconds t) {
    if (packet.gets_tag()) {
        put_tag(frame, packet.first.vlan);
        tagged({frame, tag_bytes});
    }
    to_asic.send(frame, process_.pass(frame, t));
}

void Transmitter::drop(Frame& frame, DropReason reason, Picoseconds t) {
    frame.drop_place = place_;
    dropped_here({frame, reason, t});
    partition_.agenda.frames().release(frame, t);
}

/// Tells the driver, with the last packet that is under way of the queue's or when it is asked to.
void Transmitter::report(Packet& packet, Picoseconds t) {
    NicQueue& queue = *packet.queue;
    if (packet.generation != queue.tx.generation() || !queue.tx_completions.on()) return;
    ++queue.unreported;
    const bool asked = (packet.first.flags & TxDescriptor::report) != 0;
    const bool last = queue.tx.ready() == 0;
    const bool failed = packet.parts.front() == nullptr || packet.blocked;
    if (!asked && !last && !failed && queue.unreported < max_unreported) return;
    TxCompletion entry;
    entry.consumed = packet.end;
    entry.packets = queue.unreported;
    entry.flags = failed ? TxCompletion::read_fault : 0;
    queue.unreported = 0;
    completion.add(queue, entry, t);
}

void Transmitter::later(Picoseconds t, const Todo& todo) {
    todo_.push(t, static_cast<std::uint8_t>(todo.kind), todo);
    wake_up();
}

void Transmitter::wake_up() {
    if (todo_.empty()) return;
    const Picoseconds t = todo_.time();
    if (wake_.pending() && wake_.due() <= t) return;
    const Picoseconds now = partition_.agenda.now();
    wake_.at(std::max(t, now), t > now ? Phase::departure : Phase::timer);
}

void Transmitter::due() {
    const Picoseconds now = partition_.agenda.now();
    bool is_look_alone = true;  // for credit: how often depends on what is told first
    while (!todo_.empty() && todo_.time() <= now) {
        const Todo todo = todo_.pop();
        is_look_alone = is_look_alone && todo.kind == Todo::Kind::credit;
        switch (todo.kind) {
            case Todo::Kind::fetched:
                todo.queue->tx.fetched(todo.to, todo.generation);
                note_packets(*todo.queue, now);
                fetch(*todo.queue, now);
                break;
            case Todo::Kind::piece: {
                // Those behind it may use its part of the window.
                const std::uint32_t bytes = std::min(todo.generation, todo.packet->reading);
                todo.packet->reading -= bytes;
                under_way_ -= bytes;
                break;
            }
            case Todo::Kind::read: {
                todo.packet->here = true;
                Ring<Packet*>& reading = todo.queue->reading;
                while (!reading.empty() && reading.front()->here) send(*reading.pop(), now);
                break;
            }
            case Todo::Kind::tokens: {
                Sender& sender = senders_[todo.function];
                if (!sender.waits_for_tokens) break;
                sender.waits_for_tokens = false;
                if (!sender.queues.empty()) ways_[sender.wire].turns.join(todo.function);
                break;
            }
            case Todo::Kind::credit: break;  // those that waited look again
        }
    }
    if (!is_look_alone) partition_.agenda.count_item();
    start(now);
    wake_up();
}

Transmitter::Packet& Transmitter::take_packet() {
    if (spare_.empty()) {
        packets_.push_back(std::make_unique<Packet>());
        spare_.push_back(packets_.back().get());
    }
    Packet& packet = *spare_.back();
    spare_.pop_back();
    return packet;
}

}  // namespace snsim
