// One server behind several queues, between which a scheduler decides.
//
// Frames of one queue are served first in, first out. Nothing is pre-empted: what is served is
// finished before the scheduler chooses again. Queues are unbounded; whoever offers frames bounds
// them with credits. An arrival is the work of an agenda point; a departure is an item of its own
// only when somebody waits, since only then is there something to decide.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/base/inputs.h"
#include "models/base/partition.h"
#include "models/base/scheduler.h"
#include "models/base/servers.h"

namespace snsim {

class QueueServer {
  public:
    struct Left {
        std::size_t queue;
        Frame& frame;
        Visited visit;
    };

    /// `block`: whose arrivals come here.
    QueueServer(std::string path, Partition& partition, BlockId block, std::size_t queues,
                std::unique_ptr<Scheduler> scheduler);

    Station station;
    /// A frame's departure is known; it still belongs to whoever offered it.
    Probe<Left> left;

    /// The frame arrives at t = now and wants this service.
    void arrive(Frame& frame, Picoseconds t, std::size_t queue, const Exact& service);

  private:
    struct Waiting {
        Frame* frame;
        Picoseconds enter;
        Exact service;
    };

    void start(std::size_t queue, const Waiting& next, Picoseconds t);
    void choose();

    // wiring
    std::unique_ptr<Scheduler> scheduler_;
    Agenda& agenda_;
    Wake free_;

    // state
    std::vector<Ring<Waiting>> queues_;
    std::vector<std::uint32_t> heads_;  ///< bytes of each queue's first frame
    std::size_t waiting_ = 0;
    Ring<Picoseconds> entered_;  ///< of those inside, in order of entry
    FreeTime server_;
};

}  // namespace snsim
