#include "models/pcie/pcie_link.h"

namespace snsim {

PcieLink::PcieLink(const sc_core::sc_module_name& name, Partition& partition,
                   const LinkParams& params, const Place& place)
    : sc_module(name),
      params_(params),
      block_(partition.agenda.add_block(this->name())),
      up(partition, block_,
         {std::string(this->name()) + ".up", params, place.host_credits, place.seed}),
      down(partition, block_,
           {std::string(this->name()) + ".down", params, params.credits, place.seed}) {
    up.set_back(down);
    down.set_back(up);
    if (place.device != 0) {
        device = std::make_unique<LinkEnd>(
            partition.agenda, up, down,
            LinkEnd::Settings{"from_device", "to_device", params_,
                              static_cast<std::uint32_t>(params.mps.value), place.device});
    }
    if (!place.to_switch) {
        host = std::make_unique<LinkEnd>(
            partition.agenda, down, up,
            LinkEnd::Settings{"from_root", "to_root", params_, place.completion_limit, 0});
    }
    partition.stations.add(up.station, {this->name(), "lanes", true});
    partition.stations.add(down.station, {this->name(), "lanes", true});
}

}  // namespace snsim
