// An application that sends without a processor: each frame of its sources is put into the transmit
// ring at its time and the doorbell rung, at no cost. For measuring what cards can do.
//
// A frame that finds the ring full waits for a place, and with it all that come later: the sender
// is late, as Frame::late tells, and nothing is lost. Several queues take the flows in turn of
// their numbers.
#pragma once

#include <memory>
#include <vector>

#include "models/base/frame_tally.h"
#include "models/base/inputs.h"
#include "models/base/partition.h"
#include "models/base/probe.h"
#include "models/base/traffic_source.h"
#include "models/host/host_events.h"
#include "models/host/receive_ring.h"
#include "models/host/register_writer.h"
#include "models/host/transmit_ring.h"

namespace snsim {

class RingSender final : private ReceiveRing::Driver {
  public:
    /// `bar`: bus address of the function's registers; `mss` > 0: the card cuts larger packets.
    RingSender(Partition& partition, const std::string& path, RegisterWriter& registers,
               std::uint64_t bar, std::uint16_t mss)
        : partition_(partition),
          registers_(registers),
          bar_(bar),
          mss_(mss),
          block_(partition.agenda.add_block(path + ".sender")),
          wake_(partition.agenda, block_, wake_handler<&RingSender::send, RingSender>(), this) {}

    void add_ring(TransmitRing& ring) {
        rings_.push_back(&ring);
        ring.set_driver(*this);
    }
    /// Before elaboration.
    void add_source(std::unique_ptr<TrafficSource> source) {
        const Picoseconds ready = source->next_ready();
        sources_.push_back({std::move(source), ready});
    }
    void start() { plan(0); }

    FrameTally offers;
    Probe<FrameSentByHost> sent;

  private:
    struct Source {
        std::unique_ptr<TrafficSource> source;
        Picoseconds ready;
    };

    [[nodiscard]] Source& earliest() {
        Source* best = &sources_.front();
        for (Source& source : sources_) {
            if (source.ready < best->ready) best = &source;
        }
        return *best;
    }
    /// Those that are in use come first; all are closed together.
    [[nodiscard]] std::size_t open_rings() const {
        std::size_t open = rings_.size();
        while (open > 1 && !rings_[open - 1]->is_open()) --open;
        return open;
    }
    void plan(Picoseconds now) {
        if (sources_.empty()) return;
        const Picoseconds ready = earliest().ready;
        if (ready == TrafficSource::never) return;
        wake_.at(ready > now ? ready : now, Phase::control);
    }
    /// Places in a ring are free again from t on, at the present or later.
    void arrived(Picoseconds t) override {
        if (waiting_ && !wake_.pending()) wake_.at(t, Phase::timer);
    }
    void send() {
        partition_.agenda.count_item();
        const Picoseconds now = partition_.agenda.now();
        for (TransmitRing* ring : rings_) static_cast<void>(ring->reap(now));
        waiting_ = false;
        std::uint64_t rung = 0;  // bit per ring
        for (Source* source = &earliest(); source->ready <= now; source = &earliest()) {
            const std::size_t queue = next_ % open_rings();
            if (rings_[queue]->room() == 0) {
                waiting_ = true;
                break;
            }
            ++next_;
            post(*source, *rings_[queue], now);
            rung |= std::uint64_t{1} << (queue % 64);
        }
        for (std::size_t queue = 0; queue < rings_.size(); ++queue) {
            if ((rung >> (queue % 64) & 1U) == 0) continue;
            const Doorbell bell = rings_[queue]->doorbell();
            registers_.write(bar_ + bell.offset(), rings_[queue]->layout().function, bell.value(),
                             now);
        }
        if (!waiting_) plan_later(now);
    }
    void plan_later(Picoseconds now) {
        const Picoseconds ready = earliest().ready;
        if (ready != TrafficSource::never) wake_.at(std::max(ready, now + 1), Phase::control);
    }
    void post(Source& source, TransmitRing& ring, Picoseconds now) {
        Frame& frame = partition_.agenda.frames().take();
        const Picoseconds ready = source.ready;
        source.ready = source.source->fill(frame);
        frame.late = now - ready;
        frame.t_in = now;
        frame.ensure_header();
        offers.arrived(frame, now);
        sent({frame, now});
        const bool cut = mss_ > 0 && frame.payload_bytes() > mss_;
        ring.post(frame, now, cut ? mss_ : std::uint16_t{0});
    }

    Partition& partition_;
    RegisterWriter& registers_;
    std::uint64_t bar_;
    std::uint16_t mss_;
    BlockId block_;
    Wake wake_;
    std::vector<TransmitRing*> rings_;
    std::vector<Source> sources_;
    std::uint64_t next_ = 0;
    bool waiting_ = false;
};

}  // namespace snsim
