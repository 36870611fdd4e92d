#include "models/host/outbox.h"

#include <algorithm>

#include "models/host/kernel_transmit.h"

namespace snsim {

Outbox::Outbox(Partition& partition, const std::string& path)
    : partition_(partition),
      path_(path),
      block_(partition.agenda.add_block(path + ".sender")),
      wake_(partition.agenda, block_, wake_handler<&Outbox::come_due, Outbox>(), this) {}

std::size_t Outbox::add_sender(Sender& sender) {
    senders_.push_back(&sender);
    waiting_.emplace_back();
    return senders_.size() - 1;
}

void Outbox::add_source(std::unique_ptr<TrafficSource> source) {
    const Picoseconds ready = source->next_ready();
    source->set_owner(*this);
    sources_.push_back({std::move(source), ready});
}

void Outbox::ready_again(TrafficSource& source) {
    for (Source& known : sources_) {
        if (known.source.get() == &source) known.ready = source.next_ready();
    }
    plan(partition_.agenda.now());
}

Outbox::Source& Outbox::earliest() {
    return *std::min_element(sources_.begin(), sources_.end(),
                             [](const Source& a, const Source& b) { return a.ready < b.ready; });
}

/// Takes in what is due by t, as far as there is room for it.
void Outbox::fill(Picoseconds t) {
    if (sources_.empty()) return;
    while (full_ == 0) {
        Source& source = earliest();
        if (source.ready > t) return;
        Frame& frame = partition_.agenda.frames().take();
        const Picoseconds ready = source.ready;
        source.ready = source.source->fill(frame);
        frame.t_in = never;  // not under way yet
        const std::size_t thread = frame.flow % (in_use_ > 0 ? in_use_ : senders_.size());
        if (waiting_[thread].empty()) fresh_.push_back(thread);
        waiting_[thread].push({&frame, ready});
        if (waiting_[thread].size() == most) ++full_;
    }
}

/// Tells the threads that have something to do again, from t on.
void Outbox::tell(Picoseconds t) {
    while (!fresh_.empty()) {
        const std::size_t thread = fresh_.back();
        fresh_.pop_back();
        if (!waiting_[thread].empty())
            senders_[thread]->due(std::max(waiting_[thread].front().t, t));
    }
}

Frame* Outbox::look(std::size_t thread, Picoseconds t, std::size_t i) {
    fill(t);
    tell(t);
    const Ring<Due>& waiting = waiting_[thread];
    return i < waiting.size() && waiting[i].t <= t ? waiting[i].frame : nullptr;
}

std::size_t Outbox::together(std::size_t thread, Picoseconds t, Bytes data, std::size_t at_most) {
    Frame* const first = look(thread, t);
    if (first == nullptr) return 0;
    std::int64_t bytes = 0;
    std::size_t count = 1;
    for (; count < at_most; ++count) {
        Frame* const frame = look(thread, t, count);
        if (frame == nullptr || frame->flow != first->flow ||
            frame->traffic_class != first->traffic_class) {
            break;
        }
        if (count == 1) {
            first->ensure_header();
            if (!KernelTransmit::is_tcp(*first)) break;
            bytes = first->payload_bytes();
        }
        frame->ensure_header();
        bytes += frame->payload_bytes();
        if (bytes > data.value) break;
    }
    return count;
}

Frame& Outbox::send(std::size_t thread, Picoseconds t) {
    Ring<Due>& waiting = waiting_[thread];
    const Due due = waiting.pop();
    if (waiting.size() + 1 == most) --full_;
    Frame& frame = *due.frame;
    frame.late = t - due.t;
    frame.t_in = t;
    frame.ensure_header();
    offers.arrived(frame, t);
    sent({frame, t});
    fill(t);
    tell(t);
    plan(partition_.agenda.now());
    return frame;
}

void Outbox::plan(Picoseconds now) {
    if (sources_.empty() || full_ > 0) return;
    const Picoseconds ready = earliest().ready;
    if (ready == never) return;
    const Picoseconds t = std::max(ready, now);
    if (!wake_.pending() || wake_.due() != t) wake_.at(t, Phase::control);
}

void Outbox::come_due() {
    partition_.agenda.count_item();
    const Picoseconds now = partition_.agenda.now();
    fill(now);
    tell(now);
    plan(now);
}

}  // namespace snsim
