#include "app/progress.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include "observers/page_text.h"

namespace snsim {
namespace {

constexpr double refresh_s = 0.2;
constexpr double line_interval_s = 2;  ///< off a terminal
constexpr double smoothing_s = 2;
constexpr int bar_columns = 10;
constexpr double seconds_per_ps = 1e-12;

double wall_now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

std::string rounded_time(double seconds) {
    if (seconds < 99.5) return fmt::format("{:.0f} s", seconds);
    if (seconds < 5400) return fmt::format("{:.0f} min", seconds / 60);
    return fmt::format("{:.1f} h", seconds / 3600);
}

}  // namespace

std::string ProgressMeter::line(double now_s, const ProgressState& state) {
    if (!started_ || state.simulated_ps != last_.simulated_ps) moved_at_s_ = now_s;
    if (const double passed = now_s - last_s_; started_ && passed > 0) {
        const double weight = frames_per_s_ == 0 ? 1 : passed / (passed + smoothing_s);
        const auto frames = static_cast<double>(state.frames - last_.frames);
        const auto simulated = static_cast<double>(state.simulated_ps - last_.simulated_ps);
        frames_per_s_ += weight * (frames / passed - frames_per_s_);
        simulated_per_s_ += weight * (simulated / passed - simulated_per_s_);
    }
    started_ = true;
    last_s_ = now_s;
    last_ = state;
    stalled_s_ = now_s - moved_at_s_;

    std::string text =
        fmt::format("{} {}", state.phase,
                    si_text(static_cast<double>(state.simulated_ps) * seconds_per_ps, "s"));
    if (state.end_ps > 0) {
        const double share = std::clamp(
            static_cast<double>(state.simulated_ps) / static_cast<double>(state.end_ps), 0.0, 1.0);
        const auto filled = static_cast<std::size_t>(share * bar_columns);
        text += fmt::format("  [{}{}] {:.0f} %", std::string(filled, '#'),
                            std::string(bar_columns - filled, '-'), std::floor(share * 100));
    }
    if (stalled() > 0) {
        return text + fmt::format("  no progress for {}", rounded_time(std::floor(stalled())));
    }
    if (frames_per_s_ > 0) text += fmt::format("  {} frames/s", si_text(frames_per_s_, ""));
    if (state.end_ps > state.simulated_ps && simulated_per_s_ > 0) {
        const auto left = static_cast<double>(state.end_ps - state.simulated_ps);
        text += "  ETA " + rounded_time(std::ceil(left / simulated_per_s_));
    }
    return text;
}

Progress::Progress(ShowProgress mode, std::int64_t end_ps, std::FILE* out)
    : out_(out), terminal_(::isatty(::fileno(out)) != 0), end_ps_(end_ps) {
    shown_ = mode == ShowProgress::on || (mode == ShowProgress::automatic && terminal_);
    if (!shown_) return;
    // The new thread inherits the mask: signals stay with the simulation.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { watch(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Progress::~Progress() { finish(); }

void Progress::finish() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        stop_ = true;
    }
    stop_signal_.notify_one();
    thread_.join();
    show(wall_now(), true);
}

ProgressState Progress::state() const {
    return {phase_.load(std::memory_order_relaxed), simulated_ps_.load(std::memory_order_relaxed),
            end_ps_.load(std::memory_order_relaxed), frames_.load(std::memory_order_relaxed)};
}

void Progress::watch() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!stop_signal_.wait_for(lock, std::chrono::duration<double>(refresh_s),
                                  [this] { return stop_; })) {
        show(wall_now(), false);
    }
}

void Progress::show(double now_s, bool last) {
    const std::string line = meter_.line(now_s, state());
    if (terminal_) {
        // Return, then erase to the end of the line.
        std::fprintf(out_, "\r\033[K%s", last ? "" : line.c_str());
    } else if (last) {
        std::fprintf(out_, "%s\n", line.c_str());
    } else if (const double stalled = meter_.stalled(); stalled > 0) {
        if (stalled >= next_warning_s_) {
            std::fprintf(out_, "warning: %s\n", line.c_str());
            next_warning_s_ = 2 * std::max(stalled, ProgressMeter::stall_s);
        }
    } else {
        next_warning_s_ = 0;
        if (now_s >= next_line_s_) {
            std::fprintf(out_, "%s\n", line.c_str());
            next_line_s_ = now_s + line_interval_s;
        }
    }
    std::fflush(out_);
}

}  // namespace snsim
