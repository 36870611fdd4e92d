// What drivers of a queue pair have in common: buffers given back in batches, frames sent, and
// doorbells written at the price of a register write.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/host/core.h"
#include "models/host/driver_params.h"
#include "models/host/frame_path.h"
#include "models/host/receive_ring.h"
#include "models/host/register_writer.h"
#include "models/host/transmit_ring.h"
#include "models/protocols/address.h"

namespace snsim {

/// Where frames go that the host sends on, by traffic class; those of other classes go back.
struct NextHops {
    MacAddress own;  ///< of the interface
    std::vector<std::optional<MacAddress>> of_class;
};

/// All that a queue's software works with.
struct QueueContext {
    ReceiveRing& rx;
    TransmitRing& tx;
    RegisterWriter& registers;
    std::uint64_t bar;  ///< bus address of the function's registers
    FramePath& path;
    const CpuParams& costs;
    const DriverParams& params;
    const NextHops& next_hops;
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
    /// What is done to a frame that is sent on: new MAC addresses, and one hop less to go.
    enum class Hop : std::uint8_t { bridge, route };

    /// Sends a frame that came in on, or back to whom it came from, or drops it when the transmit
    /// ring is full. Its journey goes on.
    void send_on(Frame& frame, Picoseconds t, Hop hop,
                 TransmitRing::Holds holds = TransmitRing::Holds::nothing) {
        send_on(frame, t, t, hop, holds);
    }
    /// The same at t for what was handed over at `since`.
    void send_on(Frame& frame, Picoseconds t, Picoseconds since, Hop hop,
                 TransmitRing::Holds holds) {
        const DropReason reason =
            queue_.tx.room() == 0 ? DropReason::queue_full : address(frame, hop);
        if (reason != DropReason::none) {
            queue_.path.drop(frame, reason, t);
            return;
        }
        queue_.path.turn(frame);
        queue_.tx.post(frame, t, since, holds);
        unsent_ = true;
    }
    /// The first of it: addresses it anew.
    [[nodiscard]] DropReason address(Frame& frame, Hop hop) const;
    /// A frame handed over at `since` that the full ring has no room for at t.
    void lose(Frame& frame, Picoseconds since, Picoseconds t) {
        queue_.path.sending.enter(frame, since);
        queue_.path.sending.serve(frame, t, t);
        queue_.path.drop(frame, DropReason::queue_full, t);
    }
    void note_unsent() { unsent_ = true; }
    /// Tells the card of what was sent since the last time.
    void flush_sent(Work& work) {
        if (!unsent_) return;
        unsent_ = false;
        ring(work, queue_.tx.doorbell());
    }
    void ring(Work& work, const Doorbell& doorbell) {
        work.spend(CycleCause::doorbell, price(queue_.costs.doorbell));
        const bool sends = doorbell.ring == RingKind::tx;
        write(doorbell, sends ? std::max(work.now(), queue_.tx.written_at()) : work.now());
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
