// The bottleneck and the audit.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "app/results_builder.h"

namespace snsim::detail {

namespace {

double ratio(double a, double b) { return b == 0 ? 0 : a / b; }

/// A resource's load: what it shows, and what of it serves frames that are not lost further on.
struct Load {
    double shown = 0;
    double useful = 0;
    std::string part = {};  ///< that is shown, of a resource in parts
};

bool begins_with(const std::string& text, const std::string& start) {
    return text.compare(0, start.size(), start) == 0;
}

/// Frames more in stations below a path at the end of the window than at its start.
std::uint64_t gathered(const Measurement::PerHost& host, const std::string& below) {
    std::uint64_t entered = 0;
    std::uint64_t left = 0;
    for (const auto& w : host.stations->stations()) {
        if (!begins_with(w.station->path(), below)) continue;
        entered += w.window.entered;
        left += w.window.left;
    }
    return entered > left ? entered - left : 0;
}

/// Of the frames through a place, the share that is not lost further on.
struct UsefulShare {
    double ingress = 1;  ///< pipeline: the traffic manager and the NIC may lose them
    double egress = 1;   ///< pipeline: the NIC may
};

/// Frames into the ingress pipeline in the window.
std::uint64_t through_card(const Measurement& m, const Measurement::PerHost& host) {
    const Asic& asic = m.system().hosts()[host.index].host->card.asic;
    const std::string bus = std::string(asic.ingress.name()) + ".bus";
    for (const auto& w : host.stations->stations()) {
        if (w.station->path() == bus) return w.window.started;
    }
    return 0;
}

UsefulShare useful_share(const Measurement& m, const Measurement::PerHost& host) {
    const auto& parts = m.system().hosts()[host.index];
    const auto through = static_cast<double>(through_card(m, host));
    // What gathers in a queue that is not yet full is of no more use than what is lost there later.
    double in_queues = static_cast<double>(gathered(host, parts.host->card.asic.tm.name()));
    double at_rings = 0;
    for (const auto& drop : m.drops()) {
        if (drop.host != host.index) continue;
        const auto frames = static_cast<double>(drop.tally.frames);
        if (drop.reason == DropReason::queue_full) in_queues += frames;
        if (drop.reason == DropReason::no_descriptor) at_rings += frames;
    }
    UsefulShare share;
    if (through > in_queues + at_rings) {
        share.ingress = 1 - (in_queues + at_rings) / through;
        share.egress = 1 - at_rings / (through - in_queues);
    }
    return share;
}

/// Operations of the DMA engine fill its places behind any other limit, as contexts do.
bool is_places(const StationObserver::Watched& watched) {
    return watched.resource.name == "outstanding";
}

/// The load of each resource: that of its most loaded station.
std::vector<Bottleneck> resources(const Measurement& m) {
    std::map<std::pair<std::string, std::string>, Load> most;
    const auto window = static_cast<double>(m.window().end - m.window().start);
    for (const auto& host : m.hosts()) {
        const auto& asic = m.system().hosts()[host.index].host->card.asic;
        const auto& params = m.system().scenario().hosts[host.index].card.asic;
        const UsefulShare useful = useful_share(m, host);
        const std::string in_front[] = {asic.parser.name(), asic.ingress.name(),
                                        asic.memory.path()};
        double inside[] = {0, 0};
        for (const auto& w : host.stations->stations()) {
            const std::string& path = w.station->path();
            if (begins_with(path, in_front[0]) || begins_with(path, in_front[1])) {
                inside[0] += static_cast<double>(w.window.inside) / window;
            } else if (begins_with(path, asic.egress.name())) {
                inside[1] += static_cast<double>(w.window.inside) / window;
            }
            if (w.station->servers() == 0 || is_places(w)) continue;
            const double u = w.window.served() / w.station->servers() / window;
            const bool early = std::any_of(std::begin(in_front), std::end(in_front),
                                           [&](const auto& p) { return begins_with(path, p); });
            Load& load = most[{w.resource.path, w.resource.name}];
            if (w.resource.in_parts && u >= load.shown) load.part = path;
            load.shown = std::max(load.shown, u);
            const bool late = begins_with(path, asic.egress.name());
            load.useful = std::max(load.useful, u * (early  ? useful.ingress
                                                     : late ? useful.egress
                                                            : 1));
        }
        // Contexts fill behind any other limit; they are one when nothing else is.
        double top = 0;
        for (const auto& [key, load] : most) top = std::max(top, load.shown);
        if (top >= 0.99) continue;
        const double in = inside[0] / static_cast<double>(params.ingress.contexts);
        const double out = inside[1] / static_cast<double>(params.egress.contexts);
        most[{asic.ingress.name(), "contexts"}] = {in, in * useful.ingress, {}};
        most[{asic.egress.name(), "contexts"}] = {out, out * useful.egress, {}};
        for (const auto& w : host.stations->stations()) {
            if (!is_places(w)) continue;
            const double u = w.window.served() / w.station->servers() / window;
            Load& load = most[{w.resource.path, w.resource.name}];
            load = {std::max(load.shown, u), std::max(load.useful, u), {}};
        }
    }
    std::vector<Bottleneck> result;
    result.reserve(most.size());
    for (const auto& [key, load] : most) {
        const std::string& path = load.part.empty() ? key.first : load.part;
        result.push_back({path, key.second, load.shown, load.useful});
    }
    // The predicted gain stands in for the useful load until add_bottlenecks() computes it.
    std::stable_sort(result.begin(), result.end(), [](const auto& a, const auto& b) {
        return a.gain_if_doubled > b.gain_if_doubled;
    });
    return result;
}

double wire_utilisation(const Measurement& m) {
    double most = 0;
    const double window_s = static_cast<double>(m.window().end - m.window().start) * 1e-12;
    for (const auto& host : m.hosts()) {
        const AsicParams& asic = m.system().scenario().hosts[host.index].card.asic;
        const BitRate rates[] = {asic.port0.rate, asic.port1.rate};
        for (std::size_t p = 0; p < 2; ++p) {
            most = std::max(most, static_cast<double>(host.offered_l1_bytes[p]) * 8 / window_s /
                                      static_cast<double>(rates[p].value));
        }
    }
    return most;
}

/// True if more than a hundredth of a card's frames gathered in its queues over the window, behind
/// something of its ASIC that is full: they are still filling, and nothing is lost yet.
bool fills_up(const Measurement& m, const std::vector<Bottleneck>& inside) {
    constexpr double full = 0.99;
    if (inside.empty() || inside[0].utilisation < full) return false;
    return std::any_of(m.hosts().begin(), m.hosts().end(), [&](const auto& host) {
        const Asic& asic = m.system().hosts()[host.index].host->card.asic;
        if (!begins_with(inside[0].path, asic.name())) return false;
        return 100 * (gathered(host, asic.buffer.name()) + gathered(host, asic.tm.name())) >
               through_card(m, host);
    });
}

/// True if a class sends when it can: one with a window, or one of a host that is late on the mean
/// by more than a hundredth of the time measured.
bool sends_when_it_can(const Measurement& m) {
    const double window = static_cast<double>(m.window().end - m.window().start);
    for (std::size_t i = 0; i < m.classes().size(); ++i) {
        const TrafficParams& traffic = m.system().scenario().traffic[i];
        if (traffic.window) return true;
        const std::string& from = traffic.from;
        if (from.find(".wire") != std::string::npos) continue;
        const auto& c = m.classes()[i];
        const double late =
            ratio(static_cast<double>(c.late_ps), static_cast<double>(c.offered.frames));
        if (late > window / 100) return true;
    }
    return false;
}

Uint128 inside_of(const Measurement::PerHost& host, const Station& station) {
    for (const auto& w : host.stations->stations()) {
        if (w.station == &station) return w.window.inside;
    }
    return 0;
}

class Audit {
  public:
    explicit Audit(Results& results) : results_(results) {}
    void check(const std::string& law, const std::string& where, double expected, double found,
               double tolerance = 0) {
        results_.audit.push_back(
            {law, where, expected, found, std::abs(expected - found) <= tolerance, ""});
    }
    void finding(const std::string& law, const std::string& where, double expected, double found,
                 const std::string& note) {
        results_.audit.push_back({law, where, expected, found, true, note});
    }

  private:
    Results& results_;
};

void add_direction_audit(const LinkDirection& link, Audit& audit) {
    const std::string& path = link.station.path();
    audit.check("pcie.bytes", path, static_cast<double>(link.accepted_bytes()),
                static_cast<double>(link.delivered_bytes() + link.waiting_bytes()));
    const ReplayBuffer& replay = link.replay_buffer();
    if (replay.issued() > 0) {
        audit.check("pcie.replay", path, static_cast<double>(replay.issued()),
                    static_cast<double>(replay.here_or_coming() + replay.open()));
    }
    const std::pair<PcieFlow, const char*> flows[] = {{PcieFlow::posted, ".posted"},
                                                      {PcieFlow::non_posted, ".non_posted"},
                                                      {PcieFlow::completion, ".completion"}};
    for (const auto& [flow, name] : flows) {
        const FlowCredits& credits = link.credits(flow);
        if (!credits.finite()) continue;
        audit.check("pcie.credits", path + name, static_cast<double>(credits.issued()),
                    static_cast<double>(credits.here_or_coming() + credits.held()));
    }
}

void add_pcie_audit(const Measurement& m, const Measurement::PerHost& host, Audit& audit) {
    const Host& model = *m.system().hosts()[host.index].host;
    HostBus& bus = model.bus();
    for (std::size_t i = 0; i < bus.size(); ++i) {
        const DmaEngine& dma = bus.dma(i);
        audit.check("pcie.dma.bytes", dma.name(), static_cast<double>(dma.bytes_asked()),
                    static_cast<double>(dma.bytes_done() + dma.bytes_open()));
        audit.check("pcie.dma.tags", dma.name(), static_cast<double>(dma.tags_issued()),
                    static_cast<double>(dma.tags_here_or_coming() + dma.tags_held()));
        audit.check("occupancy", dma.name(), static_cast<double>(host.engines[i]->residence()),
                    static_cast<double>(inside_of(host, dma.reads) + inside_of(host, dma.writes)));
    }
    std::set<const Station*> lines;
    for (PcieLink* const link : bus.links()) {
        for (LinkDirection* const direction : {&link->up, &link->down}) {
            add_direction_audit(*direction, audit);
            lines.insert(&direction->station);
        }
    }
    for (const auto& by : bus.switches) {
        audit.check("pcie.switch", by->name(), static_cast<double>(by->came()),
                    static_cast<double>(by->left() + by->waiting()));
    }
    const double capacity = static_cast<double>(m.window().end - m.window().start);
    for (const auto& w : host.stations->stations()) {
        if (lines.count(w.station) == 0) continue;
        audit.check("utilisation", w.station->path(), 0,
                    std::max(0.0, static_cast<double>(w.window.busy) - capacity));
    }
}

}  // namespace

void add_bottlenecks(const Measurement& m, Results& results) {
    std::uint64_t offered = 0;
    std::uint64_t delivered = 0;
    std::uint64_t lost = 0;
    std::uint64_t policy = 0;
    for (const auto& c : m.classes()) {
        offered += c.offered.frames;
        delivered += c.delivered.frames;
        lost += c.dropped_loss.frames;
        policy += c.dropped_policy.frames;
    }
    std::vector<Bottleneck> inside = resources(m);
    const auto useful = static_cast<double>(delivered + policy);
    // Accesses are asked for as fast as they are done: something full is what they are limited by.
    constexpr double full = 0.95;
    // So are frames of classes that send when they can.
    const bool held_back = (!m.has_frames() || sends_when_it_can(m)) && !inside.empty() &&
                           inside[0].utilisation >= full;
    const double most_more = held_back ? 2 : ratio(static_cast<double>(offered), useful);
    const bool limited = held_back ||
                         static_cast<double>(lost) > 0.0005 * static_cast<double>(offered) ||
                         fills_up(m, inside);
    // Doubling the limit leaves the next most loaded resource as the limit, or the traffic.
    const double next = inside.size() > 1 ? inside[1].gain_if_doubled : 0;
    const double gain = std::min({2.0, next > 0 ? 1 / next : 2.0, most_more});
    for (Bottleneck& resource : inside) resource.gain_if_doubled = 1;
    if (!inside.empty() && limited) inside[0].gain_if_doubled = std::max(1.0, gain);
    if (!limited) {
        const double wire = wire_utilisation(m);
        const double top = inside.empty() ? 0 : inside[0].utilisation;
        const double room = top > 0 ? std::min(2.0, std::max(1.0, 1 / top)) : 2;
        if (wire >= 0.99) {
            inside.insert(inside.begin(), {"wire", "", wire, room});
        } else {
            inside.insert(inside.begin(), {"traffic", "", top, room});
        }
    }
    results.bottlenecks = std::move(inside);
}

void add_audit(const Measurement& m, Results& results) {
    Audit audit(results);
    std::uint64_t offered = 0;
    std::uint64_t offered_bytes = 0;
    std::uint64_t ended = 0;
    std::uint64_t ended_bytes = 0;
    for (const auto& c : m.classes()) {
        offered += c.offered.frames;
        offered_bytes += c.offered.bytes + static_cast<std::uint64_t>(c.tag_bytes);
        for (const Tally* t : {&c.delivered, &c.dropped_loss, &c.dropped_policy}) {
            ended += t->frames;
            ended_bytes += t->bytes;
        }
    }
    std::uint64_t start = 0;
    std::uint64_t start_bytes = 0;
    std::uint64_t end = 0;
    std::uint64_t end_bytes = 0;
    for (const auto& host : m.hosts()) {
        start += host.journeys->in_flight_at_start();
        start_bytes += host.journeys->in_flight_bytes_at_start();
        end += host.journeys->in_flight_at_end();
        end_bytes += host.journeys->in_flight_bytes_at_end();
    }
    audit.check("conservation.frames", "system", static_cast<double>(start + offered),
                static_cast<double>(ended + end));
    audit.check("conservation.bytes", "system", static_cast<double>(start_bytes + offered_bytes),
                static_cast<double>(ended_bytes + end_bytes));

    for (const auto& host : m.hosts()) {
        const auto& parts = m.system().hosts()[host.index];
        const std::string name = parts.host->name();
        audit.check("journey.gaps", name, 0, static_cast<double>(host.journeys->gaps()));
        for (const auto& w : host.stations->stations()) {
            const auto slot = w.station->slot();
            if (slot == Frame::no_station) continue;
            audit.check("occupancy", w.station->path(),
                        static_cast<double>(host.journeys->residence()[slot]),
                        static_cast<double>(w.window.inside));
            if (w.station->servers() > 0) {
                const double capacity =
                    w.station->servers() * static_cast<double>(m.window().end - m.window().start);
                // A server can be busy at most all the time.
                audit.check("utilisation", w.station->path(), 0,
                            std::max(0.0, static_cast<double>(w.window.busy) - capacity));
            }
        }
        const Asic& asic = parts.host->card.asic;
        // Where the run stopped matters to neither side's difference.
        audit.check("credits", asic.ingress.name(), 0,
                    static_cast<double>(asic.buffer.contexts_out() -
                                        (asic.buffer.issued() - asic.ingress.exited())));
        audit.check("credits", asic.egress.name(), 0,
                    static_cast<double>(asic.tm.contexts_out() -
                                        (asic.tm.issued() - asic.egress.exited())));
        Uint128 counted = host.energy->open_fj(*host.timeline);
        for (const auto& block : host.energy->blocks()) counted += block.all_fj;
        audit.check("energy", name + ".card", 0,
                    static_cast<double>(counted) - static_cast<double>(host.energy->metered_fj()));
    }
    for (const auto& host : m.hosts()) {
        if (host.accesses) add_pcie_audit(m, host, audit);
    }
    if (!m.was_steady()) {
        audit.finding("steady", "system", 0.05, 0.05,
                      "queues had not settled when the window opened (windows.warmup_max)");
    }
}

}  // namespace snsim::detail
