// The kernel's receive path of one queue: interrupt, deferred poll with a budget, early program,
// GRO, packet filter, network and transport layer, socket.
//
// An interrupt's handler starts the deferred part; that calls the driver for up to `budget` frames
// at a time. A call that finds fewer ends the round: what GRO holds goes on, and the completion
// queue is armed again, which names the last completion taken, so that the card interrupts at once
// if there are more. After `softirq_budget` frames or `softirq_time` the rest is left to a thread
// that takes its turn with the others. Each call also frees what the card has sent; a queue that
// the kernel has sent by is armed for that, too, on the same interrupt. What each step costs stands
// in the processor's parameters.
#pragma once

#include "models/host/gro.h"
#include "models/host/kernel_sender.h"
#include "models/host/moderation.h"
#include "models/host/queue_driver.h"
#include "models/host/socket.h"

namespace snsim {

class KernelDriver final : public QueueDriver, public Task, private ReceiveRing::Driver {
  public:
    KernelDriver(const QueueContext& context, Core& core, PacketPool& pool, Socket& socket);

    /// Who waits for places of the transmit ring.
    void set_sender(KernelSender& sender) { sender_ = &sender; }

    /// What the queue's interrupt runs.
    [[nodiscard]] Task& handler() { return handler_; }
    [[nodiscard]] const AdaptiveModeration& moderation() const { return moderation_; }

  private:
    class Handler final : public Task {
      public:
        explicit Handler(KernelDriver& driver) : driver_(driver) {}
        Next run(Work& work) override;
        [[nodiscard]] Picoseconds written_at() const override {
            return driver_.queue_.rx.next_at();
        }

      private:
        KernelDriver& driver_;
    };

    Next run(Work& work) override;
    void arrived(Picoseconds) override {}
    void receive(Work& work, Frame& frame, Picoseconds taken);
    [[nodiscard]] bool run_program(Work& work, Frame& frame, Picoseconds taken);
    void merge(Work& work, Frame& frame);
    void deliver(Work& work, Packet& packet);
    void drop(Work& work, Packet& packet);
    void forward(Work& work, Packet& packet);
    void acknowledge(Work& work, const Packet& packet);
    void reap(Work& work);
    void complete(Work& work);
    void adapt(Work& work);

    Core& core_;
    PacketPool& pool_;
    Socket& socket_;
    KernelSender* sender_ = nullptr;
    Handler handler_;
    ReceiveMerger merger_;
    AdaptiveModeration moderation_;
    bool polling_ = false;  ///< a round is under way
    Picoseconds round_start_ = 0;
    std::uint32_t round_frames_ = 0;
    std::uint64_t interrupts_ = 0;
    std::uint64_t frames_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint32_t unacknowledged_ = 0;  ///< segments
};

}  // namespace snsim
