// A small run's results, made up, for the tests of whatever writes results out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "observers/results_file.h"

namespace snsim {

inline Column sample_column(const char* name, const char* unit, Column::Values values) {
    return {name, unit, std::string("the ") + name, std::move(values)};
}

inline Results sample_results() {
    using Texts = std::vector<std::string>;
    using Integers = std::vector<std::int64_t>;
    using Reals = std::vector<double>;
    Results results;
    results.scenario = "sample";
    results.seed = 7;
    results.summary = {
        {"clients.rate.offered", 14.88e6, "1/s", 0, 0},
        {"frames.offered", 14880, "", 0, 0},
        {"frames.delivered", 9820, "", 0, 0},
        {"frames.dropped", 5060, "", 0, 0},
        {"frames.lost", 5060, "", 0, 0},
        {"clients.frames.offered", 14880, "", 0, 0},
        {"clients.frames.lost", 5060, "", 0, 0},
        {"clients.rate.delivered", 9.82e6, "1/s", 9.8e6, 9.84e6},
        {"clients.throughput.l2", 5.0278e9, "bit/s", 0, 0},
        {"clients.latency.mean", 12.3e-6, "s", 0, 0},
        {"clients.latency.p50", 11e-6, "s", 0, 0},
        {"clients.latency.p99", 850e-9, "s", 0, 0},
        {"power.card.mean", 74.25, "W", 0, 0},
        {"power.card.peak", 80.1, "W", 0, 0},
        {"energy.per_frame", 7.56e-6, "J", 0, 0},
    };
    results.bottlenecks = {{"host0.card.asic.ingress", "engines", 0.998, 1.27},
                           {"wire", "", 0.5, 1}};
    results.audit = {{"conservation", "host0.card", 14880, 14880, true, ""},
                     {"steady", "host0.card.asic", 0, 0, true, "not steady"}};
    results.tables = {
        {"stations",
         "Queues and servers",
         {sample_column("path", "", Texts{"host0.card.asic.ingress", "naïve – 東"}),
          sample_column("utilisation", "", Reals{0.998, 0.1}),
          sample_column("arrivals", "", Integers{14880, -1})}},
        {"breakdown",
         "Where latency comes from",
         {sample_column("class", "", Texts{"clients", "clients"}),
          sample_column("station", "", Texts{"host0.card.asic.ingress", "host0.card.asic.port0"}),
          sample_column("order", "", Integers{1, 2}),
          sample_column("mean", "s", Reals{10e-6, 2.3e-6}),
          sample_column("p50", "s", Reals{10e-6, 2.3e-6}),
          sample_column("p99", "s", Reals{11e-6, 2.4e-6}),
          sample_column("share", "", Reals{0.813, 0.187})}},
        {"drops",
         "Frames dropped",
         {sample_column("path", "", Texts{"host0.card.asic.port0", "host0.card.asic.fw"}),
          sample_column("reason", "", Texts{"buffer_full", "policy"}),
          sample_column("frames", "", Integers{5000, 60}),
          sample_column("bytes", "B", Integers{320000, 3840})}},
        {"power",
         "Electrical power",
         {sample_column("path", "", Texts{"host0.card.arm", "host0.card.asic"}),
          sample_column("mean", "W", Reals{21, 53.25})}},
        {"latency/clients",
         "Latency histogram",
         {sample_column("lower", "s", Reals{1e-6, 2e-6, 4e-6}),
          sample_column("upper", "s", Reals{1.001e-6, 2.002e-6, 4.004e-6}),
          sample_column("count", "", Integers{10, 80, 10})}},
    };
    return results;
}

inline ScenarioTexts sample_texts() {
    return {"name: sample\nseed: 7\n", {{"cards/one", "clock: 1 GHz\n"}, {"hosts/two", "x: 1\n"}}};
}

inline Provenance sample_provenance(double wall_time = 1.5) {
    Provenance provenance;
    provenance.texts = {{"version", "0.1.0"}, {"compiler", "g++"}};
    provenance.numbers = {{"wall_time", wall_time}};
    return provenance;
}

inline std::vector<SeriesInfo> sample_series() {
    return {{"", "rate.delivered", "1/s", "frames delivered"},
            {"host0.card.asic", "power", "W", "power drawn"},
            {"host0.card.arm", "power", "W", "power drawn"}};
}

}  // namespace snsim
