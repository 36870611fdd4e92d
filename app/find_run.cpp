#include "app/find_run.h"

#include <chrono>
#include <cstdio>

#include "app/exit_code.h"
#include "app/find.h"
#include "app/find_report.h"
#include "app/interrupt.h"
#include "app/options.h"
#include "app/output.h"
#include "app/run_record.h"
#include "app/sweep_progress.h"

namespace snsim {

namespace {

std::string write(const std::string& output, const Find& find, const TrialOutcome& outcome,
                  std::size_t jobs, double wall_s) {
    Results results = outcome.results;
    results.tables.push_back(find_table(false));
    add_trials(results.tables.back(), false, 0, 0, find.params().name, find.trials());
    Provenance provenance = program_provenance();
    provenance.texts["scenario_file"] = find.base().path;
    provenance.numbers["sim.wall_time"] = wall_s;
    provenance.numbers["jobs"] = static_cast<double>(jobs);
    ResultsFile file(output);
    return file.finish(results, scenario_texts(find.base(), true), provenance);
}

int search(const RunOptions& options, Find& find, const Library& library) {
    const auto started = std::chrono::steady_clock::now();
    std::string output =
        output_or_default(options.output, find.base().scenario.name + "-" + find.params().name);
    { const Hdf5Output writable(output); }  // or it fails now and not after the search
    const std::size_t jobs = usable_processors();
    TrialPool pool(jobs, simulate_trial(library));
    SweepProgress progress(options.progress, 0, 0);
    find.start(pool, [] {});
    if (!pool.run([&] { progress.show_search(find.trials().size(), pool.running()); })) {
        progress.end();
        for (const std::string& line : find.so_far()) {
            std::fprintf(stderr, "so far: %s\n", line.c_str());
        }
        return fail(exit_interrupted, "interrupted: the search is given up, nothing is written");
    }
    progress.end();
    const double wall_s =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    const TrialOutcome outcome = find.outcome();
    if (outcome.end == TrialEnd::refused) return fail(exit_usage, outcome.message);
    output = write(output, find, outcome, jobs, wall_s);
    std::fputs((options.json ? find_json(find, outcome, output, wall_s)
                             : find_page(find, outcome, output, jobs, wall_s))
                   .c_str(),
               stdout);
    if (!outcome.message.empty()) std::fprintf(stderr, "failed: %s\n", outcome.message.c_str());
    return outcome.end == TrialEnd::fine ? exit_fine : exit_failed;
}

}  // namespace

int run_find(const RunOptions& options) {
    const Library library(home_directory());
    catch_interrupts();
    YamlFiles files;
    Trial prototype;
    prototype.scenario = options.scenario;
    prototype.options = {options.sets, options.seed, {}, &files};
    Find find(options.find, prototype, library);
    if (!find.diagnostics().ok()) {
        std::fputs(find.diagnostics().text().c_str(), stderr);
        return exit_usage;
    }
    for (const std::string& note : find.notes()) std::fprintf(stderr, "note: %s\n", note.c_str());
    return with_io_errors_reported([&] { return search(options, find, library); });
}

}  // namespace snsim
