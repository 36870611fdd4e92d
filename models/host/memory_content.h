// What a host's memory holds, as far as a card sees it: rings of 16-byte entries, byte by byte, and
// frame buffers, by reference.
//
// Addresses are those that functions use (I/O virtual ones); every area has pages of its own over
// the whole host, so one map serves all functions. Which function may reach which area is the
// IOMMU's matter: areas know their owner. A frame buffer holds one frame, or segments that a card
// has merged there, which are put and taken whole: payload bytes are never copied. Time is the
// caller's: a write is done when it is told here, at the latest at the present that it is told for.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "models/base/check.h"
#include "models/base/frame.h"
#include "models/functions/drop_reason.h"
#include "models/host/host_note.h"
#include "models/protocols/nic_layout.h"

namespace snsim {

class MemoryContent {
  public:
    /// Who wants to know what the card writes into an area.
    class Listener {
      public:
        virtual ~Listener() = default;
        /// `count` entries from the one at `address` on stand in memory from t on; each area's
        /// times do not decrease.
        virtual void written(std::uint64_t address, std::uint32_t count, Picoseconds t) = 0;
    };
    /// Who wants to know what the card reads out of buffers.
    class Reader {
      public:
        virtual ~Reader() = default;
        /// The card reads a part of the frame at t.
        virtual void read(Frame& frame, Picoseconds t) = 0;
    };
    struct Area {
        std::uint64_t base;
        std::uint64_t bytes;
        std::uint16_t function;  ///< that may reach it
        bool writable;           ///< by the card
    };

    /// Who ends a frame that is in nobody's hands any more.
    using Discard = std::function<void(Frame& frame, DropReason reason, Picoseconds t)>;

    /// Who knows where memory is free: bytes to the address of their first page.
    using Allocate = std::function<std::uint64_t(std::uint64_t bytes)>;

    explicit MemoryContent(Allocate allocate) : allocate_(std::move(allocate)) {}
    MemoryContent(const MemoryContent&) = delete;
    MemoryContent& operator=(const MemoryContent&) = delete;

    /// Before the first write.
    void on_discard(Discard discard) { discard_ = std::move(discard); }

    /// A zeroed ring; returns its address.
    [[nodiscard]] std::uint64_t add_ring(std::uint16_t function, std::uint32_t entries,
                                         bool writable, Listener* listener = nullptr);
    /// `count` frame buffers, one every `stride` bytes.
    [[nodiscard]] std::uint64_t add_buffers(std::uint16_t function, std::uint32_t count,
                                            std::uint32_t stride, bool writable,
                                            Reader* reader = nullptr);

    /// The area is given up at t: nothing is written there or read from there any more. Frames in
    /// it end (`interface_down`).
    void close(std::uint64_t base, Picoseconds t);

    /// True if all of it lies in one area.
    [[nodiscard]] bool holds(std::uint64_t address, std::uint64_t bytes) const;
    [[nodiscard]] const std::vector<Area>& areas() const { return areas_; }

    /// The ring entry at that address, which has to be one.
    [[nodiscard]] std::uint8_t* entry(std::uint64_t address) {
        Content& content = content_of(address);
        return content.bytes.data() + (address - content.base);
    }
    // What the card does, wherever its requests lead: what makes no sense has no effect.

    /// Of whole entries that lie in one ring their owner is told.
    void write_bytes(std::uint64_t address, const std::uint8_t* data, std::uint32_t bytes,
                     Picoseconds t);
    void read_bytes(std::uint64_t address, std::uint8_t* data, std::uint32_t bytes);
    /// A frame into a buffer, or, beyond its beginning, behind those that lie there. A reason why
    /// not: one lies there already (`buffer_in_use`), no buffer is there, or nothing to be behind
    /// (`dma_fault`), or it was given up (`interface_down`).
    [[nodiscard]] DropReason write_frame(std::uint64_t address, Frame& frame);
    /// The frame in a buffer, which then holds none; null if it held none.
    [[nodiscard]] Frame* read_frame(std::uint64_t address, Picoseconds t);

    /// The buffer at that address holds the frame from now on.
    void put(std::uint64_t address, Frame& frame) {
        slot(address) = &frame;
        frame.note<HostNote>() = {0, nullptr, &frame};
    }
    /// The first frame in a buffer, which then is empty; null if it was.
    [[nodiscard]] Frame* take(std::uint64_t address) {
        Frame*& held = slot(address);
        Frame* const frame = held;
        held = nullptr;
        return frame;
    }
    [[nodiscard]] Frame* look(std::uint64_t address) { return slot(address); }

  private:
    static constexpr int page_bits = 12;

    struct Content {
        std::uint64_t base;
        std::vector<std::uint8_t> bytes;  ///< of a ring
        std::vector<Frame*> frames;       ///< of buffers
        std::uint32_t stride = 0;
        Listener* listener = nullptr;
        Reader* reader = nullptr;
    };

    /// Index of the area at an address, or more than there are.
    [[nodiscard]] std::size_t area_of(std::uint64_t address) const {
        const std::uint64_t page = (address >> page_bits) - first_page_;
        return page < area_of_page_.size() ? area_of_page_[page] : areas_.size();
    }
    [[nodiscard]] Content& content_of(std::uint64_t address) {
        const std::size_t area = area_of(address);
        SNSIM_CHECK(area < contents_.size(), "an address outside all areas was used");
        return contents_[area];
    }
    [[nodiscard]] Frame*& slot(std::uint64_t address) {
        Content& content = content_of(address);
        return content.frames[(address - content.base) / content.stride];
    }
    std::uint64_t add_area(std::uint16_t function, std::uint64_t bytes, bool writable);

    static constexpr std::uint32_t no_area = ~0U;

    Allocate allocate_;
    std::uint64_t first_page_ = 0;
    Discard discard_;
    std::vector<std::uint32_t> area_of_page_;  ///< from the first page on
    std::vector<Area> areas_;
    std::vector<Content> contents_;
};

}  // namespace snsim
