// A network tester at the far end of the cable in a card's port: it sends the frames of all classes
// that enter by this wire and takes the frames that leave by it.
//
// The wire is one line at the port's rate: a frame that is ready while another one is being sent
// goes late, which Frame::late keeps. Frames are created ahead, up to the agenda's batch, by a
// timer of the tester's own; creation touches nothing but the sources, so the batch size changes no
// result. Where one of them has a window, a frame is created when the line can take
// it, not ahead. Left out: link errors, a far end that answers.
#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "models/base/frame_stream.h"
#include "models/base/inputs.h"
#include "models/base/partition.h"
#include "models/base/servers.h"
#include "models/base/traffic_source.h"

namespace snsim {

/// A frame that the card sent has arrived whole.
struct FrameReceived {
    const Frame& frame;
    Picoseconds t;
};

class WireTester : public sc_core::sc_module, private TrafficSource::Owner {
  public:
    WireTester(const sc_core::sc_module_name& name, Partition& partition, BitRate rate,
               Duration latency);

    FrameOut to_port;
    FrameIn from_port;

    Probe<FrameReceived> received;

    /// Sources in the order that breaks ties; before elaboration.
    void add_source(std::unique_ptr<TrafficSource> source);

    [[nodiscard]] BlockId block() const { return block_; }

  private:
    struct Sender {
        std::unique_ptr<TrafficSource> source;
        Picoseconds ready;  ///< what its next_ready() says
    };

    void start_of_simulation() override;
    void ready_again(TrafficSource& source) override;
    void create();
    [[nodiscard]] Sender* earliest();
    void receive(Frame& frame, Picoseconds t);

    // parameters
    UnitTime byte_time_;  ///< on the wire
    Picoseconds latency_;

    // wiring
    Partition& partition_;
    BlockId block_;
    Wake wake_;

    // state
    std::vector<Sender> senders_;
    bool closed_loop_ = false;  ///< of one of them
    FreeTime line_;
};

}  // namespace snsim
