// Watches accesses to host memory: how many, how much, how long; by class, and all DMA reads.
//
// Counts and bytes are of accesses done in the window, latencies of those begun in it. The time
// that operations spent with the DMA engine is summed up for the audit, from their own begin and
// end.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/base/random.h"
#include "models/pcie/pcie_events.h"
#include "observers/histogram.h"
#include "observers/journey_observer.h"

namespace snsim {

class AccessObserver {
  public:
    struct PerClass {
        Histogram latency;
        std::uint64_t done = 0;
        std::array<std::uint64_t, Window::batches> done_batch{};
        std::array<std::uint64_t, Window::batches> bytes_batch{};
    };

    explicit AccessObserver(std::size_t classes) : classes_(classes) {}

    void access_done(const AccessDone& fact);
    void dma_asked(const DmaAsked& fact);
    void dma_done(const DmaDone& fact);

    /// The window is known from now on.
    void open(const Window& window);
    /// The window ends earlier than it was opened with.
    void cut(const Window& window) { window_ = window; }
    /// What was done before now cannot reach into a window that opens later.
    void forget_before(Picoseconds now);

    [[nodiscard]] const std::vector<PerClass>& classes() const { return classes_; }
    [[nodiscard]] const Histogram& read_latency() const { return read_latency_; }
    /// Operation-picoseconds with the DMA engine inside the window.
    [[nodiscard]] Uint128 residence() const { return residence_; }
    [[nodiscard]] std::uint64_t done_so_far() const { return done_so_far_; }

  private:
    void book(const AccessDone& fact);
    void book(const DmaDone& fact);
    /// Of the window, what comes after t.
    [[nodiscard]] Uint128 rest(Picoseconds t) const {
        return static_cast<Uint128>(window_.clip(t, window_.end));
    }

    Window window_;
    std::vector<PerClass> classes_;
    Histogram read_latency_;
    Uint128 residence_ = 0;  // of all asked for, less that of those done
    std::uint64_t done_so_far_ = 0;
    std::vector<AccessDone> accesses_;  // while the window is unknown
    std::vector<DmaAsked> asked_;       // likewise
    std::vector<DmaDone> operations_;   // likewise
    std::uint64_t forgotten_ = 0;       // asked for and not done before those
};

}  // namespace snsim
