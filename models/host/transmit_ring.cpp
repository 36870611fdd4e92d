#include "models/host/transmit_ring.h"

#include <algorithm>

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

void TransmitRing::post(Frame& frame, Picoseconds t, Picoseconds since, Holds holds,
                        std::uint16_t mss) {
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
    TxDescriptor descriptor;
    descriptor.address = buffer;
    descriptor.length = static_cast<std::uint16_t>(frame.bytes - fcs_bytes);
    descriptor.mss = mss;
    descriptor.header_bytes = mss > 0 ? frame.header_bytes : 0;
    descriptor.flags = static_cast<std::uint8_t>(TxDescriptor::end_of_packet |
                                                 (mss > 0 ? TxDescriptor::segment : 0));
    if (tampered_ > 0) {
        --tampered_;
        tamper_(descriptor, frame);
    }
    descriptor.store(memory_.entry(descriptors_ + position * ring_entry_bytes));
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
