// A driver's side of one transmit queue. Descriptor p names buffer p; the card reads descriptors
// and frames, and tells up to where it is done.
#pragma once

#include <cstdint>

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

    [[nodiscard]] std::uint32_t room() const {
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
    };
    void written(std::uint64_t address, std::uint32_t count, Picoseconds t) override;
    void read(Frame& frame, Picoseconds t) override;

    MemoryContent& memory_;
    FramePath& path_;
    QueueLayout layout_;
    std::uint64_t descriptors_;
    std::uint64_t completions_;
    std::uint64_t buffers_;
    ReceiveRing::Driver* driver_ = nullptr;
    Ring<Done> done_;
    std::uint64_t posted_ = 0;
    std::uint64_t reaped_ = 0;
    std::uint64_t completed_ = 0;  ///< completions taken in
};

}  // namespace snsim
