#include "models/host/memory_content.h"

#include <cstring>

namespace snsim {

std::uint64_t MemoryContent::add_area(std::uint16_t function, std::uint64_t bytes, bool writable) {
    SNSIM_CHECK(areas_.size() < no_area, "too many areas of memory");
    const std::uint64_t base = allocate_(bytes);
    SNSIM_CHECK(base % (std::uint64_t{1} << page_bits) == 0, "an area begins inside a page");
    const std::uint64_t page = base >> page_bits;
    if (areas_.empty()) first_page_ = page;
    SNSIM_CHECK(page >= first_page_ + area_of_page_.size(), "an area's memory is in use");
    area_of_page_.resize(page - first_page_, no_area);
    area_of_page_.resize(((base + bytes - 1) >> page_bits) + 1 - first_page_,
                         static_cast<std::uint32_t>(areas_.size()));
    areas_.push_back({base, bytes, function, writable});
    contents_.emplace_back();
    contents_.back().base = base;
    return base;
}

std::uint64_t MemoryContent::add_ring(std::uint16_t function, std::uint32_t entries, bool writable,
                                      Listener* listener) {
    const std::uint64_t base =
        add_area(function, std::uint64_t{entries} * ring_entry_bytes, writable);
    contents_.back().bytes.resize(std::size_t{entries} * ring_entry_bytes);
    contents_.back().listener = listener;
    return base;
}

std::uint64_t MemoryContent::add_buffers(std::uint16_t function, std::uint32_t count,
                                         std::uint32_t stride, bool writable, Reader* reader) {
    const std::uint64_t base = add_area(function, std::uint64_t{count} * stride, writable);
    contents_.back().frames.resize(count, nullptr);
    contents_.back().stride = stride;
    contents_.back().reader = reader;
    return base;
}

bool MemoryContent::holds(std::uint64_t address, std::uint64_t bytes) const {
    const std::size_t area = area_of(address);
    return area < areas_.size() && address - areas_[area].base + bytes <= areas_[area].bytes;
}

void MemoryContent::close(std::uint64_t base, Picoseconds t) {
    Content& content = content_of(base);
    for (Frame*& held : content.frames) {
        for_each_in_buffer(held,
                           [&](Frame& frame) { discard_(frame, DropReason::interface_down, t); });
    }
    content = Content();
    content.base = base;
}

void MemoryContent::write_bytes(std::uint64_t address, const std::uint8_t* data,
                                std::uint32_t bytes, Picoseconds t) {
    Content& content = content_of(address);
    const std::uint64_t offset = address - content.base;
    if (offset + bytes > content.bytes.size()) return;  // buffers, or given up
    std::memcpy(content.bytes.data() + offset, data, bytes);
    const bool whole = offset % ring_entry_bytes == 0 && bytes % ring_entry_bytes == 0;
    if (whole && content.listener != nullptr) {
        content.listener->written(address, static_cast<std::uint32_t>(bytes / ring_entry_bytes), t);
    }
}

void MemoryContent::read_bytes(std::uint64_t address, std::uint8_t* data, std::uint32_t bytes) {
    const Content& content = content_of(address);
    const std::uint64_t offset = address - content.base;
    if (offset + bytes > content.bytes.size()) return;
    std::memcpy(data, content.bytes.data() + offset, bytes);
}

DropReason MemoryContent::write_frame(std::uint64_t address, Frame& frame) {
    const Content& content = content_of(address);
    if (content.frames.empty()) {
        return content.bytes.empty() ? DropReason::interface_down : DropReason::dma_fault;
    }
    Frame* const held = slot(address);
    if ((address - content.base) % content.stride == 0) {
        if (held != nullptr) return DropReason::buffer_in_use;
        put(address, frame);
        return DropReason::none;
    }
    if (held == nullptr) return DropReason::dma_fault;
    frame.note<HostNote>() = {};
    Frame*& last = held->note<HostNote>().last;
    last = last->note<HostNote>().next = &frame;
    return DropReason::none;
}

Frame* MemoryContent::read_frame(std::uint64_t address, Picoseconds t) {
    const Content& content = content_of(address);
    if (content.frames.empty()) return nullptr;
    // What is to be sent is the card's with its first piece; what was received stays.
    if (content.reader == nullptr) return nullptr;
    Frame* const frame = take(address);
    if (frame != nullptr) content.reader->read(*frame, t);
    return frame;
}

}  // namespace snsim
