// A trial: one simulation among many, run in a process of its own (trial_pool.h), and what came of
// it. Whatever happens to the process, there is an outcome.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/byte_record.h"
#include "models/system/scenario_loader.h"
#include "observers/results.h"

namespace snsim {

struct Trial {
    std::string scenario;  ///< path or name
    LoadOptions options;   ///< settings, as `snsim run` takes them, and the seed
    std::string output;    ///< results file; empty: none is written
    double cost = 0;       ///< on any scale: the larger is started first
    double limit_s = 0;    ///< of wall time; 0: none
};

/// How a trial ended. The order is kept: journals hold the number.
enum class TrialEnd {
    fine,
    audit_failed,  ///< it ran to its end, but a law was broken
    refused,       ///< the scenario is wrong, or does not fit
    io_failed,     ///< a file or the memory failed
    crashed,       ///< a check failed, or a signal ended the process
    timed_out,     ///< it took longer than allowed
    killed,        ///< somebody, or the system for want of memory, killed it
    undecided      ///< a search: trials ran, and some told neither pass nor fail
};
/// `fine`, `audit-failed`, ...
[[nodiscard]] const char* word_of(TrialEnd end);

/// One trial of a search (find.h).
struct SearchTrial {
    std::string size;      ///< frame size as written; empty: the scenario's own
    std::string setting;   ///< what the classes were raised to, as written
    double value = 0;      ///< the same in SI
    double window_s = 0;   ///< simulated
    bool decided = false;  ///< it told whether the value passes
    bool passes = false;
    std::string why;  ///< it does not, or nobody knows
    TrialEnd end = TrialEnd::crashed;
    double offered = 0;  ///< frames of the classes in the window
    double lost = 0;     ///< of them
    double growth = 0;   ///< frames more inside at the end of the window than at its start
    std::string limit;   ///< the bottleneck
};

struct TrialOutcome {
    TrialEnd end = TrialEnd::crashed;
    /// What it printed on standard error, and what became of the process; may have several lines.
    std::string message;
    /// Without tables; of the audit only the rows that failed or have a note. Empty unless `ran()`.
    Results results;
    double wall_s = 0;                  ///< of the process
    std::vector<SearchTrial> searched;  ///< when it is that of a whole search

    [[nodiscard]] bool ran() const {
        return end == TrialEnd::fine || end == TrialEnd::audit_failed;
    }
};

void put(RecordWriter& out, const TrialOutcome& outcome);
[[nodiscard]] TrialOutcome read_outcome(RecordReader& in);

/// What a trial's process does: returns how it ended and leaves what it found in `results`. Errors
/// go to standard error.
using TrialBody = std::function<TrialEnd(const Trial& trial, Results& results)>;

/// Loads and simulates.
[[nodiscard]] TrialBody simulate_trial(const Library& library);

}  // namespace snsim
