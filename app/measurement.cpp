#include "app/measurement.h"

#include <algorithm>
#include <stdexcept>

#include "models/functions/firewall.h"
#include "models/pcie/link_format.h"
#include "observers/results_file.h"

namespace snsim {

namespace {

/// Frames that wait on a card to be merged are told of when they are in memory.
bool merges(const HostParams& host) {
    return std::any_of(host.interfaces.begin(), host.interfaces.end(),
                       [](const InterfaceParams& interface) { return interface.lro; });
}

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

/// How long the memory of a host may take for what is under way to it: what credits let the card
/// write, and what it reads, each in a page that has to be walked for, all of it twice through
/// DRAM, as what leaves the cache goes there.
Picoseconds longest_access(const HostParams& host) {
    constexpr std::int64_t most_headers = 2047;  // where credits are infinite
    constexpr std::int64_t most_data = 32767;
    constexpr std::int64_t unit = 16;  // bytes of a data credit
    const auto or_most = [](std::int64_t credits, std::int64_t most) {
        return credits > 0 ? credits : most;
    };
    const FlowCreditParams& credits = host.root.credits;
    const std::int64_t reads = host.card.dma.outstanding;
    Picoseconds longest = 0;
    if (host.iommu.enabled) {
        const std::int64_t pages = or_most(credits.posted_headers, most_headers) + reads;
        longest += (pages / host.iommu.walkers + 1) * host.iommu.walk.value;
    }
    if (host.memory.bandwidth) {
        const std::int64_t bytes =
            or_most(credits.posted_data, most_data) * unit + reads * host.card.pcie.mrrs.value;
        longest += static_cast<Picoseconds>(2.0 * 8e12 * static_cast<double>(bytes) /
                                            static_cast<double>(host.memory.bandwidth->value));
    }
    return longest;
}

/// How far behind the present a fact may be. Frames are announced when a port hands them over, and
/// a frame that has to wait in a look-up unit where it has nothing to look up is announced when it
/// leaves: all contexts may be ahead of it, `lookups` of them side by side, their lines spread over
/// the channels as luck has it. What the NIC
/// reads is announced when all of a packet has come, behind all else under way on the link. Throws
/// std::invalid_argument if more bins would be open at once than fit into memory.
Duration fact_lag(const Scenario& scenario, Picoseconds interval) {
    constexpr Picoseconds reception = 30'000'000;
    constexpr Picoseconds lines = 12;  // of one look-up
    constexpr Picoseconds uneven = 4;  // the fullest channel over the mean
    constexpr Picoseconds most_bins = 20'000;
    constexpr Picoseconds always_fine = 20'000'000'000;
    Picoseconds lag = reception;
    for (const auto& host : scenario.hosts) {
        const AsicParams& asic = host.card.asic;
        const TableMemoryParams& memory = asic.memory;
        const Picoseconds read = std::max({memory.sram_latency.value, memory.tcam_latency.value,
                                           memory.cache_latency.value + memory.dram_latency.value});
        const Picoseconds contexts = asic.ingress.contexts;
        const Picoseconds rounds = (contexts + asic.ingress.lookups - 1) / asic.ingress.lookups;
        const Picoseconds busy =
            contexts * memory.access_time.value * uneven / (memory.channels + uneven - 1);
        lag = std::max(lag, lines * (busy + rounds * read));
        if (!host.interfaces.empty()) {
            constexpr double framed = 2;  // bytes on the link for one of a packet, at most
            const double window = static_cast<double>(host.card.nic.tx_window.value) * 8 * framed;
            const double rate = static_cast<double>(raw_rate(host.card.pcie).value);
            lag = std::max(lag, reception + static_cast<Picoseconds>(window / rate * 1e12));
            lag = std::max(lag, longest_access(host));
            if (merges(host)) lag += longest_merging.value;
        }
        if (!host.interfaces.empty() &&
            longest_access(host) > std::max(always_fine, most_bins * interval)) {
            throw std::invalid_argument(
                host.name + ".root.credits: accesses to so slow a memory can last " +
                std::to_string(longest_access(host) / 1'000'000'000) +
                " ms, over which too much would have to be kept: allow fewer credits, more "
                "`iommu.walkers` or `memory.bandwidth`, or a longer `record.interval`");
        }
        if (lag > std::max(always_fine, most_bins * interval)) {
            throw std::invalid_argument(
                host.name + ".card.asic: with " + std::to_string(contexts) +
                " contexts look-ups in so slow a memory can last " +
                std::to_string(lag / 1'000'000'000) +
                " ms, over which too much would have to be kept: allow more `ingress.lookups`, "
                "fewer `ingress.contexts`, or a longer `record.interval`");
        }
    }
    return {lag};
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

void Measurement::attach_host(System::HostParts& parts, PerHost& host) {
    const Scenario& scenario = system_.scenario();
    host.timeline = std::make_unique<Timeline>(Duration{interval_}, fact_lag(scenario, interval_));
    host.stations = std::make_unique<StationObserver>(*host.timeline);
    host.energy = std::make_unique<EnergyMeter>(*host.timeline, *host.stations);
    host.cycles = std::make_unique<CycleMeter>(*host.timeline);
    host.frames = std::make_unique<FrameCounter>(*host.timeline, scenario.traffic.size());
    host.journeys = std::make_unique<JourneyObserver>(
        scenario.traffic.size(), static_cast<std::size_t>(scenario.record.frames_max),
        OneIn(static_cast<std::uint64_t>(scenario.record.frames.one_in)));

    Timeline& timeline = *host.timeline;
    host.dropped_counter = timeline.add_counters(2);

    for (const auto& entry : parts.partition->stations.entries()) {
        host.stations->watch(*entry.station, entry.resource);
    }
    Asic& asic = parts.host->card.asic;
    for (std::size_t p = 0; p < 2; ++p) {
        host.arrivals.push_back(host.frames->watch(asic.port(p).arrivals));
        host.departures.push_back(host.frames->watch(asic.port(p).departures));
        asic.port(p).departed.listen<&JourneyObserver::departed>(*host.journeys);
    }
    host.buffer_drops = host.frames->watch(asic.buffer.drops);
    asic.buffer.dropped_here.listen<&JourneyObserver::dropped>(*host.journeys);
    asic.tm.dropped_here.listen(&Measurement::on_dropped, &host);
    if (parts.host->software != nullptr) {
        attach_software(parts, host);
        attach_faults(parts, host);
    }
    attach_energy(parts, host, scenario.hosts[host.index].card.power);
    if (parts.host->card.dma) attach_pcie(parts, host, scenario.traffic.size());
}

void Measurement::attach_pcie(System::HostParts& parts, PerHost& host, std::size_t classes) {
    HostBus& bus = parts.host->bus();
    for (std::size_t i = 0; i < bus.size(); ++i) {
        host.engines.push_back(std::make_unique<AccessObserver>(i == 0 ? classes : 0));
        bus.dma(i).asked.listen<&AccessObserver::dma_asked>(*host.engines.back());
        bus.dma(i).done.listen<&AccessObserver::dma_done>(*host.engines.back());
    }
    host.accesses = host.engines.front().get();
    for (const auto& load : parts.host->loads) {
        load->done.listen<&AccessObserver::access_done>(*host.accesses);
    }
    const std::string iommu = parts.host->iommu->name();
    const auto place = [&](FaultCounter & counter) -> auto& {
        return host.fault_places.emplace_back(counter, iommu);
    };
    parts.host->root->refused.listen<&FaultCounter::Place::dma>(place(host.faults));
    parts.host->root->strayed.listen<&FaultCounter::Place::dma>(place(host.strays));
}

bool Measurement::has_frames() const {
    const auto& traffic = system_.scenario().traffic;
    return traffic.empty() || std::any_of(traffic.begin(), traffic.end(),
                                          [](const auto& t) { return t.has_frames(); });
}

/// What takes frames from the card.
void Measurement::attach_software(System::HostParts& parts, PerHost& host) {
    FramePath& path = parts.host->software->path;
    host.departures.push_back(host.frames->watch(path.deliveries));
    path.received.listen(
        [](void* journeys, const FrameReceivedByHost& fact) {
            static_cast<JourneyObserver*>(journeys)->delivered(fact.frame, fact.t, fact.t);
        },
        host.journeys.get());
    path.dropped.listen(
        [](void* self, const FrameDroppedByHost& fact) {
            on_dropped(self, {fact.frame, fact.reason, fact.t});
        },
        &host);
    for (std::size_t i = 0; i < parts.host->software->cpu.cores(); ++i) {
        Core& core = parts.host->software->cpu.core(i);
        for (std::size_t c = 0; c < cycle_causes; ++c) {
            const auto cause = static_cast<CycleCause>(c);
            host.cycles->watch(core.path(), std::string(name_of(cause)), core.cycles(cause));
        }
    }
    InterruptController& interrupts = parts.host->software->interrupts;
    host.cycles->watch(interrupts.name(), {}, interrupts.interrupts);
    for (HostInterface& interface : parts.host->software->interfaces) {
        host.arrivals.push_back(host.frames->watch(interface.outbox.offers));
    }
    Nic& nic = *parts.host->card.nic;
    for (Probe<TagChanged>* const probe : {&nic.rx.untagged, &nic.tx.tagged}) {
        probe->listen(&Measurement::on_tag, this);
    }
    for (Probe<NicDropped>* const probe : {&nic.rx.dropped_here, &nic.tx.dropped_here}) {
        probe->listen(
            [](void* self, const NicDropped& fact) {
                on_dropped(self, {fact.frame, fact.reason, fact.t});
            },
            &host);
    }
}

/// What is refused to interfaces, and what they do that makes no sense.
void Measurement::attach_faults(System::HostParts& parts, PerHost& host) {
    const auto place = [&](FaultCounter & counter, const std::string& path) -> auto& {
        return host.fault_places.emplace_back(counter, path);
    };
    Nic& nic = *parts.host->card.nic;
    Software& software = *parts.host->software;
    using Place = FaultCounter::Place;
    nic.registers.faults.listen<&Place::nic>(place(host.faults, nic.registers.name()));
    nic.rx.faults.listen<&Place::nic>(place(host.faults, nic.rx.name()));
    nic.tx.faults.listen<&Place::nic>(place(host.faults, nic.tx.name()));
    const std::string rings = std::string(parts.host->name()) + ".rings";
    software.path.faults.listen<&Place::host>(place(host.faults, rings));
    software.interrupts.faults.listen<&Place::host>(place(host.faults, software.interrupts.name()));
}

void Measurement::attach_energy(System::HostParts& parts, PerHost& host,
                                const CardPowerParams& power) {
    EnergyMeter& meter = *host.energy;
    Asic& asic = parts.host->card.asic;
    const std::string card = parts.host->card.name();
    const CardParams& params = system_.scenario().hosts[host.index].card;
    const Power port_state = power.optics + power.serdes;
    const std::size_t ports[] = {meter.add_block(asic.port0.name(), port_state),
                                 meter.add_block(asic.port1.name(), port_state)};
    const std::size_t buffer = meter.add_block(asic.buffer.name(), {});
    const std::size_t parser = meter.add_block(asic.parser.name(), {});
    const std::size_t ingress = meter.add_block(asic.ingress.name(), {});
    const std::size_t egress = meter.add_block(asic.egress.name(), {});
    const std::size_t memory =
        meter.add_block(asic.memory.path(), power.dram_background * params.asic.memory.channels);
    const std::size_t pcie = meter.add_block(card + ".pcie", power.pcie_phy);
    meter.add_block(card + ".arm", power.arm);
    const std::size_t rest = meter.add_block(card + ".unattributed", power.unattributed);

    const auto begins_with = [](const std::string& path, const std::string& start) {
        return path.compare(0, start.size(), start) == 0;
    };
    const std::string pipelines[] = {asic.ingress.name(), asic.egress.name()};
    const std::string port_names[] = {asic.port0.name(), asic.port1.name()};
    for (std::size_t i = 0; i < host.stations->stations().size(); ++i) {
        const std::string& path = host.stations->stations()[i].station->path();
        for (std::size_t p = 0; p < 2; ++p) {
            if (path == port_names[p] + ".rx") {
                meter.price_station(ports[p], i, power.rx_byte);
            } else if (path == port_names[p] + ".tx") {
                meter.price_station(ports[p], i, power.tx_byte);
            }
            const std::size_t block = p == 0 ? ingress : egress;
            if (path == pipelines[p] + ".bus") {
                if (p == 0) {
                    meter.price_station(rest, i, power.unattributed_frame, true);
                    meter.price_station(rest, i, power.unattributed_byte);
                }
            } else if (begins_with(path, pipelines[p] + ".stage") &&
                       path.find(".lookup.") == std::string::npos) {
                meter.price_station(block, i, power.engine_cycle);
            }
        }
        if (path == card + ".pcie.up" || path == card + ".pcie.down") {
            meter.price_station(pcie, i, power.pcie_byte);
        }
        if (path == asic.buffer.name()) {
            meter.price_station(buffer, i, power.buffer_byte * params.asic.buffer.cell.value);
        }
    }
    meter.price_events(parser, asic.parser.parsed_bytes, power.parser_byte);
    const std::pair<MemoryKind, Energy> prices[] = {{MemoryKind::sram, power.sram_access},
                                                    {MemoryKind::tcam, power.tcam_access},
                                                    {MemoryKind::cache, power.cache_access},
                                                    {MemoryKind::dram_read, power.dram_access},
                                                    {MemoryKind::dram_write, power.dram_access}};
    for (const auto& [kind, each] : prices) {
        meter.price_events(memory, asic.memory.accesses(kind), each);
    }
}

void Measurement::attach_captures(const std::string& folder) {
    const std::string suffixes[] = {".rx", ".tx"};
    for (const std::string& point : system_.scenario().record.pcap) {
        for (auto& parts : system_.hosts()) {
            for (std::size_t p = 0; p < 2; ++p) {
                EthernetPort& port = parts.host->card.asic.port(p);
                if (port.name() != point) continue;
                for (std::size_t way = 0; way < 2; ++way) {
                    captures_.emplace_back();
                    std::string path = folder;
                    path.append("/").append(point).append(suffixes[way]).append(".pcap");
                    captures_.back().writer = std::make_unique<PcapWriter>(std::move(path));
                    if (way == 0) {
                        port.arrived.listen(&CapturePoint::arrived, &captures_.back());
                    } else {
                        port.departed.listen(&CapturePoint::departed, &captures_.back());
                    }
                }
            }
        }
    }
}

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
