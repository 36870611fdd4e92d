#include "models/functions/lpm.h"

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace snsim {
namespace {

template <typename T>
void shuffle(std::vector<T>& items, std::mt19937_64& random) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random() % i]);
}

uint32_t mask4(unsigned length) { return length == 0 ? 0 : ~uint32_t{0} << (32 - length); }

std::pair<uint64_t, uint64_t> mask6(unsigned length) {
    const uint64_t all = ~uint64_t{0};
    if (length == 0) return {0, 0};
    if (length <= 64) return {all << (64 - length), 0};
    return {all, all << (128 - length)};
}

// The reference: one map per length, tried from the longest.
struct Reference {
    std::map<std::pair<uint64_t, uint64_t>, uint32_t> routes[129];

    uint32_t lookup4(uint32_t address) const {
        for (unsigned length = 33; length-- > 0;) {
            const auto found = routes[length].find({0, address & mask4(length)});
            if (found != routes[length].end()) return found->second;
        }
        return no_next_hop;
    }
    uint32_t lookup6(uint64_t high, uint64_t low) const {
        for (unsigned length = 129; length-- > 0;) {
            const auto [high_mask, low_mask] = mask6(length);
            const auto found = routes[length].find({high & high_mask, low & low_mask});
            if (found != routes[length].end()) return found->second;
        }
        return no_next_hop;
    }
};

// Prefixes crowded together so that they nest.
std::vector<Ipv4Route> random_routes4(std::mt19937_64& random, size_t count, Reference& reference) {
    std::vector<Ipv4Route> routes;
    while (routes.size() < count) {
        const auto length = static_cast<uint8_t>(random() % 33);
        auto prefix = static_cast<uint32_t>(random());
        if (random() % 2 == 0) prefix = 0x0a000000u | (prefix & 0x0000ffffu);
        prefix &= mask4(length);
        const auto next_hop = static_cast<uint32_t>(random() % 1000);
        if (!reference.routes[length].emplace(std::make_pair(0, prefix), next_hop).second) continue;
        routes.push_back({prefix, length, next_hop});
    }
    return routes;
}

std::vector<Ipv6Route> random_routes6(std::mt19937_64& random, size_t count, Reference& reference,
                                      const std::vector<uint8_t>& lengths) {
    std::vector<Ipv6Route> routes;
    for (size_t attempt = 0; attempt < 4 * count && routes.size() < count; ++attempt) {
        const uint8_t length = lengths[random() % lengths.size()];
        uint64_t high = random();
        uint64_t low = random();
        if (random() % 4 != 0) high = 0x20010db800000000u | (high & 0xff0000ffu);
        if (random() % 2 == 0) low &= 0xff000000000000ffu;
        const auto [high_mask, low_mask] = mask6(length);
        high &= high_mask;
        low &= low_mask;
        const auto next_hop = static_cast<uint32_t>(random() % 1000);
        if (!reference.routes[length].emplace(std::make_pair(high, low), next_hop).second) continue;
        routes.push_back({high, low, length, next_hop});
    }
    return routes;
}

TEST(Ipv4Lpm, AgreesWithANaiveSearchWhateverTheOrderOfRoutes) {
    std::mt19937_64 random(1);
    for (const size_t count : {size_t{1}, size_t{10}, size_t{500}, size_t{6000}}) {
        Reference reference;
        std::vector<Ipv4Route> routes = random_routes4(random, count, reference);
        for (int order = 0; order < 2; ++order) {
            shuffle(routes, random);
            Ipv4Lpm lpm;
            ASSERT_FALSE(lpm.build(routes));
            for (int i = 0; i < 20000; ++i) {
                auto address = static_cast<uint32_t>(random());
                if (i % 2 == 0) {  // the edges of a prefix
                    const Ipv4Route& route = routes[random() % routes.size()];
                    const uint32_t last = route.prefix | ~mask4(route.length);
                    const uint32_t edges[] = {route.prefix, last, route.prefix - 1, last + 1};
                    address = edges[random() % 4];
                }
                LookupPlan plan;
                ASSERT_EQ(lpm.lookup(address), reference.lookup4(address)) << address;
                ASSERT_EQ(lpm.lookup(address, plan), reference.lookup4(address));
                ASSERT_EQ(plan.count, plan.dependent ? 2 : 1);
            }
        }
    }
}

TEST(Ipv4Lpm, FindsNothingInAnEmptyTable) {
    const Ipv4Lpm empty;
    EXPECT_EQ(empty.lookup(0x0a000001), no_next_hop);
}

TEST(Ipv4Lpm, NamesTheLinesOfADirectTableAndItsBlocks) {
    Ipv4Lpm lpm;
    ASSERT_FALSE(lpm.build({{0x0a000000, 8, 1}, {0x0a0000f0, 28, 2}}));
    LookupPlan upper;
    EXPECT_EQ(lpm.lookup(0x0a010000, upper), 1u);
    ASSERT_EQ(upper.count, 1);
    EXPECT_EQ(upper.line[0], 0x0a0100u / 16);
    EXPECT_FALSE(upper.dependent);
    LookupPlan lower;
    EXPECT_EQ(lpm.lookup(0x0a0000f5, lower), 2u);
    ASSERT_EQ(lower.count, 2);
    EXPECT_EQ(lower.line[1], (1u << 20) + 0xf5 / 16);
    EXPECT_TRUE(lower.dependent);
    EXPECT_EQ(lpm.table().bytes, ((1u << 24) + 256u) * 4u);
}

TEST(Ipv4Lpm, RefusesWhatIsNoTable) {
    Ipv4Lpm lpm;
    auto error = lpm.build({{0x0a000000, 8, 1}, {0, 0, 2}, {0x0a000000, 8, 3}});
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind, RouteError::Kind::duplicate);
    EXPECT_EQ(error->route, 2u);
    EXPECT_EQ(error->other, 0u);
    EXPECT_EQ(to_text(*error), "route 2 has the same prefix as route 0");
    EXPECT_EQ(lpm.lookup(0x0a000001), no_next_hop);
    error = lpm.build({{0x0a000001, 8, 1}});
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind, RouteError::Kind::host_bits_set);
    EXPECT_EQ(lpm.build({{0, 33, 1}})->kind, RouteError::Kind::bad_length);
    EXPECT_EQ(lpm.build({{0, 1, no_next_hop}})->kind, RouteError::Kind::bad_next_hop);
}

TEST(Ipv6Lpm, AgreesWithANaiveSearchWhateverTheOrderOfRoutes) {
    std::mt19937_64 random(2);
    std::vector<uint8_t> all;
    for (uint8_t length = 0; length <= 128; ++length) all.push_back(length);
    const std::vector<std::vector<uint8_t>> choices{
        all, {32, 48, 64}, {0, 16, 29, 32, 36, 40, 44, 48, 56, 64}, {128}, {64, 65}, {1, 127, 128}};
    for (const std::vector<uint8_t>& lengths : choices) {
        for (const size_t count : {size_t{1}, size_t{40}, size_t{4000}}) {
            Reference reference;
            std::vector<Ipv6Route> routes = random_routes6(random, count, reference, lengths);
            for (int order = 0; order < 2; ++order) {
                shuffle(routes, random);
                Ipv6Lpm lpm;
                ASSERT_FALSE(lpm.build(routes));
                for (int i = 0; i < 5000; ++i) {
                    const Ipv6Route& route = routes[random() % routes.size()];
                    const auto [high_mask, low_mask] = mask6(route.length);
                    uint64_t high = route.high | (random() & ~high_mask);
                    uint64_t low = route.low | (random() & ~low_mask);
                    if (i % 4 == 0) high ^= uint64_t{1} << (random() % 64);
                    if (i % 8 == 1) low ^= uint64_t{1} << (random() % 64);
                    LookupPlan plan;
                    ASSERT_EQ(lpm.lookup(high, low, plan), reference.lookup6(high, low));
                    ASSERT_LT(plan.count, LookupPlan::max_lines);
                }
            }
        }
    }
}

TEST(Ipv6Lpm, ReadsNoMoreLinesThanHalvingTheLengthsTakes) {
    std::mt19937_64 random(3);
    Reference reference;
    const std::vector<uint8_t> lengths{20, 24, 28, 32, 36, 40,  44, 48,
                                       52, 56, 60, 64, 96, 112, 128};
    Ipv6Lpm lpm;
    const std::vector<Ipv6Route> routes = random_routes6(random, 50000, reference, lengths);
    ASSERT_FALSE(lpm.build(routes));
    uint64_t lines = 0;
    for (const Ipv6Route& route : routes) {
        LookupPlan plan;
        EXPECT_EQ(lpm.lookup(route.high, route.low, plan),
                  reference.lookup6(route.high, route.low));
        EXPECT_TRUE(plan.dependent);
        lines += plan.count;
        for (uint8_t i = 0; i < plan.count; ++i) {
            EXPECT_LT(uint64_t{plan.line[i]} * line_bytes, lpm.table().bytes);
        }
    }
    EXPECT_LT(static_cast<double>(lines), 4.2 * static_cast<double>(routes.size()));
}

TEST(Ipv6Lpm, FindsNothingInAnEmptyTableAndTheDefaultWithoutReading) {
    Ipv6Lpm lpm;
    LookupPlan plan;
    EXPECT_EQ(lpm.lookup(1, 2, plan), no_next_hop);
    ASSERT_FALSE(lpm.build({{0, 0, 0, 7}}));
    EXPECT_EQ(lpm.lookup(1, 2, plan), 7u);
    EXPECT_EQ(plan.count, 0);
}

TEST(Ipv6Lpm, RefusesWhatIsNoTable) {
    Ipv6Lpm lpm;
    auto error = lpm.build({{0, 0, 0, 1}, {1u << 4, 0, 60, 1}, {1u << 4, 0, 60, 2}});
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind, RouteError::Kind::duplicate);
    EXPECT_EQ(error->route, 2u);
    EXPECT_EQ(error->other, 1u);
    EXPECT_EQ(lpm.build({{1, 0, 63, 1}})->kind, RouteError::Kind::host_bits_set);
    EXPECT_EQ(lpm.build({{0, 1, 127, 1}})->kind, RouteError::Kind::host_bits_set);
    EXPECT_EQ(lpm.build({{0, 0, 129, 1}})->kind, RouteError::Kind::bad_length);
}

}  // namespace
}  // namespace snsim
