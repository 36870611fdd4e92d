#include "models/host/transmit_ring.h"

#include <algorithm>

#include "models/protocols/header_writer.h"

namespace snsim {

TransmitRing::TransmitRing(MemoryContent& memory, FramePath& path, const QueueLayout& layout)
    : memory_(memory), path_(path), layout_(layout) {
    if (is_open()) allocate();
}

void TransmitRing::allocate() {
    descriptors_ = memory_.add_ring(layout_.function, layout_.entries, false);
    completions_ = memory_.add_ring(layout_.function, layout_.entries, true, this);
    buffers_ = memory_.add_buffers(layout_.function, layout_.entries, layout_.buffer, false, this);
}

void TransmitRing::open(std::uint32_t entries) {
    layout_.entries = entries;
    posted_ = reaped_ = completed_ = 0;
    done_ = Ring<Done>();
    allocate();
}

void TransmitRing::close(Picoseconds t) {
    if (!is_open()) return;
    for (const std::uint64_t area : {descriptors_, completions_, buffers_}) memory_.close(area, t);
    layout_.entries = 0;
    posted_ = reaped_ = completed_ = 0;
    done_ = Ring<Done>();
    held_ = Ring<Holds>();
    // Who waits for a place need not.
    if (driver_ != nullptr) driver_->arrived(t);
}

void TransmitRing::post(Frame& frame, Picoseconds t, Picoseconds since, Holds holds) {
    TxDescriptor descriptor;
    descriptor.length = static_cast<std::uint16_t>(frame.bytes - fcs_bytes);
    descriptor.flags = TxDescriptor::end_of_packet;
    put(frame, t, since, holds, descriptor);
}

void TransmitRing::put(Frame& frame, Picoseconds t, Picoseconds since, Holds holds,
                       TxDescriptor descriptor) {
    SNSIM_CHECK(room() > 0, "a frame was put into a full transmit ring");
    if (!is_open()) {
        path_.drop(frame, DropReason::interface_down, t);
        return;
    }
    const std::uint32_t position = ring_position(posted_++, layout_.entries);
    const std::uint64_t buffer = buffers_ + std::uint64_t{position} * layout_.buffer;
    path_.sending.enter(frame, since);
    memory_.put(buffer, frame);
    written_at_ = std::max(written_at_, t);
    held_.push(holds);
    holds_packets_ = holds_packets_ || holds != Holds::nothing;
    descriptor.address = buffer;
    if (layout_.vlan != 0 && !has_vlan_tag(frame.header.data())) {
        descriptor.vlan = layout_.vlan;
        descriptor.flags |= TxDescriptor::insert_vlan;
    }
    if (tampered_ > 0) {
        --tampered_;
        tamper_(descriptor, frame);
    }
    descriptor.store(memory_.entry(descriptors_ + position * ring_entry_bytes));
}

std::size_t TransmitRing::one_packet(Frame* const* frames, std::size_t count) const {
    const std::uint32_t payload = frames[0]->payload_bytes();
    if (payload < least_mss) return 1;
    const std::size_t most = std::min<std::size_t>(count, layout_.most_pieces);
    std::size_t i = 1;
    while (i < most && frames[i - 1]->payload_bytes() == payload &&
           frames[i]->payload_bytes() <= payload &&
           frames[i]->header_bytes == frames[0]->header_bytes) {
        ++i;
    }
    return i;
}

/// Writes what stands in the packet's headers once, in those of its first frame: flags that its
/// last one has, and an identification that goes on.
void TransmitRing::lead(Frame& head, const Frame& last, std::size_t count) {
    ParsedHeaders first;
    ParsedHeaders end;
    parse(head.header.data(), head.header_bytes, head.bytes - fcs_bytes, first);
    parse(last.header.data(), last.header_bytes, last.bytes - fcs_bytes, end);
    const HeaderLayout layout = layout_of(first);
    constexpr std::uint8_t at_the_end = tcp_flag::fin | tcp_flag::psh;
    patch_tcp_flags(
        head.header.data(), layout,
        static_cast<std::uint8_t>((first.tcp_flags & ~at_the_end) | (end.tcp_flags & at_the_end)));
    patch_identification(head.header.data(), layout, identification_);
    identification_ = static_cast<std::uint16_t>(identification_ + count);
}

void TransmitRing::post(Frame* const* frames, std::size_t count, Picoseconds t, Picoseconds since,
                        Holds holds) {
    if (count == 1) {
        post(*frames[0], t, since, holds);
        return;
    }
    Frame& head = *frames[0];
    if (is_open()) lead(head, *frames[count - 1], count);
    const std::uint32_t mss = head.payload_bytes();
    for (std::size_t i = 0; i < count; ++i) {
        const bool last = i + 1 == count;
        TxDescriptor piece;
        piece.length = static_cast<std::uint16_t>(i == 0 ? head.bytes - fcs_bytes
                                                         : frames[i]->payload_bytes());
        piece.flags = last ? TxDescriptor::end_of_packet : 0;
        if (i == 0) {
            piece.flags = TxDescriptor::segment;
            piece.mss = static_cast<std::uint16_t>(mss);
            piece.header_bytes = head.header_bytes;
        }
        put(*frames[i], t, since, last ? holds : Holds::nothing, piece);
    }
}

Doorbell TransmitRing::doorbell() const {
    return {layout_.queue, RingKind::tx, static_cast<std::uint16_t>(posted_), false};
}

Doorbell TransmitRing::completions_doorbell(bool arm) const {
    return {layout_.queue, RingKind::tx_completion, static_cast<std::uint16_t>(completed_), arm};
}

void TransmitRing::written(std::uint64_t address, std::uint32_t count, Picoseconds t) {
    if (!is_open()) return;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint8_t* const entry = memory_.entry(address + i * ring_entry_bytes);
        const TxCompletion completion = TxCompletion::load(entry);
        done_.push({t, completion.consumed, (completion.flags & TxCompletion::read_fault) != 0});
    }
    if (driver_ != nullptr) driver_->arrived(t);
}

/// Frames of descriptors that are done, which the card never read.
void TransmitRing::end_unread(std::uint64_t from, std::uint64_t to, Picoseconds t) {
    for (std::uint64_t n = from; n < to; ++n) {
        const std::uint64_t buffer =
            buffers_ + std::uint64_t{ring_position(n, layout_.entries)} * layout_.buffer;
        Frame* const frame = memory_.take(buffer);
        if (frame != nullptr) path_.discard(*frame, DropReason::dma_fault, t);
    }
}

/// The first part of it: the frame's wait in memory is over.
void TransmitRing::read(Frame& frame, Picoseconds t) {
    if (frame.at == path_.sending.station.slot()) path_.sending.serve(frame, t, t);
}

TransmitRing::Reaped TransmitRing::reap(Picoseconds t) {
    Reaped reaped;
    while (!done_.empty() && done_.front().t <= t) {
        const Done done = done_.pop();
        const std::uint32_t position = ring_position(done.consumed, layout_.entries);
        const std::uint32_t at = ring_position(reaped_, layout_.entries);
        std::uint32_t step = (position + layout_.entries - at) & (layout_.entries - 1);
        // All of a full ring at once looks like none.
        if (step == 0 && posted_ - reaped_ == layout_.entries) step = layout_.entries;
        // Nobody is done with what was not sent.
        step = std::min(step, static_cast<std::uint32_t>(posted_ - reaped_));
        if (done.failed) end_unread(reaped_, reaped_ + step, t);
        reaped_ += step;
        ++completed_;
        for (; step > 0; --step) {
            const Holds holds = held_.pop();
            reaped.packets += holds != Holds::nothing ? 1 : 0;
            reaped.acknowledged += holds == Holds::segments ? 1 : 0;
        }
    }
    return reaped;
}

}  // namespace snsim
