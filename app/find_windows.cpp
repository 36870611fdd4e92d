// The window of each trial of a search, and all else that loads it.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "app/find.h"
#include "app/find_verdict.h"
#include "app/offered_frames.h"

namespace snsim {

namespace {

constexpr double ps_per_s = 1e12;
/// Windows are whole multiples of twenty of the finest intervals of recording.
constexpr Picoseconds window_step = 2'000'000;
constexpr Picoseconds longest_window = 100'000'000'000;
/// For latencies that take a number of frames however slowly they come.
constexpr Picoseconds longest_latency_window = 100 * longest_window;
/// Of the frames a latency takes: some are still under way, and chance sends fewer.
constexpr double enough = 1.25;
constexpr Picoseconds least_warmup = 100'000'000;
constexpr std::int64_t windows_parts = 20;

/// Rounded up to steps, within bounds.
Picoseconds window_for(double frames, double frames_per_s, Picoseconds longest) {
    if (frames_per_s <= 0) return longest;
    const double ps = frames / frames_per_s * ps_per_s;
    if (ps > static_cast<double>(longest)) return longest;
    const auto steps = static_cast<Picoseconds>(std::ceil(ps / window_step));
    return std::max<Picoseconds>(10, steps) * window_step;
}

}  // namespace

/// The longest window, that of the lower bound, must hold what its latency takes.
void Find::check_windows(const Size& size, double value) {
    const auto* latency = std::get_if<LatencyFindParams>(&params_.body);
    if (latency == nullptr) return;
    TrialWindow window;
    (void)options(size, value, &window);
    const std::int64_t needed = frames_to_judge(latency->metric);
    if (window.slowest >= static_cast<double>(needed) * enough * 0.999) return;
    const Node* node = find_path(base_.tree, params_.name);
    diagnostics_.error(
        node == nullptr ? Origin{} : node->origin, params_.name + ".low",
        fmt::format("at {} a window of {} holds {:.0f} frames of a class, too few for a latency "
                    "that takes {}; raise 'low'",
                    text(value), to_text(Duration{longest_latency_window}), window.slowest,
                    needed));
}

/// What loads the trial at a value; tells about its window.
LoadOptions Find::options(const Size& size, double value, TrialWindow* trial) const {
    LoadOptions out = prototype_.options;
    const Node* section = find_path(base_.tree, params_.name);
    const Origin origin = section == nullptr ? Origin{} : section->origin;
    const auto set = [&](const std::string& path, const std::string& text) {
        out.settings.push_back({path, Node::scalar(text, origin), origin});
    };
    double frames = 0;
    double slowest = 0;
    // Bursts and connections offer frames at times of their own.
    bool known = params_.kind != FindKind::connection_rate;
    for (const TrafficParams& traffic : base_.scenario.traffic) {
        if (std::find(classes_.begin(), classes_.end(), traffic.name) == classes_.end()) continue;
        TrafficParams raised = traffic;
        known = known && traffic.arrival != Arrival::on_off;
        const Node rate = Node::scalar(text(value), origin);
        ValueErrors ignored;  // told when the trial is loaded
        if (!size.text.empty()) {
            set(traffic.name + ".frame_size", size.text);
            (void)ValueText<FrameSizes>::parse(Node::scalar(size.text), raised.frame_size, ignored);
        }
        set(traffic.name + "." + key(), text(value));
        if (params_.kind == FindKind::connection_rate) {
            (void)ValueText<EventRate>::parse(rate, raised.churn, ignored);
        } else {
            OfferedRate offered;
            if (ValueText<OfferedRate>::parse(rate, offered, ignored)) raised.rate = offered;
        }
        const double of_class = frames_per_s(raised, base_.scenario);
        slowest = frames > 0 ? std::min(slowest, of_class) : of_class;
        frames += of_class;
    }
    Picoseconds window = window_for(static_cast<double>(params_.frames), frames, longest_window);
    if (const auto* latency = std::get_if<LatencyFindParams>(&params_.body)) {
        const auto needed = static_cast<double>(frames_to_judge(latency->metric)) * enough;
        window = std::max(window, window_for(needed, slowest, longest_latency_window));
    }
    if (trial != nullptr) {
        trial->length_s = static_cast<double>(window) / ps_per_s;
        trial->frames = known ? frames * trial->length_s : 0;
        trial->slowest = slowest * trial->length_s;
    }
    set("windows.measure", to_text(Duration{window}));
    set("windows.warmup", to_text(Duration{std::max(least_warmup, window / 10)}));
    set("record.interval",
        to_text(Duration{std::min<Picoseconds>(window / windows_parts, 100'000'000'000)}));
    set("record.frames", "none");
    return out;
}

}  // namespace snsim
