// Access rules: an ordered list, the first match decides, a default action when none matches.
//
// Compiled into bit vectors (T. V. Lakshman and D. Stiliadis, SIGCOMM 1998): per field the
// elementary intervals of all rules with the set of rules that cover each; a look-up is a binary
// search per field and the first common bit. Memory grows with the square of the rules (1,000
// rules: below 2 MB), look-up time with their logarithm plus a word per 64 rules.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/protocols/address.h"
#include "models/protocols/flow_key.h"

namespace snsim {

enum class AclAction : uint8_t { allow, deny };

struct PortRange {
    uint16_t first = 0;
    uint16_t last = 0xffff;

    [[nodiscard]] bool any() const { return first == 0 && last == 0xffff; }
};

struct AclRule {
    AclAction action = AclAction::allow;
    std::optional<uint8_t> protocol;  // unset: any
    std::optional<IpPrefix> src;      // unset: any address of either version
    std::optional<IpPrefix> dst;
    PortRange sport;  // other than any: matches TCP and UDP with ports alone
    PortRange dport;
};

class Acl {
  public:
    static constexpr uint32_t no_rule = 0xffffffff;

    struct Match {
        AclAction action;
        uint32_t rule;  // index into the list given, or no_rule when the default decided
    };

    // Throws std::invalid_argument naming the rule's index on: host bits set, ports out of order,
    // src and dst of different versions.
    Acl(const std::vector<AclRule>& rules, AclAction default_action);

    // `has_ports`: the packet has TCP or UDP ports at hand.
    [[nodiscard]] Match match(const FlowKey& key, bool has_ports) const;
    [[nodiscard]] size_t rules() const { return rules_; }
    [[nodiscard]] size_t memory_bytes() const;

  private:
    struct Wide {  // an address as a number
        uint64_t high;
        uint64_t low;
    };
    // Sorted lower ends of the intervals; interval i's rule set is words [i * words, ...).
    template <typename Value>
    struct Field {
        std::vector<Value> starts;
        std::vector<uint64_t> sets;
    };
    struct Family {
        size_t words = 0;
        std::vector<uint32_t> rule;  // bit -> index in the list given
        Field<Wide> src;
        Field<Wide> dst;
        Field<uint16_t> sport;
        Field<uint16_t> dport;
        std::vector<uint64_t> portless;  // rules without port ranges
        Field<uint16_t> protocol;
    };

    static Family compile(const std::vector<AclRule>& rules, uint8_t version);

    size_t rules_;
    AclAction default_action_;
    std::vector<AclAction> actions_;
    Family ipv4_;
    Family ipv6_;
};

}  // namespace snsim
