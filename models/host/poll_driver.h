// A driver inside the application (DPDK): a core looks into the completion ring, takes a burst,
// does what the application does with each frame, gives buffers back in batches and rings doorbells
// once a burst. It never sleeps; looks that find nothing are the core's `polling`.
#pragma once

#include "models/host/queue_driver.h"

namespace snsim {

class PollDriver final : public QueueDriver, public Task, private ReceiveRing::Driver {
  public:
    PollDriver(const QueueContext& context, Core& core);

    void start(Picoseconds t) { core_.wake(*this, Level::thread, t); }
    /// Its ring is closed: it looks once more and sleeps.
    void stop(Picoseconds t) { core_.poke(*this, t); }

  private:
    Next run(Work& work) override;
    [[nodiscard]] std::uint64_t look_cycles() const override {
        return price(queue_.costs.poll.look);
    }
    [[nodiscard]] Picoseconds ready_at() const override {
        return queue_.rx.is_open() ? queue_.rx.next_at() : 0;
    }
    void arrived(Picoseconds t) override { core_.poke(*this, t); }
    void finish(Work& work, Frame& frame, Picoseconds taken);

    Core& core_;
};

}  // namespace snsim
