// Stateful L4 firewall: access rules on the first packet of a connection, a connection table for
// the rest, TCP state tracking, related ICMP errors, fragments.
//
// docs/functions.md, "Firewall", states the semantics rule by rule. Left out: sequence numbers and
// windows, TCP options, application gateways, connection limits per source, rules by interface.
// Non-IP frames pass. When the connection table is full the new connection's packet is dropped or
// forwarded untracked, by parameter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/functions/acl.h"
#include "models/functions/connection_table.h"
#include "models/functions/function.h"

namespace snsim {

class Firewall final : public Function {
  public:
    enum class WhenFull : uint8_t { drop, forward };

    static constexpr int64_t second_ps = 1'000'000'000'000;

    struct Params {
        bool stateful = true;  // false: access rules on each packet, no state but fragments
        bool strict = true;    // false: TCP picked up in mid-stream is judged by the rules
        WhenFull when_full = WhenFull::drop;
        size_t capacity = 262144;         // connections; a power of two
        size_t fragment_capacity = 4096;  // datagrams in fragments; a power of two
        // Idle times after which an entry is absent.
        int64_t tcp_established = 43200 * second_ps;
        int64_t tcp_transient = 120 * second_ps;  // every other TCP state
        int64_t udp = 60 * second_ps;             // and protocols other than TCP and ICMP
        int64_t icmp = 20 * second_ps;
        int64_t fragment = 30 * second_ps;  // from the first fragment on, not refreshed
        AclAction default_action = AclAction::allow;
        std::vector<AclRule> rules;
    };

    enum When : Condition {
        any = always,
        ipv4,          // an IPv4 packet that a table is asked for
        ipv6,          // the same for IPv6
        ports,         // TCP or UDP header, or ICMP echo
        tcp,           // a TCP segment to be tracked
        tracked,       // the connection table is asked
        tracked_ipv4,  // the same, by version
        tracked_ipv6,
        error_ipv4,      // ICMP error quoting an IPv4 packet
        error_ipv6,      // ICMPv6 error quoting an IPv6 packet
        hit,             // a connection was found
        tcp_hit,         // and the TCP transition table asked
        updated,         // and its idle time and counters written
        moved,           // and its state written
        classified,      // the access rules were asked
        installed,       // a connection was entered
        fragmented,      // the fragment table is asked
        fragment_noted,  // and written
    };

    explicit Firewall(const Params& params);

    [[nodiscard]] std::string_view kind() const override { return "firewall"; }
    [[nodiscard]] const std::vector<TableInfo>& tables() const override { return tables_; }
    [[nodiscard]] const Program& program() const override { return program_; }

    [[nodiscard]] ConditionMask usual_path() const override;

    void prefetch(const FrameView& frame, ExpectedLines& lines) const override;
    void begin(FrameView& frame, Execution& run) override;
    void lookup(unsigned step, FrameView& frame, Execution& run, LookupPlan& plan) override;
    [[nodiscard]] bool rewrites() const override { return false; }
    void rewrite(FrameView& frame, Execution& run) override;

    bool install_established(const FlowKey& key, int64_t now_ps) override;
    size_t install_established(const FlowKey* keys, size_t count, int64_t now_ps) override;
    size_t age(unsigned table, int64_t now_ps, size_t budget, LookupPlan& plan) override;

    [[nodiscard]] const ConnectionTable::Counters& counters() const {
        return connections_.counters();
    }
    [[nodiscard]] const ConnectionTable& connections() const { return connections_; }

  private:
    enum Step : uint8_t { connection_step, acl_step, fragment_step };

    void describe();
    static void begin_tcp(const ParsedHeaders& parsed, Execution& run);
    static void begin_tracked(const ParsedHeaders& parsed, Execution& run);
    void look_up_connection(FrameView& frame, Execution& run, LookupPlan& plan);
    void look_up_related(FrameView& frame, Execution& run, LookupPlan& plan);
    void look_up_rules(FrameView& frame, Execution& run, LookupPlan& plan) const;
    void look_up_fragment(FrameView& frame, Execution& run, LookupPlan& plan);
    void hit_unmoved(const FrameView& frame, Execution& run, Connection& entry, TcpAction action);
    void miss(FrameView& frame, Execution& run, LookupPlan& plan);
    static void refresh(const FrameView& frame, Execution& run, Connection& entry,
                        ConnectionState next);
    bool enter_established(const FlowKey& key, uint64_t hash, bool reversed, int64_t now_ps);
    // Asks the rules; sets the drop and returns false when they deny.
    bool classify(const FrameView& frame, Execution& run) const;

    Params params_;
    Acl acl_;
    ConnectionTable connections_;
    ConnectionTable fragments_;
    std::vector<TableInfo> tables_;
    Program program_;
};

}  // namespace snsim
