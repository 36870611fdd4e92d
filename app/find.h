// A search for a limit (the scenario's `find:`): trials at values that bracket it.
//
// A trial passes when the classes raised lose no more frames than allowed, when queues do not grow
// over its window, and when it holds what the kind of search asks for besides (a latency below the
// bound; connections that open). Queues count because a buffer hides loss for a while: of a rate
// over the limit by as much as the resolution, that share of the window's frames would be left
// inside at its end; half of it fails. What passes is proven for the window alone, and no more.
//
// A trial that did not run, or had too few frames to tell, gives no verdict: its frame size is
// undecided then and has neither a pass nor a fail.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/bracket.h"
#include "app/trial.h"
#include "app/trial_pool.h"
#include "models/system/find_params.h"

namespace snsim {

/// Names and units of the metrics that a search can have.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> find_metrics(const FindParams& find);
/// Paths whose values every trial of a search sets, so that nothing else can.
[[nodiscard]] std::vector<std::string> find_settings(const FindParams& find,
                                                     const Scenario& scenario);

/// What a search found for one frame size.
struct FindResult {
    std::string size;        ///< as written; empty: the scenario's own
    bool undecided = false;  ///< a trial told nothing, so nothing is known
    std::optional<double> pass;
    std::optional<double> fail;
    std::vector<double> passes_above;  ///< a failure: not monotone
    std::size_t trials = 0;
    std::optional<Results> at_pass;
    std::optional<Results> at_fail;
};

class Find {
  public:
    /// `prototype`: the scenario to load and its options. `seed` streams are the scenario's.
    Find(const std::string& name, Trial prototype, const Library& library);
    Find(const Find&) = delete;
    Find& operator=(const Find&) = delete;

    /// What is wrong with the bounds or frame sizes; empty when it can start.
    [[nodiscard]] const Diagnostics& diagnostics() const { return diagnostics_; }
    /// For people: values given to --set that every trial replaces.
    [[nodiscard]] std::vector<std::string> notes() const;
    /// Frames of all its trials, about.
    [[nodiscard]] double cost() const;

    /// Adds the first trials; each that ends adds what follows from it, and the last calls `done`.
    void start(TrialPool& pool, std::function<void()> done);

    [[nodiscard]] const FindParams& params() const { return params_; }
    [[nodiscard]] const LoadedScenario& base() const { return base_; }
    [[nodiscard]] const std::vector<FindResult>& found() const { return found_; }
    /// All trials by size and value, whatever order they ended in.
    [[nodiscard]] const std::vector<SearchTrial>& trials() const { return trials_; }
    /// Where the bracket of each frame size stands, for a search that is given up.
    [[nodiscard]] std::vector<std::string> so_far() const;
    /// The search as one outcome: metrics `find.<name>...`, notes, audit over all trials, the
    /// limit.
    [[nodiscard]] TrialOutcome outcome() const;

    /// `rate` or `churn`: the key that is raised.
    [[nodiscard]] const char* key() const;
    [[nodiscard]] const std::string& unit() const { return unit_; }
    /// A value as scenarios write it.
    [[nodiscard]] std::string text(double value) const;

  private:
    struct Size {
        std::string text;
        Bracket bracket;
        std::map<double, Results> results;  ///< of the values tried
    };

    struct TrialWindow {
        double length_s = 0;
        double frames = 0;   ///< expected in it; 0: not known
        double slowest = 0;  ///< least of a class
    };

    void plan();
    void check_classes();
    void check_windows(const Size& size, double value);
    void end_size(std::size_t size);
    void add_size(const FindResult& one, Results& results) const;
    void add_trials(std::size_t size);
    void finish(std::size_t size, double value, const TrialWindow& window, TrialOutcome outcome);
    [[nodiscard]] LoadOptions options(const Size& size, double value, TrialWindow* trial) const;
    void close();

    FindParams params_;
    Trial prototype_;
    const Library& library_;
    LoadedScenario base_;
    Diagnostics diagnostics_;
    std::vector<std::string> classes_;
    std::string low_;  ///< as written
    std::string high_;
    std::string unit_;
    std::vector<Size> sizes_;
    std::vector<FindResult> found_;
    std::vector<SearchTrial> trials_;
    std::vector<AuditRow> broken_;
    std::size_t open_ = 0;
    double wall_s_ = 0;     ///< of all trials
    bool refused_ = false;  ///< the scenario cannot be built: no further trial
    TrialPool* pool_ = nullptr;
    std::function<void()> done_;
};

}  // namespace snsim
