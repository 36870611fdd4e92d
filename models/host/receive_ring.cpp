#include "models/host/receive_ring.h"

#include <limits>

namespace snsim {

ReceiveRing::ReceiveRing(MemoryContent& memory, FramePath& path, const QueueLayout& layout)
    : memory_(memory),
      path_(path),
      layout_(layout),
      descriptors_(memory.add_ring(layout.function, layout.entries, false)),
      completions_(memory.add_ring(layout.function, layout.entries, true, this)),
      buffers_(memory.add_buffers(layout.function, layout.entries, layout.buffer, true)) {}

void ReceiveRing::written(std::uint64_t address, std::uint32_t count, Picoseconds t) {
    SNSIM_CHECK(t >= latest_, "completions were written out of time order");
    latest_ = t;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint64_t n = written_++;
        SNSIM_CHECK(address + i * ring_entry_bytes ==
                        completions_ + ring_position(n, layout_.entries) * ring_entry_bytes,
                    "a completion was written out of its turn");
        const std::uint8_t* const entry = memory_.entry(address + i * ring_entry_bytes);
        SNSIM_CHECK(completion_colour(entry) == ring_colour(n, layout_.entries),
                    "a completion has the colour of another turn");
        const RxCompletion completion = RxCompletion::load(entry);
        Frame* const frame =
            memory_.look(buffers_ + std::uint64_t{completion.descriptor} * layout_.buffer);
        SNSIM_CHECK(frame != nullptr, "a completion stands for a buffer that holds no frame");
        path_.note_landed(frame->bytes);
        frame->note<HostNote>().landed = path_.landed();
        path_.land(*frame, t);
        landed_.push(t);
    }
    if (driver_ != nullptr) driver_->arrived(t);
}

std::uint32_t ReceiveRing::ready(Picoseconds t) const {
    // Mostly all or none.
    if (landed_.empty() || landed_.front() > t) return 0;
    std::size_t there = landed_.size();
    while (landed_[there - 1] > t) --there;
    return static_cast<std::uint32_t>(there);
}

Picoseconds ReceiveRing::next_at() const {
    return landed_.empty() ? std::numeric_limits<Picoseconds>::max() : landed_.front();
}

ReceiveRing::Received ReceiveRing::take() {
    landed_.drop();
    const std::uint64_t entry =
        completions_ + ring_position(taken_++, layout_.entries) * ring_entry_bytes;
    const RxCompletion completion = RxCompletion::load(memory_.entry(entry));
    Frame* const frame =
        memory_.take(buffers_ + std::uint64_t{completion.descriptor} * layout_.buffer);
    return {frame, completion};
}

void ReceiveRing::post(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t position = ring_position(posted_++, layout_.entries);
        const RxDescriptor descriptor{buffers_ + std::uint64_t{position} * layout_.buffer,
                                      static_cast<std::uint16_t>(layout_.buffer), position};
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
