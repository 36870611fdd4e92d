// Adaptive interrupt moderation: which of five settings suits the traffic.
//
// After every 64 interrupts the driver compares bytes, frames and interrupts per time with those of
// the span before. It goes on in its direction while things get better, turns when they get worse,
// and parks at a setting whose neighbours on both sides were worse, until the traffic changes by a
// tenth. (The algorithm of Linux's net_dim library, whose settings these are.) Left out: its
// deferral to a work queue.
#pragma once

#include <array>
#include <cstdint>

#include "models/base/units.h"

namespace snsim {

class AdaptiveModeration {
  public:
    struct Setting {
        std::uint32_t time_us;
        std::uint32_t frames;
    };
    static constexpr std::array<Setting, 5> settings{
        {{1, 256}, {8, 256}, {64, 256}, {128, 256}, {256, 256}}};
    static constexpr std::uint64_t interrupts_per_sample = 64;

    /// Totals so far, at t; true if the setting has changed.
    bool sample(Picoseconds t, std::uint64_t interrupts, std::uint64_t frames, std::uint64_t bytes);
    [[nodiscard]] const Setting& setting() const { return settings[index_]; }
    [[nodiscard]] std::size_t index() const { return index_; }

  private:
    enum class Tune : std::uint8_t { parked, tired, right, left };
    enum class Verdict : std::uint8_t { same, better, worse };
    enum class Step : std::uint8_t { stepped, edge, tired };
    struct Totals {
        Picoseconds t = 0;
        std::uint64_t interrupts = 0;
        std::uint64_t frames = 0;
        std::uint64_t bytes = 0;
    };
    /// Per millisecond.
    struct Rates {
        std::uint64_t interrupts = 0;
        std::uint64_t frames = 0;
        std::uint64_t bytes = 0;
    };

    [[nodiscard]] Verdict compare(const Rates& now) const;
    bool decide(const Rates& now);
    void turn();
    void park();
    void leave_parking();
    Step step();
    [[nodiscard]] bool on_top() const;

    std::size_t index_ = 1;
    Tune tune_ = Tune::right;
    std::uint8_t steps_right_ = 0;
    std::uint8_t steps_left_ = 0;
    std::uint8_t tired_ = 0;
    bool started_ = false;
    Totals start_;
    Rates before_;
};

}  // namespace snsim
