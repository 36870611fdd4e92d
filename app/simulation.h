// One scenario from its parts to its results, whoever asks: `snsim run`, or a trial of many.
//
// A process can build one system (SystemC elaborates once), so there is one Simulation in it.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "app/measurement.h"
#include "app/progress.h"
#include "models/system/scenario_loader.h"
#include "observers/results.h"

namespace snsim {

class Simulation {
  public:
    /// Builds the system and what measures it; captures will go to `pcap_folder`. Throws
    /// CaptureError, std::invalid_argument, std::bad_alloc.
    Simulation(const LoadedScenario& loaded, const std::string& pcap_folder);
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    /// Simulates to the end, or until somebody interrupts; at most once. Series go to `series`.
    void run(SeriesSink& series, Progress& progress);
    /// What was found, and the captures completed. Throws ResultsError.
    [[nodiscard]] Results results();

    [[nodiscard]] const LoadedScenario& loaded() const { return loaded_; }
    [[nodiscard]] const Window& window() const { return measurement_.window(); }
    [[nodiscard]] Picoseconds now() const { return now_; }
    [[nodiscard]] bool complete() const { return complete_; }
    [[nodiscard]] double setup_s() const { return setup_s_; }  ///< wall time before it ran
    [[nodiscard]] double wall_s() const;                       ///< wall time until now
    /// Frames delivered by wall time without setting up, when all of it is `wall_s`.
    [[nodiscard]] double frames_per_wall_s(double wall_s) const {
        return static_cast<double>(measurement_.delivered_so_far()) / (wall_s - setup_s_);
    }

  private:
    [[nodiscard]] bool step(Picoseconds until, const char* phase);
    void find_warmup();

    const LoadedScenario& loaded_;
    const Scenario& scenario_;
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    System system_;
    Measurement measurement_;
    SeriesSink* series_ = nullptr;
    Progress* progress_ = nullptr;
    double setup_s_ = 0;
    Picoseconds now_ = 0;
    bool complete_ = true;
};

/// Calls `body` and returns its exit code; what it throws is printed on standard error as errors
/// of the scenario or of a resource, and becomes the exit code.
int with_errors_reported(const LoadedScenario& loaded, const std::function<int()>& body);

}  // namespace snsim
