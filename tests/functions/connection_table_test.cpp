#include "models/functions/connection_table.h"

#include <gtest/gtest.h>
#include <random>
#include <stdexcept>
#include <unordered_map>
#include <vector>

namespace snsim {
namespace {

constexpr int64_t timeout = 1000;

ConnectionTable::Timeouts timeouts() {
    ConnectionTable::Timeouts out{};
    out.fill(timeout);
    return out;
}

FlowKey key_of(uint32_t number) {
    FlowKey key;
    key.family = 4;
    key.src = make_ipv4(number).bytes;
    return key;
}

Connection* install(ConnectionTable& table, uint32_t number, uint64_t hash, int64_t now) {
    LookupPlan plan;
    return table.install(key_of(number), hash, now, ConnectionState::one_way, false, plan);
}

Connection* find(ConnectionTable& table, uint32_t number, uint64_t hash, int64_t now,
                 LookupPlan plan = {}) {
    return table.find(key_of(number), hash, now, plan);
}

TEST(ConnectionTable, RefusesACapacityThatIsNoPowerOfTwo) {
    EXPECT_THROW(ConnectionTable(0, timeouts()), std::invalid_argument);
    EXPECT_THROW(ConnectionTable(100, timeouts()), std::invalid_argument);
    EXPECT_NO_THROW(ConnectionTable(1, timeouts()));
}

TEST(ConnectionTable, FindsAnEntryUntilJustBeforeItsTimeout) {
    ConnectionTable table(64, timeouts());
    ASSERT_NE(install(table, 1, 7, 50), nullptr);
    EXPECT_NE(find(table, 1, 7, 50), nullptr);
    EXPECT_NE(find(table, 1, 7, 50 + timeout - 1), nullptr);
    EXPECT_EQ(find(table, 1, 7, 50 + timeout), nullptr);
    EXPECT_EQ(table.counters().evicted, 1u);
    EXPECT_EQ(table.counters().active, 0u);
}

TEST(ConnectionTable, IsFullWhenEverySlotOfASmallTableIsTaken) {
    ConnectionTable table(8, timeouts());
    for (uint32_t i = 0; i < 8; ++i) EXPECT_NE(install(table, i, i * 77, 0), nullptr);
    EXPECT_EQ(install(table, 8, 3, timeout - 1), nullptr);
    EXPECT_EQ(table.counters().rejected, 1u);
    EXPECT_NE(install(table, 8, 3, timeout), nullptr);  // an aged slot is reused
    EXPECT_EQ(table.counters().active, 8u);
    EXPECT_EQ(table.counters().evicted, 1u);
}

TEST(ConnectionTable, ReadsOnlyAsFarAsEntriesOfTheHomeReach) {
    ConnectionTable table(64, timeouts());
    LookupPlan plan;
    EXPECT_EQ(table.find(key_of(1), 10, 0, plan), nullptr);
    EXPECT_EQ(plan.count, 1);
    for (uint32_t i = 0; i < 4; ++i) install(table, i, 10, 0);  // slots 10 to 13
    plan = {};
    EXPECT_NE(table.find(key_of(3), 10, 0, plan), nullptr);
    EXPECT_EQ(plan.count, 4);
    EXPECT_EQ(plan.line[3], 13u);
    plan = {};
    EXPECT_EQ(table.find(key_of(9), 12, 0, plan), nullptr);  // slot 12 is no home yet
    EXPECT_EQ(plan.count, 1);
    plan = {};
    EXPECT_EQ(table.find(key_of(9), 10, 0, plan), nullptr);
    EXPECT_EQ(plan.count, 4);
    find(table, 3, 10, timeout);  // gone, and with it the reach
    plan = {};
    EXPECT_EQ(table.find(key_of(9), 10, 0, plan), nullptr);
    EXPECT_EQ(plan.count, 3);
}

TEST(ConnectionTable, AnInstallationAddsTheLinesBehindThoseReadAlready) {
    ConnectionTable table(64, timeouts());
    for (uint32_t i = 0; i < 3; ++i) install(table, i, 10, 0);
    LookupPlan plan;
    EXPECT_EQ(table.find(key_of(5), 10, 0, plan), nullptr);
    EXPECT_EQ(plan.count, 3);
    table.install(key_of(5), 10, 0, ConnectionState::one_way, false, plan);
    EXPECT_EQ(plan.count, 4);
    EXPECT_EQ(plan.line[3], 13u);
    EXPECT_EQ(plan.written, 0b1001u);  // the entry, and its home's reach
}

TEST(ConnectionTable, WrapsAroundItsEnd) {
    ConnectionTable table(64, timeouts());
    install(table, 1, 63, 0);
    install(table, 2, 63, 0);
    LookupPlan plan;
    EXPECT_NE(table.find(key_of(2), 63, 0, plan), nullptr);
    EXPECT_EQ(plan.line[1], 0u);
}

TEST(ConnectionTable, ASweepReclaimsWhatIsTooOldAndNothingElse) {
    ConnectionTable table(64, timeouts());
    for (uint32_t i = 0; i < 20; ++i) install(table, i, i * 3, i);
    LookupPlan plan;
    EXPECT_EQ(table.age(timeout + 9, 64, plan), 10u);
    EXPECT_EQ(table.counters().active, 10u);
    EXPECT_EQ(find(table, 9, 27, timeout + 9), nullptr);
    EXPECT_NE(find(table, 10, 30, timeout + 9), nullptr);
    EXPECT_EQ(table.age(timeout + 100, 1000, plan),
              10u);  // a budget above the size goes round once
    EXPECT_EQ(table.counters().evicted, 20u);
}

TEST(ConnectionTable, ASweepGoesOnWhereItStopped) {
    ConnectionTable table(64, timeouts());
    for (uint32_t i = 0; i < 64; ++i) install(table, i, i, 0);
    LookupPlan plan;
    EXPECT_EQ(table.age(timeout, 10, plan), 10u);
    EXPECT_EQ(table.age(timeout, 54, plan), 54u);
    EXPECT_EQ(table.counters().active, 0u);
}

TEST(ConnectionTable, ASweepNamesTheLinesItReadAndWrote) {
    ConnectionTable table(64, timeouts());
    install(table, 1, 5, 10);
    install(table, 2, 5, 0);  // in slot 6, the farthest of home 5
    LookupPlan plan;
    EXPECT_EQ(table.age(timeout, 8, plan), 1u);
    EXPECT_EQ(std::vector<uint32_t>(plan.line, plan.line + plan.count),
              (std::vector<uint32_t>{0, 1, 2, 3, 4, 5, 6, 5, 7}));
    EXPECT_EQ(plan.written, 1u << 6 | 1u << 7) << "the entry and its home";
}

TEST(ConnectionTable, BehavesAsAMapOfLiveEntries) {
    std::mt19937_64 random(1);
    ConnectionTable table(1024, timeouts());
    std::unordered_map<uint32_t, int64_t> last_seen;
    int64_t now = 0;
    for (int i = 0; i < 200000; ++i) {
        now += static_cast<int64_t>(random() % 4);
        const auto number = static_cast<uint32_t>(random() % 3000);
        const FlowKey key = key_of(number);
        LookupPlan plan;
        Connection* entry = table.find(key, hash_of(key), now, plan);
        const auto known = last_seen.find(number);
        const bool live = known != last_seen.end() && now - known->second < timeout;
        ASSERT_EQ(entry != nullptr, live);
        if (entry == nullptr) {
            entry = table.install(key, hash_of(key), now, ConnectionState::one_way, false, plan);
            if (entry == nullptr) {
                last_seen.erase(number);
                continue;
            }
        }
        entry->last_seen_ps = now;
        last_seen[number] = now;
        if (i % 100 == 0) table.age(now, 16, plan);
    }
    const ConnectionTable::Counters& c = table.counters();
    EXPECT_EQ(c.installed, c.active + c.evicted);
    EXPECT_GT(c.evicted, 1000u);
}

TEST(ConnectionTable, TakesHalfItsCapacityWithoutRefusing) {
    ConnectionTable table(1 << 16, timeouts());
    for (uint32_t i = 0; i < 1 << 15; ++i) {
        const FlowKey key = key_of(0x0a000000 + i);
        LookupPlan plan;
        ASSERT_NE(table.install(key, hash_of(key), 0, ConnectionState::one_way, false, plan),
                  nullptr);
    }
}

}  // namespace
}  // namespace snsim
