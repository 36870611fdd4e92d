// Static routing: longest prefix match, next hop, TTL, MAC rewrite.
//
// docs/functions.md, "Routing", states the semantics. Left out: ECMP, ICMP time exceeded and
// unreachable messages (the frame is dropped with its reason), multicast routing, reverse-path
// checks, MTU (frames are not fragmented), routes changing during a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/functions/function.h"
#include "models/functions/lpm.h"
#include "models/protocols/address.h"

namespace snsim {

struct NextHop {
    uint16_t egress_port = 0;
    MacAddress dst_mac{};  // of the neighbour
    MacAddress src_mac{};  // of the egress port
};

class Routing final : public Function {
  public:
    enum When : Condition {
        any = always,
        ip,           // an IP packet to route
        ipv4,         // whose TTL lasts, IPv4
        ipv6,         // whose TTL lasts, IPv6
        routed,       // a route or default gave a next hop
        routed_ipv4,  // the same, by version
        routed_ipv6,
        bridged,  // goes to the ingress port's default egress unchanged
    };

    Routing();

    // Returns the index routes refer to.
    uint32_t add_next_hop(const NextHop& next_hop);
    // Replaces all routes of a version. Next hops must have been added before.
    std::optional<RouteError> set_ipv4_routes(const std::vector<Ipv4Route>& routes);
    std::optional<RouteError> set_ipv6_routes(const std::vector<Ipv6Route>& routes);
    // Where frames entering by in_port go that no route takes, and frames that are not routed.
    void set_default(uint16_t in_port, const NextHop& next_hop);

    [[nodiscard]] std::string_view kind() const override { return "routing"; }
    [[nodiscard]] const std::vector<TableInfo>& tables() const override { return tables_; }
    [[nodiscard]] const Program& program() const override { return program_; }

    [[nodiscard]] ConditionMask usual_path() const override;

    void prefetch(const FrameView& frame, ExpectedLines& lines) const override;
    void prefetch_further(const FrameView& frame) const override;
    void begin(FrameView& frame, Execution& run) override;
    void lookup(unsigned step, FrameView& frame, Execution& run, LookupPlan& plan) override;
    void rewrite(FrameView& frame, Execution& run) override;

  private:
    enum Step : uint8_t { ipv4_step, ipv6_step, next_hop_step };

    void describe();
    // Takes the next hop found, or the default, under the conditions that `met` adds.
    void decide(uint32_t next_hop, const FrameView& frame, ConditionMask met, Execution& run) const;
    [[nodiscard]] uint32_t default_of(uint16_t in_port) const;

    std::vector<NextHop> next_hops_;
    std::vector<uint32_t> defaults_;  // by ingress port, no_next_hop for none
    Ipv4Lpm ipv4_;
    Ipv6Lpm ipv6_;
    std::vector<TableInfo> tables_;
    Program program_;
};

}  // namespace snsim
