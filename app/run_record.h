// What a results file says of the run beside its results: texts of the input, and provenance.
#pragma once

#include "models/system/scenario_loader.h"
#include "observers/results_file.h"

namespace snsim {

class Simulation;

/// Largest resident memory of this process so far, in bytes.
[[nodiscard]] double peak_memory();

/// `with_searches`: the results depend on the section `find`, too.
[[nodiscard]] ScenarioTexts scenario_texts(const LoadedScenario& loaded,
                                           bool with_searches = false);

/// Version, commit, compiler, flags and date of this program and moment.
[[nodiscard]] Provenance program_provenance();
[[nodiscard]] Provenance run_provenance(const Simulation& simulation, double wall_s);

/// Completes a file the simulation's series went to; returns its name.
std::string write_results(ResultsFile& file, const Simulation& simulation, const Results& results,
                          double wall_s);

}  // namespace snsim
