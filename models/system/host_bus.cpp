#include "models/system/host_bus.h"

#include <algorithm>

#include "models/pcie/link_format.h"
#include "models/protocols/nic_registers.h"

namespace snsim {

HostBus::HostBus(const HostParams& params, std::uint64_t seed) : params_(params), seed_(seed) {
    for (std::size_t i = 0; i <= params.devices.size(); ++i) {
        const auto by =
            std::find_if(params.switches.begin(), params.switches.end(),
                         [&](const SwitchParams& s) { return s.name == slot(i).behind; });
        const SwitchParams* const found = by == params.switches.end() ? nullptr : &*by;
        auto port = std::find_if(ports_.begin(), ports_.end(), [&](const RootPort& p) {
            return found != nullptr && p.by == found;
        });
        if (port == ports_.end()) port = ports_.insert(port, {found, {}});
        port->devices.push_back(i);
        (void)map.add_device(static_cast<std::size_t>(port - ports_.begin()));
    }
    map.claim(1, BarAddress::base, std::uint64_t{max_functions} * BarAddress::window);
    if (params.devices.empty()) return;
    for (std::size_t i = 0; i <= params.devices.size(); ++i) {
        const auto number = static_cast<std::uint8_t>(i + 1);
        const BarParams& bar = i == 0 ? params.card.bar : params.devices[i - 1].bar;
        map.claim(number, BusMap::memory_of(number), static_cast<std::uint64_t>(bar.size.value));
    }
}

const SlotParams& HostBus::slot(std::size_t index) const {
    return index == 0 ? params_.card.slot : params_.devices[index - 1].slot;
}

const LinkParams& HostBus::link_params(std::size_t index) const {
    return index == 0 ? params_.card.pcie : params_.devices[index - 1].pcie;
}

PcieLink::Place HostBus::place_of(std::size_t index) const {
    const auto number = static_cast<std::uint8_t>(index + 1);
    const SwitchParams* const by = ports_[map.root_port(number)].by;
    return {by == nullptr ? params_.root.credits : by->credits,
            completion_limit(params_.root, link_params(index)), seed_, number, by != nullptr};
}

std::vector<LinkParams> HostBus::root_links() const {
    std::vector<LinkParams> links;
    for (const RootPort& port : ports_) {
        links.push_back(port.by == nullptr ? link_params(port.devices.front()) : port.by->pcie);
    }
    return links;
}

void HostBus::build(Partition& partition, Card& card, const std::vector<std::size_t>& dma_clients) {
    card_ = &card;
    for (std::size_t i = 1; i <= params_.devices.size(); ++i) {
        const DeviceParams& device = params_.devices[i - 1];
        devices.push_back(std::make_unique<BusDevice>(device.name.c_str(), partition, device,
                                                      place_of(i), dma_clients[i]));
    }
    for (const RootPort& port : ports_) {
        if (port.by == nullptr) continue;
        std::vector<std::int64_t> weights;
        for (const std::size_t device : port.devices) weights.push_back(slot(device).weight);
        switches.push_back(std::make_unique<PcieSwitch>(port.by->name.c_str(), partition, *port.by,
                                                        params_.root, map, weights, seed_));
        for (std::size_t i = 0; i < port.devices.size(); ++i) {
            const std::size_t device = port.devices[i];
            switches.back()->attach(i, static_cast<std::uint8_t>(device + 1), link(device));
        }
    }
}

void HostBus::connect(RootComplex& root) {
    std::size_t next_switch = 0;
    for (std::size_t i = 0; i < ports_.size(); ++i) {
        PcieLink& here = ports_[i].by == nullptr ? link(ports_[i].devices.front())
                                                 : switches[next_switch++]->pcie;
        here.host->out.bind(root.port(i).from_link);
        root.port(i).to_link.bind(here.host->in);
    }
}

std::vector<PcieLink*> HostBus::links() {
    std::vector<PcieLink*> all;
    for (std::size_t i = 0; i < size(); ++i) all.push_back(&link(i));
    for (const auto& s : switches) all.push_back(&s->pcie);
    return all;
}

}  // namespace snsim
