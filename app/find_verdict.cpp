#include "app/find_verdict.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "observers/page_text.h"

namespace snsim {

namespace {

const char* name_of(LatencyMetric metric) {
    switch (metric) {
        case LatencyMetric::mean: return "latency.mean";
        case LatencyMetric::p50: return "latency.p50";
        case LatencyMetric::p90: return "latency.p90";
        case LatencyMetric::p99: return "latency.p99";
        case LatencyMetric::p999: return "latency.p999";
        case LatencyMetric::max: break;
    }
    return "latency.max";
}

double metric(const Results& results, const std::string& name) {
    const Metric* found = results.find(name);
    return found == nullptr ? 0 : found->value;
}

/// What was not measured, and why; empty if all was.
std::string not_measured(const LatencyFindParams& find, const std::vector<std::string>& classes,
                         const Results& results) {
    for (const std::string& name : classes) {
        const std::string full = name + "." + name_of(find.metric);
        if (results.find(full) != nullptr) continue;
        return fmt::format("{} was not measured: {:.0f} frames came through, and it takes {}", full,
                           metric(results, name + ".frames.delivered"),
                           frames_to_judge(find.metric));
    }
    return {};
}

/// Why latencies are too long; empty if they are not.
std::string too_slow(const LatencyFindParams& find, const std::vector<std::string>& classes,
                     const Results& results) {
    const double below_s = static_cast<double>(find.below.value) * 1e-12;
    for (const std::string& name : classes) {
        const std::string full = name + "." + name_of(find.metric);
        const Metric* found = results.find(full);
        if (found == nullptr || found->value < below_s) continue;
        return full + " is " + si_text(found->value, "s");
    }
    return {};
}

/// Of an expected number at least so many come: what is within the resolution, and four standard
/// deviations of chance.
double least_of(double expected, const FindParams& find) {
    return expected * (1 - find.resolution.value) - 4 * std::sqrt(expected);
}

/// Why too few connections opened; empty if enough did.
std::string too_few(const FindParams& find, double asked_per_s, const Results& results) {
    const double opened = metric(results, "flows.installed");
    const double rate = metric(results, "connections.rate");
    if (!(opened > 0)) return "no connection opened";
    const double asked = asked_per_s * opened / rate;  // in the window
    if (opened >= least_of(asked, find)) return {};
    return fmt::format("only {:.0f} of {:.0f} connections opened", opened, asked);
}

/// Fewer frames than asked for are a verdict when the wire could carry no more.
bool wire_is_full(const Results& results) {
    const auto& all = results.bottlenecks;
    return std::any_of(all.begin(), all.end(),
                       [](const Bottleneck& b) { return b.path == "wire"; });
}

}  // namespace

std::int64_t frames_to_judge(LatencyMetric metric) {
    return metric == LatencyMetric::p999 ? 10'000 : 1;  // as results_metrics.cpp gives it
}

SearchTrial judge(const FindParams& find, const std::vector<std::string>& classes,
                  const Asked& asked, const TrialOutcome& outcome) {
    SearchTrial out;
    out.end = outcome.end;
    if (!outcome.ran()) {
        out.why = outcome.message;
        return out;
    }
    const Results& r = outcome.results;
    for (const std::string& name : classes) {
        out.offered += metric(r, name + ".frames.offered");
        out.lost += metric(r, name + ".frames.lost");
    }
    const double all = metric(r, "frames.offered");
    out.growth = all + metric(r, "frames.created") - metric(r, "frames.delivered") -
                 metric(r, "frames.dropped") - metric(r, "frames.consumed");
    // What queues up would be lost in a longer window.
    const double queued = std::max(0.0, out.growth);
    const auto* latency = std::get_if<LatencyFindParams>(&find.body);
    const bool too_few_offered = !(out.offered >= least_of(asked.frames, find));
    out.decided = true;
    if (!(out.offered > 0)) {
        out.decided = false;
        out.why = "nothing was offered in the window";
    } else if (too_few_offered && wire_is_full(r)) {
        out.why = fmt::format("only {:.0f} of {:.0f} frames could be offered: the wire is full",
                              out.offered, asked.frames);
    } else if (too_few_offered) {
        out.decided = false;
        out.why = fmt::format("only {:.0f} of {:.0f} frames were offered, with room on the wire",
                              out.offered, asked.frames);
    } else if (!(out.lost <= find.loss.value * out.offered)) {
        out.why = fmt::format("lost {:.0f} of {:.0f} frames", out.lost, out.offered);
    } else if (!(out.lost + queued <=
                 find.loss.value * out.offered + find.resolution.value / 2 * all)) {
        out.why = fmt::format("queues grow: {:.0f} frames more inside at the end of the window",
                              out.growth);
    } else if (latency != nullptr) {
        out.why = not_measured(*latency, classes, r);
        out.decided = out.why.empty();
        if (out.decided) out.why = too_slow(*latency, classes, r);
    } else if (find.kind == FindKind::connection_rate) {
        out.why = too_few(find, asked.value * static_cast<double>(classes.size()), r);
    }
    out.passes = out.why.empty();
    out.limit = limit_text(r, out.passes);
    return out;
}

std::vector<Bottleneck> limits(const Results& results, bool passes) {
    std::vector<Bottleneck> out = results.bottlenecks;
    if (!passes) {
        out.erase(std::remove_if(out.begin(), out.end(),
                                 [](const Bottleneck& b) { return b.resource.empty(); }),
                  out.end());
    }
    return out;
}

std::string limit_text(const Results& results, bool passes) {
    const auto all = limits(results, passes);
    if (all.empty()) return "-";
    return all.front().path + (all.front().resource.empty() ? "" : " " + all.front().resource);
}

}  // namespace snsim
