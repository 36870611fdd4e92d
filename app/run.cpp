#include "app/run.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/exit_code.h"
#include "app/interrupt.h"
#include "app/options.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/run_record.h"
#include "app/simulation.h"
#include "observers/page_text.h"
#include "observers/summary_json.h"
#include "observers/summary_text.h"

namespace snsim {

namespace {

/// Columns a line may have on standard output; 0, any number, where no terminal would break it.
std::size_t output_columns() {
    if (isatty(STDOUT_FILENO) == 0) return 0;
    constexpr std::size_t least = 100;  // what the tables of the page take
    winsize size{};
    const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    return std::max<std::size_t>(least, known ? size.ws_col : 0);
}

void print_page(const Simulation& simulation, const Results& results, double wall_s,
                const std::string& output) {
    const Window& window = simulation.window();
    SummaryInfo info;
    info.warmup_s = static_cast<double>(window.start) * 1e-12;
    info.measure_s = static_cast<double>(window.end - window.start) * 1e-12;
    info.drain_s = static_cast<double>(simulation.now() - window.end) * 1e-12;
    for (const TrafficParams& traffic : simulation.loaded().scenario.traffic) {
        info.classes.push_back(traffic.name);
    }
    info.output = output;
    info.wall_s = wall_s;
    info.setup_s = simulation.setup_s();
    info.frames_per_wall_s = simulation.frames_per_wall_s(wall_s);
    info.columns = output_columns();
    info.unicode = utf8_locale();
    info.colour = isatty(STDOUT_FILENO) != 0;
    std::fputs(summary_text(results, info).c_str(), stdout);
}

void print_json(const Simulation& simulation, const Results& results, double wall_s,
                const std::string& output) {
    const double setup_s = simulation.setup_s();
    const double memory = peak_memory();
    const double speed = simulation.frames_per_wall_s(wall_s);
    const std::vector<Metric> of_the_run = {
        {"sim.wall_time", wall_s, "s", wall_s, wall_s},
        {"sim.setup_time", setup_s, "s", setup_s, setup_s},
        {"sim.frames_per_wall_second", speed, "1/s", speed, speed},
        {"sim.memory.peak", memory, "B", memory, memory}};
    std::fputs(summary_json(results, of_the_run, output).c_str(), stdout);
}

/// The file that a capture would replace although it is replayed; empty if there is none.
std::string replayed_and_captured(const Scenario& scenario, const std::string& folder) {
    std::error_code none;
    for (const TrafficParams& traffic : scenario.traffic) {
        for (const std::string& point : scenario.record.pcap) {
            for (const char* way : {".rx.pcap", ".tx.pcap"}) {
                std::string path = folder;
                path.append("/").append(point).append(way);
                const bool same = !traffic.capture.empty() &&
                                  std::filesystem::equivalent(path, traffic.capture.path, none);
                if (same) return path;
            }
        }
    }
    return {};
}

int run_loaded(const RunOptions& options, const LoadedScenario& loaded) {
    std::string output = output_or_default(options.output, loaded.scenario.name);
    const std::string pcap = options.pcap_dir.empty() ? "results" : options.pcap_dir;
    if (!loaded.scenario.record.pcap.empty()) std::filesystem::create_directories(pcap);
    if (const auto file = replayed_and_captured(loaded.scenario, pcap); !file.empty()) {
        return fail(exit_usage,
                    file + ": is replayed in this run; give another folder with --pcap");
    }
    Simulation simulation(loaded, pcap);
    ResultsFile file(output);
    Progress progress(options.progress);
    simulation.run(file, progress);
    const double wall_s = simulation.wall_s();
    const Results results = simulation.results();
    output = write_results(file, simulation, results, wall_s);
    if (options.json) {
        print_json(simulation, results, wall_s, output);
    } else {
        print_page(simulation, results, wall_s, output);
    }
    if (!results.complete) return exit_interrupted;
    return results.audit_ok() ? exit_fine : exit_failed;
}

}  // namespace

int run(const RunOptions& options) {
    catch_interrupts();
    const Library library(home_directory());
    const LoadedScenario loaded =
        load_scenario(options.scenario, library, {options.sets, options.seed});
    if (!loaded.ok()) {
        std::fputs(loaded.diagnostics.text().c_str(), stderr);
        return exit_usage;
    }
    return with_errors_reported(loaded, [&] { return run_loaded(options, loaded); });
}

}  // namespace snsim
