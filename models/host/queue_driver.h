// What drivers of a queue pair have in common: buffers given back in batches, frames sent, and
// doorbells written at the price of a register write.
#pragma once

#include <cstdint>

#include "models/host/core.h"
#include "models/host/driver_params.h"
#include "models/host/frame_path.h"
#include "models/host/receive_ring.h"
#include "models/host/register_writer.h"
#include "models/host/transmit_ring.h"
#include "models/protocols/reflection.h"

namespace snsim {

/// All that a queue's software works with.
struct QueueContext {
    ReceiveRing& rx;
    TransmitRing& tx;
    RegisterWriter& registers;
    std::uint64_t bar;  ///< bus address of the function's registers
    FramePath& path;
    const CpuParams& costs;
    const DriverParams& params;
    std::uint16_t interface;
};

class QueueDriver {
  public:
    explicit QueueDriver(const QueueContext& context) : queue_(context) {}

    Probe<DriverPolled> polled;

  protected:
    ~QueueDriver() = default;

    /// Gives buffers back if enough of them are unused.
    void refill(Work& work) {
        const auto batch = static_cast<std::uint32_t>(queue_.params.refill);
        const std::uint32_t count = queue_.rx.unused() / batch * batch;
        if (count == 0) return;
        work.spend(CycleCause::refill, count * price(queue_.costs.refill));
        queue_.rx.post(count);
        ring(work, queue_.rx.descriptors_doorbell());
    }
    /// Sends a frame that came in back to whom it came from, or drops it when the transmit ring is
    /// full. Its journey goes on.
    void send_back(Frame& frame, Picoseconds t) {
        if (queue_.tx.room() == 0) {
            queue_.path.drop(frame, DropReason::queue_full, t);
            return;
        }
        swap_ends(frame.header.data(), frame.header_bytes);
        queue_.path.turn(frame);
        queue_.tx.post(frame, t);
        unsent_ = true;
    }
    /// Tells the card of what was sent since the last time.
    void flush_sent(Work& work) {
        if (!unsent_) return;
        unsent_ = false;
        ring(work, queue_.tx.doorbell());
    }
    void ring(Work& work, const Doorbell& doorbell) {
        work.spend(CycleCause::doorbell, price(queue_.costs.doorbell));
        write(doorbell, work.now());
    }
    void write(const Doorbell& doorbell, Picoseconds t) {
        write_register(doorbell.offset(), doorbell.value(), t);
    }
    void write_register(std::uint32_t offset, std::uint32_t value, Picoseconds t) {
        queue_.registers.write(queue_.bar + offset, queue_.rx.layout().function, value, t);
    }
    [[nodiscard]] static std::uint64_t price(std::int64_t cycles) {
        return static_cast<std::uint64_t>(cycles);
    }
    [[nodiscard]] static std::uint64_t price_of(std::int64_t per_kib, std::uint64_t bytes) {
        return static_cast<std::uint64_t>(per_kib) * bytes / 1024;
    }

    QueueContext queue_;

  private:
    bool unsent_ = false;
};

}  // namespace snsim
