#include "models/network/wire_tester.h"

#include <algorithm>

namespace snsim {

WireTester::WireTester(const sc_core::sc_module_name& name, Partition& partition, BitRate rate,
                       Duration latency)
    : sc_module(name),
      to_port("to_port", partition.agenda),
      from_port("from_port", partition.agenda, frame_function<&WireTester::receive, WireTester>(),
                this),
      byte_time_(Bytes{1} / rate),
      latency_(latency.value),
      partition_(partition),
      block_(partition.agenda.add_block(this->name())),
      wake_(partition.agenda, block_, wake_handler<&WireTester::create, WireTester>(), this) {}

void WireTester::add_source(std::unique_ptr<TrafficSource> source) {
    const Picoseconds ready = source->next_ready();
    closed_loop_ = closed_loop_ || source->is_closed_loop();
    source->set_owner(*this);
    senders_.push_back({std::move(source), ready});
}

void WireTester::start_of_simulation() { wake_.at(0, Phase::control); }

/// Who sends next; null when nobody does any more.
WireTester::Sender* WireTester::earliest() {
    Sender* best = nullptr;
    Picoseconds ready = never;
    for (Sender& sender : senders_) {
        if (sender.ready < ready) {
            ready = sender.ready;
            best = &sender;
        }
    }
    return best;
}

/// Creates the next batch of frames and comes back when the last of them starts.
void WireTester::create() {
    Picoseconds start = 0;
    const std::uint32_t batch = closed_loop_ ? 1 : partition_.agenda.batch;
    for (std::uint32_t i = 0; i < batch; ++i) {
        Sender* const sender = earliest();
        if (sender == nullptr) return;
        const Picoseconds ready = sender->ready;
        if (closed_loop_ && ready > partition_.agenda.now()) {
            wake_.at(ready, Phase::control);
            return;
        }
        Frame& frame = partition_.agenda.frames().take();
        sender->ready = sender->source->fill(frame);
        start = line_.occupy(ready, byte_time_ * (frame.bytes + wire_overhead_bytes));
        frame.late = start - ready;
        frame.t_in = start + (byte_time_ * (frame.bytes + preamble_bytes)).ps + latency_;
        to_port.send(frame, frame.t_in);
    }
    // The next frame is created while this one is on the line.
    const Picoseconds next = closed_loop_ ? std::max(start, partition_.agenda.now() + 1)
                                          : std::max(start, partition_.agenda.now());
    wake_.at(next, Phase::control);
}

void WireTester::ready_again(TrafficSource& source) {
    for (Sender& sender : senders_) {
        if (sender.source.get() != &source) continue;
        sender.ready = source.next_ready();
        if (!wake_.pending() ||
            (wake_.due() > sender.ready && wake_.due() > partition_.agenda.now())) {
            wake_.at(sender.ready, Phase::control);
        }
    }
}

void WireTester::receive(Frame& frame, Picoseconds t) {
    received({frame, t + latency_});
    partition_.agenda.frames().release(frame, t + latency_);
}

}  // namespace snsim
