// A driver's side of one transmit queue. Descriptor p names buffer p; the card reads descriptors
// and frames, and tells up to where it is done. A frame that the card could not read ends when its
// descriptor is done (`dma_fault`). A closed ring has room for everything and keeps nothing: what
// is sent through it ends (`interface_down`), as does what waits in it when it is closed.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "models/base/ring.h"
#include "models/host/frame_path.h"
#include "models/host/memory_content.h"
#include "models/host/receive_ring.h"
#include "models/protocols/nic_layout.h"
#include "models/protocols/nic_registers.h"

namespace snsim {

class TransmitRing final : private MemoryContent::Listener, private MemoryContent::Reader {
  public:
    TransmitRing(MemoryContent& memory, FramePath& path, const QueueLayout& layout);
    TransmitRing(const TransmitRing&) = delete;
    TransmitRing& operator=(const TransmitRing&) = delete;

    /// Told when the card is done with some.
    void set_driver(ReceiveRing::Driver& driver) { driver_ = &driver; }

    [[nodiscard]] bool is_open() const { return layout_.entries != 0; }
    /// At t: whatever waits ends.
    void close(Picoseconds t);
    /// A new life, with nothing in it.
    void open(std::uint32_t entries);
    /// Packets sent from now on pass through this, `count` of them.
    using Tamper = std::function<void(TxDescriptor& descriptor, Frame& frame)>;
    void tamper(std::uint32_t count, Tamper change) {
        tampered_ = count;
        tamper_ = std::move(change);
    }

    [[nodiscard]] std::uint32_t room() const {
        if (!is_open()) return 1;
        return static_cast<std::uint32_t>(layout_.entries - (posted_ - reaped_));
    }
    /// Puts a frame into the next descriptor at t; `mss` > 0: the card cuts it into segments.
    void post(Frame& frame, Picoseconds t, std::uint16_t mss = 0);
    /// Packets that the card was told about by the doorbell before, and is told now.
    [[nodiscard]] Doorbell doorbell() const;
    /// Takes the card's completions up to t in; returns how many descriptors are free again.
    std::uint32_t reap(Picoseconds t);
    [[nodiscard]] Doorbell completions_doorbell(bool arm) const;

    [[nodiscard]] const QueueLayout& layout() const { return layout_; }
    [[nodiscard]] std::uint64_t descriptors() const { return descriptors_; }
    [[nodiscard]] std::uint64_t completions() const { return completions_; }
    [[nodiscard]] std::uint64_t buffers() const { return buffers_; }

  private:
    struct Done {
        Picoseconds t;
        std::uint16_t consumed;
        bool failed;  ///< something was not read
    };
    void allocate();
    void end_unread(std::uint64_t from, std::uint64_t to, Picoseconds t);
    void written(std::uint64_t address, std::uint32_t count, Picoseconds t) override;
    void read(Frame& frame, Picoseconds t) override;

    MemoryContent& memory_;
    FramePath& path_;
    QueueLayout layout_;
    std::uint64_t descriptors_ = 0;
    std::uint64_t completions_ = 0;
    std::uint64_t buffers_ = 0;
    ReceiveRing::Driver* driver_ = nullptr;
    std::uint32_t tampered_ = 0;
    Tamper tamper_;
    Ring<Done> done_;
    std::uint64_t posted_ = 0;
    std::uint64_t reaped_ = 0;
    std::uint64_t completed_ = 0;  ///< completions taken in
};

}  // namespace snsim
