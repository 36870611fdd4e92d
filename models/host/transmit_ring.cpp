#include "models/host/transmit_ring.h"

namespace snsim {

TransmitRing::TransmitRing(MemoryContent& memory, FramePath& path, const QueueLayout& layout)
    : memory_(memory),
      path_(path),
      layout_(layout),
      descriptors_(memory.add_ring(layout.function, layout.entries, false)),
      completions_(memory.add_ring(layout.function, layout.entries, true, this)),
      buffers_(memory.add_buffers(layout.function, layout.entries, layout.buffer, false, this)) {}

void TransmitRing::post(Frame& frame, Picoseconds t, std::uint16_t mss) {
    SNSIM_CHECK(room() > 0, "a frame was put into a full transmit ring");
    const std::uint32_t position = ring_position(posted_++, layout_.entries);
    const std::uint64_t buffer = buffers_ + std::uint64_t{position} * layout_.buffer;
    memory_.put(buffer, frame);
    path_.sending.enter(frame, t);
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

std::uint32_t TransmitRing::reap(Picoseconds t) {
    const std::uint64_t before = reaped_;
    while (!done_.empty() && done_.front().t <= t) {
        const std::uint32_t position = ring_position(done_.pop().consumed, layout_.entries);
        const std::uint32_t at = ring_position(reaped_, layout_.entries);
        const std::uint32_t step = (position + layout_.entries - at) & (layout_.entries - 1);
        // All of a full ring at once looks like none.
        reaped_ += step == 0 && posted_ - reaped_ == layout_.entries ? layout_.entries : step;
        ++completed_;
    }
    return static_cast<std::uint32_t>(reaped_ - before);
}

}  // namespace snsim
