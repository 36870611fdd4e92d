#include "models/host/transmit_ring.h"

namespace snsim {

TransmitRing::TransmitRing(MemoryContent& memory, FramePath& path, const QueueLayout& layout)
    : memory_(memory),
      path_(path),
      layout_(layout),
      descriptors_(memory.add_ring(layout.function, layout.entries, false)),
      completions_(memory.add_ring(layout.function, layout.entries, true, this)),
      buffers_(memory.add_buffers(layout.function, layout.entries, layout.buffer, false, this)) {}

void TransmitRing::post(Frame& frame, Picoseconds t, Picoseconds since, Holds holds,
                        std::uint16_t mss) {
    SNSIM_CHECK(room() > 0, "a frame was put into a full transmit ring");
    const std::uint32_t position = ring_position(posted_++, layout_.entries);
    const std::uint64_t buffer = buffers_ + std::uint64_t{position} * layout_.buffer;
    memory_.put(buffer, frame);
    path_.sending.enter(frame, since);
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
    descriptor.store(memory_.entry(descriptors_ + position * ring_entry_bytes));
}

Doorbell TransmitRing::doorbell() const {
    return {layout_.queue, RingKind::tx, static_cast<std::uint16_t>(posted_), false};
}

Doorbell TransmitRing::completions_doorbell(bool arm) const {
    return {layout_.queue, RingKind::tx_completion, static_cast<std::uint16_t>(completed_), arm};
}

void TransmitRing::written(std::uint64_t address, std::uint32_t count, Picoseconds t) {
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint8_t* const entry = memory_.entry(address + i * ring_entry_bytes);
        done_.push({t, TxCompletion::load(entry).consumed});
    }
    if (driver_ != nullptr) driver_->arrived(t);
}

/// The first part of it: the frame's wait in memory is over.
void TransmitRing::read(Frame& frame, Picoseconds t) {
    if (frame.at == path_.sending.station.slot()) path_.sending.serve(frame, t, t);
}

TransmitRing::Reaped TransmitRing::reap(Picoseconds t) {
    Reaped reaped;
    while (!done_.empty() && done_.front().t <= t) {
        const std::uint32_t position = ring_position(done_.pop().consumed, layout_.entries);
        const std::uint32_t at = ring_position(reaped_, layout_.entries);
        std::uint32_t step = (position + layout_.entries - at) & (layout_.entries - 1);
        // All of a full ring at once looks like none.
        if (step == 0 && posted_ - reaped_ == layout_.entries) step = layout_.entries;
        SNSIM_CHECK(step <= held_.size(), "a card is done with more than a driver gave it");
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
