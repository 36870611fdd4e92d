#include "app/run_record.h"

#include <ctime>
#include <sys/resource.h>

#include "app/simulation.h"
#include "build_info.h"

namespace snsim {

double peak_memory() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024;
}

ScenarioTexts scenario_texts(const LoadedScenario& loaded, bool with_searches) {
    ScenarioTexts texts;
    // How the simulator goes about it changes no result, so it stands with what may differ.
    std::vector<std::string_view> without{"sim"};
    if (!with_searches) without.emplace_back("find");
    texts.resolved = resolved_yaml(loaded, without);
    for (const UsedProfile& profile : loaded.profiles) {
        texts.profiles[profile.kind + "/" + profile.name] = profile.text;
    }
    return texts;
}

Provenance program_provenance() {
    Provenance provenance;
    provenance.texts["version"] = build_info::version;
    provenance.texts["commit"] = build_info::commit;
    provenance.texts["compiler"] = build_info::compiler;
    provenance.texts["flags"] = build_info::flags;
    provenance.numbers["date"] = static_cast<double>(std::time(nullptr));
    return provenance;
}

Provenance run_provenance(const Simulation& simulation, double wall_s) {
    const SimParams& sim = simulation.loaded().scenario.sim;
    Provenance provenance = program_provenance();
    provenance.texts["scenario_file"] = simulation.loaded().path;
    provenance.numbers["sim.wall_time"] = wall_s;
    provenance.numbers["sim.setup_time"] = simulation.setup_s();
    provenance.numbers["sim.frames_per_wall_second"] = simulation.frames_per_wall_s(wall_s);
    provenance.numbers["sim.memory.peak"] = peak_memory();
    provenance.numbers["sim.batch"] = static_cast<double>(sim.batch);
    provenance.numbers["sim.run_ahead"] = sim.run_ahead ? 1 : 0;
    return provenance;
}

std::string write_results(ResultsFile& file, const Simulation& simulation, const Results& results,
                          double wall_s) {
    const ScenarioTexts texts = scenario_texts(simulation.loaded());
    const Provenance provenance = run_provenance(simulation, wall_s);
    return results.complete ? file.finish(results, texts, provenance)
                            : file.finish_partial(results, texts, provenance);
}

}  // namespace snsim
