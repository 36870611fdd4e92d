#include "models/pcie/pcie_switch.h"

#include <algorithm>

#include "models/pcie/link_format.h"

namespace snsim {

namespace {

constexpr std::size_t up_port = 0;

/// The switch's buffers are what it advertises on its link up as well.
LinkParams with_credits(LinkParams link, const FlowCreditParams& credits) {
    link.credits = credits;
    return link;
}

std::vector<std::int64_t> all_weights(const std::vector<std::int64_t>& of_devices) {
    std::vector<std::int64_t> weights{1};
    weights.insert(weights.end(), of_devices.begin(), of_devices.end());
    return weights;
}

}  // namespace

PcieSwitch::PcieSwitch(const sc_core::sc_module_name& name, Partition& partition,
                       const SwitchParams& params, const RootParams& root, const BusMap& map,
                       const std::vector<std::int64_t>& weights, std::uint64_t seed)
    : sc_module(name),
      pcie("pcie", partition, with_credits(params.pcie, params.credits),
           {root.credits, completion_limit(root, params.pcie), seed, BusMap::nobody}),
      latency_(params.latency.value),
      cut_through_(params.forwarding == SwitchForwarding::cut_through),
      acs_(params.acs),
      map_(map),
      weights_(all_weights(weights)) {
    for (std::size_t i = 0; i < weights_.size(); ++i) {
        const std::string port = i == up_port ? ".up" : ".port" + std::to_string(i - 1);
        ports_.emplace_back(*this, i, std::string(this->name()) + port);
        partition.stations.add(ports_.back().station);
    }
    wire(ports_[up_port], pcie.down, pcie.up);
}

void PcieSwitch::wire(Port& port, LinkDirection& in, LinkDirection& out) {
    port.in = &in;
    port.out = &out;
    in.forward_to<&Port::came>(port);
    out.gather<&Port::passed>(weights_, port);
}

void PcieSwitch::attach(std::size_t index, std::uint8_t device, PcieLink& link) {
    Port& port = ports_[index + 1];
    port.device = device;
    wire(port, link.up, link.down);
}

std::size_t PcieSwitch::port_of(std::uint8_t device) const {
    for (const Port& port : ports_) {
        if (device != BusMap::nobody && port.device == device) return port.index;
    }
    return up_port;
}

/// By which port a TLP leaves.
std::size_t PcieSwitch::exit_of(const Tlp& tlp, std::size_t from) {
    const auto& info = info_of<PcieRequest>(*tlp.payload);
    if (tlp.flow == PcieFlow::completion) {
        return acs_ && from != up_port ? up_port : port_of(info.requester);
    }
    const std::size_t to =
        info.kind == PcieKind::memory ? port_of(map_.device_at(tlp.address)) : up_port;
    // What no device claims is the first one's to refuse.
    if (from == up_port) return to == up_port ? up_port + 1 : to;
    // A device's own addresses are not for the switch to find.
    if (to == up_port || to == from || acs_) return up_port;
    if (tlp.last) ++peer_requests_;
    return to;
}

std::uint64_t PcieSwitch::waiting() const {
    std::uint64_t tlps = 0;
    for (const Port& port : ports_) tlps += port.out->waiting();
    return tlps;
}

void PcieSwitch::Port::came(const Tlp& tlp, Picoseconds first, Picoseconds last) {
    ++parent.came_;
    if (fault::armed("lost_switch_tlp")) return;
    Port& exit = parent.ports_[parent.exit_of(tlp, index)];
    Picoseconds ready = last + parent.latency_;
    if (parent.cut_through_) {
        ready = std::max(first + parent.latency_, ready - exit.out->line_time(tlp));
    }
    station.tally.enter(last);
    Tlp passing = tlp;
    passing.came = last;
    exit.out->pass(index, passing, ready);
}

/// What came by port `sender` has left by this one: there is room in that port's buffer.
void PcieSwitch::Port::passed(const Tlp& tlp, std::size_t sender, Picoseconds t) {
    Port& from = parent.ports_[sender];
    ++parent.left_;
    from.in->drained(tlp, t);
    from.station.tally.serve(tlp.came, {t, t, t, tlp.payload_bytes}, 0);
}

}  // namespace snsim
