#include "app/simulation.h"

#include <algorithm>
#include <new>
#include <stdexcept>

#include "app/build_error.h"
#include "app/capture_error.h"
#include "app/exit_code.h"
#include "app/interrupt.h"
#include "app/output.h"
#include "app/results_builder.h"
#include "observers/results_file.h"

namespace snsim {

namespace {

/// Simulated time between looks at progress, interrupts and closed bins: whole bins, but not more
/// than people would wait for.
constexpr Picoseconds slice_bins = 8;
constexpr Picoseconds longest_slice = 1'000'000'000;

}  // namespace

Simulation::Simulation(const LoadedScenario& loaded, const std::string& pcap_folder)
    : loaded_(loaded),
      scenario_(loaded.scenario),
      system_(loaded.scenario),
      measurement_(system_, pcap_folder) {}

double Simulation::wall_s() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
}

/// Simulates up to `until`; false when somebody interrupted.
bool Simulation::step(Picoseconds until, const char* phase) {
    const Picoseconds bin = measurement_.interval();
    const Picoseconds slice = std::clamp<Picoseconds>(longest_slice / bin, 1, slice_bins) * bin;
    while (now_ < until) {
        if (interrupted()) return false;
        now_ = std::min(until, now_ + slice);
        system_.dispatcher().run_until(now_);
        measurement_.advance(now_, *series_);
        if (!measurement_.window().known()) measurement_.before_window(now_);
        progress_->update(now_, measurement_.delivered_so_far(), phase);
    }
    return true;
}

/// Lets queues settle: looks every tenth of the time passed, up to windows.warmup_max.
void Simulation::find_warmup() {
    const Picoseconds interval = measurement_.interval();
    const auto bins = [&](Picoseconds t) { return (t + interval - 1) / interval; };
    const Picoseconds most = bins(scenario_.windows.warmup_max.value);
    Picoseconds next = std::min<Picoseconds>(20, most);
    for (;;) {
        if (!step(next * interval, "warm-up")) {
            complete_ = false;
            return;
        }
        const bool steady = measurement_.steady();
        if (steady || next >= most) {
            measurement_.set_steady(steady);
            return;
        }
        next = std::min(most, next + std::max<Picoseconds>(1, next / 10));
    }
}

void Simulation::run(SeriesSink& series, Progress& progress) {
    series_ = &series;
    progress_ = &progress;
    measurement_.declare_series(series);
    setup_s_ = wall_s();
    const Picoseconds interval = measurement_.interval();
    Picoseconds warmup = 0;
    if (scenario_.windows.warmup) {
        warmup = (scenario_.windows.warmup->value + interval - 1) / interval * interval;
    } else {
        find_warmup();
        warmup = now_;
    }
    // Facts may come late by the timeline's lag: the drain is never shorter than that.
    const Window window{warmup, warmup + scenario_.windows.measure.value};
    const Picoseconds lag = measurement_.hosts()[0].timeline->lag() + 2 * interval;
    const Picoseconds end = window.end + std::max(scenario_.windows.drain.value, lag);
    measurement_.open(window, end);
    progress.set_end(end);
    complete_ = complete_ && step(window.start, "warm-up");
    measurement_.mark_start();
    complete_ = complete_ && step(window.end, "measure");
    measurement_.mark_end();
    complete_ = complete_ && step(end, "drain");
    if (!complete_ && now_ < window.end) measurement_.cut(now_, series);
    measurement_.finish(now_);
    progress.finish();
}

Results Simulation::results() {
    Results results = build_results(measurement_, complete_);
    measurement_.close_captures(complete_);
    return results;
}

int with_errors_reported(const LoadedScenario& loaded, const std::function<int()>& body) {
    try {
        return with_io_errors_reported(body);
    } catch (const CaptureError& error) {
        return report_capture_error(loaded, error);
    } catch (const std::invalid_argument& error) {
        return report_build_error(loaded, error);
    } catch (const std::bad_alloc&) {
        return fail(exit_io, "not enough memory for this scenario");
    }
}

}  // namespace snsim
