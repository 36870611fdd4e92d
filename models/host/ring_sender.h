// An application that sends without a processor: each frame is put into the transmit ring at its
// time and the doorbell rung, at no cost. For measuring what cards can do.
//
// A frame that finds its ring full waits for a place: the sender is late, as Frame::late tells, and
// nothing is lost. Several queues take the flows in turn of their numbers. With `tso`, frames of a
// TCP connection that are due together, up to `write` bytes of data, are one packet that the card
// cuts.
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
    RingSender(Partition& partition, Outbox& outbox, RegisterWriter& registers, std::uint64_t bar,
               const DriverParams& params)
        : params_(params),
          agenda_(partition.agenda),
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
            gather(queue, ring, now);
            for (std::size_t i = 0; i < packet_.size(); ++i) {
                static_cast<void>(outbox_.send(queue, now));
            }
            ring.post(packet_.data(), packet_.size(), now, now, TransmitRing::Holds::nothing);
            any = true;
        }
        if (!any) return false;
        const Doorbell bell = ring.doorbell();
        registers_.write(bar_ + bell.offset(), ring.layout().function, bell.value(), now);
        return true;
    }

    /// The frames of the next packet.
    void gather(std::size_t queue, const TransmitRing& ring, Picoseconds now) {
        const std::size_t count =
            params_.tso ? outbox_.together(queue, now, params_.write, ring.room()) : 1;
        packet_.clear();
        for (std::size_t i = 0; i < count; ++i) packet_.push_back(outbox_.look(queue, now, i));
        if (count > 1) packet_.resize(ring.one_packet(packet_.data(), count));
    }

    const DriverParams& params_;
    Agenda& agenda_;
    Outbox& outbox_;
    RegisterWriter& registers_;
    std::uint64_t bar_;
    Wake wake_;
    std::vector<TransmitRing*> rings_;
    bool waiting_ = false;  ///< for a place
    bool sending_ = false;
    std::vector<Frame*> packet_;
};

}  // namespace snsim
