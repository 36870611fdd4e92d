// Plays the events of one host at their times, before all else that happens then. `host0.events`.
//
// Nothing runs ahead of an event: the kernel knows of its time. What a card's owner does (attach,
// detach, shares of the bandwidth) takes effect at once. What a driver does (rings, moderation)
// goes over the link to the card's registers, and costs no cycles of the host.
#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "models/card/card.h"
#include "models/system/intruder.h"

namespace snsim {

class EventPlayer : public sc_core::sc_module {
  public:
    /// `events`: of this host, which outlive this.
    EventPlayer(const sc_core::sc_module_name& name, Partition& partition,
                std::vector<const EventParams*> events, Card& card, Software& software);

    /// Events that have happened: of events() the first ones.
    [[nodiscard]] std::size_t played() const { return played_; }
    /// In the order of their times.
    [[nodiscard]] const std::vector<const EventParams*>& events() const { return events_; }

    std::unique_ptr<Intruder> intruder;  ///< where there are attempts

  private:
    void arrive();
    void due();
    void play(const EventParams& event, Picoseconds t);
    void set(const EventParams& event, Picoseconds t);

    // wiring
    Agenda& agenda_;
    Card& card_;
    Software& software_;
    Wake wake_;

    // state
    std::vector<const EventParams*> events_;
    std::size_t next_ = 0;  ///< to be told to the kernel
    Picoseconds time_ = 0;  ///< at which the kernel calls
    std::size_t played_ = 0;
};

}  // namespace snsim
