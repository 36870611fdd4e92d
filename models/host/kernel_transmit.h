// The kernel's transmit path of one queue, from a system call to the ring: socket, TCP or UDP,
// network layer, queueing discipline and driver.
//
// A packet is one frame, or what TCP gives the card to cut (TSO): frames of one connection that
// travel as one packet through the kernel and cost it once. The queueing discipline holds nothing:
// the ring is the queue. What is sent is freed when the card says that it is done.
#pragma once

#include "models/host/queue_driver.h"

namespace snsim {

class KernelTransmit final : public QueueDriver {
  public:
    using QueueDriver::QueueDriver;

    /// Enters the kernel with so many bytes of an application's.
    void enter(Work& work, std::uint64_t bytes);
    /// Sends frames as one packet at work.now(); each one's stay in `sending` begins at `since`.
    /// There is room for them.
    void send(Work& work, Frame* const* frames, std::size_t count, Picoseconds since);
    /// Sends what came in back or on, frame by frame as packets of their own.
    void reply(Work& work, Frame& frame);
    /// Tells the card.
    void flush(Work& work) { flush_sent(work); }

    [[nodiscard]] std::uint32_t room() const { return queue_.tx.room(); }
    /// Drops a frame for which there is no room, at work.now().
    void refuse(Work& work, Frame& frame);
    [[nodiscard]] static bool is_tcp(const Frame& frame);

  private:
    void pass_stack(Work& work, bool tcp, std::uint64_t bytes);
};

}  // namespace snsim
