#include "models/functions/acl.h"

#include <gtest/gtest.h>
#include <random>
#include <stdexcept>
#include <vector>

namespace snsim {
namespace {

FlowKey key_of(std::string_view src, std::string_view dst, uint16_t sport, uint16_t dport,
               uint8_t protocol) {
    FlowKey key;
    const auto from = parse_ip(src);
    key.src = from->bytes;
    key.dst = parse_ip(dst)->bytes;
    key.sport = sport;
    key.dport = dport;
    key.protocol = protocol;
    key.family = from->version;
    return key;
}

AclRule rule(AclAction action) {
    AclRule out;
    out.action = action;
    return out;
}

bool in(const PortRange& range, uint16_t port) { return range.first <= port && port <= range.last; }

// The definition: rule by rule.
Acl::Match naive(const std::vector<AclRule>& rules, AclAction otherwise, const FlowKey& key,
                 bool has_ports) {
    const IpAddress src{key.src, key.family};
    const IpAddress dst{key.dst, key.family};
    for (size_t i = 0; i < rules.size(); ++i) {
        const AclRule& r = rules[i];
        if (r.protocol && *r.protocol != key.protocol) continue;
        if (r.src && !contains(*r.src, src)) continue;
        if (r.dst && !contains(*r.dst, dst)) continue;
        if (!has_ports && (!r.sport.any() || !r.dport.any())) continue;
        if (has_ports && (!in(r.sport, key.sport) || !in(r.dport, key.dport))) continue;
        return {r.action, static_cast<uint32_t>(i)};
    }
    return {otherwise, Acl::no_rule};
}

TEST(Acl, TheFirstMatchingRuleDecides) {
    AclRule narrow = rule(AclAction::deny);
    narrow.dst = parse_prefix("10.0.0.5");
    AclRule wide = rule(AclAction::allow);
    wide.dst = parse_prefix("10.0.0.0/8");
    const FlowKey key = key_of("1.1.1.1", "10.0.0.5", 1, 2, 6);
    EXPECT_EQ(Acl({narrow, wide}, AclAction::deny).match(key, true).rule, 0u);
    EXPECT_EQ(Acl({wide, narrow}, AclAction::deny).match(key, true).action, AclAction::allow);
}

TEST(Acl, TheDefaultDecidesWhenNoRuleMatches) {
    AclRule r = rule(AclAction::allow);
    r.protocol = uint8_t{17};
    const FlowKey key = key_of("1.1.1.1", "10.0.0.5", 1, 2, 6);
    const Acl acl({r}, AclAction::deny);
    EXPECT_EQ(acl.match(key, true).action, AclAction::deny);
    EXPECT_EQ(acl.match(key, true).rule, Acl::no_rule);
    EXPECT_EQ(Acl({}, AclAction::allow).match(key, true).action, AclAction::allow);
}

TEST(Acl, PortRangesIncludeBothEndsAndMatchPortsAlone) {
    AclRule r = rule(AclAction::deny);
    r.dport = {80, 90};
    const Acl acl({r}, AclAction::allow);
    for (const auto& [port, denied] : {std::pair{79, false}, {80, true}, {90, true}, {91, false}}) {
        const FlowKey key = key_of("1.1.1.1", "2.2.2.2", 9, static_cast<uint16_t>(port), 6);
        EXPECT_EQ(acl.match(key, true).action == AclAction::deny, denied) << port;
    }
    EXPECT_EQ(acl.match(key_of("1.1.1.1", "2.2.2.2", 85, 85, 1), false).action, AclAction::allow);
}

TEST(Acl, ARuleWithAPrefixMatchesItsVersionAlone) {
    AclRule r = rule(AclAction::deny);
    r.src = parse_prefix("0.0.0.0/0");
    const Acl acl({r}, AclAction::allow);
    EXPECT_EQ(acl.match(key_of("1.1.1.1", "2.2.2.2", 1, 2, 6), true).action, AclAction::deny);
    EXPECT_EQ(acl.match(key_of("::1", "::2", 1, 2, 6), true).action, AclAction::allow);
    AclRule any = rule(AclAction::deny);
    const Acl all({any}, AclAction::allow);
    EXPECT_EQ(all.match(key_of("::1", "::2", 1, 2, 6), true).action, AclAction::deny);
}

TEST(Acl, RefusesRulesThatContradictThemselves) {
    AclRule host_bits = rule(AclAction::allow);
    host_bits.src = parse_prefix("10.0.0.1/8");
    AclRule mixed = rule(AclAction::allow);
    mixed.src = parse_prefix("10.0.0.0/8");
    mixed.dst = parse_prefix("::/0");
    AclRule ports = rule(AclAction::allow);
    ports.sport = {2, 1};
    for (const AclRule& wrong : {host_bits, mixed, ports}) {
        EXPECT_THROW(Acl({rule(AclAction::deny), wrong}, AclAction::deny), std::invalid_argument);
    }
    try {
        Acl({rule(AclAction::deny), ports}, AclAction::deny);
    } catch (const std::invalid_argument& error) {
        EXPECT_STREQ(error.what(), "rule 1: port range out of order");
    }
}

TEST(Acl, AgreesWithTryingRuleByRule) {
    std::mt19937_64 random(1);
    const auto v4 = [&random] { return make_ipv4(static_cast<uint32_t>(random() & 0xc0c0c0c3)); };
    const auto v6 = [&random] {
        return make_ipv6(random() & 0xc0c0, random() & 0xc000000000000003);
    };
    const auto prefix = [&random](IpAddress address) {
        IpPrefix out{address, static_cast<uint8_t>(random() % (address.version == 4 ? 33 : 129))};
        while (!host_bits_clear(out)) ++out.length;
        return out;
    };
    for (const size_t count : {size_t{0}, size_t{1}, size_t{63}, size_t{65}, size_t{700}}) {
        std::vector<AclRule> rules(count);
        for (AclRule& r : rules) {
            r.action = random() % 2 == 0 ? AclAction::allow : AclAction::deny;
            const bool is_v4 = random() % 2 == 0;
            if (random() % 2 == 0) r.protocol = static_cast<uint8_t>(random() % 3);
            if (random() % 4 != 0) r.src = prefix(is_v4 ? v4() : v6());
            if (random() % 4 != 0) r.dst = prefix(is_v4 ? v4() : v6());
            if (random() % 2 == 0) {
                r.sport.first = static_cast<uint16_t>(random() % 8);
                r.sport.last = static_cast<uint16_t>(r.sport.first + random() % 8);
            }
            if (random() % 4 == 0) r.dport = {static_cast<uint16_t>(random() % 16), 0xffff};
        }
        const Acl acl(rules, AclAction::deny);
        for (int i = 0; i < 20000; ++i) {
            FlowKey key;
            key.family = random() % 2 == 0 ? 4 : 6;
            key.src = (key.family == 4 ? v4() : v6()).bytes;
            key.dst = (key.family == 4 ? v4() : v6()).bytes;
            key.sport = static_cast<uint16_t>(random() % 16);
            key.dport = static_cast<uint16_t>(random() % 20);
            key.protocol = static_cast<uint8_t>(random() % 3);
            const bool has_ports = random() % 4 != 0;
            const Acl::Match found = acl.match(key, has_ports);
            const Acl::Match expected = naive(rules, AclAction::deny, key, has_ports);
            ASSERT_EQ(found.rule, expected.rule);
            ASSERT_EQ(found.action, expected.action);
        }
    }
}

}  // namespace
}  // namespace snsim
