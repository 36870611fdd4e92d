// What the ASIC tells the NIC about a frame that goes to the host: stands in the frame's scratch.
#pragma once

#include <cstdint>

#include "models/protocols/flow_key.h"

namespace snsim {

struct NicNote {
    FlowKey key;  ///< from the frame's source to its destination; family 0 if it has none
    std::uint16_t l3 = 0;
    std::uint16_t l4 = 0;
    std::uint16_t vlan = 0;  ///< of its outer tag; 0 without
};

}  // namespace snsim
