// Runs trials in processes of their own, some at once, and loses none of their outcomes.
//
// Each trial is a fork of this process, which has not elaborated anything: what the parent has read
// is there, nothing is started anew. The child simulates, sends its results through a pipe and is
// gone; what it printed on standard error (or output) becomes the message of its outcome. Children
// do not outlive the parent, however that ends, and what ends children and parent together (a
// signal to the group, a scheduler's, a machine going down) is nobody's outcome: a child killed
// from outside counts as such only when the parent is still wanted half a second later. This
// process must have no other threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

#include "app/trial.h"

namespace snsim {

/// Processors this process may use, at least 1.
[[nodiscard]] std::size_t usable_processors();

class TrialPool {
  public:
    /// Takes an outcome as soon as it is known; may add further trials.
    using Done = std::function<void(TrialOutcome outcome)>;

    /// `jobs`: trials at once, at least 1.
    TrialPool(std::size_t jobs, TrialBody body);
    /// Ends what runs.
    ~TrialPool();
    TrialPool(const TrialPool&) = delete;
    TrialPool& operator=(const TrialPool&) = delete;

    /// Queues a trial. Of those that wait the one with the largest cost is started first, among
    /// equals the one that was added first.
    void add(Trial trial, Done done);

    /// Until every trial is done. `tick` is called several times a second. False when somebody
    /// interrupted: what ran was ended, what waited is dropped, and neither has an outcome.
    bool run(const std::function<void()>& tick = {});

    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
    [[nodiscard]] std::size_t running() const;

  private:
    using Clock = std::chrono::steady_clock;
    struct Waiting {
        Trial trial;
        Done done;
    };
    struct Running;
    struct Killed {
        Done done;
        TrialOutcome outcome;
        Clock::time_point at;
    };

    void start_some();
    [[nodiscard]] bool start_next();
    void read_children(int timeout_ms);
    [[nodiscard]] int patience_ms() const;
    void forgive_standstill();
    void end_the_late();
    void collect();
    void believe_the_killed();
    void stop();

    // parameters
    std::size_t jobs_;
    TrialBody body_;

    // state
    std::multimap<double, Waiting, std::greater<>> waiting_;  ///< by cost
    std::vector<Running> running_;
    Clock::time_point passed_;    ///< when the loop came by last
    std::vector<Killed> killed_;  ///< by whom is not known yet
};

}  // namespace snsim
