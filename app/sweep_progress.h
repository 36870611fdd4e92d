// The progress of many simulations on standard error: on a terminal one line that moves, elsewhere,
// when asked for, a line every two seconds. Failures are named as they come, shown or not.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "app/run.h"

namespace snsim {

/// The same while points are checked, which takes as long as a few simulations when there are many.
class CheckingProgress {
  public:
    explicit CheckingProgress(ShowProgress mode);
    ~CheckingProgress();
    CheckingProgress(const CheckingProgress&) = delete;
    CheckingProgress& operator=(const CheckingProgress&) = delete;

    void show(std::size_t done, std::size_t all);

  private:
    using Clock = std::chrono::steady_clock;
    bool terminal_;
    bool shown_;
    bool on_line_ = false;
    Clock::time_point next_;
};

class SweepProgress {
  public:
    /// `all` simulations that cost `cost` together, on any scale.
    SweepProgress(ShowProgress mode, std::size_t all, double cost);
    ~SweepProgress();
    SweepProgress(const SweepProgress&) = delete;
    SweepProgress& operator=(const SweepProgress&) = delete;

    /// So much was done before.
    void resumed(std::size_t count, double cost);
    void finished(double cost, bool well);
    /// A line of its own, above the moving one.
    void say(const std::string& line);
    void show(std::size_t running);
    /// For a search, of which nobody knows how many trials it takes.
    void show_search(std::size_t trials, std::size_t running);
    /// Removes the line from a terminal.
    void end();

  private:
    using Clock = std::chrono::steady_clock;
    [[nodiscard]] std::string line(std::size_t running) const;
    void print(const std::string& line);

    bool terminal_;
    bool shown_;
    std::size_t all_;
    double cost_;
    std::string last_;  ///< shown
    std::size_t done_ = 0;
    std::size_t failed_ = 0;
    double cost_done_ = 0;
    double cost_resumed_ = 0;
    Clock::time_point started_ = Clock::now();
    Clock::time_point next_line_ = Clock::now();
};

}  // namespace snsim
