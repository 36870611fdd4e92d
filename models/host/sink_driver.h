// No software at all: a frame is delivered when its completion is in memory, its buffer is given
// back at once, and no core knows. For measuring what cards can do.
#pragma once

#include "models/host/queue_driver.h"

namespace snsim {

class SinkDriver final : public QueueDriver, private ReceiveRing::Driver {
  public:
    explicit SinkDriver(const QueueContext& context) : QueueDriver(context) {
        queue_.rx.set_driver(*this);
    }

  private:
    void arrived(Picoseconds t) override {
        while (queue_.rx.ready(t) > 0) {
            for_each_in_buffer(queue_.rx.take().frame, [&](Frame& frame) {
                queue_.path.rings.serve(frame, t, t);
                queue_.path.deliver(frame, t, queue_.interface);
            });
        }
        const auto batch = static_cast<std::uint32_t>(queue_.params.refill);
        const std::uint32_t count = queue_.rx.unused() / batch * batch;
        if (count == 0) return;
        queue_.rx.post(count);
        write(queue_.rx.descriptors_doorbell(), t);
    }
};

}  // namespace snsim
