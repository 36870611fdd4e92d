#include "models/system/system.h"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

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

}  // namespace

Host::Host(const sc_core::sc_module_name& name, Partition& partition, const HostParams& params,
           const std::vector<PlacedFunction>& functions)
    : sc_module(name),
      card("card", partition, params.card, functions),
      wire0("wire0", partition, params.card.asic.port0.rate, params.wire0.latency),
      wire1("wire1", partition, params.card.asic.port1.rate, params.wire1.latency) {
    for (std::size_t i = 0; i < Addressing::wires_per_host; ++i) {
        EthernetPort& port = card.asic.port(i);
        wire(i).to_port.bind(port.from_wire);
        port.to_wire.bind(wire(i).from_port);
        partition.agenda.add_edge(wire(i).block(), port.rx_block());
    }
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
    parts.host = std::make_unique<Host>(params.name.c_str(), *parts.partition, params, placed);
    hosts_.push_back(std::move(parts));
}

void System::build_traffic(std::size_t index) {
    const TrafficParams& traffic = scenario_.traffic[index];
    const auto& from = addressing_.endpoint(traffic.from);
    const auto& to = addressing_.endpoint(traffic.to);
    const HostParams& host = scenario_.hosts[from.host];
    const BitRate line_rate = (from.port == 0 ? host.card.asic.port0 : host.card.asic.port1).rate;
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
    const ClassContext context{traffic,  number,       seed,   line_rate, plan,
                               from.mac, from.gateway, to.mac, to.gateway};
    model.wire(from.port).add_source(std::make_unique<FlowSource>(context));
    if (traffic.churn.value > 0) {
        model.wire(from.port).add_source(
            std::make_unique<ChurnSource>(context, ChurnSource::Side::client));
        hosts_[to.host].host->wire(to.port).add_source(
            std::make_unique<ChurnSource>(context, ChurnSource::Side::server));
    }
    if (traffic.flows.established) install_flows(traffic, plan, from.host);
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
