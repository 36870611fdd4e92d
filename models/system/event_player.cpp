#include "models/system/event_player.h"

#include <algorithm>
#include <utility>

namespace snsim {

namespace {

sc_core::sc_time kernel_span(Picoseconds t) {
    return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(t));
}

}  // namespace

EventPlayer::EventPlayer(const sc_core::sc_module_name& name, Partition& partition,
                         std::vector<const EventParams*> events, Card& card, Software& software)
    : sc_module(name),
      agenda_(partition.agenda),
      card_(card),
      software_(software),
      wake_(partition.agenda, partition.agenda.add_block(this->name()),
            wake_handler<&EventPlayer::due, EventPlayer>(), this),
      events_(std::move(events)) {
    std::stable_sort(events_.begin(), events_.end(),
                     [](const EventParams* a, const EventParams* b) { return a->at < b->at; });
    if (std::any_of(events_.begin(), events_.end(), [](const EventParams* event) {
            return event->action == EventAction::attempt;
        })) {
        intruder = std::make_unique<Intruder>("intruder", partition, software);
    }
    SC_HAS_PROCESS(EventPlayer);
    SC_METHOD(arrive);
}

/// At the beginning, and at the time of each event.
void EventPlayer::arrive() {
    const Picoseconds now = time_;
    if (events_[next_]->at.value == now) wake_.at(now, Phase::control);
    while (next_ < events_.size() && events_[next_]->at.value == now) ++next_;
    if (next_ == events_.size()) return;
    time_ = events_[next_]->at.value;
    next_trigger(kernel_span(time_ - now));
}

void EventPlayer::due() {
    const Picoseconds now = agenda_.now();
    agenda_.count_item();
    while (played_ < events_.size() && events_[played_]->at.value <= now) {
        play(*events_[played_++], now);
    }
}

void EventPlayer::play(const EventParams& event, Picoseconds t) {
    const auto function = static_cast<std::uint16_t>(event.interface);
    switch (event.action) {
        case EventAction::attach:
            card_.nic->attach(function, static_cast<std::uint16_t>(event.after->queues));
            software_.attach(function, *event.after, t);
            break;
        case EventAction::detach:
            card_.nic->detach(function);
            software_.detach(function, t);
            break;
        case EventAction::set: set(event, t); break;
        case EventAction::attempt: intruder->begin(event); break;
    }
}

void EventPlayer::set(const EventParams& event, Picoseconds t) {
    const auto function = static_cast<std::uint16_t>(event.interface);
    const InterfaceParams& after = *event.after;
    if (event.key == "weight" || event.key == "rate_limit" || event.key == "rate_burst") {
        card_.set_share(function, {after.weight, after.rate_limit, after.rate_burst}, t);
    } else if (!card_.nic->functions()[function].attached) {
        // Takes effect when it is attached.
    } else if (event.key == "queues" || event.key == "ring") {
        card_.nic->functions()[function].owner.queues = static_cast<std::uint16_t>(after.queues);
        software_.rebuild(function, after, t);
    } else {
        software_.moderate(function, after, t);
    }
}

}  // namespace snsim
