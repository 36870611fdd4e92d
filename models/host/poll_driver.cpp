#include "models/host/poll_driver.h"

#include <algorithm>

namespace snsim {

PollDriver::PollDriver(const QueueContext& context, Core& core, Outbox& outbox)
    : QueueDriver(context),
      core_(core),
      outbox_(outbox),
      number_(outbox.add_sender(*this)),
      freed_(*this) {
    queue_.rx.set_driver(*this);
    queue_.tx.set_driver(freed_);
}

bool PollDriver::may_send(Picoseconds t) {
    if (outbox_.look(number_, t) == nullptr) return false;
    return queue_.tx.room() > 0 || queue_.tx.next_at() <= t || loses();
}

Picoseconds PollDriver::ready_at() const {
    if (!queue_.rx.is_open()) return 0;  // to find that out
    const Picoseconds due = outbox_.due_at(number_);
    return std::min(queue_.rx.next_at(),
                    waits_for_room() ? std::max(due, queue_.tx.next_at()) : due);
}

Task::Next PollDriver::run(Work& work) {
    const std::uint32_t count =
        std::min(queue_.rx.ready(work.now()), static_cast<std::uint32_t>(queue_.params.burst));
    const bool sends = outbox_.any() && may_send(work.now());
    if (count == 0 && !sends && !queue_.rx.is_open()) return Next::sleep;
    if (count == 0 && !sends) {
        work.spend(CycleCause::polling, look_cycles());
        return Next::spin;
    }
    static_cast<void>(queue_.tx.reap(work.now()));
    polled({work.now(), count, queue_.interface});
    work.spend(CycleCause::driver, price(queue_.costs.poll.burst));
    for (std::uint32_t i = 0; i < count; ++i) {
        const Picoseconds taken = work.now();
        Frame* const frames = queue_.rx.take().frame;
        work.spend(CycleCause::driver, price(queue_.costs.poll.packet));
        finish(work, frames, taken);
    }
    refill(work);
    if (sends) send(work);
    flush_sent(work);
    return Next::again;
}

void PollDriver::send(Work& work) {
    for (std::int64_t i = 0; i < queue_.params.burst; ++i) {
        if (outbox_.look(number_, work.now()) == nullptr) return;
        const bool full = queue_.tx.room() == 0;
        if (full && !loses()) return;
        const Picoseconds called = work.now();
        Frame& frame = outbox_.send(number_, called);
        work.spend(CycleCause::application, price(queue_.params.work));
        work.spend(CycleCause::transmit, price(queue_.costs.poll.send));
        if (!full) {
            queue_.tx.post(frame, work.now(), called, TransmitRing::Holds::nothing);
            note_unsent();
            continue;
        }
        lose(frame, called, work.now());
    }
}

/// What came in one buffer is one packet to the application.
void PollDriver::finish(Work& work, Frame* frames, Picoseconds taken) {
    work.spend(CycleCause::application, price(queue_.params.work));
    const Application application = queue_.params.application;
    const bool sends = application == Application::forward || application == Application::reply;
    if (sends) {
        work.spend(CycleCause::transmit, price(queue_.costs.poll.send));
    }
    const Picoseconds t = work.now();
    for_each_in_buffer(frames, [&](Frame& frame) {
        queue_.path.rings.serve(frame, taken, t);
        switch (application) {
            case Application::receive: queue_.path.deliver(frame, t, queue_.interface); break;
            case Application::drop: queue_.path.drop(frame, DropReason::discarded, t); break;
            case Application::forward: send_on(frame, t, Hop::route); break;
            case Application::reply: send_on(frame, t, Hop::bridge); break;
        }
    });
}

}  // namespace snsim
