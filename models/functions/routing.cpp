#include "models/functions/routing.h"

#include <algorithm>
#include <cstring>

#include "models/protocols/byte_order.h"
#include "models/protocols/header_writer.h"

namespace snsim {

namespace {

constexpr uint32_t next_hop_bytes = 16;  // port and two MAC addresses, padded
constexpr size_t ipv4_dst = 16;
constexpr size_t ipv6_dst = 24;

enum Table : uint8_t { ipv4_table, ipv6_table, next_hop_table };

template <typename Route>
std::optional<RouteError> unknown_next_hop(const std::vector<Route>& routes, size_t known) {
    for (size_t i = 0; i < routes.size(); ++i) {
        if (routes[i].next_hop >= known) return RouteError{RouteError::Kind::bad_next_hop, i, i};
    }
    return std::nullopt;
}

}  // namespace

Routing::Routing() {
    program_ = {
        {Primitive::extract, 1, any, 0, 0, "group bit of the destination MAC, first word"},
        {Primitive::compare, 2, any, 0, 0, "group bit; IP or not"},
        {Primitive::extract, 1, ip, 0, 0, "TTL or hop limit"},
        {Primitive::compare, 1, ip, 0, 0, "TTL above 1"},
        {Primitive::extract, 1, ipv4, 0, 0, "IPv4 destination"},
        {Primitive::lookup, 1, ipv4, ipv4_table, ipv4_step, "IPv4 route"},
        {Primitive::extract, 4, ipv6, 0, 0, "IPv6 destination"},
        {Primitive::lookup, 1, ipv6, ipv6_table, ipv6_step, "IPv6 route"},
        {Primitive::lookup, 1, routed, next_hop_table, next_hop_step, "next hop"},
        {Primitive::rewrite, 3, routed, 0, 0, "both MAC addresses"},
        {Primitive::rewrite, 1, routed_ipv4, 0, 0, "TTL and header checksum, one word"},
        {Primitive::rewrite, 1, routed_ipv6, 0, 0, "hop limit"},
    };
    describe();
}

void Routing::describe() {
    tables_ = {ipv4_.table(),
               ipv6_.table(),
               {"next_hops", TableKind::direct, next_hop_bytes, next_hops_.size(),
                next_hops_.size() * next_hop_bytes, false}};
}

uint32_t Routing::add_next_hop(const NextHop& next_hop) {
    next_hops_.push_back(next_hop);
    describe();
    return static_cast<uint32_t>(next_hops_.size() - 1);
}

std::optional<RouteError> Routing::set_ipv4_routes(const std::vector<Ipv4Route>& routes) {
    if (auto error = unknown_next_hop(routes, next_hops_.size())) return error;
    const auto error = ipv4_.build(routes);
    describe();
    return error;
}

std::optional<RouteError> Routing::set_ipv6_routes(const std::vector<Ipv6Route>& routes) {
    if (auto error = unknown_next_hop(routes, next_hops_.size())) return error;
    const auto error = ipv6_.build(routes);
    describe();
    return error;
}

void Routing::set_default(uint16_t in_port, const NextHop& next_hop) {
    if (defaults_.size() <= in_port) defaults_.resize(in_port + size_t{1}, no_next_hop);
    defaults_[in_port] = add_next_hop(next_hop);
}

uint32_t Routing::default_of(uint16_t in_port) const {
    return in_port < defaults_.size() ? defaults_[in_port] : no_next_hop;
}

ConditionMask Routing::usual_path() const {
    return mask_of(any) | mask_of(ip) | mask_of(ipv4) | mask_of(routed) | mask_of(routed_ipv4);
}

void Routing::prefetch(const FrameView& frame, ExpectedLines& lines) const {
    const ParsedHeaders& parsed = *frame.parsed;
    const uint8_t* const ip_header = frame.header + parsed.l3;
    if (parsed.status != ParseStatus::ok || parsed.is_multicast) return;
    if (parsed.ip_version == 4) {
        const uint32_t address = load_be32(ip_header + ipv4_dst);
        ipv4_.prefetch(address);
        lines.add(ipv4_table, Ipv4Lpm::first_line(address));
    } else if (parsed.ip_version == 6) {
        ipv6_.prefetch(load_be64(ip_header + ipv6_dst), load_be64(ip_header + ipv6_dst + 8));
    }
}

void Routing::prefetch_further(const FrameView& frame) const {
    const ParsedHeaders& parsed = *frame.parsed;
    if (parsed.ip_version == 4) {
        ipv4_.prefetch_longer(load_be32(frame.header + parsed.l3 + ipv4_dst));
    }
}

void Routing::begin(FrameView& frame, Execution& run) {
    const ParsedHeaders& parsed = *frame.parsed;
    if (parsed.status != ParseStatus::ok) {
        const DropReason reason = drop_reason_of(parsed.status);
        if (reason != DropReason::none) {
            run.drop_for(reason);
            return;
        }
    }
    if (parsed.ip_version == 0 || parsed.is_multicast) {
        run.scratch = default_of(frame.in_port);
        if (run.scratch == no_next_hop) {
            run.drop_for(DropReason::no_route);
        } else {
            run.set(bridged);
        }
        return;
    }
    if (parsed.ttl <= 1) {
        run.set(ip);
        run.drop_for(DropReason::ttl_expired);
        return;
    }
    if (parsed.ip_version == 4) {
        run.conditions |= mask_of(ip) | mask_of(ipv4);
    } else {
        run.conditions |= mask_of(ip) | mask_of(ipv6);
    }
}

inline void Routing::decide(uint32_t next_hop, const FrameView& frame, ConditionMask met,
                            Execution& run) const {
    if (next_hop == no_next_hop) next_hop = default_of(frame.in_port);
    run.scratch = next_hop;
    if (next_hop == no_next_hop) {
        run.drop_for(DropReason::no_route);
        return;
    }
    run.conditions |= met;
}

void Routing::lookup(unsigned step, FrameView& frame, Execution& run, LookupPlan& plan) {
    const uint8_t* const ip_header = frame.header + frame.parsed->l3;
    switch (step) {
        case ipv4_step:
            decide(ipv4_.lookup(load_be32(ip_header + ipv4_dst), plan), frame,
                   mask_of(routed) | mask_of(routed_ipv4), run);
            break;
        case ipv6_step:
            decide(ipv6_.lookup(load_be64(ip_header + ipv6_dst),
                                load_be64(ip_header + ipv6_dst + 8), plan),
                   frame, mask_of(routed) | mask_of(routed_ipv6), run);
            break;
        default: plan.add(uint64_t{run.scratch} * next_hop_bytes / line_bytes); break;
    }
}

void Routing::rewrite(FrameView& frame, Execution& run) {
    const NextHop& next_hop = next_hops_[run.scratch];
    *frame.out_port = next_hop.egress_port;
    if (run.has(bridged)) return;
    decrement_ttl(frame.header, frame.parsed->l3, frame.parsed->ip_version);
    --frame.parsed->ttl;
    std::memcpy(frame.header, next_hop.dst_mac.data(), next_hop.dst_mac.size());
    std::memcpy(frame.header + 6, next_hop.src_mac.data(), next_hop.src_mac.size());
}

}  // namespace snsim
