#include "models/nic/transmitter.h"

#include <algorithm>
#include <cstring>

#include "models/nic/segmentation.h"

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
                         const std::vector<Share>& shares, const Slots& slots)
    : sc_module(name),
      to_asic(
          "to_asic", partition.agenda, [](void*, Frame&, Picoseconds) {}, nullptr),
      dma("to_dma", partition.agenda, HostAccess::tell<&Transmitter::done, Transmitter>(), this),
      window_(params.tx_window.value),
      partition_(partition),
      functions_(functions),
      block_(partition.agenda.add_block(this->name())),
      place_(partition.add_place(this->name())),
      completion(partition, block_, dma, functions, {&NicQueue::tx_completions, 1, 0, completions}),
      wake_(partition.agenda, block_, wake_handler<&Transmitter::due, Transmitter>(), this),
      turns_(weights_of(shares), params.tx_quantum.value),
      fetch_(std::string(this->name()) + ".fetch", slots.fetch, 0),
      process_(std::string(this->name()) + ".process", slots.process, params.tx_latency) {
    partition.stations.add(fetch_);
    partition.stations.add(process_.station);
    for (const Share& share : shares) {
        Sender& sender = senders_.emplace_back();
        if (share.rate_limit) sender.bucket.emplace(*share.rate_limit, share.burst);
    }
}

void Transmitter::ring(NicQueue& queue, std::uint16_t index, Picoseconds t) {
    if (!queue.tx.ring(index)) {
        faults({t, queue.function, NicFault::bad_doorbell});
        return;
    }
    fetch(queue, t);
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

/// Descriptors of the first packet; 0 if not all of them are on the card.
std::uint32_t Transmitter::pieces_of(const DescriptorRing& ring) {
    for (std::uint32_t i = 0; i < ring.ready(); ++i) {
        if ((TxDescriptor::load(ring.front(i)).flags & TxDescriptor::end_of_packet) != 0) {
            return i + 1;
        }
    }
    return 0;
}

std::uint32_t Transmitter::bytes_of(const DescriptorRing& ring) {
    std::uint32_t bytes = 0;
    for (std::uint32_t i = 0, pieces = pieces_of(ring); i < pieces; ++i) {
        bytes += TxDescriptor::load(ring.front(i)).length;
    }
    return bytes;
}

/// The queue takes its turns if it has a packet and does not yet.
void Transmitter::note_packets(NicQueue& queue) {
    if (queue.sending || pieces_of(queue.tx) == 0) return;
    queue.sending = true;
    Sender& sender = senders_[queue.function];
    sender.queues.push(&queue);
    if (sender.queues.size() == 1 && !sender.waits_for_tokens) turns_.join(queue.function);
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
    turns_.leave();
    later(sender.bucket->earliest(t, size),
          {Todo::Kind::tokens, nullptr, nullptr, 0, nullptr, function});
    return false;
}

/// Reads packets, in turn, as far as the window allows.
void Transmitter::start(Picoseconds t) {
    while (turns_.any()) {
        const auto function = static_cast<std::uint16_t>(turns_.next([this](std::size_t f) {
            return std::int64_t{bytes_of(senders_[f].queues.front()->tx)};
        }));
        Sender& sender = senders_[function];
        NicQueue& queue = *sender.queues.front();
        const std::uint32_t bytes = bytes_of(queue.tx);
        if (under_way_ > 0 && under_way_ + bytes > window_) return;
        if (!has_tokens(function, bytes, t)) continue;
        read_packet(queue, t);
        sender.queues.drop();
        queue.sending = pieces_of(queue.tx) > 0;
        if (queue.sending) sender.queues.push(&queue);
        turns_.served(bytes, sender.queues.empty());
    }
}

void Transmitter::read_packet(NicQueue& queue, Picoseconds t) {
    Packet& packet = take_packet();
    packet.queue = &queue;
    packet.frame = nullptr;
    packet.there = false;
    packet.first = TxDescriptor::load(queue.tx.front());
    packet.bytes = bytes_of(queue.tx);
    packet.pieces = pieces_of(queue.tx);
    packet.generation = queue.tx.generation();
    under_way_ += packet.bytes;
    queue.reading.push(&packet);
    const std::uint32_t pieces = packet.pieces;
    packet.end = static_cast<std::uint16_t>(
        ring_position(queue.tx.position(pieces - 1) + std::uint64_t{1}, queue.tx.entries()));
    for (std::uint32_t i = 0; i < pieces; ++i) {
        const TxDescriptor piece = TxDescriptor::load(queue.tx.front(i));
        // A read moves at least a byte; an empty piece is the driver's mistake, found with the
        // data.
        dma.read(queue.function, piece.address, std::max<std::uint32_t>(piece.length, 1), nullptr,
                 &packet, data, t);
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
                queue.tx.stop();
                functions_[queue.function].faulted = true;
                faults({t, queue.function, NicFault::dma_read});
                break;
            }
            later(t, {Todo::Kind::fetched, static_cast<NicQueue*>(info.context),
                      payload.get_data_ptr(), info.user >> what_bits, nullptr, 0});
            break;
        case data: {
            auto& packet = *static_cast<Packet*>(info.context);
            if (packet.frame == nullptr) packet.frame = info.frame;
            if (--packet.pieces == 0) {
                later(t, {Todo::Kind::read, packet.queue, nullptr, 0, &packet, 0});
            }
            break;
        }
        default: break;
    }
}

DropReason Transmitter::refusal(const NicFunction& function, const Packet& packet) const {
    if (!function.receives() || packet.generation != packet.queue->tx.generation()) {
        return DropReason::interface_down;
    }
    const Frame& frame = *packet.frame;
    if (packet.bytes != frame.bytes - fcs_bytes) return DropReason::malformed;
    constexpr std::size_t source = 6;
    const MacAddress& mac = function.owner.mac;
    if (std::memcmp(&frame.header[source], mac.data(), mac.size()) != 0) return DropReason::spoofed;
    constexpr std::size_t type = 12;
    const bool tagged = load_be16(&frame.header[type]) == 0x8100;
    const unsigned vlan = tagged ? load_be16(&frame.header[type + 2]) & 0xfffU : 0U;
    return vlan == function.owner.vlan ? DropReason::none : DropReason::spoofed;
}

/// Those of the queue's packets that are on the card, up to the first that is not.
void Transmitter::send_read(NicQueue& queue, Picoseconds t) {
    while (!queue.reading.empty() && queue.reading.front()->there) {
        send(*queue.reading.pop(), t);
    }
}

/// All of the packet is on the card.
void Transmitter::send(Packet& packet, Picoseconds t) {
    under_way_ -= packet.bytes;
    NicQueue& queue = *packet.queue;
    if (packet.frame == nullptr) {
        faults({t, queue.function, NicFault::dma_read});
    } else {
        Frame& frame = *packet.frame;
        frame.in_port = host_port;
        frame.function = queue.function;
        fetch_.visit(frame, frame.t_in + frame.residence, {t, t, t, frame.bytes});
        const DropReason reason = refusal(functions_[queue.function], packet);
        const bool cuts = (packet.first.flags & TxDescriptor::segment) != 0 && packet.first.mss > 0;
        if (reason != DropReason::none) {
            drop(frame, reason, t);
        } else if (cuts) {
            send_segments(frame, packet, t);
        } else {
            send_frame(frame, queue, t);
        }
    }
    report(packet, t);
    spare_.push_back(&packet);
}

void Transmitter::send_frame(Frame& frame, const NicQueue&, Picoseconds t) {
    to_asic.send(frame, process_.pass(frame, t));
}

void Transmitter::send_segments(Frame& packet, const Packet& what, Picoseconds t) {
    cut.departed(packet, t);
    const Segmentation plan(packet, what.first.mss);
    for (std::uint32_t i = 0; i < plan.count(); ++i) {
        Frame& segment = partition_.agenda.frames().take();
        plan.write(i, segment);
        segments.arrived(segment, t);
        to_asic.send(segment, process_.pass(segment, t));
    }
    partition_.agenda.frames().release(packet);
}

void Transmitter::drop(Frame& frame, DropReason reason, Picoseconds t) {
    frame.drop_place = place_;
    dropped_here({frame, reason, t});
    partition_.agenda.frames().release(frame);
}

/// Tells the driver, with the last packet that is under way of the queue's or when it is asked to.
void Transmitter::report(Packet& packet, Picoseconds t) {
    NicQueue& queue = *packet.queue;
    if (packet.generation != queue.tx.generation() || !queue.tx_completions.on()) return;
    ++queue.unreported;
    const bool asked = (packet.first.flags & TxDescriptor::report) != 0;
    const bool last = queue.tx.ready() == 0;
    if (!asked && !last && queue.unreported < max_unreported) return;
    TxCompletion entry;
    entry.consumed = packet.end;
    entry.packets = queue.unreported;
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
    partition_.agenda.count_item();
    const Picoseconds now = partition_.agenda.now();
    while (!todo_.empty() && todo_.time() <= now) {
        const Todo todo = todo_.pop();
        switch (todo.kind) {
            case Todo::Kind::fetched:
                todo.queue->tx.fetched(todo.to, todo.generation);
                note_packets(*todo.queue);
                fetch(*todo.queue, now);
                break;
            case Todo::Kind::read:
                todo.packet->there = true;
                send_read(*todo.queue, now);
                break;
            case Todo::Kind::tokens: {
                Sender& sender = senders_[todo.function];
                sender.waits_for_tokens = false;
                if (!sender.queues.empty()) turns_.join(todo.function);
                break;
            }
        }
    }
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
