#include "app/results_builder.h"

namespace snsim {

Results build_results(const Measurement& measurement, bool complete) {
    Results results;
    const Scenario& scenario = measurement.system().scenario();
    results.scenario = scenario.name;
    results.seed = scenario.seed;
    results.complete = complete;
    for (std::size_t i = 0; i < scenario.traffic.size(); ++i) {
        const std::string& note = measurement.system().replay_notes()[i];
        if (!note.empty()) results.notes.push_back(scenario.traffic[i].name + ": " + note);
    }
    if (measurement.window().empty()) {
        results.notes.emplace_back("interrupted before the measure window: nothing is measured");
        return results;
    }
    detail::add_metrics(measurement, results);
    detail::add_host_metrics(measurement, results);
    detail::add_tables(measurement, results);
    detail::add_host_cycles(measurement, results);
    detail::add_faults(measurement, results);
    detail::add_bottlenecks(measurement, results);
    if (complete) {
        detail::add_audit(measurement, results);
        detail::audit_host(measurement, results);
    } else {
        results.notes.emplace_back("interrupted: the window is cut short, the audit is left out");
    }
    return results;
}

}  // namespace snsim
