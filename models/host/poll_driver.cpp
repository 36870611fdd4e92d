#include "models/host/poll_driver.h"

#include <algorithm>

namespace snsim {

PollDriver::PollDriver(const QueueContext& context, Core& core)
    : QueueDriver(context), core_(core) {
    queue_.rx.set_driver(*this);
}

Task::Next PollDriver::run(Work& work) {
    const std::uint32_t count =
        std::min(queue_.rx.ready(work.now()), static_cast<std::uint32_t>(queue_.params.burst));
    if (count == 0 && !queue_.rx.is_open()) return Next::sleep;
    if (count == 0) {
        work.spend(CycleCause::polling, look_cycles());
        return Next::spin;
    }
    polled({work.now(), count, queue_.interface});
    work.spend(CycleCause::driver, price(queue_.costs.poll.burst));
    for (std::uint32_t i = 0; i < count; ++i) {
        const Picoseconds taken = work.now();
        Frame& frame = *queue_.rx.take().frame;
        work.spend(CycleCause::driver, price(queue_.costs.poll.packet));
        finish(work, frame, taken);
    }
    refill(work);
    static_cast<void>(queue_.tx.reap(work.now()));
    flush_sent(work);
    return Next::again;
}

void PollDriver::finish(Work& work, Frame& frame, Picoseconds taken) {
    work.spend(CycleCause::application, price(queue_.params.work));
    if (queue_.params.application == Application::forward) {
        work.spend(CycleCause::transmit, price(queue_.costs.poll.send));
    }
    const Picoseconds t = work.now();
    queue_.path.rings.serve(frame, taken, t);
    switch (queue_.params.application) {
        case Application::receive: queue_.path.deliver(frame, t, queue_.interface); break;
        case Application::drop: queue_.path.drop(frame, DropReason::discarded, t); break;
        case Application::forward: send_back(frame, t); break;
    }
}

}  // namespace snsim
