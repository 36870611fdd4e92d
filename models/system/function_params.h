// Parameters of network functions: what runs where, and the keys of each kind.
//
// A kind is one struct with its table and one row of the table of contents in FunctionParams.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "models/base/params.h"
#include "models/functions/acl.h"
#include "models/functions/firewall.h"
#include "models/system/address_values.h"

namespace snsim {

/// Which memory holds a function's table; automatic takes SRAM while it fits.
enum class TablePlace { automatic, sram, dram };

struct RoutingParams {
    TablePlace memory;
    std::int64_t capacity;  ///< routes
    static const ParamTable& params();
};

enum class RuleProtocol { any, tcp, udp, icmp };

struct RuleParams {
    AclAction action;
    RuleProtocol protocol;
    std::optional<IpPrefix> source;  ///< absent: any address of either version
    std::optional<IpPrefix> destination;
    PortRange source_ports;
    PortRange destination_ports;
    static const ParamTable& params();
};

struct FirewallParams {
    bool stateful;
    bool strict;
    std::vector<RuleParams> rules;
    AclAction default_action;
    std::int64_t capacity;  ///< connections
    Firewall::WhenFull when_full;
    Duration timeout_established;
    Duration timeout_transient;
    Duration timeout_udp;
    Duration timeout_icmp;
    TablePlace memory;
    static const ParamTable& params();
};

enum class FunctionKind { routing, firewall };
enum class FunctionPlace { asic };
enum class FunctionDirection { ingress, both };

struct FunctionParams {
    std::string name;
    FunctionKind kind;
    FunctionPlace where;
    std::string at;  ///< instance path: host0.card
    FunctionDirection direction;
    std::variant<RoutingParams, FirewallParams> body;  ///< holds the alternative of `kind`
    static const ParamTable& params();
};

}  // namespace snsim
