// What keeps a class with a `window` going: its source sends no more than so many bytes that have
// not come to an end, and hears of each frame's end, delivered or dropped, when that happens. The
// answer takes no time of its own: no acknowledgement travels.
#pragma once

#include <string>
#include <vector>

#include "models/base/inputs.h"
#include "models/base/partition.h"
#include "models/base/timed_queue.h"
#include "models/network/generated_source.h"

namespace snsim {

class ClosedLoops final : private FramePool::Listener {
  public:
    ClosedLoops(Partition& partition, const std::string& path);
    ClosedLoops(const ClosedLoops&) = delete;
    ClosedLoops& operator=(const ClosedLoops&) = delete;

    /// The source of a class that has a window.
    void add(std::size_t traffic_class, FlowSource& source);

  private:
    struct End {
        std::uint16_t traffic_class;
        std::uint32_t bytes;
    };

    void ended(const Frame& frame, Picoseconds t) override;
    void due();

    Agenda& agenda_;
    BlockId block_;
    Wake wake_;
    std::vector<FlowSource*> sources_;  ///< by class
    TimedQueue<End> ends_;
};

}  // namespace snsim
