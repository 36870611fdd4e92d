// Every reason for which a frame can be dropped, of all models: one list, one set of names.
//
// Class policy: the drop was asked for by configuration or protocol, and would happen at any load.
// Class loss: everything else; capacity searches count these alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace snsim {

enum class DropReason : uint8_t {
    none,
    malformed,
    bad_ip_checksum,
    header_too_long,
    acl_deny,
    no_connection,
    bad_tcp_state,
    connection_table_full,
    fragment_without_connection,
    no_route,
    ttl_expired,
    buffer_full,
    queue_full,
    rate_limit,
    not_for_interface,
    wrong_vlan,
    no_descriptor,
    buffer_too_small,
    dma_fault,
    interface_down,
    buffer_in_use,
    spoofed,
    socket_full,
    program_drop,
    filter_drop,
    discarded,
    count_,
};
inline constexpr size_t drop_reasons = static_cast<size_t>(DropReason::count_);

enum class DropClass : uint8_t { policy, loss };

struct DropReasonInfo {
    std::string_view name;
    DropClass drop_class;
    std::string_view meaning;
};

inline constexpr std::array<DropReasonInfo, drop_reasons> drop_reason_table{{
    {"none", DropClass::policy, "not dropped"},
    {"malformed", DropClass::policy, "headers truncated or contradicting themselves"},
    {"bad_ip_checksum", DropClass::policy, "wrong IPv4 header checksum"},
    {"header_too_long", DropClass::loss, "headers reach beyond the part of a frame that is parsed"},
    {"acl_deny", DropClass::policy, "an access rule or the default action denies it"},
    {"no_connection", DropClass::policy, "belongs to a connection that is not known"},
    {"bad_tcp_state", DropClass::policy, "TCP flags impossible in the connection's state"},
    {"connection_table_full", DropClass::loss, "no room for a new connection"},
    {"fragment_without_connection", DropClass::policy, "fragment whose first was not let through"},
    {"no_route", DropClass::policy, "no route to the destination and no default egress"},
    {"ttl_expired", DropClass::policy, "TTL or hop limit used up"},
    {"buffer_full", DropClass::loss, "no room in a packet buffer"},
    {"queue_full", DropClass::loss, "a queue at its limit"},
    {"rate_limit", DropClass::policy, "beyond an interface's rate limit"},
    {"not_for_interface", DropClass::policy, "sent to an interface under another MAC address"},
    {"wrong_vlan", DropClass::policy, "sent to an interface in another VLAN"},
    {"no_descriptor", DropClass::loss, "no receive buffer where the card needs one"},
    {"buffer_too_small", DropClass::loss, "longer than the receive buffer"},
    {"dma_fault", DropClass::loss, "the host's IOMMU did not allow the transfer"},
    {"interface_down", DropClass::policy, "its interface is detached or not set up"},
    {"buffer_in_use", DropClass::loss, "written into a buffer that holds another frame"},
    {"spoofed", DropClass::policy, "sent by an interface under another's MAC address"},
    {"socket_full", DropClass::loss, "no room in a socket's receive buffer"},
    {"program_drop", DropClass::policy, "a program at the driver's early hook drops it"},
    {"filter_drop", DropClass::policy, "a rule of the host's packet filter drops it"},
    {"discarded", DropClass::policy, "the application's purpose is to drop it"},
}};

[[nodiscard]] constexpr const DropReasonInfo& info(DropReason reason) {
    return drop_reason_table[static_cast<size_t>(reason)];
}
[[nodiscard]] constexpr std::string_view name(DropReason reason) { return info(reason).name; }
[[nodiscard]] constexpr bool is_loss(DropReason reason) {
    return info(reason).drop_class == DropClass::loss;
}

}  // namespace snsim
