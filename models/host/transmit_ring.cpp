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
    // Who waits for a place need not.
    if (driver_ != nullptr) driver_->arrived(t);
}

void TransmitRing::post(Frame& frame, Picoseconds t, std::uint16_t mss) {
    SNSIM_CHECK(room() > 0, "a frame was put into a full transmit ring");
    if (!is_open()) {
        path_.drop(frame, DropReason::interface_down, t);
        return;
    }
    const std::uint32_t position = ring_position(posted_++, layout_.entries);
    const std::uint64_t buffer = buffers_ + std::uint64_t{position} * layout_.buffer;
    path_.sending.enter(frame, t);
    memory_.put(buffer, frame);
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

std::uint32_t TransmitRing::reap(Picoseconds t) {
    const std::uint64_t start = reaped_;
    while (!done_.empty() && done_.front().t <= t) {
        const Done done = done_.pop();
        const std::uint32_t position = ring_position(done.consumed, layout_.entries);
        const std::uint32_t at = ring_position(reaped_, layout_.entries);
        const std::uint32_t step = (position + layout_.entries - at) & (layout_.entries - 1);
        // All of a full ring at once looks like none.
        const std::uint64_t before = reaped_;
        reaped_ += step == 0 && posted_ - reaped_ == layout_.entries ? layout_.entries : step;
        reaped_ = std::min(reaped_, posted_);  // nobody is done with what was not sent
        if (done.failed) end_unread(before, reaped_, t);
        ++completed_;
    }
    return static_cast<std::uint32_t>(reaped_ - start);
}

}  // namespace snsim
