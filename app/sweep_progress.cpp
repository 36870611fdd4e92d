#include "app/sweep_progress.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

namespace snsim {

namespace {

constexpr std::size_t bar_columns = 10;
constexpr std::chrono::milliseconds line_interval(2000);  // off a terminal

std::string time_left(double seconds) {
    if (seconds < 99.5) return fmt::format("{:.0f} s", std::ceil(seconds));
    if (seconds < 5400) return fmt::format("{:.0f} min", std::ceil(seconds / 60));
    return fmt::format("{:.1f} h", seconds / 3600);
}

}  // namespace

CheckingProgress::CheckingProgress(ShowProgress mode)
    : terminal_(::isatty(STDERR_FILENO) != 0),
      shown_(mode == ShowProgress::on || (mode == ShowProgress::automatic && terminal_)),
      next_(Clock::now() + (terminal_ ? std::chrono::milliseconds(500) : line_interval)) {}

CheckingProgress::~CheckingProgress() {
    if (!on_line_) return;
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
}

void CheckingProgress::show(std::size_t done, std::size_t all) {
    if (!shown_ || Clock::now() < next_) return;
    on_line_ = terminal_;
    std::fprintf(stderr, "%schecking points: %zu of %zu%s", terminal_ ? "\r\033[K" : "", done, all,
                 terminal_ ? "" : "\n");
    std::fflush(stderr);
    next_ = Clock::now() + (terminal_ ? std::chrono::milliseconds(200) : line_interval);
}

SweepProgress::SweepProgress(ShowProgress mode, std::size_t all, double cost)
    : terminal_(::isatty(STDERR_FILENO) != 0),
      shown_(mode == ShowProgress::on || (mode == ShowProgress::automatic && terminal_)),
      all_(all),
      cost_(std::max(cost, 1e-300)) {}

SweepProgress::~SweepProgress() { end(); }

void SweepProgress::resumed(std::size_t count, double cost) {
    done_ += count;
    cost_done_ += cost;
    cost_resumed_ += cost;
}

void SweepProgress::finished(double cost, bool well) {
    ++done_;
    if (!well) ++failed_;
    cost_done_ += cost;
}

std::string SweepProgress::line(std::size_t running) const {
    const double share = std::clamp(cost_done_ / cost_, 0.0, 1.0);
    const auto filled = static_cast<std::size_t>(share * bar_columns);
    std::string out =
        fmt::format("[{}{}] {:.0f} %  {} of {} done", std::string(filled, '#'),
                    std::string(bar_columns - filled, '-'), std::floor(share * 100), done_, all_);
    if (failed_ > 0) out += fmt::format(", {} failed", failed_);
    if (running > 0) out += fmt::format(", {} running", running);
    const double passed = std::chrono::duration<double>(Clock::now() - started_).count();
    const double worked = cost_done_ - cost_resumed_;
    if (worked > 0 && cost_done_ < cost_) {
        out += "  ETA " + time_left(passed * (cost_ - cost_done_) / worked);
    }
    return out;
}

void SweepProgress::say(const std::string& text) {
    std::fprintf(stderr, "%s%s\n", terminal_ && shown_ ? "\r\033[K" : "", text.c_str());
}

void SweepProgress::print(const std::string& text) {
    last_ = text;
    if (terminal_) {
        std::fprintf(stderr, "\r\033[K%s", text.c_str());
        std::fflush(stderr);
    } else if (Clock::now() >= next_line_) {
        std::fprintf(stderr, "%s\n", text.c_str());
        next_line_ = Clock::now() + line_interval;
    }
}

void SweepProgress::show(std::size_t running) {
    if (shown_) print(line(running));
}

void SweepProgress::show_search(std::size_t trials, std::size_t running) {
    if (shown_) print(fmt::format("searching: {} trials done, {} running", trials, running));
}

void SweepProgress::end() {
    if (!shown_) return;
    if (terminal_) {
        std::fprintf(stderr, "\r\033[K");
        std::fflush(stderr);
    } else {
        std::fprintf(stderr, "%s\n", all_ > 0 ? line(0).c_str() : last_.c_str());
    }
    shown_ = false;
}

}  // namespace snsim
