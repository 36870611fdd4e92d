// The progress line on standard error, for a person who waits.
//
//   warm-up 340 us  [####------] 43 %  2.1 M frames/s  ETA 3 s
//
// The simulation only leaves numbers behind (three relaxed stores); a thread of its own reads them
// five times a second and prints, so progress cannot influence results and goes on telling when
// the simulation has stopped moving. On a terminal the line is rewritten in place and removed at
// the end; elsewhere a line appears at most every two seconds, and one at the end.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>

#include "app/run.h"

namespace snsim {

/// Where a simulation stands.
struct ProgressState {
    const char* phase = "";
    std::int64_t simulated_ps = 0;
    std::int64_t end_ps = 0;  ///< when it will be over; 0: not known
    std::uint64_t frames = 0;
};

/// Turns states into lines; knows no clock and no stream.
class ProgressMeter {
  public:
    static constexpr double stall_s = 5;

    /// The line for a state seen at wall time `now_s`; calls come in order of time.
    [[nodiscard]] std::string line(double now_s, const ProgressState& state);
    /// For how long simulated time had not moved at the last line(); below `stall_s` it is 0.
    [[nodiscard]] double stalled() const { return stalled_s_ < stall_s ? 0 : stalled_s_; }

  private:
    // state
    bool started_ = false;
    double last_s_ = 0;
    double moved_at_s_ = 0;
    double stalled_s_ = 0;
    ProgressState last_;
    double frames_per_s_ = 0;     ///< smoothed over some two seconds
    double simulated_per_s_ = 0;  ///< ps per wall second, likewise
};

class Progress {
  public:
    /// `out` is standard error but for tests. `end_ps` may change later.
    explicit Progress(ShowProgress mode, std::int64_t end_ps = 0, std::FILE* out = stderr);
    /// Stops as finish() does.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Cheap enough for every few frames. `phase` must be a literal.
    void update(std::int64_t simulated_ps, std::uint64_t delivered_frames, const char* phase) {
        simulated_ps_.store(simulated_ps, std::memory_order_relaxed);
        frames_.store(delivered_frames, std::memory_order_relaxed);
        phase_.store(phase, std::memory_order_relaxed);
    }
    void set_end(std::int64_t end_ps) { end_ps_.store(end_ps, std::memory_order_relaxed); }
    /// Removes the line from a terminal, or prints the last one elsewhere. Once is enough.
    void finish();

  private:
    [[nodiscard]] ProgressState state() const;
    void watch();
    void show(double now_s, bool last);

    // parameters
    std::FILE* out_;
    bool shown_;
    bool terminal_ = false;

    // state
    std::atomic<std::int64_t> simulated_ps_{0};
    std::atomic<std::int64_t> end_ps_;
    std::atomic<std::uint64_t> frames_{0};
    std::atomic<const char*> phase_{"starting"};
    ProgressMeter meter_;
    double next_line_s_ = 0;     ///< off a terminal
    double next_warning_s_ = 0;  ///< off a terminal: stalled for that long
    std::mutex mutex_;
    std::condition_variable stop_signal_;
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace snsim
