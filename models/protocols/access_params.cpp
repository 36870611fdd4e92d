#include "models/protocols/access_params.h"

namespace snsim {

namespace {
constexpr const char* scenario = "pcie-bench";
}

const ParamTable& AccessParams::params() {
    using P = AccessParams;
    static const ParamTable table =
        make_table<P>(
            "accesses to host memory instead of frames, each begun when an earlier one is done",
            {
                choice("operation", &P::operation, AccessOperation::none,
                       {{"none", AccessOperation::none},
                        {"read", AccessOperation::read},
                        {"write", AccessOperation::write},
                        {"read-write", AccessOperation::read_write},
                        {"write-then-read", AccessOperation::write_then_read}},
                       "what is done; read-write does one after the other in turn, write-then-read "
                       "both to one address, without waiting in between",
                       "choice", {scenario, "write", "goodput", "bench.access.operation"}),
                param("size", &P::size, 64_b, 1_b, 4096_b, "bytes of an access", "choice",
                      {scenario, "256 B", "goodput", "bench.access.size"}),
                param("window", &P::window, 8_kib, 64_b, 1024_mib, "memory in which accesses lie",
                      "pcie-bench (SIGCOMM 2018)",
                      {scenario,
                       "64 MiB",
                       "goodput",
                       "bench.access.window",
                       {"host0.iommu.enabled=true"}}),
                absent_as("auto",
                          param("spacing", &P::spacing, std::nullopt, 1_b, 64_kib,
                                "from one place for an access to the next; auto is the size "
                                "rounded up to whole cache lines, as in pcie-bench",
                                "choice",
                                {scenario,
                                 "512 B",
                                 "pcie.up.throughput",
                                 "bench.access.spacing",
                                 {"bench.access.size=400 B", "bench.access.operation=write"}})),
                choice("order", &P::order, AccessOrder::random,
                       {{"random", AccessOrder::random}, {"sequential", AccessOrder::sequential}},
                       "of the places", "choice",
                       {scenario,
                        "sequential",
                        "goodput",
                        "bench.access.order",
                        {"host0.iommu.enabled=true", "bench.access.window=64 MiB"}}),
                choice("cache", &P::cache, CacheState::warm,
                       {{"warm", CacheState::warm}, {"cold", CacheState::cold}},
                       "whether the host's cores used the window before, or much else", "choice",
                       {scenario, "cold", "latency.p50", "bench.access.cache"}),
                param("node", &P::node, 0, 0, 7, "socket of the memory; the card is at 0", "choice",
                      {scenario, "1", "latency.p50", "bench.access.node"}),
                param("outstanding", &P::outstanding, 96, 1, 4096, "accesses under way at once",
                      "pcie-bench on the NFP-6000: 12 cores of 8 threads",
                      {scenario, "1", "goodput", "bench.access.outstanding"}),
                flag("direct", &P::direct, false,
                     "by a processor of the card itself instead of the DMA engine", "choice",
                     {scenario,
                      "true",
                      "latency.p50",
                      "bench.access.direct",
                      {"bench.access.size=8 B", "bench.access.outstanding=1"}}),
                param("function", &P::function, 0, 0, 255, "PCIe function that asks", "choice",
                      no_witness("which function asks makes no difference while one page table "
                                 "serves a class alone")),
                flag("mapped", &P::mapped, true,
                     "whether the IOMMU, if it is enabled, lets the function reach the window",
                     "choice",
                     {scenario,
                      "false",
                      "goodput",
                      "bench.access.mapped",
                      {"host0.iommu.enabled=true"}}),
            })
            .check([](const P& p, CheckReport& r) {
                const Bytes apart = p.spacing.value_or(Bytes{(p.size.value + 63) / 64 * 64});
                if (apart < p.size) {
                    r.error("spacing",
                            "'" + to_text(apart) + "' is less than the size of " + to_text(p.size));
                }
                if (p.window < apart) {
                    r.error("window", "'" + to_text(p.window) +
                                          "' has no room for one access; they are " +
                                          to_text(apart) + " apart");
                }
            });
    return table;
}

}  // namespace snsim
