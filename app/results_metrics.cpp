// The summary's metrics (names and definitions: docs/results.md).

#include <cmath>
#include <stdexcept>

#include "app/mean_interval.h"
#include "app/results_builder.h"
#include "observers/metrics.h"

namespace snsim::detail {

namespace {

constexpr double ps_to_s = 1e-12;
constexpr std::uint64_t p999_samples = 10'000;
/// Above this share of unfinished frames the percentiles are lower bounds.
constexpr double unfinished_share = 0.001;

class Writer {
  public:
    Writer(Results& results, std::string prefix) : results_(results), prefix_(std::move(prefix)) {}

    void add(const std::string& name, double value) {
        results_.summary.push_back({prefix_ + name, value, unit_of(name), value, value});
    }
    /// Of times in picoseconds.
    void add_percentile(const std::string& name, const Histogram& times, double q) {
        add(name, static_cast<double>(times.percentile(q)) * ps_to_s);
    }
    /// One of a family, whose row has another name.
    void add_member(const std::string& name, const std::string& family, double value) {
        results_.summary.push_back({prefix_ + name, value, unit_of(family), value, value});
    }
    /// The sum of 20 equal batches, scaled; the interval follows from their scatter.
    void add_batches(const std::string& name, const std::array<double, Window::batches>& batches,
                     double scale) {
        const MeanInterval of = mean_interval({batches.begin(), batches.end()}, 0.95);
        const double sum = of.sum * scale;
        const double half = of.half * static_cast<double>(batches.size()) * scale;
        results_.summary.push_back({prefix_ + name, sum, unit_of(name), sum - half, sum + half});
    }

  private:
    static std::string unit_of(const std::string& name) {
        for (const MetricInfo& metric : metric_table) {
            if (metric.name == name) return std::string(metric.unit);
        }
        throw std::logic_error("metric " + name + " has no row");
    }

    Results& results_;
    std::string prefix_;
};

/// Published latencies of accesses to memory have a 95th percentile as well.
enum class Percentiles { of_frames, of_accesses };

void write_latency(Writer& out, const Histogram& times, Percentiles which) {
    if (times.empty()) return;
    out.add("latency.mean", times.mean() * ps_to_s);
    out.add_percentile("latency.p50", times, 0.5);
    out.add_percentile("latency.p90", times, 0.9);
    if (which == Percentiles::of_accesses) out.add_percentile("latency.p95", times, 0.95);
    out.add_percentile("latency.p99", times, 0.99);
    if (times.count() >= p999_samples) out.add_percentile("latency.p999", times, 0.999);
    out.add("latency.max", static_cast<double>(times.max()) * ps_to_s);
}

/// One traffic class, or several together.
struct Sum {
    Tally offered;
    Tally delivered;
    Tally policy;
    Tally loss;
    Uint128 late_ps = 0;
    std::array<double, Window::batches> frames{};
    std::array<double, Window::batches> bytes{};
    Histogram latency;
    std::uint64_t cohort = 0;
};

void add(Tally& to, const Tally& from) {
    to.frames += from.frames;
    to.bytes += from.bytes;
    to.inner += from.inner;
}

void add_class(Sum& sum, const Measurement& m, std::size_t index) {
    const Measurement::PerClass& c = m.classes()[index];
    add(sum.offered, c.offered);
    add(sum.delivered, c.delivered);
    add(sum.policy, c.dropped_policy);
    add(sum.loss, c.dropped_loss);
    sum.late_ps += c.late_ps;
    for (std::size_t b = 0; b < Window::batches; ++b) {
        sum.frames[b] += static_cast<double>(c.delivered_batch[b]);
        sum.bytes[b] += static_cast<double>(c.delivered_bytes_batch[b]);
    }
    for (const auto& host : m.hosts()) {
        sum.latency.merge(host.journeys->classes()[index].latency);
        sum.cohort += host.journeys->classes()[index].cohort;
    }
}

void write_traffic(Writer& out, const Sum& sum, double window_s) {
    const double dropped = static_cast<double>(sum.policy.frames + sum.loss.frames);
    out.add("frames.offered", static_cast<double>(sum.offered.frames));
    out.add("frames.created", 0);
    out.add("frames.delivered", static_cast<double>(sum.delivered.frames));
    out.add("frames.consumed", 0);
    out.add("frames.dropped", dropped);
    out.add("frames.lost", static_cast<double>(sum.loss.frames));
    out.add("rate.offered", static_cast<double>(sum.offered.frames) / window_s);
    out.add_batches("rate.delivered", sum.frames, 1 / window_s);
    std::array<double, Window::batches> l1{};
    for (std::size_t b = 0; b < l1.size(); ++b) {
        l1[b] = sum.bytes[b] + sum.frames[b] * wire_overhead_bytes;
    }
    out.add_batches("throughput.l1", l1, 8 / window_s);
    out.add_batches("throughput.l2", sum.bytes, 8 / window_s);
    out.add("goodput", static_cast<double>(sum.delivered.inner) * 8 / window_s);
    if (sum.offered.frames > 0) {
        out.add("generator.late.mean", static_cast<double>(sum.late_ps) /
                                           static_cast<double>(sum.offered.frames) * ps_to_s);
    }
    write_latency(out, sum.latency, Percentiles::of_frames);
}

/// Accesses to memory, of one class or of all.
struct AccessSum {
    std::array<double, Window::batches> done{};
    std::array<double, Window::batches> bytes{};
    Histogram latency;
};

void add_accesses(AccessSum& sum, const Measurement& m, std::size_t index) {
    for (const auto& host : m.hosts()) {
        if (!host.accesses) continue;
        const AccessObserver::PerClass& c = host.accesses->classes()[index];
        sum.latency.merge(c.latency);
        for (std::size_t b = 0; b < Window::batches; ++b) {
            sum.done[b] += static_cast<double>(c.done_batch[b]);
            sum.bytes[b] += static_cast<double>(c.bytes_batch[b]);
        }
    }
}

void write_accesses(Writer& out, const AccessSum& sum, double window_s) {
    out.add_batches("rate.delivered", sum.done, 1 / window_s);
    out.add_batches("goodput", sum.bytes, 8 / window_s);
    write_latency(out, sum.latency, Percentiles::of_accesses);
}

/// A link by its path.
void write_link(Writer& out, const Measurement::PerHost& host, const std::string& link,
                double window_s) {
    for (const char* direction : {"up", "down"}) {
        for (const auto& w : host.stations->stations()) {
            if (w.station->path() != link + "." + direction) continue;
            const std::string name = std::string("pcie.") + direction;
            out.add(name + ".utilisation", w.window.served() * ps_to_s / window_s);
            out.add(name + ".throughput", static_cast<double>(w.window.work) * 8 / window_s);
        }
    }
}

/// One host's links: the card's, then those of other devices and of switches by their names, as in
/// `gpu0.pcie.up.utilisation`.
void write_pcie(Results& results, const Measurement::PerHost& host, HostBus& bus,
                const std::string& prefix, double window_s) {
    Writer out(results, prefix);
    const auto links = bus.links();
    write_link(out, host, links.front()->name(), window_s);
    const Histogram& reads = host.accesses->read_latency();
    if (!reads.empty()) {
        out.add_percentile("pcie.read.latency.p50", reads, 0.5);
        out.add_percentile("pcie.read.latency.p95", reads, 0.95);
        out.add_percentile("pcie.read.latency.p99", reads, 0.99);
    }
    for (std::size_t i = 1; i < links.size(); ++i) {
        const std::string owner = links[i]->get_parent_object()->basename();
        Writer of_owner(results, prefix + owner + ".");
        write_link(of_owner, host, links[i]->name(), window_s);
    }
}

/// What one host's card and the classes that enter by it did; classes do not leave their host.
void write_host(const Measurement& m, const Measurement::PerHost& host, double window_s,
                Results& results) {
    const std::string name = m.system().hosts()[host.index].host->name();
    Sum sum;
    for (std::size_t i = 0; i < m.classes().size(); ++i) {
        const std::string& from = m.system().scenario().traffic[i].from;
        if (from.compare(0, name.size() + 1, name + ".") == 0) add_class(sum, m, i);
    }
    Writer out(results, name + ".");
    write_traffic(out, sum, window_s);
    out.add("frames.in_flight", static_cast<double>(host.journeys->in_flight_at_end()));
    double mean_w = 0;
    for (const auto& block : host.energy->blocks()) {
        mean_w += static_cast<double>(block.state.value) * 1e-3 +
                  static_cast<double>(block.window_fj) * 1e-15 / window_s;
    }
    out.add("power.card.mean", mean_w);
    out.add("power.card.peak", host.energy->card_peak_w());
    if (sum.delivered.frames > 0) {
        out.add("energy.per_frame", mean_w * window_s / static_cast<double>(sum.delivered.frames));
    }
}

void note_percentiles(const Sum& sum, const std::string& name, Results& results) {
    if (!sum.latency.empty() && sum.latency.count() < p999_samples) {
        results.notes.push_back(name +
                                ": latency.p999 is absent, it needs 10000 frames and there are " +
                                std::to_string(sum.latency.count()));
    }
}

void note_unfinished(const Measurement& m, const Sum& all, Results& results) {
    std::uint64_t unfinished = 0;
    for (const auto& host : m.hosts()) unfinished += host.journeys->unfinished();
    if (static_cast<double>(unfinished) >
        unfinished_share * static_cast<double>(all.offered.frames)) {
        results.notes.push_back(
            "latency percentiles are lower bounds: " + std::to_string(unfinished) +
            " frames of the window were still under way at the end (raise "
            "windows.drain)");
    }
}

}  // namespace

void add_metrics(const Measurement& m, Results& results) {
    const Scenario& scenario = m.system().scenario();
    const double window_s = static_cast<double>(m.window().end - m.window().start) * ps_to_s;
    Sum all;
    AccessSum accesses;
    for (std::size_t i = 0; i < m.classes().size(); ++i) {
        if (scenario.traffic[i].has_frames()) {
            add_class(all, m, i);
        } else {
            add_accesses(accesses, m, i);
        }
    }
    Writer plain(results, {});
    if (m.has_frames()) {
        write_traffic(plain, all, window_s);
        note_percentiles(all, "all traffic", results);
    } else {
        write_accesses(plain, accesses, window_s);
    }
    note_unfinished(m, all, results);
    std::uint64_t in_flight = 0;
    double mean_w = 0;
    double peak_w = 0;
    double energy_j = 0;
    std::uint64_t items = 0;
    for (const auto& host : m.hosts()) {
        in_flight += host.journeys->in_flight_at_end();
        items += m.system().hosts()[host.index].partition->agenda.items();
        for (const auto& block : host.energy->blocks()) {
            const double dynamic_j = static_cast<double>(block.window_fj) * 1e-15;
            const double static_w = static_cast<double>(block.state.value) * 1e-3;
            mean_w += static_w + dynamic_j / window_s;
            energy_j += static_w * window_s + dynamic_j;
        }
        peak_w += host.energy->card_peak_w();
    }
    if (m.has_frames()) plain.add("frames.in_flight", static_cast<double>(in_flight));
    for (const auto& host : m.hosts()) {
        if (!host.accesses) continue;
        const Host& model = *m.system().hosts()[host.index].host;
        write_pcie(results, host, model.bus(),
                   m.hosts().size() > 1 ? std::string(model.name()) + "." : "", window_s);
    }
    if (m.connections_at_end().tracked) {
        const auto& start = m.connections_at_start();
        const auto& end = m.connections_at_end();
        plain.add("connections.rate",
                  static_cast<double>(end.installed - start.installed) / window_s);
        plain.add("flows.active", static_cast<double>(end.active));
        plain.add("flows.installed", static_cast<double>(end.installed - start.installed));
        plain.add("flows.evicted", static_cast<double>(end.evicted - start.evicted));
    }
    plain.add("power.card.mean", mean_w);
    plain.add("power.card.peak", peak_w);
    for (const auto& host : m.hosts()) {
        const std::string prefix =
            m.hosts().size() > 1 ? std::string(m.system().hosts()[host.index].host->name()) + "."
                                 : std::string();
        const std::string card = m.system().hosts()[host.index].host->card.name();
        for (const auto& block : host.energy->blocks()) {
            const double mean = static_cast<double>(block.state.value) * 1e-3 +
                                static_cast<double>(block.window_fj) * 1e-15 / window_s;
            plain.add_member(prefix + "power." + block.path.substr(card.size() + 1) + ".mean",
                             "power.<block>.mean", mean);
        }
    }
    if (all.delivered.frames > 0) {
        plain.add("energy.per_frame", energy_j / static_cast<double>(all.delivered.frames));
    }
    plain.add("sim.events", static_cast<double>(items));
    if (m.hosts().size() > 1) {
        for (const auto& host : m.hosts()) write_host(m, host, window_s, results);
    }
    for (std::size_t i = 0; i < m.classes().size(); ++i) {
        Writer writer(results, scenario.traffic[i].name + ".");
        if (!scenario.traffic[i].has_frames()) {
            AccessSum of_class;
            add_accesses(of_class, m, i);
            write_accesses(writer, of_class, window_s);
            continue;
        }
        Sum sum;
        add_class(sum, m, i);
        write_traffic(writer, sum, window_s);
    }
}

}  // namespace snsim::detail
