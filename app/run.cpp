#include "app/run.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/build_error.h"
#include "app/capture_error.h"
#include "app/exit_code.h"
#include "app/interrupt.h"
#include "app/measurement.h"
#include "app/options.h"
#include "app/progress.h"
#include "app/results_builder.h"
#include "build_info.h"
#include "models/system/scenario_loader.h"
#include "observers/results_file.h"
#include "observers/summary_json.h"
#include "observers/summary_text.h"

namespace snsim {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Columns a line may have on standard output; 0, any number, where no terminal would break it.
std::size_t output_columns() {
    if (isatty(STDOUT_FILENO) == 0) return 0;
    constexpr std::size_t least = 100;  // what the tables of the page take
    winsize size{};
    const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    return std::max<std::size_t>(least, known ? size.ws_col : 0);
}

/// Simulated time between looks at progress, interrupts and closed bins: whole bins, but not more
/// than people would wait for.
constexpr Picoseconds slice_bins = 8;
constexpr Picoseconds longest_slice = 1'000'000'000;

class Run {
  public:
    Run(const RunOptions& options, const LoadedScenario& loaded)
        : options_(options), loaded_(loaded), scenario_(loaded.scenario) {}

    int execute();

  private:
    void simulate();
    bool step(Picoseconds until, const char* phase);
    void find_warmup();
    int report();

    const RunOptions& options_;
    const LoadedScenario& loaded_;
    const Scenario& scenario_;
    Clock::time_point started_ = Clock::now();
    std::unique_ptr<System> system_;
    std::unique_ptr<Measurement> measurement_;
    std::unique_ptr<ResultsFile> file_;
    std::unique_ptr<Progress> progress_;
    double setup_s_ = 0;
    Picoseconds now_ = 0;
    bool complete_ = true;
};

int Run::execute() {
    std::string output = options_.output;
    if (output.empty()) {
        std::filesystem::create_directories("results");
        output = "results/" + scenario_.name + ".h5";
    }
    std::string pcap = options_.pcap_dir.empty() ? "results" : options_.pcap_dir;
    if (!scenario_.record.pcap.empty()) std::filesystem::create_directories(pcap);
    system_ = std::make_unique<System>(scenario_);
    file_ = std::make_unique<ResultsFile>(output);
    measurement_ = std::make_unique<Measurement>(*system_, pcap);
    measurement_->declare_series(*file_);
    progress_ = std::make_unique<Progress>(options_.progress);
    setup_s_ = seconds_since(started_);
    simulate();
    progress_->finish();
    return report();
}

/// Simulates up to `until`; false when somebody interrupted.
bool Run::step(Picoseconds until, const char* phase) {
    const Picoseconds bin = measurement_->interval();
    const Picoseconds slice = std::clamp<Picoseconds>(longest_slice / bin, 1, slice_bins) * bin;
    while (now_ < until) {
        if (interrupted()) return false;
        now_ = std::min(until, now_ + slice);
        system_->dispatcher().run_until(now_);
        measurement_->advance(now_, *file_);
        if (!measurement_->window().known()) measurement_->before_window(now_);
        progress_->update(now_, measurement_->delivered_so_far(), phase);
    }
    return true;
}

/// Lets queues settle: looks every tenth of the time passed, up to windows.warmup_max.
void Run::find_warmup() {
    const Picoseconds interval = measurement_->interval();
    const auto bins = [&](Picoseconds t) { return (t + interval - 1) / interval; };
    const Picoseconds most = bins(scenario_.windows.warmup_max.value);
    Picoseconds next = std::min<Picoseconds>(20, most);
    for (;;) {
        if (!step(next * interval, "warm-up")) {
            complete_ = false;
            return;
        }
        const bool steady = measurement_->steady();
        if (steady || next >= most) {
            measurement_->set_steady(steady);
            return;
        }
        next = std::min(most, next + std::max<Picoseconds>(1, next / 10));
    }
}

void Run::simulate() {
    const Picoseconds interval = measurement_->interval();
    Picoseconds warmup = 0;
    if (scenario_.windows.warmup) {
        warmup = (scenario_.windows.warmup->value + interval - 1) / interval * interval;
    } else {
        find_warmup();
        warmup = now_;
    }
    // Facts may come late by the timeline's lag: the drain is never shorter than that.
    const Window window{warmup, warmup + scenario_.windows.measure.value};
    const Picoseconds lag = measurement_->hosts()[0].timeline->lag() + 2 * interval;
    const Picoseconds end = window.end + std::max(scenario_.windows.drain.value, lag);
    measurement_->open(window, end);
    progress_->set_end(end);
    complete_ = complete_ && step(window.start, "warm-up");
    measurement_->mark_start();
    complete_ = complete_ && step(window.end, "measure");
    measurement_->mark_end();
    complete_ = complete_ && step(end, "drain");
    if (!complete_ && now_ < window.end) measurement_->cut(now_, *file_);
    measurement_->finish(now_);
}

int Run::report() {
    const double wall_s = seconds_since(started_);
    const Results results = build_results(*measurement_, complete_);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const double peak_bytes = static_cast<double>(usage.ru_maxrss) * 1024;
    const double frames_per_s =
        static_cast<double>(measurement_->delivered_so_far()) / (wall_s - setup_s_);

    ScenarioTexts texts;
    // How the simulator goes about it changes no result, so it stands with what may differ.
    texts.resolved = resolved_yaml(loaded_, "sim");
    for (const UsedProfile& profile : loaded_.profiles) {
        texts.profiles[profile.kind + "/" + profile.name] = profile.text;
    }
    Provenance provenance;
    provenance.texts["version"] = build_info::version;
    provenance.texts["commit"] = build_info::commit;
    provenance.texts["compiler"] = build_info::compiler;
    provenance.texts["flags"] = build_info::flags;
    provenance.texts["scenario_file"] = loaded_.path;
    provenance.numbers["sim.wall_time"] = wall_s;
    provenance.numbers["sim.setup_time"] = setup_s_;
    provenance.numbers["sim.frames_per_wall_second"] = frames_per_s;
    provenance.numbers["sim.memory.peak"] = peak_bytes;
    provenance.numbers["sim.batch"] = static_cast<double>(scenario_.sim.batch);
    provenance.numbers["sim.run_ahead"] = scenario_.sim.run_ahead ? 1 : 0;
    provenance.numbers["date"] = static_cast<double>(std::time(nullptr));

    measurement_->close_captures(complete_);
    const std::string output = complete_ ? file_->finish(results, texts, provenance)
                                         : file_->finish_partial(results, texts, provenance);
    if (options_.json) {
        const std::vector<Metric> of_the_run = {
            {"sim.wall_time", wall_s, "s", wall_s, wall_s},
            {"sim.setup_time", setup_s_, "s", setup_s_, setup_s_},
            {"sim.frames_per_wall_second", frames_per_s, "1/s", frames_per_s, frames_per_s},
            {"sim.memory.peak", peak_bytes, "B", peak_bytes, peak_bytes}};
        std::fputs(summary_json(results, of_the_run, output).c_str(), stdout);
    } else {
        SummaryInfo info;
        const Window& window = measurement_->window();
        info.warmup_s = static_cast<double>(window.start) * 1e-12;
        info.measure_s = static_cast<double>(window.end - window.start) * 1e-12;
        info.drain_s = static_cast<double>(now_ - window.end) * 1e-12;
        for (const TrafficParams& traffic : scenario_.traffic) info.classes.push_back(traffic.name);
        info.output = output;
        info.wall_s = wall_s;
        info.setup_s = setup_s_;
        info.frames_per_wall_s = frames_per_s;
        info.columns = output_columns();
        info.unicode = utf8_locale();
        info.colour = isatty(STDOUT_FILENO) != 0;
        std::fputs(summary_text(results, info).c_str(), stdout);
    }
    if (!complete_) return exit_interrupted;
    return results.audit_ok() ? exit_fine : exit_failed;
}

int fail(int code, const std::string& message) {
    std::fprintf(stderr, "error: %s\n", message.c_str());
    return code;
}

}  // namespace

int run(const RunOptions& options) {
    const Library library(home_directory());
    const LoadedScenario loaded =
        load_scenario(options.scenario, library, {options.sets, options.seed});
    if (!loaded.ok()) {
        std::fputs(loaded.diagnostics.text().c_str(), stderr);
        return exit_usage;
    }
    catch_interrupts();
    try {
        return Run(options, loaded).execute();
    } catch (const CaptureError& error) {
        return report_capture_error(loaded, error);
    } catch (const ResultsError& error) {
        return fail(exit_io, error.what());
    } catch (const std::filesystem::filesystem_error& error) {
        return fail(exit_io, error.path1().string() + ": " + error.code().message());
    } catch (const std::invalid_argument& error) {
        return report_build_error(loaded, error);
    } catch (const std::bad_alloc&) {
        return fail(exit_io, "not enough memory for this scenario");
    }
}

}  // namespace snsim
