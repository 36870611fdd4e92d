#include "models/nic/receiver.h"

#include <algorithm>
#include <cstring>

#include "models/nic/vlan_tag.h"

namespace snsim {

Receiver::Receiver(const sc_core::sc_module_name& name, Partition& partition,
                   const NicParams& params, std::deque<NicFunction>& functions,
                   Duration credit_latency)
    : sc_module(name),
      from_asic("from_asic", partition.agenda, frame_function<&Receiver::accept, Receiver>(), this),
      dma("to_dma", partition.agenda, HostAccess::tell<&Receiver::done, Receiver>(), this),
      credit_latency_(credit_latency.value),
      partition_(partition),
      functions_(functions),
      block_(partition.agenda.add_block(this->name())),
      place_(partition.add_place(this->name())),
      completion(partition, block_, dma, functions,
                 {&NicQueue::rx_completions, static_cast<std::uint32_t>(params.completion_batch),
                  params.completion_wait.value, completions}),
      lookup_(std::string(this->name()) + ".lookup", partition.stations.next_slot(),
              params.rx_latency),
      input_(partition.agenda, block_, InputKind::agenda_point,
             frame_handler<&Receiver::receive, Receiver>(), this),
      wake_(partition.agenda, block_, wake_handler<&Receiver::due, Receiver>(), this),
      queue_(std::string(this->name()) + ".queue", partition.stations.next_slot(), 0) {
    partition.stations.add(lookup_.station);
    partition.stations.add(queue_);
}

void Receiver::accept(Frame& frame, Picoseconds t) {
    ++received_;
    ++inside_;
    input_.accept(frame, lookup_.pass(frame, t));
}

DropReason Receiver::refusal(const NicFunction& function, const Frame& frame,
                             const NicNote& note) const {
    if (!function.receives()) return DropReason::interface_down;
    if (std::memcmp(frame.header.data(), function.owner.mac.data(), function.owner.mac.size()) !=
        0) {
        return DropReason::not_for_interface;
    }
    if (note.vlan != function.owner.vlan) return DropReason::wrong_vlan;
    return DropReason::none;
}

void Receiver::receive(Frame& frame, Picoseconds t) {
    NicFunction& function = functions_[frame.function];
    const NicNote& note = frame.note<NicNote>();
    if (const DropReason reason = refusal(function, frame, note); reason != DropReason::none) {
        drop(frame, reason, 0, t);
        return;
    }
    RxCompletion entry;
    entry.hash = function.hash->of(note.key);
    entry.vlan = note.vlan;
    entry.flags =
        static_cast<std::uint16_t>((note.key.family == 4 ? RxCompletion::ip_checksum_ok : 0) |
                                   (note.key.family != 0 ? RxCompletion::hashed : 0) |
                                   (rss_covers_ports(note.key) ? RxCompletion::hash_l4 : 0));
    if (function.owner.vlan == 0) {
        take_up(function, frame, entry, 0, t);
        return;
    }
    untagged({frame, -static_cast<std::int32_t>(tag_bytes)});
    take_tag(frame);
    entry.flags |= RxCompletion::vlan_stripped;
    take_up(function, frame, entry, tag_bytes, t);
}

void Receiver::take_up(NicFunction& function, Frame& frame, RxCompletion& entry, std::uint32_t tag,
                       Picoseconds t) {
    NicQueue& queue =
        function.queues[function.indirection[entry.hash % function.indirection.size()]];
    if (!queue.rx.on() || !queue.rx_completions.on()) {
        drop(frame, DropReason::interface_down, tag, t);
        return;
    }
    if (function.lro) {
        merge(queue, frame, entry, tag, t);
        return;
    }
    RxDescriptor descriptor;
    if (!take_descriptor(queue, frame, entry, descriptor, tag, t)) return;
    write(queue, frame, descriptor.address, entry.length, tag, t);
    completion.add(queue, entry, t);
    fetch(queue, t);
}

bool Receiver::take_descriptor(NicQueue& queue, Frame& frame, RxCompletion& entry,
                               RxDescriptor& descriptor, std::uint32_t tag, Picoseconds t) {
    if (queue.rx.ready() == 0) {
        drop(frame, DropReason::no_descriptor, tag, t);
        return false;
    }
    descriptor = RxDescriptor::load(queue.rx.front());
    const std::uint32_t bytes = frame.bytes - fcs_bytes;
    if (descriptor.length < bytes) {
        drop(frame, DropReason::buffer_too_small, tag, t);
        return false;
    }
    entry.length = static_cast<std::uint16_t>(bytes);
    entry.descriptor = static_cast<std::uint16_t>(descriptor.cookie);
    queue.rx.use();
    return true;
}

void Receiver::write(NicQueue& queue, Frame& frame, std::uint64_t address, std::uint32_t bytes,
                     std::uint32_t tag, Picoseconds t) {
    queue_.enter(frame, t);
    dma.write_frame(queue.function, address, bytes, frame, &queue, frame_bytes | tag << what_bits,
                    t);
}

/// The frame goes on with a run of its connection, ends it, or begins one.
void Receiver::merge(NicQueue& queue, Frame& frame, RxCompletion& entry, std::uint32_t tag,
                     Picoseconds t) {
    const std::uint8_t* const header = frame.header.data();
    TcpSegment segment{};
    const bool tcp = segment.read(header, frame.header_bytes, frame.bytes - fcs_bytes);
    Coalescer::Session* const session = tcp ? queue.merging.find(segment.key) : nullptr;
    if (session != nullptr) {
        RxCompletion& all = session->completion;
        if (session->run.goes_on_with(segment, header) &&
            all.length + segment.payload <= session->room) {
            write(queue, frame, session->address + all.length, segment.payload, tag, t);
            all.length = static_cast<std::uint16_t>(all.length + segment.payload);
            ++all.segments;
            all.flags |= RxCompletion::merged;
            if (!session->run.add(segment)) close(queue, *session, t);
            return;
        }
        close(queue, *session, t);
    }
    RxDescriptor descriptor;
    if (!take_descriptor(queue, frame, entry, descriptor, tag, t)) return;
    write(queue, frame, descriptor.address, entry.length, tag, t);
    const Picoseconds time = queue.rx_completions.moderation.time;
    if (tcp && segment.may_begin() && time > 0) {
        if (queue.merging.is_full()) close(queue, queue.merging.oldest(), t);
        const std::uint64_t number = queue.merging.open(
            {0, SegmentRun(segment, header), entry, descriptor.address, descriptor.length, t});
        expiring_.push(t + time, 0, {&queue, number});
        wake_up();
    } else {
        completion.add(queue, entry, t);
    }
    fetch(queue, t);
}

/// The host is told of the run's segments.
void Receiver::close(NicQueue& queue, const Coalescer::Session& session, Picoseconds t) {
    completion.add(queue, session.completion, t, session.since);
    queue.merging.close(session);
}

bool Receiver::ring(NicQueue& queue, std::uint16_t index, Picoseconds t) {
    if (!queue.rx.ring(index)) return false;
    fetch(queue, t);
    return true;
}

void Receiver::fetch(NicQueue& queue, Picoseconds t) {
    for (;;) {
        const DescriptorRing::Fetch next = queue.rx.next_fetch();
        if (next.count == 0) return;
        dma.read(queue.function, next.address,
                 next.count * static_cast<std::uint32_t>(ring_entry_bytes), next.to, &queue,
                 descriptors | next.generation << what_bits, t);
    }
}

void Receiver::done(Payload& payload, Picoseconds t) {
    const auto& info = info_of<PcieRequest>(payload);
    constexpr std::uint32_t mask = (1U << what_bits) - 1;
    switch (info.user & mask) {
        case descriptors:
            if (info.blocked) {
                stop(*static_cast<NicQueue*>(info.context), info.user >> what_bits, t);
                break;
            }
            fetched_.push(t, 0,
                          {static_cast<NicQueue*>(info.context), payload.get_data_ptr(),
                           info.user >> what_bits});
            wake_up();
            break;
        case frame_bytes:
            ++written_;
            queue_.serve(*info.frame, {t, t, t, info.frame->bytes});
            give_back(*info.frame, info.user >> what_bits, t);
            if (info.blocked) end_blocked(*info.frame, std::max(t, info.drained));
            break;
        default: break;
    }
}

/// A ring that cannot be read is off until its driver sets it up again.
void Receiver::stop(NicQueue& queue, std::uint32_t generation, Picoseconds t) {
    if (generation != queue.rx.generation()) return;  // it has another life
    queue.rx.stop();
    queue.merging.forget();
    functions_[queue.function].faulted = true;
    faults({t, queue.function, NicFault::dma_read});
}

/// Its buffer was not to be written.
void Receiver::end_blocked(Frame& frame, Picoseconds t) {
    dropped_here({frame, static_cast<DropReason>(frame.drop_reason), t});
    partition_.agenda.frames().release(frame, t);
}

/// The frame holds nothing of the card from t on.
void Receiver::give_back(Frame& frame, std::uint32_t tag, Picoseconds t) {
    --inside_;
    latest_credit_ = std::max(latest_credit_, t + credit_latency_);
    frame.bytes += tag;  // as it came
    rx_credit.give_back(frame, latest_credit_);
    release.give_back(frame, latest_credit_);
    frame.bytes -= tag;
}

void Receiver::drop(Frame& frame, DropReason reason, std::uint32_t tag, Picoseconds t) {
    ++dropped_;
    frame.drop_place = place_;
    dropped_here({frame, reason, t});
    give_back(frame, tag, t);
    partition_.agenda.frames().release(frame, t);
}

/// When the next descriptors are there, or a run has waited its time.
void Receiver::wake_up() {
    const Picoseconds t = std::min(fetched_.empty() ? never : fetched_.time(),
                                   expiring_.empty() ? never : expiring_.time());
    if (t == never) return;
    if (wake_.pending() && wake_.due() <= t) return;
    const Picoseconds now = partition_.agenda.now();
    wake_.at(std::max(t, now), t > now ? Phase::departure : Phase::timer);
}

void Receiver::due() {
    partition_.agenda.count_item();
    const Picoseconds now = partition_.agenda.now();
    while (!fetched_.empty() && fetched_.time() <= now) {
        const Fetched fetched = fetched_.pop();
        fetched.queue->rx.fetched(fetched.to, fetched.generation);
        fetch(*fetched.queue, now);
    }
    while (!expiring_.empty() && expiring_.time() <= now) {
        const Expiry expiry = expiring_.pop();
        const Coalescer::Session* const session = expiry.queue->merging.find(expiry.session);
        if (session != nullptr) close(*expiry.queue, *session, now);
    }
    wake_up();
}

}  // namespace snsim
