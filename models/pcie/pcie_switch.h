// A PCI Express switch: a port to the root complex, and ports with a device each.
//
//   root  <-- pcie -->  up | port0  <-- the device's link -->  device
//                          | port1  <-- ...
//
// A TLP that comes by a port lies in that port's buffer, which its link's credits count, until it
// has left by another one: so what cannot leave holds back what comes, kind of flow by kind of
// flow. Requests go where their address is claimed, answers to who asked; what no device behind the
// switch claims goes up. Cut-through starts a TLP `latency` after its first bit came, as long as it
// does not run dry on a faster line; store-and-forward after its last. At each output the ports
// take turns TLP by TLP, as many as their weight; within a port the ordering rules hold as on any
// link, among ports none is needed. With `acs` requests from device to device and their answers go
// up to the root complex, which may refuse them; without it they turn here, past the IOMMU. Left
// out: a limit of the fabric, switches below switches, multicast, P2P egress control.
#pragma once

#include <deque>
#include <string>
#include <systemc>
#include <vector>

#include "models/pcie/bus_map.h"
#include "models/pcie/pcie_link.h"

namespace snsim {

class PcieSwitch : public sc_core::sc_module {
  public:
    /// `weights`: of its ports with devices.
    PcieSwitch(const sc_core::sc_module_name& name, Partition& partition,
               const SwitchParams& params, const RootParams& root, const BusMap& map,
               const std::vector<std::int64_t>& weights, std::uint64_t seed);

    PcieLink pcie;  ///< to the root complex

    /// Port `index` leads to this device by its link. Before time begins.
    void attach(std::size_t index, std::uint8_t device, PcieLink& link);

    // for the audit: TLPs that came, that have left, and that wait at the outputs
    [[nodiscard]] std::uint64_t came() const { return came_; }
    [[nodiscard]] std::uint64_t left() const { return left_; }
    [[nodiscard]] std::uint64_t waiting() const;
    /// Requests that turned around here, from device to device.
    [[nodiscard]] std::uint64_t peer_requests() const { return peer_requests_; }

  private:
    /// A port: the buffer of what comes by its link, and what goes out by it.
    struct Port {
        Port(PcieSwitch& owner, std::size_t number, const std::string& path)
            : parent(owner), index(number), station(path, Frame::no_station, 0) {}
        void came(const Tlp& tlp, Picoseconds first, Picoseconds last);
        void passed(const Tlp& tlp, std::size_t sender, Picoseconds t);

        PcieSwitch& parent;
        std::size_t index;
        Station station;  ///< TLPs from their last bit in to their last bit out
        LinkDirection* in = nullptr;
        LinkDirection* out = nullptr;
        std::uint8_t device = BusMap::nobody;
    };

    void wire(Port& port, LinkDirection& in, LinkDirection& out);
    [[nodiscard]] std::size_t exit_of(const Tlp& tlp, std::size_t from);
    [[nodiscard]] std::size_t port_of(std::uint8_t device) const;

    // parameters
    Picoseconds latency_;
    bool cut_through_;
    bool acs_;

    // wiring
    const BusMap& map_;
    std::vector<std::int64_t> weights_;  ///< by port
    std::deque<Port> ports_;             ///< the one to the root complex first

    // state
    std::uint64_t peer_requests_ = 0;
    std::uint64_t came_ = 0;
    std::uint64_t left_ = 0;
};

}  // namespace snsim
