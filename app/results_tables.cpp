// The tables of the results file, except summary, bottleneck and audit.

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "app/results_builder.h"
#include "observers/table_rows.h"

namespace snsim::detail {

namespace {

constexpr double ps_to_s = 1e-12;

const char* name_of(const Measurement& m, std::size_t traffic_class) {
    return m.system().scenario().traffic[traffic_class].name.c_str();
}

Table latency_table(const Measurement& m, std::size_t traffic_class) {
    Table table{std::string("latency/") + name_of(m, traffic_class),
                "latency histogram of the frames that arrived in the window",
                {real_column("lower", "s", "lower edge, inclusive"),
                 real_column("upper", "s", "upper edge, exclusive"),
                 integer_column("count", "", "frames")}};
    Histogram all;
    for (const auto& host : m.hosts()) {
        all.merge(host.journeys->classes()[traffic_class].latency);
        if (host.accesses) all.merge(host.accesses->classes()[traffic_class].latency);
    }
    all.for_each([&](std::int64_t lower, std::int64_t upper, std::uint64_t count) {
        TableRow(table) << static_cast<double>(lower) * ps_to_s
                        << static_cast<double>(upper) * ps_to_s << count;
    });
    return table;
}

/// A host's stations by stamp slot: journey order.
std::vector<const StationObserver::Watched*> in_journey_order(const Measurement::PerHost& host) {
    std::vector<const StationObserver::Watched*> stations;
    for (const auto& w : host.stations->stations()) {
        if (w.station->slot() != Frame::no_station) stations.push_back(&w);
    }
    std::sort(stations.begin(), stations.end(),
              [](const auto* a, const auto* b) { return a->station->slot() < b->station->slot(); });
    return stations;
}

Table breakdown_table(const Measurement& m) {
    Table table{"breakdown",
                "where the latency of delivered frames went, station by station",
                {text_column("class", "traffic class"), text_column("station", "instance path"),
                 integer_column("order", "", "along the journey"),
                 real_column("mean", "s", "time there, averaged over all frames of the class"),
                 real_column("p50", "s", "median over the frames that visited it"),
                 real_column("p99", "s", "99th percentile over the frames that visited it"),
                 real_column("share", "1", "of the class's mean latency")}};
    for (std::size_t c = 0; c < m.classes().size(); ++c) {
        for (const auto& host : m.hosts()) {
            const auto& per_class = host.journeys->classes()[c];
            if (per_class.cohort == 0) continue;
            std::uint64_t order = 0;
            for (const auto* w : in_journey_order(host)) {
                const std::size_t slot = w->station->slot();
                const auto& residence = per_class.residence[slot];
                const Histogram& times = residence.times;
                if (times.empty()) continue;
                TableRow(table) << std::string(name_of(m, c)) << w->station->path() << order++
                                << static_cast<double>(residence.sum) /
                                       static_cast<double>(per_class.cohort) * ps_to_s
                                << static_cast<double>(times.percentile(0.5)) * ps_to_s
                                << static_cast<double>(times.percentile(0.99)) * ps_to_s
                                << static_cast<double>(residence.sum) /
                                       static_cast<double>(per_class.latency_sum);
            }
        }
    }
    return table;
}

Table stations_table(const Measurement& m) {
    Table table{
        "stations",
        "what each station did in the window",
        {text_column("path", "instance path"),
         real_column("utilisation", "1", "share of its servers' time spent in service"),
         real_column("stalled", "1", "share of their time spent waiting for another resource"),
         integer_column("arrivals", "", "frames that entered"),
         real_column("mean_wait", "s", "before service, per arrival"),
         real_column("mean_service", "s", "per service"),
         integer_column("max_depth", "", "most frames inside, met by one that left in the window"),
         integer_column("drops", "", "frames dropped here")}};
    const auto window = static_cast<double>(m.window().end - m.window().start);
    for (const auto& host : m.hosts()) {
        for (const auto& w : host.stations->stations()) {
            std::uint64_t drops = 0;
            for (const auto& drop : m.drops()) {
                const auto& places = m.system().hosts()[drop.host].partition->places;
                if (drop.host == host.index && places[drop.place] == w.station->path()) {
                    drops += drop.tally.frames;
                }
            }
            const auto& t = w.window;
            const double servers = std::max(1U, w.station->servers());
            TableRow(table) << w.station->path()
                            << (w.station->servers() == 0 ? 0.0 : t.served() / servers / window)
                            << static_cast<double>(t.stalled) / servers / window << t.entered
                            << (t.entered == 0 ? 0.0
                                               : static_cast<double>(t.waiting) /
                                                     static_cast<double>(t.entered) * ps_to_s)
                            << (t.finished == 0 ? 0.0
                                                : static_cast<double>(t.busy) /
                                                      static_cast<double>(t.finished) * ps_to_s)
                            << w.max_depth << drops;
        }
    }
    return table;
}

Table drops_table(const Measurement& m) {
    Table table{"drops",
                "frames dropped in the window, by place and reason",
                {text_column("path", "instance path"), text_column("reason", "why"),
                 text_column("kind", "policy: asked for; loss: everything else"),
                 integer_column("frames", "", "frames"),
                 integer_column("bytes", "B", "their bytes, with FCS")}};
    auto drops = m.drops();
    std::sort(drops.begin(), drops.end(), [](const auto& a, const auto& b) {
        return std::make_tuple(a.host, a.place, a.reason) <
               std::make_tuple(b.host, b.place, b.reason);
    });
    for (const auto& drop : drops) {
        TableRow(table) << m.system().hosts()[drop.host].partition->places[drop.place]
                        << std::string(name(drop.reason))
                        << std::string(is_loss(drop.reason) ? "loss" : "policy")
                        << drop.tally.frames << drop.tally.bytes;
    }
    return table;
}

Table power_table(const Measurement& m) {
    Table table{
        "power",
        "power of each block in the window",
        {text_column("path", "instance path"), real_column("static", "W", "drawn by its state"),
         real_column("dynamic", "W", "mean over its events"), real_column("mean", "W", "both"),
         real_column("peak", "W", "highest mean over one interval"),
         integer_column("energy", "fJ", "in the window, exact")}};
    const Picoseconds span = m.window().end - m.window().start;
    for (const auto& host : m.hosts()) {
        for (const auto& block : host.energy->blocks()) {
            const double static_w = static_cast<double>(block.state.value) * 1e-3;
            const double dynamic_w =
                static_cast<double>(block.window_fj) / static_cast<double>(span) * 1e-3;
            TableRow(table) << block.path << static_w << dynamic_w << static_w + dynamic_w
                            << block.peak_w
                            << static_cast<std::uint64_t>((block.state * Duration{span}).value) +
                                   static_cast<std::uint64_t>(block.window_fj);
        }
    }
    return table;
}

/// "station=nanoseconds" for each station on a traced frame's way.
std::string times_text(const std::vector<const StationObserver::Watched*>& by_slot,
                       const JourneyObserver::Traced& frame) {
    std::string times;
    Picoseconds from = frame.t_in;
    for (std::size_t i = 0; i < frame.slots.size(); ++i) {
        const Picoseconds ps = frame.left[i] - from;
        from = frame.left[i];
        const std::string& path = by_slot[frame.slots[i]]->station->path();
        char value[48];
        std::snprintf(value, sizeof value, "=%lld.%03lld", static_cast<long long>(ps / 1000),
                      static_cast<long long>(ps % 1000));
        if (!times.empty()) times += ' ';
        const std::size_t asic = path.find(".asic.");
        times += path.substr(asic == std::string::npos ? path.find('.') + 1 : asic + 6) + value;
    }
    return times;
}

Table frames_table(const Measurement& m) {
    struct Rows {
        std::vector<const JourneyObserver::Traced*> frames;
        std::vector<const Measurement::PerHost*> hosts;  // of each frame
        std::map<const Measurement::PerHost*, std::vector<const StationObserver::Watched*>>
            stations;
    };
    const auto rows = std::make_shared<Rows>();
    for (const auto& host : m.hosts()) {
        for (const auto& frame : host.journeys->traced()) {
            rows->frames.push_back(&frame);
            rows->hosts.push_back(&host);
        }
        auto& by_slot = rows->stations[&host];
        by_slot.resize(max_stations);
        for (const auto* w : in_journey_order(host)) by_slot[w->station->slot()] = w;
    }
    const TextsOnDemand classes{
        rows->frames.size(), [&m, rows](std::size_t row) {
            return std::string(name_of(m, rows->frames[row]->traffic_class));
        }};
    const TextsOnDemand times{rows->frames.size(), [rows](std::size_t row) {
                                  return times_text(rows->stations[rows->hosts[row]],
                                                    *rows->frames[row]);
                              }};
    Table table{"frames",
                "sampled delivered frames with the time at which they left each station",
                {{"class", "", "traffic class", classes},
                 integer_column("sequence", "", "number of the frame in its class"),
                 real_column("t_in", "s", "last bit at the first port"),
                 real_column("latency", "s", "to the first bit out"),
                 integer_column("bytes", "B", "with FCS"),
                 integer_column("in_port", "", "ingress port"),
                 integer_column("out_port", "", "egress port"),
                 {"times", "", "station=nanoseconds there, in order of the journey", times}}};
    for (const auto* frame : rows->frames) {
        table.integers(1).push_back(static_cast<std::int64_t>(frame->sequence));
        table.reals(2).push_back(static_cast<double>(frame->t_in) * ps_to_s);
        table.reals(3).push_back(static_cast<double>(frame->t_out - frame->t_in) * ps_to_s);
        table.integers(4).push_back(frame->bytes);
        table.integers(5).push_back(frame->in_port);
        table.integers(6).push_back(frame->out_port);
    }
    return table;
}

}  // namespace

void add_tables(const Measurement& m, Results& results) {
    // A table without rows is absent: tools that compare files cannot compare empty datasets.
    const auto add = [&](Table table) {
        if (table.rows() > 0) results.tables.push_back(std::move(table));
    };
    for (std::size_t c = 0; c < m.classes().size(); ++c) add(latency_table(m, c));
    add(breakdown_table(m));
    add(stations_table(m));
    add(drops_table(m));
    add(power_table(m));
    add(frames_table(m));
    for (const auto& host : m.hosts()) {
        const auto kept = static_cast<std::uint64_t>(m.system().scenario().record.frames_max);
        if (host.journeys->traced_seen() > kept) {
            results.notes.push_back("frames: the earliest " + std::to_string(kept) + " of " +
                                    std::to_string(host.journeys->traced_seen()) +
                                    " sampled frames are kept (record.frames_max)");
        }
    }
}

}  // namespace snsim::detail
