// A driver's side of one receive queue: descriptor ring, completion ring and the buffers between.
//
// A descriptor names a buffer by its cookie, which the card hands back in its completion. The card
// writes completions; what it has written is there from the time of the write on, in order, one of
// a frame or of several that it has merged. Buffers whose frames were taken are given back in
// batches, in that order, with a doorbell. Nobody but the card can be out of descriptors: it drops.
//
// A completion that cannot be (not the next one, of another colour, for a buffer without a frame)
// is counted and announced, and no frame comes of it. A ring can be closed, which ends the frames
// in it, and opened again elsewhere in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "models/base/ring.h"
#include "models/host/frame_path.h"
#include "models/host/memory_content.h"
#include "models/protocols/nic_layout.h"
#include "models/protocols/nic_registers.h"

namespace snsim {

/// Where and how large the rings of a queue pair are.
struct QueueLayout {
    std::uint16_t function;
    std::uint16_t queue;
    std::uint32_t entries;          ///< of each ring, a power of two
    std::uint32_t buffer;           ///< bytes
    std::uint32_t most_pieces = 1;  ///< of a packet that the card sends
    std::uint16_t vlan = 0;         ///< whose tag the card puts in; 0: none
};

class ReceiveRing final : private MemoryContent::Listener {
  public:
    /// Told when something has come.
    class Driver {
      public:
        virtual ~Driver() = default;
        virtual void arrived(Picoseconds t) = 0;
    };
    struct Received {
        Frame* frame;  ///< the first one, see for_each_in_buffer()
        RxCompletion completion;
    };

    ReceiveRing(MemoryContent& memory, FramePath& path, const QueueLayout& layout);
    ReceiveRing(const ReceiveRing&) = delete;
    ReceiveRing& operator=(const ReceiveRing&) = delete;

    void set_driver(Driver& driver) { driver_ = &driver; }

    [[nodiscard]] bool is_open() const { return layout_.entries != 0; }
    /// At t: nothing comes any more.
    void close(Picoseconds t);
    /// A new life, with nothing in it.
    void open(std::uint32_t entries);
    /// Descriptors the driver writes from now on pass through this, `count` of them.
    using Tamper = std::function<void(RxDescriptor& descriptor)>;
    void tamper(std::uint32_t count, Tamper change) {
        tampered_ = count;
        tamper_ = std::move(change);
    }

    /// Completions that lie there at t and nobody took.
    [[nodiscard]] std::uint32_t ready(Picoseconds t) const;
    /// When the next one is there; never if none is known.
    [[nodiscard]] Picoseconds next_at() const;
    /// The next one. Its frames are still in `rings`, where whoever takes them lets them leave.
    [[nodiscard]] Received take();

    /// Buffers that were taken and not given back.
    [[nodiscard]] std::uint32_t unused() const { return static_cast<std::uint32_t>(free_.size()); }
    /// Writes descriptors for so many of them.
    void post(std::uint32_t count);
    /// What the doorbell of the descriptor ring says, and that of the completion ring.
    [[nodiscard]] Doorbell descriptors_doorbell() const;
    [[nodiscard]] Doorbell completions_doorbell(bool arm) const;

    [[nodiscard]] const QueueLayout& layout() const { return layout_; }
    [[nodiscard]] std::uint64_t descriptors() const { return descriptors_; }
    [[nodiscard]] std::uint64_t completions() const { return completions_; }
    [[nodiscard]] std::uint64_t buffers() const { return buffers_; }

  private:
    struct Landed {
        Picoseconds t;
        std::uint64_t end;  ///< completions up to this one, and those behind it that were void
    };

    void allocate();
    void written(std::uint64_t address, std::uint32_t count, Picoseconds t) override;
    /// The first frame that a completion tells of; null if it cannot be.
    [[nodiscard]] Frame* frame_of(const std::uint8_t* entry, std::uint64_t number, Picoseconds t);
    /// The buffer of the n-th completion ever is the driver's again.
    void free_buffer(std::uint64_t n);

    MemoryContent& memory_;
    FramePath& path_;
    QueueLayout layout_;
    std::uint64_t descriptors_ = 0;
    std::uint64_t completions_ = 0;
    std::uint64_t buffers_ = 0;
    Driver* driver_ = nullptr;

    std::uint32_t tampered_ = 0;
    Tamper tamper_;
    Ring<std::uint32_t> free_;        ///< buffers of the driver's
    std::vector<std::uint8_t> lent_;  ///< by buffer: it is the card's
    Ring<Landed> landed_;             ///< of completions not yet taken
    Picoseconds latest_ = 0;
    std::uint64_t written_ = 0;  ///< completions ever written
    std::uint64_t taken_ = 0;
    std::uint64_t posted_ = 0;  ///< descriptors ever written
};

}  // namespace snsim
