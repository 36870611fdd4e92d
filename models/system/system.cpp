#include "models/system/system.h"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

#include "models/system/event_check.h"
#include "models/system/function_factory.h"

namespace snsim {

namespace {

Placement placement_of(const FunctionParams& params) {
    const TablePlace memory = std::visit([](const auto& body) { return body.memory; }, params.body);
    switch (memory) {
        case TablePlace::automatic: return Placement::automatic;
        case TablePlace::sram: return Placement::sram;
        case TablePlace::dram: return Placement::dram;
    }
    return Placement::automatic;
}

std::unique_ptr<HostBus> bus_of(const Host::Settings& settings) {
    if (!settings.params.is_modelled()) return nullptr;
    return std::make_unique<HostBus>(settings.params, settings.seed);
}

std::optional<Card::Slot> slot_of(const Host::Settings& settings, const HostBus* bus) {
    if (bus == nullptr) return std::nullopt;
    const bool intruder =
        std::any_of(settings.events.begin(), settings.events.end(),
                    [](const auto* event) { return event->action == EventAction::attempt; });
    return Card::Slot{bus->place_of(0), !settings.params.devices.empty(),
                      settings.accesses[0] + (intruder ? 1 : 0), settings.interfaces};
}

}  // namespace

Host::Host(const sc_core::sc_module_name& name, Partition& partition, const Settings& settings,
           const std::vector<PlacedFunction>& functions)
    : sc_module(name),
      bus_(bus_of(settings)),
      card("card", partition, settings.params.card, functions, slot_of(settings, bus_.get())),
      wire0("wire0", partition, settings.params.card.asic.port0.rate,
            settings.params.wire0.latency),
      wire1("wire1", partition, settings.params.card.asic.port1.rate,
            settings.params.wire1.latency) {
    for (std::size_t i = 0; i < Addressing::wires_per_host; ++i) {
        EthernetPort& port = card.asic.port(i);
        wire(i).to_port.bind(port.from_wire);
        port.to_wire.bind(wire(i).from_port);
        partition.agenda.add_edge(wire(i).block(), port.rx_block());
    }
    if (settings.params.is_modelled()) build_memory_side(partition, settings);
}

void Host::build_memory_side(Partition& partition, const Settings& settings) {
    const HostParams& params = settings.params;
    iommu = std::make_unique<Iommu>("iommu", partition, params.iommu);
    bus_->build(partition, card, settings.accesses);
    root = std::make_unique<RootComplex>("root", partition, params.root, bus_->root_links(), *iommu,
                                         bus_->map);
    memory = std::make_unique<HostMemory>("memory", partition, params.memory, settings.seed);
    bus_->connect(*root);
    root->to_memory.bind(memory->in);
    if (params.interfaces.empty()) {
        interrupts_ = std::make_unique<MemoryStub>("interrupts", partition.agenda);
        cores_ = std::make_unique<MemoryOut>("cores", partition.agenda, nullptr, nullptr);
        root->to_interrupts.bind(interrupts_->in);
        cores_->bind(root->from_cores);
        return;
    }
    software =
        std::make_unique<Software>(partition, params, std::string(name()), *memory, *card.nic,
                                   *iommu, card.sending_slot(), settings.next_hops);
    root->to_interrupts.bind(software->interrupts.from_root);
    root->frame_refused.bind<&Receiver::end_blocked>(card.nic->rx);
    software->cpu.registers.to_root.bind(root->from_cores);
    if (settings.events.empty()) return;
    events = std::make_unique<EventPlayer>("events", partition, settings.events, card, *software);
    if (events->intruder == nullptr) return;
    iommu->watch();
    events->intruder->dma.out.bind(card.dma->in(settings.accesses[0]));
    partition.agenda.add_edge(events->intruder->block(), card.dma->block());
}

void Host::start_of_simulation() {
    if (software != nullptr) software->set_up();
}

System::System(const Scenario& scenario)
    : scenario_(scenario), addressing_(scenario), replay_notes_(scenario.traffic.size()) {
    Dispatcher::set_time_resolution();
    dispatcher_ = std::make_unique<Dispatcher>("dispatcher");
    for (std::size_t i = 0; i < scenario.hosts.size(); ++i) build_host(i);
    for (std::size_t i = 0; i < scenario.traffic.size(); ++i) build_traffic(i);
}

System::~System() = default;

void System::build_host(std::size_t index) {
    const HostParams& params = scenario_.hosts[index];
    HostParts parts;
    Agenda& agenda = dispatcher_->add_partition();
    agenda.batch = static_cast<std::uint32_t>(scenario_.sim.batch);
    agenda.run_ahead = scenario_.sim.run_ahead;
    parts.partition = std::make_unique<Partition>(agenda);
    std::vector<PlacedFunction> placed;
    for (const FunctionParams& function : scenario_.functions) {
        if (function.at != params.name + ".card") continue;
        parts.functions.push_back({function.name,
                                   make_function(function, scenario_, index, addressing_),
                                   placement_of(function)});
        placed.push_back(
            {function.name, parts.functions.back().function.get(), parts.functions.back().memory});
    }
    std::vector<std::size_t> accesses(1 + params.devices.size());
    for (const TrafficParams& traffic : scenario_.traffic) {
        if (traffic.has_frames()) continue;
        if (const auto device = device_of(params, traffic.from)) ++accesses[*device];
    }
    std::vector<const EventParams*> events;
    for (const EventParams& event : scenario_.events) {
        if (event.host == index) events.push_back(&event);
    }
    parts.host = std::make_unique<Host>(
        params.name.c_str(), *parts.partition,
        Host::Settings{params, static_cast<std::uint64_t>(scenario_.seed), accesses,
                       card_interfaces(index), next_hops(index), events},
        placed);
    hosts_.push_back(std::move(parts));
}

bool System::is_routed(std::size_t host) const {
    const std::string card = scenario_.hosts[host].name + ".card";
    return std::any_of(scenario_.functions.begin(), scenario_.functions.end(),
                       [&](const FunctionParams& function) {
                           return function.at == card &&
                                  std::holds_alternative<RoutingParams>(function.body);
                       });
}

std::vector<Card::Interface> System::card_interfaces(std::size_t host) const {
    std::vector<Card::Interface> interfaces;
    for (const InterfaceParams& params : scenario_.hosts[host].interfaces) {
        const auto port = static_cast<std::uint16_t>(host_port + interfaces.size());
        Card::Interface interface {};
        interface.identity.mac = addressing_.endpoint(host, port).mac;
        interface.identity.vlan = static_cast<std::uint16_t>(params.vlan);
        interface.identity.queues = static_cast<std::uint16_t>(params.queues);
        interface.identity.most_queues = most_queues(scenario_, host, interfaces.size());
        interface.identity.attached = params.attached;
        interface.share = {params.weight, params.rate_limit, params.rate_burst};
        interface.wire = static_cast<std::uint8_t>(params.port);
        interfaces.push_back(interface);
    }
    return interfaces;
}

/// Where each interface sends on the classes that go `via` it.
std::vector<NextHops> System::next_hops(std::size_t host) const {
    const HostParams& params = scenario_.hosts[host];
    std::vector<NextHops> hops(params.interfaces.size());
    for (std::size_t i = 0; i < hops.size(); ++i) {
        hops[i].own = addressing_.endpoint(host, static_cast<std::uint16_t>(host_port + i)).mac;
        hops[i].of_class.resize(scenario_.traffic.size());
        for (std::size_t c = 0; c < scenario_.traffic.size(); ++c) {
            const TrafficParams& traffic = scenario_.traffic[c];
            if (traffic.via != params.name + "." + params.interfaces[i].name) continue;
            hops[i].of_class[c] = addressing_.endpoint(traffic.to).mac;
        }
    }
    return hops;
}

void System::build_traffic(std::size_t index) {
    const TrafficParams& traffic = scenario_.traffic[index];
    if (!traffic.has_frames()) {
        build_accesses(index);
        plans_.push_back(nullptr);
        return;
    }
    const auto& from = addressing_.endpoint(traffic.from);
    const auto& to = addressing_.endpoint(traffic.to);
    const HostParams& host = scenario_.hosts[from.host];
    const auto wire = from.port < host_port
                          ? std::int64_t{from.port}
                          : host.interfaces[from.port - std::size_t{host_port}].port;
    const BitRate line_rate = (wire == 0 ? host.card.asic.port0 : host.card.asic.port1).rate;
    const auto number = static_cast<std::uint16_t>(index);
    const auto seed = static_cast<std::uint64_t>(scenario_.seed);
    Host& model = *hosts_[from.host].host;
    if (!traffic.capture.path.empty()) {
        auto capture = std::make_shared<const Capture>(
            read_capture(traffic.capture.path, CaptureOptions{traffic.allow_truncated}));
        auto source = std::make_unique<CaptureSource>(traffic, number, seed, line_rate, capture);
        replay_notes_[index] = source->summary().text();
        model.wire(from.port).add_source(std::move(source));
        plans_.push_back(nullptr);
        return;
    }
    const std::uint8_t protocol =
        traffic.protocol == Transport::tcp ? ip_protocol::tcp : ip_protocol::udp;
    plans_.push_back(std::make_unique<FlowPlan>(addressing_.networks(traffic),
                                                RandomStream(seed, traffic.name + ".plan").next(),
                                                protocol));
    const FlowPlan& plan = *plans_.back();
    // Without a routing function frames carry the address of where they go.
    const bool of_host = from.port >= host_port || to.port >= host_port;
    const bool direct = of_host && !is_routed(from.host);
    const MacAddress& first_hop = !traffic.via.empty() ? addressing_.endpoint(traffic.via).mac
                                  : direct             ? to.mac
                                                       : from.gateway;
    const ClassContext context{traffic,  number,    seed,   line_rate, plan,
                               from.mac, first_hop, to.mac, to.gateway};
    auto source = std::make_unique<FlowSource>(context);
    if (traffic.window) {
        if (model.closed_loops == nullptr) {
            model.closed_loops = std::make_unique<ClosedLoops>(
                *hosts_[from.host].partition, std::string(model.name()) + ".closed_loops");
        }
        model.closed_loops->add(index, *source);
    }
    if (from.port >= host_port) {
        model.software->interfaces[from.port - host_port].outbox.add_source(std::move(source));
    } else {
        model.wire(from.port).add_source(std::move(source));
    }
    if (traffic.churn.value > 0) {
        model.wire(from.port).add_source(
            std::make_unique<ChurnSource>(context, ChurnSource::Side::client));
        hosts_[to.host].host->wire(to.port).add_source(
            std::make_unique<ChurnSource>(context, ChurnSource::Side::server));
    }
    if (traffic.flows.established) install_flows(traffic, plan, from.host);
}

/// Memory of the class's own, of the host or of a device, and who accesses it.
void System::build_accesses(std::size_t index) {
    const TrafficParams& traffic = scenario_.traffic[index];
    const AccessParams& access = traffic.access;
    const auto parts = std::find_if(hosts_.begin(), hosts_.end(), [&](const HostParts& p) {
        return traffic.from.substr(0, traffic.from.find('.')) == p.host->name();
    });
    Host& host = *parts->host;
    const HostParams& params = scenario_.hosts[static_cast<std::size_t>(parts - hosts_.begin())];
    const std::size_t from = *device_of(params, traffic.from);
    const auto window = static_cast<std::uint64_t>(access.window.value);
    std::uint64_t address = 0;
    if (const auto peer = device_of(params, traffic.to)) {
        address = host.bus().bar(*peer)->address();
    } else {
        address = host.memory->allocate(window, static_cast<std::uint32_t>(access.node));
        if (access.cache == CacheState::warm) host.memory->llc.touch(address, window);
    }
    const std::uint16_t requester = BusMap::requester(static_cast<std::uint8_t>(from + 1),
                                                      static_cast<std::uint16_t>(access.function));
    if (access.mapped) {
        if (is_confined(index)) host.iommu->map(requester, address, window, true);
    } else {
        host.iommu->confine(requester);
    }
    const std::string name = std::string(host.name()) + "_" + traffic.name;
    host.loads.push_back(std::make_unique<AccessLoad>(
        name.c_str(), *parts->partition,
        AccessLoad::Settings{access, static_cast<std::uint16_t>(index), address,
                             traffic.start.value, traffic.stop.value_or(Duration{never}).value,
                             static_cast<std::uint64_t>(scenario_.seed)}));
    std::size_t client = 0;  // those of its engine that came before
    for (std::size_t i = 0; i < index; ++i) {
        const TrafficParams& other = scenario_.traffic[i];
        if (!other.has_frames() && other.from == traffic.from) ++client;
    }
    host.loads.back()->to_dma.bind(host.bus().dma(from).in(client));
}

/// True if another class of the same function has no right to what it accesses.
bool System::is_confined(std::size_t index) const {
    const TrafficParams& traffic = scenario_.traffic[index];
    return std::any_of(
        scenario_.traffic.begin(), scenario_.traffic.end(), [&](const TrafficParams& other) {
            return !other.has_frames() && other.from == traffic.from && !other.access.mapped &&
                   other.access.function == traffic.access.function;
        });
}

/// Those functions that remember conversations know the class's flows from the start.
void System::install_flows(const TrafficParams& traffic, const FlowPlan& plan, std::size_t host) {
    constexpr std::size_t group_size = 256;
    std::array<FlowKey, group_size> keys;
    const auto flows = static_cast<std::size_t>(traffic.flows.count);
    for (auto& function : hosts_[host].functions) {
        const auto& tables = function.function->tables();
        if (std::none_of(tables.begin(), tables.end(),
                         [](const TableInfo& table) { return table.stateful; })) {
            continue;
        }
        for (std::size_t done = 0; done < flows;) {
            const std::size_t count = std::min(group_size, flows - done);
            for (std::size_t i = 0; i < count; ++i) keys[i] = plan.key(done + i);
            const std::size_t fit = function.function->install_established(keys.data(), count, 0);
            done += fit;
            if (fit == count) continue;
            throw std::invalid_argument(function.name + ": no room for the " +
                                        std::to_string(flows) + " established connections of " +
                                        traffic.name + " (only " + std::to_string(done) +
                                        " fit); raise " + function.name + ".capacity");
        }
    }
}

}  // namespace snsim
