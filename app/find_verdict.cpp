#include "app/find_verdict.h"

#include <cmath>
#include <fmt/format.h>

#include "observers/summary_text.h"

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

/// Why latencies are too long; empty if they are not.
std::string too_slow(const LatencyFindParams& find, const std::vector<std::string>& classes,
                     const Results& results) {
    const double below_s = static_cast<double>(find.below.value) * 1e-12;
    for (const std::string& name : classes) {
        const std::string full = name + "." + name_of(find.metric);
        const Metric* found = results.find(full);
        if (found == nullptr) return full + " was not measured, too few frames came through";
        if (found->value < below_s) continue;
        return full + " is " + si_text(found->value, "s");
    }
    return {};
}

/// Why too few connections opened; empty if enough did. What is asked for is an expectation, so
/// four of its standard deviations are granted.
std::string too_few(const FindParams& find, double asked_per_s, const SearchTrial& trial,
                    const Results& results) {
    const double opened = metric(results, "flows.installed");
    const double rate = metric(results, "connections.rate");
    if (opened <= 0) return "no connection opened";
    const double asked = asked_per_s * opened / rate;  // in the window
    const double least = asked * (1 - find.resolution.value) - 4 * std::sqrt(asked);
    if (opened >= least || trial.offered <= 0) return {};
    return fmt::format("only {:.0f} of {:.0f} connections opened", opened, asked);
}

}  // namespace

SearchTrial judge(const FindParams& find, const std::vector<std::string>& classes, double value,
                  const TrialOutcome& outcome) {
    SearchTrial out;
    out.end = outcome.end;
    if (!outcome.ran()) {
        out.why = outcome.message;
        return out;
    }
    const Results& r = outcome.results;
    if (!r.bottlenecks.empty()) {
        out.limit = r.bottlenecks.front().path;
        if (!r.bottlenecks.front().resource.empty())
            out.limit += " " + r.bottlenecks.front().resource;
    }
    for (const std::string& name : classes) {
        out.offered += metric(r, name + ".frames.offered");
        out.lost += metric(r, name + ".frames.lost");
    }
    const double all = metric(r, "frames.offered");
    out.growth = all + metric(r, "frames.created") - metric(r, "frames.delivered") -
                 metric(r, "frames.dropped") - metric(r, "frames.consumed");
    if (out.offered <= 0) {
        out.why = "nothing was offered";
    } else if (out.lost > find.loss.value * out.offered) {
        out.why = fmt::format("lost {:.0f} of {:.0f} frames", out.lost, out.offered);
    } else if (out.growth > find.resolution.value / 2 * all) {
        out.why = fmt::format("queues grow: {:.0f} frames more inside at the end of the window",
                              out.growth);
    } else if (const auto* latency = std::get_if<LatencyFindParams>(&find.body)) {
        out.why = too_slow(*latency, classes, r);
    } else if (find.kind == FindKind::connection_rate) {
        out.why = too_few(find, value * static_cast<double>(classes.size()), out, r);
    }
    out.passes = out.why.empty();
    return out;
}

}  // namespace snsim
