#include "models/host/last_level_cache.h"

#include <gtest/gtest.h>

namespace snsim {
namespace {

HostMemoryParams params(Bytes llc, std::int64_t ways, std::int64_t ddio) {
    auto p = defaults<HostMemoryParams>();
    p.llc = llc;
    p.llc_ways = ways;
    p.ddio_ways = ddio;
    return p;
}

TEST(LastLevelCache, HoldsTheLinesThatWereTouchedAndNoOthers) {
    LastLevelCache cache(params(1_mib, 16, 2));
    cache.touch(0x1040, 64);
    EXPECT_TRUE(cache.holds(0x1040, 64));
    EXPECT_TRUE(cache.holds(0x1050, 16));
    EXPECT_FALSE(cache.holds(0x1000, 64));
    EXPECT_FALSE(cache.holds(0x1040, 65));
}

TEST(LastLevelCache, HoldsARunOverSeveralPages) {
    LastLevelCache cache(params(1_mib, 16, 2));
    cache.touch(0x1f80, 0x3000);
    EXPECT_TRUE(cache.holds(0x1f80, 0x3000));
    EXPECT_FALSE(cache.holds(0x1f40, 0x3000));
}

TEST(LastLevelCache, LetsDevicesFillNoMoreThanTheirWays) {
    LastLevelCache cache(params(80_kib, 20, 2));  // one set of 20 pages
    for (std::uint64_t page = 0; page < 20; ++page) cache.touch(page * 4096, 64);
    for (std::uint64_t page = 100; page < 200; ++page) cache.written(page * 4096, 64);
    int kept = 0;
    for (std::uint64_t page = 0; page < 20; ++page) kept += cache.holds(page * 4096, 64) ? 1 : 0;
    EXPECT_EQ(kept, 18);
    EXPECT_TRUE(cache.holds(199 * 4096, 64));
    EXPECT_TRUE(cache.holds(198 * 4096, 64));
    EXPECT_FALSE(cache.holds(197 * 4096, 64));
}

TEST(LastLevelCache, FindsWhatADeviceWroteWhereCoresHaveItAlready) {
    LastLevelCache cache(params(80_kib, 20, 2));
    for (std::uint64_t page = 0; page < 20; ++page) cache.touch(page * 4096, 64);
    for (std::uint64_t page = 0; page < 20; ++page) cache.written(page * 4096, 64);
    for (std::uint64_t page = 0; page < 20; ++page) EXPECT_TRUE(cache.holds(page * 4096, 64));
}

TEST(LastLevelCache, TakesNothingFromDevicesWithoutWaysForThem) {
    LastLevelCache cache(params(1_mib, 16, 0));
    cache.written(0x1000, 64);
    EXPECT_FALSE(cache.holds(0x1000, 64));
}

}  // namespace
}  // namespace snsim
