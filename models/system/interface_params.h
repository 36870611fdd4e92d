// Parameters of an interface that a host's operating system has on its card: a function of the NIC
// with its address, and the software that drives it.
#pragma once

#include <optional>
#include <string>

#include "models/base/params.h"
#include "models/host/driver_params.h"
#include "models/nic/vnic_params.h"
#include "models/system/address_values.h"

namespace snsim {

enum class InterfaceKind { vnic };

struct InterfaceParams : VnicParams, DriverParams {
    std::string name;
    InterfaceKind kind;
    std::optional<InterfaceAddress> address;  ///< absent: by the address plan
    std::int64_t port;                        ///< of the card, by which it sends by default
    static const ParamTable& params();
};

/// Interfaces of a host, all their functions together.
inline constexpr std::size_t max_interfaces = 256;
/// What a card may wait for segments to merge.
inline constexpr Duration longest_merging = 500_us;
/// Their queue pairs, and the entries of all their rings of one kind.
inline constexpr std::int64_t max_card_queues = 2048;
inline constexpr std::int64_t max_ring_entries = std::int64_t{4} << 20;

}  // namespace snsim
