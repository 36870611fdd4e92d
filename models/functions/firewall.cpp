#include "models/functions/firewall.h"

#include <algorithm>
#include <array>

#include "models/protocols/byte_order.h"

namespace snsim {

namespace {

constexpr uint32_t rule_bytes = 80;  // addresses and masks, port bounds, protocol, action

enum Table : uint8_t { connection_table, rule_table, fragment_table };
enum StatelessTable : uint8_t { stateless_rule_table, stateless_fragment_table };

ConnectionTable::Timeouts connection_timeouts(const Firewall::Params& params) {
    ConnectionTable::Timeouts timeouts{};
    timeouts.fill(params.tcp_transient);
    const auto at = [&timeouts](ConnectionState state) -> int64_t& {
        return timeouts[static_cast<size_t>(state)];
    };
    at(ConnectionState::established) = params.tcp_established;
    at(ConnectionState::one_way) = at(ConnectionState::two_way) = params.udp;
    at(ConnectionState::echo) = at(ConnectionState::echo_replied) = params.icmp;
    return timeouts;
}

ConnectionTable::Timeouts fragment_timeouts(const Firewall::Params& params) {
    ConnectionTable::Timeouts timeouts{};
    timeouts.fill(params.fragment);
    return timeouts;
}

bool is_tcp(const ParsedHeaders& parsed) {
    return parsed.has_l4 && parsed.protocol == ip_protocol::tcp;
}

bool has_tcp_or_udp_ports(const ParsedHeaders& parsed) {
    return parsed.has_l4 &&
           (parsed.protocol == ip_protocol::tcp || parsed.protocol == ip_protocol::udp);
}

bool is_any_icmp(const ParsedHeaders& parsed) {
    return parsed.protocol == (parsed.ip_version == 4 ? ip_protocol::icmp : ip_protocol::icmpv6);
}

bool is_echo_request(const ParsedHeaders& parsed) {
    return parsed.icmp_type == (parsed.ip_version == 4 ? 8 : 128);
}

// The key of a datagram in fragments: its identification stands for the ports.
FlowKey datagram_key(const FrameView& frame) {
    const ParsedHeaders& parsed = *frame.parsed;
    FlowKey key = frame.key_reversed ? reverse(*frame.key) : *frame.key;
    key.sport = static_cast<uint16_t>(parsed.fragment_id >> 16);
    key.dport = static_cast<uint16_t>(parsed.fragment_id);
    if (parsed.ip_version == 6) key.protocol = 0;  // RFC 8200, 4.5
    return key;
}

}  // namespace

Firewall::Firewall(const Params& params)
    : params_(params),
      acl_(params.rules, params.default_action),
      connections_(params.stateful ? params.capacity : 1, connection_timeouts(params)),
      fragments_(params.fragment_capacity, fragment_timeouts(params)) {
    describe();
}

void Firewall::describe() {
    const uint64_t rules = acl_.rules() + 1;  // and the default
    const TableInfo connections{"connections",
                                TableKind::hash,
                                sizeof(Connection),
                                connections_.capacity(),
                                connections_.capacity() * sizeof(Connection),
                                true,
                                2};
    const TableInfo rule_list{"rules", TableKind::ternary, rule_bytes,
                              rules,   rules * rule_bytes, false};
    const TableInfo fragments{"fragments",
                              TableKind::hash,
                              sizeof(Connection),
                              fragments_.capacity(),
                              fragments_.capacity() * sizeof(Connection),
                              true,
                              2};
    const Program head{
        {Primitive::compare, 1, any, 0, 0, "IP or not"},
        {Primitive::extract, 3, ipv4, 0, 0, "addresses; protocol"},
        {Primitive::extract, 9, ipv6, 0, 0, "addresses; next header"},
        {Primitive::extract, 1, ports, 0, 0, "both ports, or echo identifier"},
    };
    const Program tracking{
        {Primitive::extract, 1, tcp, 0, 0, "TCP flags"},
        {Primitive::compare, 1, tcp, 0, 0, "combination of flags"},
        {Primitive::extract, 6, error_ipv4, 0, 0, "quoted version, fragment, protocol, key"},
        {Primitive::extract, 11, error_ipv6, 0, 0, "quoted version, next header, key"},
        {Primitive::compare, 1, tracked_ipv4, 0, 0, "order of the endpoints"},
        {Primitive::compare, 4, tracked_ipv6, 0, 0, "order of the endpoints"},
        {Primitive::lookup, 1, tracked, connection_table, connection_step, "connection"},
        {Primitive::compare, 2, hit, 0, 0, "idle time, 64 bits"},
        {Primitive::compare, 1, tcp_hit, 0, 0, "state, role and kind of segment"},
        {Primitive::rewrite, 5, updated, 0, 0, "last seen; bytes; packets"},
        {Primitive::rewrite, 1, moved, 0, 0, "state and role"},
        {Primitive::lookup, 1, classified, rule_table, acl_step, "rule"},
        {Primitive::rewrite, 16, installed, 0, 0, "a whole entry"},
    };
    const Program judging{
        {Primitive::lookup, 1, classified, stateless_rule_table, acl_step, "rule"},
    };
    const uint8_t fragment = params_.stateful ? +fragment_table : +stateless_fragment_table;
    const Program tail{
        {Primitive::extract, 1, fragmented, 0, 0, "identification"},
        {Primitive::lookup, 1, fragmented, fragment, fragment_step, "datagram in fragments"},
        {Primitive::rewrite, 13, fragment_noted, 0, 0, "key; time; state"},
    };
    program_ = head;
    const Program& middle = params_.stateful ? tracking : judging;
    program_.insert(program_.end(), middle.begin(), middle.end());
    program_.insert(program_.end(), tail.begin(), tail.end());
    if (params_.stateful) tables_.push_back(connections);
    tables_.push_back(rule_list);
    tables_.push_back(fragments);
}

ConditionMask Firewall::usual_path() const {
    const ConditionMask header = mask_of(any) | mask_of(ipv4) | mask_of(ports);
    if (!params_.stateful) return header | mask_of(classified);
    return header | mask_of(tcp) | mask_of(tracked) | mask_of(tracked_ipv4) | mask_of(hit) |
           mask_of(tcp_hit) | mask_of(updated);
}

void Firewall::prefetch(const FrameView& frame, ExpectedLines& lines) const {
    if (!params_.stateful || frame.key->family == 0) return;
    connections_.prefetch(frame.key_hash);
    lines.add(connection_table, connections_.home(frame.key_hash));
}

void Firewall::begin(FrameView& frame, Execution& run) {
    const ParsedHeaders& parsed = *frame.parsed;
    if (parsed.ip_version == 0 || parsed.status != ParseStatus::ok) {
        const DropReason reason = drop_reason_of(parsed.status);
        if (reason != DropReason::none) run.drop_for(reason);
        return;
    }
    if (params_.stateful && is_tcp(parsed)) {
        begin_tcp(parsed, run);
        return;
    }
    run.set(parsed.ip_version == 4 ? ipv4 : ipv6);
    if (parsed.fragment == Fragment::later) {
        run.set(fragmented);
        return;
    }
    if (has_tcp_or_udp_ports(parsed) || is_icmp_echo(parsed)) run.set(ports);
    if (params_.stateful) {
        begin_tracked(parsed, run);
    } else {
        run.set(classified);
    }
}

// A TCP header; what kind of segment it is stays in the scratch.
void Firewall::begin_tcp(const ParsedHeaders& parsed, Execution& run) {
    const TcpKind kind = tcp_kind(parsed.tcp_flags);
    run.scratch = static_cast<uint32_t>(kind);
    constexpr ConditionMask any_version = mask_of(ports) | mask_of(tcp);
    run.conditions |= any_version | mask_of(parsed.ip_version == 4 ? ipv4 : ipv6);
    if (kind == TcpKind::invalid) {
        run.drop_for(DropReason::bad_tcp_state);
    } else {
        run.conditions |=
            mask_of(tracked) | mask_of(parsed.ip_version == 4 ? tracked_ipv4 : tracked_ipv6);
    }
}

// Any other packet with its upper header.
void Firewall::begin_tracked(const ParsedHeaders& parsed, Execution& run) {
    if (is_icmp_error(parsed)) {
        run.set(parsed.ip_version == 4 ? error_ipv4 : error_ipv6);
    } else if (is_any_icmp(parsed) && !is_icmp_echo(parsed)) {
        run.set(classified);
        return;
    }
    run.set(tracked);
    run.set(parsed.ip_version == 4 ? tracked_ipv4 : tracked_ipv6);
}

void Firewall::lookup(unsigned step, FrameView& frame, Execution& run, LookupPlan& plan) {
    if (step == connection_step) {
        if (unlikely(run.has(error_ipv4) || run.has(error_ipv6))) {
            look_up_related(frame, run, plan);
        } else {
            look_up_connection(frame, run, plan);
        }
    } else if (step == acl_step) {
        look_up_rules(frame, run, plan);
    } else {
        look_up_fragment(frame, run, plan);
        return;
    }
    if (frame.parsed->fragment == Fragment::first && run.verdict == Verdict::forward) {
        run.set(fragmented);
    }
}

void Firewall::rewrite(FrameView&, Execution&) {}

bool Firewall::classify(const FrameView& frame, Execution& run) const {
    const FlowKey key = frame.key_reversed ? reverse(*frame.key) : *frame.key;
    const Acl::Match match = acl_.match(key, has_tcp_or_udp_ports(*frame.parsed));
    run.set(classified);
    run.scratch = static_cast<uint32_t>(std::min<size_t>(match.rule, acl_.rules()));
    if (match.action == AclAction::allow) return true;
    run.drop_for(DropReason::acl_deny);
    return false;
}

// Tracked frames have been judged at their connection look-up; this only names the line read.
void Firewall::look_up_rules(FrameView& frame, Execution& run, LookupPlan& plan) const {
    if (!run.has(tracked)) classify(frame, run);
    plan.add(uint64_t{run.scratch} * rule_bytes / line_bytes);
}

inline void Firewall::refresh(const FrameView& frame, Execution& run, Connection& entry,
                              ConnectionState next) {
    entry.last_seen_ps = frame.now_ps;
    entry.bytes += frame.frame_bytes;
    ++entry.packets;
    run.set(updated);
    if (entry.state != next) {
        entry.state = next;
        run.set(moved);
    }
}

void Firewall::look_up_connection(FrameView& frame, Execution& run, LookupPlan& plan) {
    Connection* const entry = connections_.find(*frame.key, frame.key_hash, frame.now_ps, plan);
    if (unlikely(entry == nullptr)) {
        miss(frame, run, plan);
        return;
    }
    const bool from_first = (entry->first_reversed != 0) == frame.key_reversed;
    if (run.has(tcp)) {
        run.conditions |= mask_of(hit) | mask_of(tcp_hit);
        const TcpTransition transition =
            tcp_transition(entry->state, from_first, static_cast<TcpKind>(run.scratch));
        if (unlikely(transition.action != TcpAction::move)) {
            hit_unmoved(frame, run, *entry, transition.action);
        } else {
            if (transition.exchange) entry->first_reversed ^= 1u;
            refresh(frame, run, *entry, transition.next);
        }
    } else {
        run.set(hit);
        ConnectionState next = entry->state;
        if (!from_first && next == ConnectionState::one_way) next = ConnectionState::two_way;
        if (!from_first && next == ConnectionState::echo) next = ConnectionState::echo_replied;
        refresh(frame, run, *entry, next);
    }
    if (run.has(updated)) plan.written |= uint32_t{1} << (plan.count - 1);
}

// A segment that does not go on with its connection.
void Firewall::hit_unmoved(const FrameView& frame, Execution& run, Connection& entry,
                           TcpAction action) {
    if (action == TcpAction::drop) run.drop_for(DropReason::bad_tcp_state);
    if (action != TcpAction::open || !classify(frame, run)) return;
    connections_.reopen(entry, frame.key_reversed);
    run.set(installed);
    refresh(frame, run, entry, ConnectionState::syn_sent);
}

void Firewall::miss(FrameView& frame, Execution& run, LookupPlan& plan) {
    ConnectionState state = ConnectionState::one_way;
    bool first_reversed = frame.key_reversed;
    bool untracked = false;
    bool mid_stream = false;
    if (run.has(tcp)) {
        const auto kind = static_cast<TcpKind>(run.scratch);
        mid_stream = kind != TcpKind::syn;
        switch (kind) {
            case TcpKind::syn: state = ConnectionState::syn_sent; break;
            case TcpKind::syn_ack:
                state = ConnectionState::syn_recv;
                first_reversed = !first_reversed;
                break;
            case TcpKind::fin: state = ConnectionState::fin_wait; break;
            case TcpKind::rst: untracked = true; break;
            default: state = ConnectionState::established; break;
        }
    } else if (is_any_icmp(*frame.parsed)) {
        state = ConnectionState::echo;
        mid_stream = !is_echo_request(*frame.parsed);
    }
    if (mid_stream && params_.strict) {
        run.drop_for(DropReason::no_connection);
        return;
    }
    if (!classify(frame, run) || untracked) return;
    Connection* const entry =
        connections_.install(*frame.key, frame.key_hash, frame.now_ps, state, first_reversed, plan);
    if (entry != nullptr) {
        entry->bytes = frame.frame_bytes;
        entry->packets = 1;
        run.set(installed);
    } else if (params_.when_full == WhenFull::drop) {
        run.drop_for(DropReason::connection_table_full);
    }
}

void Firewall::look_up_related(FrameView& frame, Execution& run, LookupPlan& plan) {
    FlowKey quoted;
    if (make_embedded_flow_key(*frame.parsed, frame.header, frame.header_bytes, quoted)) {
        bool reversed = false;
        const FlowKey key = canonical(quoted, reversed);
        if (connections_.find(key, hash_of(key), frame.now_ps, plan) != nullptr) {
            run.set(hit);
            return;
        }
    }
    if (params_.strict) {
        run.drop_for(DropReason::no_connection);
    } else {
        classify(frame, run);
    }
}

void Firewall::look_up_fragment(FrameView& frame, Execution& run, LookupPlan& plan) {
    const FlowKey key = datagram_key(frame);
    const uint64_t hash = hash_of(key);
    Connection* const entry = fragments_.find(key, hash, frame.now_ps, plan);
    if (frame.parsed->fragment == Fragment::later) {
        if (entry == nullptr) run.drop_for(DropReason::fragment_without_connection);
        return;
    }
    if (entry != nullptr) {
        entry->last_seen_ps = frame.now_ps;
        plan.written |= uint32_t{1} << (plan.count - 1);
    } else if (fragments_.install(key, hash, frame.now_ps, ConnectionState::fragments, false,
                                  plan) == nullptr) {
        return;
    }
    run.set(fragment_noted);
}

bool Firewall::enter_established(const FlowKey& key, uint64_t hash, bool reversed, int64_t now_ps) {
    ConnectionState state = ConnectionState::two_way;
    if (key.protocol == ip_protocol::tcp) state = ConnectionState::established;
    if (key.protocol == (key.family == 4 ? ip_protocol::icmp : ip_protocol::icmpv6)) {
        state = ConnectionState::echo_replied;
    }
    LookupPlan plan;
    if (Connection* const entry = connections_.find(key, hash, now_ps, plan)) {
        entry->state = state;
        entry->first_reversed = reversed ? 1 : 0;
        entry->last_seen_ps = now_ps;
        return true;
    }
    return connections_.install(key, hash, now_ps, state, reversed, plan) != nullptr;
}

bool Firewall::install_established(const FlowKey& key, int64_t now_ps) {
    return install_established(&key, 1, now_ps) == 1;
}

size_t Firewall::install_established(const FlowKey* keys, size_t count, int64_t now_ps) {
    if (!params_.stateful) return count;
    struct Pending {
        FlowKey key;
        uint64_t hash;
        bool reversed;
    };
    constexpr size_t group_size = 16;  // home lines fetched ahead
    std::array<Pending, group_size> group;
    for (size_t done = 0; done < count;) {
        const size_t taken = std::min(group_size, count - done);
        for (size_t i = 0; i < taken; ++i) {
            Pending& pending = group[i];
            pending.key = canonical(keys[done + i], pending.reversed);
            pending.hash = hash_of(pending.key);
            connections_.prefetch(pending.hash);
        }
        for (size_t i = 0; i < taken; ++i) {
            const Pending& pending = group[i];
            if (!enter_established(pending.key, pending.hash, pending.reversed, now_ps)) {
                return done + i;
            }
        }
        done += taken;
    }
    return count;
}

size_t Firewall::age(unsigned table, int64_t now_ps, size_t budget, LookupPlan& plan) {
    const bool connections = params_.stateful && table == connection_table;
    return (connections ? connections_ : fragments_).age(now_ps, budget, plan);
}

}  // namespace snsim
