#include "app/measurement.h"

#include <algorithm>

#include "models/functions/firewall.h"
#include "observers/results_file.h"

namespace snsim {

namespace {

/// An interval near the recorded one that divides each batch of the measure window, so that window
/// and batches are whole bins.
Picoseconds bin_width(const Scenario& scenario) {
    const Picoseconds measure = scenario.windows.measure.value;
    const Picoseconds wanted = std::min(scenario.record.interval.value, measure);
    constexpr auto batches = static_cast<Picoseconds>(Window::batches);
    Picoseconds count = (measure + wanted * batches - 1) / (wanted * batches) * batches;
    while (measure % count != 0 && count < measure) count += batches;
    return std::max<Picoseconds>(1, measure / count);
}

/// True if the mean of every queue over the last tenth of the bins is near that of the tenth
/// before.
bool is_steady(const std::vector<std::vector<float>>& means) {
    const std::size_t bins = means.size();
    if (bins < 10) return false;
    const std::size_t tenth = bins / 10;
    const auto mean = [&](std::size_t queue, std::size_t from, std::size_t to) {
        double sum = 0;
        for (std::size_t i = from; i < to; ++i) sum += static_cast<double>(means[i][queue]);
        return sum / static_cast<double>(to - from);
    };
    for (std::size_t q = 0; q < means[0].size(); ++q) {
        const double a = mean(q, bins - 2 * tenth, bins - tenth);
        const double b = mean(q, bins - tenth, bins);
        // Below one frame on average there is no queue to speak of.
        if (std::max(a, b) < 1) continue;
        if (std::max(a, b) - std::min(a, b) > 0.05 * std::max(a, b)) return false;
    }
    return true;
}

}  // namespace

Measurement::Measurement(System& system, const std::string& pcap_dir)
    : system_(system),
      interval_(bin_width(system.scenario())),
      classes_(system.scenario().traffic.size()) {
    for (std::size_t i = 0; i < system.hosts().size(); ++i) {
        hosts_.emplace_back();
        hosts_.back().index = i;
        hosts_.back().owner = this;
        attach_host(system.hosts()[i], hosts_.back());
    }
    attach_captures(pcap_dir);
}

bool Measurement::has_frames() const {
    const auto& traffic = system_.scenario().traffic;
    return traffic.empty() || std::any_of(traffic.begin(), traffic.end(),
                                          [](const auto& t) { return t.has_frames(); });
}

/// What takes frames from the card.
void Measurement::CapturePoint::write(const Frame& frame, Picoseconds t) const {
    std::vector<std::uint8_t> payload;
    for (std::size_t i = 0; i < frame.extent_count; ++i) {
        const Extent& extent = frame.extents[i];
        const std::size_t used = payload.size();
        payload.resize(used + extent.length);
        extent.copy(0, extent.length, payload.data() + used);
    }
    const PcapWriter::Piece piece{payload.data(), payload.size()};
    // The writer keeps the first error; close_captures() reports it.
    static_cast<void>(writer->write(t, frame.header.data(), frame.header_bytes, &piece, 1,
                                    frame.header_bytes + payload.size()));
}

void Measurement::CapturePoint::arrived(void* self, const FrameArrived& fact) {
    fact.frame.ensure_header();
    static_cast<CapturePoint*>(self)->write(fact.frame, fact.t);
}

void Measurement::CapturePoint::departed(void* self, const FrameDeparted& fact) {
    static_cast<CapturePoint*>(self)->write(fact.frame, fact.first_bit);
}

void Measurement::close_captures(bool complete) {
    for (CapturePoint& point : captures_) {
        if (complete ? point.writer->close() : point.writer->close_partial()) continue;
        // The writer's message begins with the path, as does that of a ResultsError.
        const std::string prefix = point.writer->path() + ": ";
        const std::string& error = point.writer->error();
        throw ResultsError(point.writer->path(),
                           error.rfind(prefix, 0) == 0 ? error.substr(prefix.size()) : error);
    }
}

void Measurement::cut(Picoseconds now, SeriesSink& sink) {
    const Picoseconds start = std::min(window_.start, now);
    window_ = {start, now};
    for (PerHost& host : hosts_) {
        host.journeys->cut(window_);
        for (const auto& engine : host.engines) engine->cut(window_);
    }
    advance(now + hosts_[0].timeline->lag(), sink);
    mark_end();
}

void Measurement::on_dropped(void* context, const FrameDropped& fact) {
    auto& host = *static_cast<PerHost*>(context);
    Measurement& self = *host.owner;
    const bool loss = is_loss(fact.reason);
    ++host.timeline->at(fact.t).counters[host.dropped_counter + (loss ? 1 : 0)];
    host.journeys->dropped(fact);
    if (!self.window_.holds(fact.t)) return;
    const Tally tally{1, fact.frame.bytes, 0};
    self.add_drops({host.index, fact.frame.drop_place, fact.reason, tally},
                   fact.frame.traffic_class);
}

/// A frame's size is told where it ends: what counts is when it was offered.
void Measurement::on_tag(void* self, const TagChanged& fact) {
    auto& measurement = *static_cast<Measurement*>(self);
    if (!measurement.window_.holds(fact.frame.t_in)) return;
    measurement.classes_[fact.frame.traffic_class].tag_bytes += fact.bytes;
}

/// Drops in the window.
void Measurement::add_drops(const Drop& drops, std::size_t traffic_class) {
    PerClass& c = classes_[traffic_class];
    Tally& of_class = is_loss(drops.reason) ? c.dropped_loss : c.dropped_policy;
    of_class += drops.tally;
    for (Drop& known : drops_) {
        if (known.host == drops.host && known.place == drops.place &&
            known.reason == drops.reason) {
            known.tally += drops.tally;
            return;
        }
    }
    drops_.push_back(drops);
}

void Measurement::open(const Window& window, Picoseconds run_end) {
    window_ = window;
    for (PerHost& host : hosts_) {
        host.journeys->open(window, run_end);
        for (const auto& engine : host.engines) engine->open(window);
        host.queue_history.clear();
    }
}

void Measurement::before_window(Picoseconds now) {
    for (PerHost& host : hosts_) {
        host.journeys->forget_before(now);
        for (const auto& engine : host.engines) engine->forget_before(now);
    }
}

void Measurement::declare_series(SeriesSink& sink) {
    std::vector<SeriesInfo> series;
    for (const PerHost& host : hosts_) {
        const std::string name = system_.hosts()[host.index].host->name();
        series.push_back({name, "rate.offered", "1/s", "frames that reached the card"});
        for (const TrafficParams& traffic : system_.scenario().traffic) {
            series.push_back(
                {name + "." + traffic.name, "rate.delivered", "1/s", "frames that left the card"});
            series.push_back(
                {name + "." + traffic.name, "throughput.l2", "bit/s", "their bits, FCS included"});
        }
        series.push_back({name, "rate.dropped.policy", "1/s", "drops that were asked for"});
        series.push_back({name, "rate.dropped.loss", "1/s", "all other drops"});
        for (const auto& w : host.stations->stations()) {
            series.push_back({w.station->path(), "occupancy", "1", "mean frames inside"});
            if (w.station->servers() > 0) {
                series.push_back({w.station->path(), "utilisation", "1", "share of servers busy"});
            }
        }
        for (const auto& block : host.energy->blocks()) {
            series.push_back({block.path, "power", "W", "mean power"});
        }
        series.push_back({name + ".card", "power", "W", "mean power of the card"});
    }
    sink.declare(series, static_cast<double>(interval_) * 1e-12);
}

void Measurement::close_frames(PerHost& host, const Bin& bin, bool inside) {
    host.frames->close(bin);
    const double per_s = 1e12 / static_cast<double>(interval_);
    std::uint64_t offered = 0;
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        PerClass& c = classes_[i];
        for (std::size_t p = 0; p < host.arrivals.size(); ++p) {
            const FrameCount& count = host.frames->at(bin, host.arrivals[p], i);
            offered += count.frames;
            if (!inside) continue;
            c.offered.frames += count.frames;
            c.offered.bytes += count.bytes;
            c.late_ps += count.late;
            if (p >= host.offered_l1_bytes.size()) continue;  // not from a wire
            host.offered_l1_bytes[p] += count.bytes + count.frames * wire_overhead_bytes;
        }
    }
    row_.push_back(static_cast<double>(offered) * per_s);
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        Tally left;
        for (const std::size_t place : host.departures) {
            const FrameCount& count = host.frames->at(bin, place, i);
            left += {count.frames, count.bytes, count.inner_bytes};
        }
        row_.push_back(static_cast<double>(left.frames) * per_s);
        row_.push_back(static_cast<double>(left.bytes) * 8 * per_s);
        if (!inside) continue;
        PerClass& c = classes_[i];
        c.delivered += left;
        const std::size_t batch = window_.batch_of(bin.start);
        c.delivered_batch[batch] += left.frames;
        c.delivered_bytes_batch[batch] += left.bytes;
    }
}

/// Takes in the drops of a packet buffer; returns how many.
std::uint64_t Measurement::close_buffer_drops(PerHost& host, const Bin& bin, bool inside) {
    const std::uint8_t place = system_.hosts()[host.index].host->card.asic.buffer.place();
    std::uint64_t frames = 0;
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        const FrameCount& count = host.frames->at(bin, host.buffer_drops, i);
        if (count.frames == 0) continue;
        frames += count.frames;
        if (!inside) continue;
        add_drops({host.index, place, DropReason::buffer_full, {count.frames, count.bytes, 0}}, i);
    }
    return frames;
}

void Measurement::close_bin(PerHost& host, const Bin& bin) {
    const bool inside = window_.known() && window_.holds(bin.start);
    host.stations->close(bin, inside);
    host.energy->close(bin, inside);
    host.cycles->close(bin, inside);
    const double per_s = 1e12 / static_cast<double>(interval_);
    close_frames(host, bin, inside);
    row_.push_back(static_cast<double>(bin.counters[host.dropped_counter]) * per_s);
    row_.push_back(static_cast<double>(bin.counters[host.dropped_counter + 1] +
                                       close_buffer_drops(host, bin, inside)) *
                   per_s);
    std::vector<float> queues;
    for (const auto& w : host.stations->stations()) {
        row_.push_back(w.mean_inside);
        if (w.station->servers() > 0) row_.push_back(w.mean_busy / w.station->servers());
        queues.push_back(static_cast<float>(w.mean_inside));
    }
    for (const auto& block : host.energy->blocks()) {
        row_.push_back((static_cast<double>(block.state.value) +
                        static_cast<double>(block.bin_fj) / static_cast<double>(interval_)) /
                       1000);
    }
    row_.push_back(host.energy->card_bin_w());
    if (!window_.known()) host.queue_history.push_back(std::move(queues));
}

void Measurement::advance(Picoseconds now, SeriesSink& sink) {
    for (auto& parts : system_.hosts()) {
        if (parts.host->card.pcie == nullptr) continue;
        for (PcieLink* const link : parts.host->bus().links()) {
            link->up.settle();
            link->down.settle();
        }
    }
    // Hosts close the same bins; a row of the series spans them all.
    std::vector<std::vector<double>> rows;
    std::vector<Picoseconds> ends;
    const bool one = hosts_.size() == 1;
    for (PerHost& host : hosts_) {
        std::size_t index = 0;
        host.timeline->close_until(now, [&](const Bin& bin) {
            row_.clear();
            close_bin(host, bin);
            if (one) {
                sink.append(static_cast<double>(bin.start + interval_) * 1e-12, row_);
                return;
            }
            if (rows.size() <= index) {
                rows.emplace_back();
                ends.push_back(bin.start + interval_);
            }
            rows[index].insert(rows[index].end(), row_.begin(), row_.end());
            ++index;
        });
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        sink.append(static_cast<double>(ends[i]) * 1e-12, rows[i]);
    }
}

bool Measurement::steady() const {
    return std::all_of(hosts_.begin(), hosts_.end(),
                       [](const PerHost& host) { return is_steady(host.queue_history); });
}

Measurement::Connections Measurement::count_connections() const {
    Connections sum;
    for (const auto& parts : system_.hosts()) {
        for (const auto& function : parts.functions) {
            const auto* firewall = dynamic_cast<const Firewall*>(function.function.get());
            if (firewall == nullptr) continue;
            sum.tracked = true;
            sum.active += firewall->counters().active;
            sum.installed += firewall->counters().installed;
            sum.evicted += firewall->counters().evicted;
        }
    }
    return sum;
}

std::uint64_t Measurement::delivered_so_far() const {
    std::uint64_t frames = 0;
    for (const PerHost& host : hosts_) {
        frames += host.journeys->checked();
        if (host.accesses) frames += host.accesses->done_so_far();
    }
    return frames;
}

void Measurement::finish(Picoseconds now) {
    for (PerHost& host : hosts_) {
        system_.hosts()[host.index].partition->agenda.frames().for_each_live(
            [&](const Frame& frame) { host.journeys->in_flight(frame, now); });
        host.stations->finish();
        host.journeys->finish();
    }
}

}  // namespace snsim
