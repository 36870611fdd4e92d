#include "models/host/receive_ring.h"

#include <algorithm>

namespace snsim {

ReceiveRing::ReceiveRing(MemoryContent& memory, FramePath& path, const QueueLayout& layout)
    : memory_(memory), path_(path), layout_(layout) {
    if (is_open()) allocate();
}

void ReceiveRing::allocate() {
    descriptors_ = memory_.add_ring(layout_.function, layout_.entries, false);
    completions_ = memory_.add_ring(layout_.function, layout_.entries, true, this);
    buffers_ = memory_.add_buffers(layout_.function, layout_.entries, layout_.buffer, true);
    lent_.assign(layout_.entries, 0);
    free_ = Ring<std::uint32_t>();
    for (std::uint32_t i = 0; i < layout_.entries; ++i) free_.push(i);
}

void ReceiveRing::open(std::uint32_t entries) {
    layout_.entries = entries;
    written_ = taken_ = posted_ = 0;
    allocate();
}

void ReceiveRing::close(Picoseconds t) {
    if (!is_open()) return;
    while (!landed_.empty()) {
        const Picoseconds end = std::max(t, landed_.front().t);
        for_each_in_buffer(take().frame, [&](Frame& frame) {
            path_.rings.serve(frame, end, end);
            path_.drop(frame, DropReason::interface_down, end);
        });
    }
    for (const std::uint64_t area : {descriptors_, completions_, buffers_}) memory_.close(area, t);
    layout_.entries = 0;
    taken_ = posted_ = 0;
    free_ = Ring<std::uint32_t>();
}

Frame* ReceiveRing::frame_of(const std::uint8_t* entry, std::uint64_t number, Picoseconds t) {
    if (completion_colour(entry) != ring_colour(number, layout_.entries)) return nullptr;
    const RxCompletion completion = RxCompletion::load(entry);
    if (completion.descriptor >= layout_.entries) return nullptr;
    const std::uint64_t buffer = buffers_ + std::uint64_t{completion.descriptor} * layout_.buffer;
    Frame* const frame = memory_.look(buffer);
    // One that was told of already waits to be taken.
    if (frame == nullptr || frame->at != Frame::no_station) return nullptr;
    std::uint32_t frames = 0;
    for_each_in_buffer(frame, [&](Frame&) { ++frames; });
    if (frames == completion.segments) return frame;
    // Not all that was merged came here.
    for_each_in_buffer(memory_.take(buffer),
                       [&](Frame& part) { path_.discard(part, DropReason::dma_fault, t); });
    return nullptr;
}

void ReceiveRing::free_buffer(std::uint64_t n) {
    const std::uint64_t at = completions_ + ring_position(n, layout_.entries) * ring_entry_bytes;
    const std::uint32_t buffer = RxCompletion::load(memory_.entry(at)).descriptor;
    if (buffer >= layout_.entries || lent_[buffer] == 0) return;  // it was not lent
    lent_[buffer] = 0;
    free_.push(buffer);
}

void ReceiveRing::written(std::uint64_t address, std::uint32_t count, Picoseconds t) {
    if (!is_open()) return;
    latest_ = t = std::max(t, latest_);
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint64_t at = address + i * ring_entry_bytes;
        if (at != completions_ + ring_position(written_, layout_.entries) * ring_entry_bytes) {
            path_.faults({t, layout_.function, HostFault::unexpected_completion});
            continue;
        }
        const std::uint64_t n = written_++;
        Frame* const frame = frame_of(memory_.entry(at), n, t);
        if (frame == nullptr) {
            path_.faults({t, layout_.function, HostFault::void_completion});
            if (landed_.empty()) {
                for (; taken_ < written_; ++taken_) free_buffer(taken_);
            } else {
                landed_.at(landed_.size() - 1).end = written_;
            }
            continue;
        }
        for_each_in_buffer(frame, [&](Frame& part) {
            path_.note_landed(part.bytes);
            part.note<HostNote>().landed = path_.landed();
            path_.land(part, t);
        });
        landed_.push({t, written_});
    }
    if (driver_ != nullptr) driver_->arrived(t);
}

std::uint32_t ReceiveRing::ready(Picoseconds t) const {
    // Mostly all or none.
    if (landed_.empty() || landed_.front().t > t) return 0;
    std::size_t there = landed_.size();
    while (landed_[there - 1].t > t) --there;
    return static_cast<std::uint32_t>(there);
}

Picoseconds ReceiveRing::next_at() const { return landed_.empty() ? never : landed_.front().t; }

ReceiveRing::Received ReceiveRing::take() {
    const std::uint64_t entry =
        completions_ + ring_position(taken_, layout_.entries) * ring_entry_bytes;
    const std::uint64_t end = landed_.pop().end;
    const RxCompletion completion = RxCompletion::load(memory_.entry(entry));
    for (; taken_ < end; ++taken_) free_buffer(taken_);
    Frame* const frame =
        memory_.take(buffers_ + std::uint64_t{completion.descriptor} * layout_.buffer);
    return {frame, completion};
}

void ReceiveRing::post(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t position = ring_position(posted_++, layout_.entries);
        const std::uint32_t buffer = free_.pop();
        lent_[buffer] = 1;
        RxDescriptor descriptor{buffers_ + std::uint64_t{buffer} * layout_.buffer,
                                static_cast<std::uint16_t>(std::min(layout_.buffer, 0xffffU)),
                                buffer};
        if (tampered_ > 0) {
            --tampered_;
            tamper_(descriptor);
        }
        descriptor.store(memory_.entry(descriptors_ + position * ring_entry_bytes));
    }
}

Doorbell ReceiveRing::descriptors_doorbell() const {
    return {layout_.queue, RingKind::rx, static_cast<std::uint16_t>(posted_), false};
}

Doorbell ReceiveRing::completions_doorbell(bool arm) const {
    return {layout_.queue, RingKind::rx_completion, static_cast<std::uint16_t>(taken_), arm};
}

}  // namespace snsim
