// Which of several queues goes next: policies, one class each.
#pragma once

#include <cstdint>
#include <vector>

namespace snsim {

class Scheduler {
  public:
    virtual ~Scheduler() = default;
    /// `heads`: bytes of each queue's first frame, 0 where none waits; one of them does. The queue
    /// returned is served.
    [[nodiscard]] virtual std::size_t next(const std::vector<std::uint32_t>& heads) = 0;
};

/// The first queue that has a frame; later ones may starve.
class StrictPriority final : public Scheduler {
  public:
    [[nodiscard]] std::size_t next(const std::vector<std::uint32_t>& heads) override;
};

}  // namespace snsim
