// A driver inside the application (DPDK): a core looks into the completion ring, takes a burst,
// does what the application does with each frame, gives buffers back in batches and rings doorbells
// once a burst. In between it sends what is due, a burst at most; where the ring has no room it
// tries again or, with `when_full: drop`, what it sends is lost. It never sleeps; looks that find
// nothing are the core's `polling`.
#pragma once

#include "models/host/outbox.h"
#include "models/host/queue_driver.h"

namespace snsim {

class PollDriver final : public QueueDriver,
                         public Task,
                         private ReceiveRing::Driver,
                         private Outbox::Sender {
  public:
    PollDriver(const QueueContext& context, Core& core, Outbox& outbox);

    void start(Picoseconds t) { core_.wake(*this, Level::thread, t); }
    /// Its ring is closed: it looks once more and sleeps.
    void stop(Picoseconds t) { core_.poke(*this, t); }

  private:
    /// The card has sent something.
    class Freed final : public ReceiveRing::Driver {
      public:
        explicit Freed(PollDriver& driver) : driver_(driver) {}
        void arrived(Picoseconds t) override {
            if (driver_.waits_for_room()) driver_.core_.poke(driver_, t);
        }

      private:
        PollDriver& driver_;
    };

    Next run(Work& work) override;
    [[nodiscard]] std::uint64_t look_cycles() const override {
        return price(queue_.costs.poll.look);
    }
    [[nodiscard]] Picoseconds ready_at() const override;
    void due(Picoseconds t) override { core_.poke(*this, t); }
    [[nodiscard]] bool loses() const { return queue_.params.when_full == WhenFull::drop; }
    [[nodiscard]] bool waits_for_room() const {
        return queue_.tx.room() == 0 && !loses() && outbox_.due_at(number_) != never;
    }
    /// Frames that are due and may be sent or lost.
    [[nodiscard]] bool may_send(Picoseconds t);
    void send(Work& work);
    void arrived(Picoseconds t) override { core_.poke(*this, t); }
    void finish(Work& work, Frame* frames, Picoseconds taken);

    Core& core_;
    Outbox& outbox_;
    std::size_t number_;
    Freed freed_;
};

}  // namespace snsim
