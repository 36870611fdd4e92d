// What hosts spent: metrics of their cores and interrupts, the table of cycles by cause, and the
// laws by which both are audited.

#include <cmath>
#include <string>

#include "app/results_builder.h"
#include "observers/metrics.h"

namespace snsim::detail {

namespace {

using Watched = StationObserver::Watched;

const Watched& station_of(const Measurement::PerHost& host, const Station& station) {
    for (const Watched& w : host.stations->stations()) {
        if (w.station == &station) return w;
    }
    SNSIM_CHECK(false, "a core's station is not watched");
}

double window_ps(const Measurement& m) {
    return static_cast<double>(m.window().end - m.window().start);
}

double cycles_of(double ps, Frequency clock) {
    return ps * 1e-12 * static_cast<double>(clock.value);
}

struct HostSums {
    double cores = 0;       ///< busy or polling
    double cycles = 0;      ///< of work
    double frames = 0;      ///< taken off rings, and sent by applications
    double interrupts = 0;  ///< in the window
    double copied = 0;      ///< cycles of work
    double tcpip = 0;       ///< likewise
    bool any = false;
};

Software* software_of(const Measurement& m, const Measurement::PerHost& host) {
    return m.system().hosts()[host.index].host->software.get();
}

void add_host(const Measurement& m, const Measurement::PerHost& host, HostSums& sums) {
    Software* const software = software_of(m, host);
    if (software == nullptr) return;
    sums.any = true;
    for (std::size_t i = 0; i < software->cpu.cores(); ++i) {
        const Core& core = software->cpu.core(i);
        const Watched& work = station_of(host, core.station);
        const Watched& polling = station_of(host, core.polling);
        sums.cores += static_cast<double>(work.window.busy + polling.window.busy) / window_ps(m);
        sums.cycles += cycles_of(static_cast<double>(work.window.busy), core.clock());
    }
    sums.frames += static_cast<double>(station_of(host, software->path.rings.station).window.left);
    const auto& traffic = m.system().scenario().traffic;
    for (const auto& interface : software->interfaces) {
        for (std::size_t i = 0; i < traffic.size(); ++i) {
            if (traffic[i].from != interface.outbox.path()) continue;
            sums.frames += static_cast<double>(m.classes()[i].offered.frames);
        }
    }
    for (const CycleMeter::Row& row : host.cycles->rows()) {
        const auto count = static_cast<double>(row.window);
        if (row.cause.empty()) sums.interrupts += count;
        if (row.cause == name_of(CycleCause::copy)) sums.copied += count;
        for (const CycleCause cause :
             {CycleCause::ip, CycleCause::transport, CycleCause::acknowledge}) {
            if (row.cause == name_of(cause)) sums.tcpip += count;
        }
    }
}

void write(const Measurement& m, const HostSums& sums, const std::string& prefix,
           Results& results) {
    if (!sums.any) return;
    const auto add = [&](const std::string& name, double value) {
        std::string unit;
        for (const MetricInfo& metric : metric_table) {
            if (metric.name == name) unit = metric.unit;
        }
        results.summary.push_back({prefix + name, value, unit, value, value});
    };
    add("host.cpu.cores", sums.cores);
    if (sums.frames > 0) add("host.cpu.cycles_per_frame", sums.cycles / sums.frames);
    if (sums.cycles > 0) {
        add("host.cpu.share.copy", sums.copied / sums.cycles);
        add("host.cpu.share.tcpip", sums.tcpip / sums.cycles);
    }
    add("host.interrupts.rate", sums.interrupts / (window_ps(m) * 1e-12));
}

}  // namespace

void add_host_metrics(const Measurement& m, Results& results) {
    HostSums all;
    for (const auto& host : m.hosts()) add_host(m, host, all);
    write(m, all, {}, results);
    if (m.hosts().size() < 2) return;
    for (const auto& host : m.hosts()) {
        HostSums one;
        add_host(m, host, one);
        write(m, one, std::string(m.system().hosts()[host.index].host->name()) + ".", results);
    }
}

void add_host_cycles(const Measurement& m, Results& results) {
    Table table{"host_cycles",
                "cycles that cores spent in the window, by cause; causes that took none are absent",
                {{"path", "", "the core", std::vector<std::string>{}},
                 {"cause", "", "what for", std::vector<std::string>{}},
                 {"cycles", "", "so many", std::vector<double>{}},
                 {"share", "", "of the window at the core's clock", std::vector<double>{}}}};
    for (const auto& host : m.hosts()) {
        Software* const software = software_of(m, host);
        if (software == nullptr) continue;
        for (std::size_t i = 0; i < software->cpu.cores(); ++i) {
            Core& core = software->cpu.core(i);
            const double window = cycles_of(window_ps(m), core.clock());
            for (const CycleMeter::Row& row : host.cycles->rows()) {
                if (row.path != core.path()) continue;
                // Looks in vain are told of when they end: their time is exact.
                const double cycles =
                    row.cause == name_of(CycleCause::polling)
                        ? cycles_of(static_cast<double>(station_of(host, core.polling).window.busy),
                                    core.clock())
                        : static_cast<double>(row.window);
                if (cycles < 1) continue;
                table.texts(0).push_back(row.path);
                table.texts(1).push_back(row.cause);
                table.reals(2).push_back(cycles);
                table.reals(3).push_back(cycles / window);
            }
        }
    }
    if (table.rows() > 0) results.tables.push_back(std::move(table));
}

void audit_host(const Measurement& m, Results& results) {
    const auto check = [&](const std::string& law, const std::string& where, double expected,
                           double found, double tolerance) {
        results.audit.push_back(
            {law, where, expected, found, std::abs(expected - found) <= tolerance, ""});
    };
    for (const auto& host : m.hosts()) {
        Software* const software = software_of(m, host);
        if (software == nullptr) continue;
        for (std::size_t i = 0; i < software->cpu.cores(); ++i) {
            Core& core = software->cpu.core(i);
            if (core.accounted_until() == 0) continue;  // never woken
            double found = 0;
            double in_bins = 0;
            double told = 0;
            for (std::size_t r = 0; r < host.cycles->rows().size(); ++r) {
                const CycleMeter::Row& row = host.cycles->rows()[r];
                if (row.path != core.path()) continue;
                told += static_cast<double>(row.tally->total());
                in_bins += static_cast<double>(row.all + host.cycles->open(r));
                if (row.cause != name_of(CycleCause::polling)) {
                    found += static_cast<double>(row.tally->total());
                }
            }
            // Each time a core wakes up, less than a picosecond is lost.
            const double ps = static_cast<double>(core.sleeps() + 2);
            check("cycles", core.path(),
                  cycles_of(static_cast<double>(core.busy_ps()), core.clock()), found,
                  1 + cycles_of(ps, core.clock()));
            check("cycles.bins", core.path(), told, in_bins, 0);
            check("core.time", core.path(), static_cast<double>(core.accounted_until()),
                  static_cast<double>(core.busy_ps() + core.spinning_ps() + core.idle_ps()), 0);
        }
    }
}

}  // namespace snsim::detail
