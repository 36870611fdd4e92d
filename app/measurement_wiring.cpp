// Which probe feeds which observer: attach_host() is the list.
#include "app/fact_lag.h"
#include "app/measurement.h"

namespace snsim {

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

}  // namespace snsim
