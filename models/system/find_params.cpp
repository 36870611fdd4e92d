#include "models/system/find_params.h"

#include <set>

#include "models/base/measure.h"

namespace snsim {

namespace {

constexpr const char* scenario = "dsc100-rfc2544";  // of the witnesses

const std::vector<std::string>& rfc2544_sizes() {
    static const std::vector<std::string> sizes{"64 B",   "128 B",  "256 B", "512 B",
                                                "1024 B", "1280 B", "1518 B"};
    return sizes;
}

/// Arrivals by chance, so that latency grows with the rate before frames are lost.
const std::vector<std::string> poisson{"east.arrival=poisson", "west.arrival=poisson"};

/// So many frames wait, at least, at the end of a trial that is over the limit by the resolution;
/// fewer could be chance.
constexpr double least_excess = 200;

void check_find(const FindParams& p, CheckReport& r) {
    const double excess = static_cast<double>(p.frames) * p.resolution.value;
    if (excess < least_excess) {
        r.error("frames",
                "'" + to_text(p.frames) + "' is too few to tell a rate that is " +
                    to_text(p.resolution) +
                    " over the limit from one below it; with this resolution it takes " +
                    to_text(static_cast<std::int64_t>(least_excess / p.resolution.value)));
    }
}

/// Of sizes that are equal, however written, metrics would have one name.
void check_sizes(const std::vector<std::string>& sizes, CheckReport& r) {
    std::set<std::string> seen;
    for (const std::string& size : sizes) {
        const auto measure = parse_measure(size);
        if (!seen.insert(measure ? print_measure(measure->si, *measure) : size).second) {
            r.error("frame_sizes", "the size " + size + " twice");
        }
    }
}

template <class P>
void check_range(const P& p, CheckReport& r) {
    check_sizes(p.frame_sizes, r);
    const OfferedRate& low = p.low;
    const OfferedRate& high = p.high;
    if (low.kind != high.kind) {
        r.error("low",
                "'low' and 'high' are rates of different kinds; write both as a share of "
                "line rate, both as frames/s or both as bit/s");
    } else if (!(low.share < high.share || low.frames < high.frames || low.bits < high.bits)) {
        r.error("low", "'low' is not below 'high'");
    }
}

/// Other trials are run in the witnesses' scenario.
Witness changes_trials(const std::string& search, const std::string& key,
                       const std::string& value) {
    return {scenario, value, "/find", search + "." + key};
}

/// What it finds moves.
Witness moves(const std::string& search, const std::string& key, const std::string& value,
              std::vector<std::string> with = {}) {
    return {scenario, value, "find." + search + ".pass", search + "." + key, std::move(with)};
}

}  // namespace

const ParamTable& ThroughputFindParams::params() {
    using P = ThroughputFindParams;
    static const ParamTable table =
        make_table<P>("highest rate without loss (RFC 2544, 26.1)",
                      {
                          value("frame_sizes", &P::frame_sizes, rfc2544_sizes(),
                                "frame sizes searched one by one; [] takes the scenario's own",
                                "RFC 2544, 9.1", moves("one-size", "frame_sizes", "[256 B]")),
                          value("low", &P::low, OfferedRate::of_line({0.01}),
                                "lowest rate tried, of line rate or absolute", "choice",
                                changes_trials("one-size", "low", "5 %")),
                          value("high", &P::high, OfferedRate::of_line({1}), "highest rate tried",
                                "RFC 2544, 26.1: line rate", moves("one-size", "high", "20 %")),
                      })
            .check(check_range<P>);
    return table;
}

const ParamTable& LatencyFindParams::params() {
    using P = LatencyFindParams;
    static const ParamTable table =
        make_table<P>("highest rate with a latency below a bound",
                      {
                          value("frame_sizes", &P::frame_sizes, {},
                                "frame sizes searched one by one; [] takes the scenario's own",
                                "choice", moves("fast", "frame_sizes", "[512 B]", poisson)),
                          value("low", &P::low, OfferedRate::of_line({0.01}),
                                "lowest rate tried, of line rate or absolute", "choice",
                                changes_trials("fast", "low", "5 %")),
                          value("high", &P::high, OfferedRate::of_line({1}), "highest rate tried",
                                "choice", moves("fast", "high", "20 %")),
                          choice("metric", &P::metric, LatencyMetric::p99,
                                 {{"latency.mean", LatencyMetric::mean},
                                  {"latency.p50", LatencyMetric::p50},
                                  {"latency.p90", LatencyMetric::p90},
                                  {"latency.p99", LatencyMetric::p99},
                                  {"latency.p999", LatencyMetric::p999},
                                  {"latency.max", LatencyMetric::max}},
                                 "what must stay below the bound, of every class", "choice",
                                 moves("fast", "metric", "latency.max", poisson)),
                          required(param("below", &P::below, 0_ps, 1_ps, 1000_s, "the bound",
                                         "choice", moves("fast", "below", "10 us", poisson))),
                      })
            .check(check_range<P>);
    return table;
}

const ParamTable& ConnectionFindParams::params() {
    using P = ConnectionFindParams;
    static const ParamTable table =
        make_table<P>(
            "highest rate of new connections without one that fails",
            {
                param("low", &P::low, 1000_per_s, 1_per_s, 1'000'000'000_per_s, "lowest rate tried",
                      "choice", changes_trials("connections", "low", "500 k/s")),
                param("high", &P::high, 10'000'000_per_s, 1_per_s, 1'000'000'000_per_s,
                      "highest rate tried", "choice", moves("connections", "high", "100 k/s")),
            })
            .check([](const P& p, CheckReport& r) {
                if (!(p.low < p.high)) r.error("low", "'low' is not below 'high'");
            });
    return table;
}

const ParamTable& FindParams::params() {
    using P = FindParams;
    static const ParamTable table =
        make_table<P>(
            "a search for a limit",
            {
                required(text("name", &P::name, "", "what --find and metrics call the search",
                              no_witness("a label"))),
                required(planned({"punt-collapse"},
                                 choice("kind", &P::kind, FindKind::throughput,
                                        {{"throughput", FindKind::throughput},
                                         {"latency-bound", FindKind::latency_bound},
                                         {"connection-rate", FindKind::connection_rate}},
                                        "what is searched", "choice",
                                        no_witness("each kind has keys of its own")))),
                text("classes", &P::classes, {},
                     "traffic classes raised together, each to the rate tried; all that are "
                     "generated if absent",
                     moves("one-size", "classes", "[east, west]")),
                param("resolution", &P::resolution, {0.005}, {0.0001}, {0.5},
                      "where the search ends: highest pass and lowest fail differ by less",
                      "choice", changes_trials("one-size", "resolution", "10 %")),
                param("loss", &P::loss, {0}, {0}, {1},
                      "lost frames that still pass, of those offered by the classes",
                      "RFC 2544, 26.1: none", moves("one-size", "loss", "5 %")),
                param("frames", &P::frames, 200'000, 1000, 1'000'000'000,
                      "frames of the classes in each trial's measure window", "choice",
                      changes_trials("one-size", "frames", "100000")),
                alternative<ThroughputFindParams>("kind", "throughput", &P::body),
                alternative<LatencyFindParams>("kind", "latency-bound", &P::body),
                alternative<ConnectionFindParams>("kind", "connection-rate", &P::body),
            })
            .check(check_find);
    return table;
}

}  // namespace snsim
