// An application that sends without a processor: each frame is put into the transmit ring at its
// time and the doorbell rung, at no cost. For measuring what cards can do.
//
// A frame that finds its ring full waits for a place: the sender is late, as Frame::late tells, and
// nothing is lost. Several queues take the flows in turn of their numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "models/host/outbox.h"
#include "models/host/receive_ring.h"
#include "models/host/register_writer.h"
#include "models/host/transmit_ring.h"

namespace snsim {

class RingSender final : private ReceiveRing::Driver, private Outbox::Sender {
  public:
    /// `bar`: bus address of the function's registers.
    RingSender(Partition& partition, Outbox& outbox, RegisterWriter& registers, std::uint64_t bar)
        : agenda_(partition.agenda),
          outbox_(outbox),
          registers_(registers),
          bar_(bar),
          wake_(partition.agenda, outbox.block(), wake_handler<&RingSender::resume, RingSender>(),
                this) {}
    RingSender(const RingSender&) = delete;
    RingSender& operator=(const RingSender&) = delete;

    void add_ring(TransmitRing& ring) {
        rings_.push_back(&ring);
        ring.set_driver(*this);
        outbox_.add_sender(*this);
    }

  private:
    /// Places in a ring are free again from t on, at the present or later.
    void arrived(Picoseconds t) override {
        if (waiting_ && !wake_.pending()) wake_.at(t, Phase::timer);
    }
    void due(Picoseconds) override {
        if (!waiting_) send();
    }
    void resume() {
        agenda_.count_item();
        send();
    }
    void send() {
        if (sending_) return;
        sending_ = true;
        const Picoseconds now = agenda_.now();
        for (TransmitRing* ring : rings_) static_cast<void>(ring->reap(now));
        waiting_ = false;
        for (bool more = true; more;) {
            more = false;
            for (std::size_t queue = 0; queue < rings_.size(); ++queue) {
                more = send(queue, now) || more;
            }
        }
        sending_ = false;
    }
    /// All that is due of one queue.
    bool send(std::size_t queue, Picoseconds now) {
        TransmitRing& ring = *rings_[queue];
        bool any = false;
        while (outbox_.look(queue, now) != nullptr) {
            if (ring.room() == 0) {
                waiting_ = true;
                break;
            }
            ring.post(outbox_.send(queue, now), now);
            any = true;
        }
        if (!any) return false;
        const Doorbell bell = ring.doorbell();
        registers_.write(bar_ + bell.offset(), ring.layout().function, bell.value(), now);
        return true;
    }

    Agenda& agenda_;
    Outbox& outbox_;
    RegisterWriter& registers_;
    std::uint64_t bar_;
    Wake wake_;
    std::vector<TransmitRing*> rings_;
    bool waiting_ = false;  ///< for a place
    bool sending_ = false;
};

}  // namespace snsim
