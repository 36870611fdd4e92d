// A driver's side of one transmit queue. Descriptor p names buffer p; the card reads descriptors
// and frames, and tells up to where it is done. A frame that the card could not read ends when its
// descriptor is done (`dma_fault`). A closed ring has room for everything and keeps nothing: what
// is sent through it ends (`interface_down`), as does what waits in it when it is closed.
//
// Several cores may fill one ring. Each says what it writes ahead of the present, so a doorbell
// waits until all that it tells of is written, as it would behind the ring's lock.
#pragma once

#include <algorithm>
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
    /// What a driver has to free when a frame is sent.
    enum class Holds : std::uint8_t {
        nothing,  ///< a buffer that the driver uses again
        packet,   ///< a packet's header
        segments  ///< that of a packet of TCP, which is acknowledged
    };
    struct Reaped {
        std::uint32_t packets = 0;  ///< headers to free
        std::uint32_t acknowledged = 0;
    };

    /// Puts a frame into the next descriptor at t; its stay in `sending` begins at `since`.
    void post(Frame& frame, Picoseconds t, Picoseconds since, Holds holds);
    void post(Frame& frame, Picoseconds t) { post(frame, t, t, Holds::nothing); }
    /// How many of these frames of a TCP connection, from the first one on, can be one packet that
    /// the card cuts: data of one size, but for the last, and no more pieces than it takes.
    [[nodiscard]] std::size_t one_packet(Frame* const* frames, std::size_t count) const;
    /// Puts so many, as one packet, into the next descriptors: the headers of the first, and the
    /// data of each.
    void post(Frame* const* frames, std::size_t count, Picoseconds t, Picoseconds since,
              Holds holds);
    /// Packets that the card was told about by the doorbell before, and is told now.
    [[nodiscard]] Doorbell doorbell() const;
    /// From when on the doorbell may be rung.
    [[nodiscard]] Picoseconds written_at() const { return written_at_; }
    /// Takes the card's completions up to t in.
    Reaped reap(Picoseconds t);
    /// When there is one to take in; never if none is known.
    [[nodiscard]] Picoseconds next_at() const { return done_.empty() ? never : done_.front().t; }
    /// Whether a packet's header was ever put there.
    [[nodiscard]] bool holds_packets() const { return holds_packets_; }
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
    void put(Frame& frame, Picoseconds t, Picoseconds since, Holds holds, TxDescriptor descriptor);
    void lead(Frame& head, const Frame& last, std::size_t count);
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
    Ring<Holds> held_;  ///< by descriptors that are not free
    bool holds_packets_ = false;
    Picoseconds written_at_ = 0;
    std::uint64_t posted_ = 0;
    std::uint64_t reaped_ = 0;
    std::uint64_t completed_ = 0;       ///< completions taken in
    std::uint16_t identification_ = 0;  ///< IPv4's, of the next packet that the card cuts
};

}  // namespace snsim
