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

/// Deficit round robin (Shreedhar and Varghese, SIGCOMM 1995): a queue's share of the bytes is its
/// weight's share of the weights of those that have frames. A turn is worth weight x quantum bytes;
/// what a turn leaves over is kept while the queue has frames.
class DeficitRoundRobin final : public Scheduler {
  public:
    /// Weights > 0. The quantum should be no less than the largest frame, or turns are spent
    /// without sending.
    DeficitRoundRobin(std::vector<std::uint32_t> weights, std::uint32_t quantum);
    [[nodiscard]] std::size_t next(const std::vector<std::uint32_t>& heads) override;

  private:
    void advance();

    std::vector<std::uint64_t> grant_;    ///< bytes of a turn
    std::vector<std::uint64_t> deficit_;  ///< bytes that may still be sent
    std::size_t turn_ = 0;
    bool granted_ = false;  ///< the turn's bytes were added
};

}  // namespace snsim
