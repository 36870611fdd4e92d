// labels: unit
#include "models/system/addressing.h"

#include <gmock/gmock.h>
#include <set>

namespace snsim {
namespace {

Scenario one_host() {
    Scenario scenario = defaults<Scenario>();
    scenario.hosts.push_back(defaults<HostParams>());
    scenario.hosts[0].name = "host0";
    return scenario;
}

RouteParams generated(std::int64_t count, std::int64_t length, const std::string& to) {
    RouteParams route = defaults<RouteParams>();
    route.generate = count;
    route.prefix_lengths.parts.emplace_back().length = length;
    route.to = to;
    return route;
}

RouteParams given(const std::string& prefix, const std::string& to) {
    RouteParams route = defaults<RouteParams>();
    route.prefix = parse_prefix(prefix);
    route.to = to;
    return route;
}

std::multiset<std::string> prefixes(const Addressing& addressing) {
    std::multiset<std::string> out;
    for (const PlannedRoute& route : addressing.routes(0)) out.insert(to_text(route.prefix));
    return out;
}

void expect_distinct(const Scenario& scenario, std::size_t routes) {
    const auto all = prefixes(Addressing(scenario));
    EXPECT_EQ(all.size(), routes + 4);  // the networks of two wires, of both versions
    EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
}

TEST(Addressing, SeveralGeneratedListsTowardsOneEndpointAreDistinct) {
    Scenario scenario = one_host();
    scenario.routes = {generated(2000, 24, "host0.wire1"), generated(10, 24, "host0.wire1"),
                       generated(2000, 24, "host0.wire1"), generated(2000, 24, "host0.wire0")};
    expect_distinct(scenario, 6010);
}

TEST(Addressing, GeneratedPrefixesKeepClearOfThoseGivenBeforeAndAfter) {
    Scenario scenario = one_host();
    scenario.routes = {generated(3000, 16, "host0.wire1")};  // of 12 x 256
    const auto all = prefixes(Addressing(scenario));
    const std::string some = *std::next(all.begin(), 100);
    ASSERT_NE(some.substr(0, 3), "10.");
    scenario.routes.push_back(given(some, "host0.wire0"));
    expect_distinct(scenario, 3001);
    std::swap(scenario.routes[0], scenario.routes[1]);
    expect_distinct(scenario, 3001);
}

TEST(Addressing, SaysWhichListAsksForMorePrefixesThanThereAre) {
    Scenario scenario = one_host();
    scenario.routes = {given("192.0.2.0/24", "host0.wire1"), generated(3100, 16, "host0.wire1")};
    try {
        const Addressing addressing(scenario);
        FAIL() << "there are 3072 such prefixes";
    } catch (const std::invalid_argument& error) {
        EXPECT_THAT(error.what(), testing::StartsWith("routes.1.generate: there are no 3100 more"));
    }
}

Scenario with_interfaces(std::size_t count) {
    Scenario scenario = one_host();
    for (std::size_t i = 0; i < count; ++i) {
        scenario.hosts[0].interfaces.push_back(defaults<InterfaceParams>());
        scenario.hosts[0].interfaces.back().name = "v" + std::to_string(i);
    }
    return scenario;
}

/// Pairs of generated prefixes of which one contains the other and leads elsewhere.
int nested(const Addressing& addressing) {
    const auto& routes = addressing.routes(0);
    int count = 0;
    for (const PlannedRoute& wide : routes) {
        const std::uint32_t base = ipv4_value(wide.prefix.address);
        if (wide.prefix.address.version != 4 || base >> 24 == 10) continue;
        for (const PlannedRoute& narrow : routes) {
            if (narrow.prefix.address.version != 4 || narrow.port == wide.port ||
                narrow.prefix.length < wide.prefix.length) {
                continue;
            }
            const std::uint64_t apart = ipv4_value(narrow.prefix.address) ^ base;
            if (apart >> (32 - wide.prefix.length) == 0) ++count;
        }
    }
    return count;
}

TEST(Addressing, GeneratedPrefixesOfDifferentEndpointsNeverNest) {
    for (const std::size_t count : {2U, 20U, 40U, 190U}) {
        Scenario scenario = with_interfaces(count);
        scenario.routes = {generated(30, 16, "host0.wire0"), generated(30, 16, "host0.wire1")};
        for (std::size_t i = 0; i < count; ++i) {
            const std::string to = "host0.v" + std::to_string(i);
            scenario.routes.push_back(generated(1, 8, to));
            scenario.routes.push_back(generated(30, 16, to));
        }
        EXPECT_EQ(nested(Addressing(scenario)), 0) << count << " interfaces";
    }
}

TEST(Addressing, EndpointsWhoseNumbersAreEqualModuloSixteenShareNoBlock) {
    Scenario scenario = with_interfaces(17);  // endpoints 2 to 18
    scenario.routes = {generated(1, 8, "host0.v0"), generated(3000, 16, "host0.v16")};
    EXPECT_EQ(nested(Addressing(scenario)), 0);
}

TEST(Addressing, ShortGeneratedPrefixesKeepOutOfOtherEndpointsBlocks) {
    Scenario scenario = one_host();
    scenario.routes = {generated(1, 5, "host0.wire0"), generated(3000, 16, "host0.wire1")};
    EXPECT_EQ(nested(Addressing(scenario)), 0);
}

TEST(Addressing, RefusesGeneratedPrefixesTowardsMoreEndpointsThanThereAreBlocks) {
    Scenario scenario = with_interfaces(193);
    for (std::size_t i = 0; i < 193; ++i) {
        scenario.routes.push_back(generated(1, 16, "host0.v" + std::to_string(i)));
    }
    EXPECT_THROW((void)Addressing(scenario), std::invalid_argument);
}

TEST(Addressing, AnAttachedNetworkMayBeGivenAsWell) {
    Scenario scenario = one_host();
    scenario.routes = {given("10.1.0.0/16", "host0.wire1"), given("fd00:1::/64", "host0.wire1")};
    expect_distinct(scenario, 0);
}

TEST(PrefixSet, TakesEachOnceHoweverItGrows) {
    PrefixSet taken;
    std::set<std::uint64_t> known;
    for (std::uint64_t i = 0; i < 5000; ++i) {
        const std::uint64_t hash = i % 3 * 64 + i / 5 * 4096;  // many of one place
        taken.reserve(i % 7);
        if (i % 7 == 0) taken.reserve(1);
        ASSERT_EQ(taken.insert(hash), known.insert(hash).second) << i;
    }
}

}  // namespace
}  // namespace snsim
