// An application's thread that sends by the kernel: one system call for each datagram, or for up to
// `write` bytes of a connection's stream.
//
// It sleeps until something is due. Where the ring has no room it waits until the driver has freed
// some (`when_full: wait`), or what it sends is lost (`drop`); `protocol` lets TCP wait and UDP be
// lost. Left out: TCP's windows and retransmissions; what it costs to take in acknowledgements is
// spent when the card has sent a packet.
#pragma once

#include <vector>

#include "models/host/kernel_transmit.h"
#include "models/host/outbox.h"

namespace snsim {

class KernelSender final : public Task, private Outbox::Sender {
  public:
    KernelSender(KernelTransmit& transmit, Outbox& outbox, const CpuParams& costs,
                 const DriverParams& params, Core& core);

    /// The driver has freed places of the ring.
    void freed(const Work& by);

  private:
    enum class State : std::uint8_t { awake, asleep, waiting };

    Next run(Work& work) override;
    void due(Picoseconds t) override;
    void gather(Picoseconds t);
    Next sleep(Work& work, State how);
    void send(Work& work);

    KernelTransmit& transmit_;
    Outbox& outbox_;
    const CpuParams& costs_;
    const DriverParams& params_;
    Core& core_;
    std::size_t number_;
    State state_ = State::asleep;
    std::size_t count_ = 0;  ///< of frames that go with the next system call
    bool tcp_ = false;       ///< whether they are a stream
    std::vector<Frame*> packet_;
};

}  // namespace snsim
