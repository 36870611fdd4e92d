// A PCI Express link: two directions and, at either end, what stands there.
//
//   device                                          host
//   device->in  --- requests -->  up   --->  host->out
//   device->out <-- registers --  down <---  host->in
//
// A switch stands at the directions themselves: it has no end.
#pragma once

#include <memory>
#include <systemc>

#include "models/base/partition.h"
#include "models/pcie/link_end.h"
#include "models/pcie/pcie_params.h"

namespace snsim {

class PcieLink : public sc_core::sc_module {
  public:
    /// Where the link leads, and what is at its ends.
    struct Place {
        const FlowCreditParams& host_credits;  ///< that the host's end advertises
        std::uint32_t completion_limit;        ///< of the host's answers
        std::uint64_t seed;
        std::uint8_t device = 1;  ///< number on the bus; 0: a switch at the device's end
        bool to_switch = false;   ///< a switch at the host's end
    };
    PcieLink(const sc_core::sc_module_name& name, Partition& partition, const LinkParams& params,
             const Place& place);

  private:
    LinkParams params_;
    BlockId block_;

  public:
    LinkDirection up;    ///< device to host
    LinkDirection down;  ///< host to device
    std::unique_ptr<LinkEnd> device;
    std::unique_ptr<LinkEnd> host;

    [[nodiscard]] const LinkParams& parameters() const { return params_; }
    [[nodiscard]] BlockId block() const { return block_; }
};

}  // namespace snsim
