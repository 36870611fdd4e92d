#include "models/host/host_params.h"

namespace snsim {

namespace {
constexpr const char* scenario = "pcie-bench";
const std::vector<std::string> cold{"bench.access.cache=cold", "bench.access.outstanding=1"};
const std::vector<std::string> one{"bench.access.outstanding=1"};
const std::vector<std::string> behind_a_write{"bench.access.operation=write-then-read",
                                              "bench.access.outstanding=1"};
}  // namespace

const ParamTable& HostMemoryParams::params() {
    using P = HostMemoryParams;
    static const ParamTable table =
        make_table<P>(
            "memory, its last-level cache and the sockets it lies at",
            {
                param("llc", &P::llc, 25_mib, 64_kib, 1024_mib, "last-level cache of the socket",
                      "Intel ARK: E5-2630 v4",
                      {scenario, "64 KiB", "latency.p50", "", {"bench.access.window=4 MiB"}}),
                param("llc_ways", &P::llc_ways, 20, 1, 64, "its ways",
                      "Intel SDM, CPUID leaf 4 of the E5 v4",
                      {scenario,
                       "1",
                       "latency.mean",
                       "",
                       {"bench.access.window=8 MiB", "host0.memory.llc=10 MiB",
                        "host0.memory.ddio_ways=1", "bench.access.outstanding=1"}}),
                param("ddio_ways", &P::ddio_ways, 2, 0, 64, "ways that devices may fill",
                      "Intel DDIO technology brief, 2012: a tenth of the cache",
                      {scenario,
                       "0",
                       "latency.p50",
                       "",
                       {"bench.access.operation=write-then-read", "bench.access.cache=cold",
                        "bench.access.outstanding=1"}}),
                param("llc_latency", &P::llc_latency, 40_ns, 0_ps, 10_us,
                      "from the root complex to the first line in the cache and back", "estimate",
                      {scenario, "80 ns", "latency.p50", "", one}),
                param("dram_latency", &P::dram_latency, 50_ns, 0_ps, 10_us,
                      "what a line in DRAM takes more",
                      "estimate: tRCD + CL of DDR4-2133 is 28 ns, controller and ring the rest",
                      {scenario, "100 ns", "latency.p50", "", cold}),
                param("write_latency", &P::write_latency, 100_ns, 0_ps, 10_us,
                      "until a write is visible to cores and later reads", "estimate",
                      {scenario, "200 ns", "latency.p50", "", behind_a_write}),
                param("line_time", &P::line_time, 4_ns, 0_ps, 1_us, "between lines of one access",
                      "estimate",
                      {scenario,
                       "20 ns",
                       "latency.p50",
                       "",
                       {"bench.access.outstanding=1", "bench.access.size=512 B"}}),
                param("bandwidth", &P::bandwidth, std::nullopt, 1_gbps, 10'000_gbps,
                      "of a socket's memory channels together: channels x MT/s x 8 B",
                      "JEDEC JESD79-4: DDR4-2133 carries 136.5 Gb/s a channel",
                      {scenario,
                       "8 Gb/s",
                       "goodput",
                       "",
                       {"bench.access.cache=cold", "bench.access.window=64 MiB"}}),
                param("jitter", &P::jitter, 4_ns, 0_ps, 10_us,
                      "mean of an exponential part of each read's latency", "estimate",
                      {scenario, "40 ns", "latency.p99", "", one}),
                param("numa_latency", &P::numa_latency, 90_ns, 0_ps, 10_us,
                      "what memory of another socket takes more", "estimate",
                      {scenario,
                       "200 ns",
                       "latency.p50",
                       "",
                       {"bench.access.outstanding=1", "bench.access.node=1"}}),
                param("nodes", &P::nodes, 2, 1, 8, "sockets", "choice",
                      refused(scenario, "1", "", {"bench.access.node=1"})),
                param("refresh", &P::refresh, 350_ns, 0_ps, 10_us, "how long a rank is refreshed",
                      "JEDEC JESD79-4: tRFC1 of 8 Gb DDR4",
                      {scenario, "3 us", "latency.p99", "", cold}),
                param("refresh_interval", &P::refresh_interval, 7800_ns, 100_ns, 1_ms,
                      "and how often", "JEDEC JESD79-4: tREFI",
                      {scenario, "1 us", "latency.p99", "", cold}),
            })
            .check([](const P& p, CheckReport& r) {
                if (p.ddio_ways > p.llc_ways) {
                    r.error("ddio_ways",
                            "'" + to_text(p.ddio_ways) + "' of " + to_text(p.llc_ways) + " ways");
                }
                if (p.refresh >= p.refresh_interval) {
                    r.error("refresh", "'" + to_text(p.refresh) +
                                           "' leaves no time of the interval of " +
                                           to_text(p.refresh_interval));
                }
            });
    return table;
}

}  // namespace snsim
