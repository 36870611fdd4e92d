#include "models/nic/completion_writer.h"

namespace snsim {

void CompletionWriter::write(NicQueue& queue, Picoseconds t, Picoseconds since) {
    const CompletionRing::Write write = (queue.*settings_.ring).take();
    dma_.write(queue.function, write.address, write.bytes, write.data, &queue, settings_.user, t);
    announce(queue, t, since);
}

/// Raises an interrupt for what is written and waits since then, now or later, if the driver wants
/// one.
void CompletionWriter::announce(NicQueue& queue, Picoseconds t, Picoseconds since) {
    CompletionRing& ring = queue.*settings_.ring;
    if (!ring.armed() || ring.unannounced() == 0) return;
    const Picoseconds due = since + ring.moderation.time;
    if (ring.unannounced() >= ring.moderation.count || due <= t) {
        raise(queue, t);
    } else if (!ring.interrupt_timer) {
        ring.interrupt_timer = true;
        later(due, {true, &queue, ring.announcements});
    }
}

void CompletionWriter::raise(NicQueue& queue, Picoseconds t) {
    CompletionRing& ring = queue.*settings_.ring;
    NicFunction::Vector& vector = functions_[queue.function].vectors[ring.vector];
    if (vector.masked) return;
    interrupts({t, queue.function, ring.vector, ring.announce()});
    auto* const data = reinterpret_cast<std::uint8_t*>(&vector.message.data);
    dma_.interrupt(queue.function, vector.message.address, data, &queue, settings_.user, t);
}

void CompletionWriter::later(Picoseconds t, const Timer& timer) {
    timers_.push(t, static_cast<std::uint8_t>(timer.interrupt), timer);
    if (!wake_.pending() || wake_.due() > t) wake_.at(t, Phase::departure);
}

void CompletionWriter::due() {
    agenda_.count_item();
    const Picoseconds now = agenda_.now();
    while (!timers_.empty() && timers_.time() <= now) {
        const Timer timer = timers_.pop();
        CompletionRing& ring = timer.queue->*settings_.ring;
        if (timer.number != (timer.interrupt ? ring.announcements : ring.writes)) continue;
        if (timer.interrupt) {
            ring.interrupt_timer = false;
            if (ring.armed() && ring.unannounced() > 0) raise(*timer.queue, now);
        } else {
            ring.write_timer = false;
            if (ring.waiting() > 0) write(*timer.queue, now, now);
        }
    }
    if (!timers_.empty()) wake_.at(timers_.time(), Phase::departure);
}

}  // namespace snsim
