// Every metric a run can report: name, unit, meaning. Declared here once.
#pragma once

#include <array>
#include <string_view>

namespace snsim {

struct MetricInfo {
    std::string_view name;
    std::string_view unit;  ///< SI, empty for counts and ratios
    std::string_view meaning;
};

/// Names that stand for a family are followed by the metrics that share it: power.<block>.mean.
inline constexpr std::array metric_table = {
    MetricInfo{"frames.offered", "", "frames whose last bit reached the card in the window"},
    MetricInfo{"frames.created", "", "frames the system itself made"},
    MetricInfo{"frames.delivered", "", "frames that left by a port in the window"},
    MetricInfo{"frames.consumed", "", "frames that ended in the system as meant"},
    MetricInfo{"frames.dropped", "", "frames dropped, asked for or not"},
    MetricInfo{"frames.lost", "", "frames dropped that nobody asked to drop"},
    MetricInfo{"frames.in_flight", "", "frames inside when the window ended"},
    MetricInfo{"rate.offered", "1/s", "frames.offered per second"},
    MetricInfo{"rate.delivered", "1/s", "frames.delivered per second"},
    MetricInfo{"throughput.l1", "bit/s", "delivered bits with 20 B of preamble and gap per frame"},
    MetricInfo{"throughput.l2", "bit/s", "delivered bits with FCS"},
    MetricInfo{"goodput", "bit/s", "delivered transport payload"},
    MetricInfo{"generator.late.mean", "s", "how much later than planned frames were sent"},
    MetricInfo{"latency.mean", "s", "last bit in to first bit out, frames that came in the window"},
    MetricInfo{"latency.p50", "s", "its median"},
    MetricInfo{"latency.p90", "s", "its 90th percentile"},
    MetricInfo{"latency.p95", "s", "its 95th percentile; of accesses to memory only"},
    MetricInfo{"latency.p99", "s", "its 99th percentile"},
    MetricInfo{"latency.p999", "s", "its 99.9th percentile; needs 10,000 frames"},
    MetricInfo{"latency.max", "s", "the longest"},
    MetricInfo{"connections.rate", "1/s", "flows.installed per second"},
    MetricInfo{"flows.active", "", "connections in the tables at the end of the window"},
    MetricInfo{"flows.installed", "", "connections entered in the window"},
    MetricInfo{"flows.evicted", "", "connections removed for their age in the window"},
    MetricInfo{"pcie.up.utilisation", "", "share of time in which the link from the card is busy"},
    MetricInfo{"pcie.up.throughput", "bit/s", "what it carries, headers and DLLPs included"},
    MetricInfo{"pcie.down.utilisation", "", "the same of the link to the card"},
    MetricInfo{"pcie.down.throughput", "bit/s", "the same of the link to the card"},
    MetricInfo{"pcie.read.latency.p50", "s", "DMA reads, from asking the engine to its answer"},
    MetricInfo{"pcie.read.latency.p95", "s", "their 95th percentile"},
    MetricInfo{"pcie.read.latency.p99", "s", "their 99th percentile"},
    MetricInfo{"host.cpu.cores", "", "cores busy on the mean, those that poll in vain included"},
    MetricInfo{"host.cpu.cycles_per_frame", "",
               "cycles of work, without looks in vain, per frame that a driver took or an "
               "application sent"},
    MetricInfo{"host.cpu.share.copy", "", "share of these cycles that copying takes"},
    MetricInfo{"host.cpu.share.tcpip", "",
               "share that IP, TCP and UDP take, acknowledgements included"},
    MetricInfo{"host.interrupts.rate", "1/s", "interrupts that cards raised"},
    MetricInfo{
        "faults.refused", "",
        "accesses of interfaces that were refused or made no sense, from the run's beginning"},
    MetricInfo{"faults.stray", "", "those that passed, as nothing stops them: the IOMMU is off"},
    MetricInfo{"power.card.mean", "W", "mean power of all cards"},
    MetricInfo{"power.card.peak", "W", "highest mean over one interval of recording"},
    MetricInfo{"power.<block>.mean", "W", "mean power of one block of the card"},
    MetricInfo{"energy.per_frame", "J", "energy of the cards per delivered frame"},
    MetricInfo{"sim.events", "",
               "decisions of agenda points, whatever the batch and run-ahead settings"},
    MetricInfo{"find.<name>.pass", "",
               "highest value that passes; of several frame sizes each, "
               "find.<name>.64.pass; unit of what is raised"},
    MetricInfo{"find.<name>.fail", "", "lowest value that fails"},
    MetricInfo{"find.<name>.trials", "", "trials of the search"},
    MetricInfo{"sim.wall_time", "s", "wall-clock time; not in the results file's summary"},
    MetricInfo{"sim.setup_time", "s", "the part of it before simulated time begins to pass"},
    MetricInfo{"sim.frames_per_wall_second", "1/s",
               "frames delivered per second of the rest of the wall time"},
    MetricInfo{"sim.memory.peak", "B", "largest resident memory"},
};

}  // namespace snsim
