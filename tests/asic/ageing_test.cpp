#include "models/asic/ageing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

#include "models/base/params.h"
#include "tests/support/asic_frames.h"
#include "tests/support/bench.h"

namespace snsim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Notes how it is asked to age; says that the first entry of each sweep was too old.
class AgedFunction : public ScriptedFunction {
  public:
    explicit AgedFunction(std::vector<TableInfo> tables) : ScriptedFunction({}, tables) {}

    struct Call {
        unsigned table;
        std::int64_t now;
        std::size_t budget;
        friend bool operator==(const Call& a, const Call& b) {
            return a.table == b.table && a.now == b.now && a.budget == b.budget;
        }
    };
    size_t age(unsigned table, int64_t now_ps, size_t budget, LookupPlan& plan) override {
        calls.push_back({table, now_ps, budget});
        for (std::size_t i = 0; i < budget; ++i) plan.add(next++, i == 0);
        return 1;
    }

    std::vector<Call> calls;
    std::uint64_t next = 0;
};

TableInfo table_of(const char* name, std::uint64_t entries, bool stateful) {
    return {name, TableKind::hash, 64, entries, entries * 64, stateful};
}

/// The engine alone, in front of a table memory.
class Engine {
  public:
    Engine(AgedFunction& function, const AgeingParams& params, Placement wanted)
        : memory("card.memory", bench.partition, defaults<TableMemoryParams>()),
          ageing("ageing", bench.partition, params,
                 Ageing::stateful_tables({{"fw", &function, wanted}}, {place(function, wanted)}),
                 memory),
          accesses(memory.accessed),
          sweeps(ageing.swept) {}

    Bench bench;
    TableMemory memory;
    Ageing ageing;
    Facts<MemoryAccessed> accesses;
    Facts<EntriesSwept> sweeps;

  private:
    std::vector<TableLocation> place(const Function& function, Placement wanted) {
        std::vector<TableLocation> places;
        for (const TableInfo& table : function.tables()) {
            places.push_back(memory.place(table, wanted));
        }
        return places;
    }
};

using Calls = std::vector<AgedFunction::Call>;

TEST(Ageing, WalksTheStatefulTablesOneAfterTheOtherRoundAndRound) {
    AgedFunction function(
        {table_of("first", 10, true), table_of("fixed", 64, false), table_of("second", 4, true)});
    Engine e(function, {5_us, 4}, Placement::sram);
    e.bench.run_until(25'000'001);
    EXPECT_EQ(function.calls, (Calls{{0, 5'000'000, 4},
                                     {0, 10'000'000, 4},
                                     {0, 15'000'000, 2},
                                     {2, 20'000'000, 4},
                                     {0, 25'000'000, 4}}));
}

TEST(Ageing, SweepsNotAPicosecondEarly) {
    AgedFunction function({table_of("connections", 64, true)});
    Engine e(function, {7_us, 16}, Placement::sram);
    e.bench.run_until(7'000'000);
    EXPECT_THAT(function.calls, IsEmpty());
    e.bench.run_until(7'000'001);
    EXPECT_EQ(function.calls, (Calls{{0, 7'000'000, 16}}));
}

TEST(Ageing, ComesAfterEverythingElseOfItsInstant) {
    AgedFunction function({table_of("connections", 64, true)});
    Engine e(function, {5_us, 16}, Placement::sram);
    std::size_t before = 99;
    e.bench.at(
        5'000'000, [&] { before = function.calls.size(); }, Phase::arrival);
    e.bench.run_until(6'000'000);
    EXPECT_EQ(before, 0u);
    EXPECT_EQ(function.calls.size(), 1u);
}

TEST(Ageing, ReadsEveryLineAndWritesThoseThatChanged) {
    AgedFunction function({table_of("connections", 64, true)});
    Engine e(function, {5_us, 4}, Placement::dram);
    e.bench.run_until(6'000'000);
    std::vector<int> kinds(static_cast<std::size_t>(MemoryKind::count_));
    for (const MemoryAccessed& access : e.accesses.all) ++kinds[static_cast<int>(access.kind)];
    EXPECT_THAT(kinds, ElementsAre(0, 0, 4, 4, 1));
    ASSERT_EQ(e.sweeps.all.size(), 1u);
    EXPECT_EQ(e.sweeps.all[0].t, 5'000'000);
    EXPECT_EQ(e.sweeps.all[0].entries, 4u);
    EXPECT_EQ(e.sweeps.all[0].reclaimed, 1u);
}

TEST(Ageing, TakesOneItemASweep) {
    AgedFunction function({table_of("connections", 64, true)});
    Engine e(function, {5_us, 16}, Placement::dram);
    e.bench.run_until(100'000'001);
    EXPECT_EQ(e.bench.agenda.items(), 20u);
}

TEST(Ageing, RestsWithoutStatefulTablesOrEntriesToLookAt) {
    AgedFunction fixed({table_of("fixed", 64, false)});
    Engine e(fixed, {5_us, 16}, Placement::sram);
    e.bench.run_until(100'000'000);
    EXPECT_THAT(fixed.calls, IsEmpty());
    EXPECT_EQ(e.bench.agenda.executed(), 0u);
}

TEST(Ageing, IsSwitchedOffByZeroEntries) {
    AgedFunction function({table_of("connections", 64, true)});
    Engine e(function, {5_us, 0}, Placement::sram);
    e.bench.run_until(100'000'000);
    EXPECT_THAT(function.calls, IsEmpty());
}

}  // namespace
}  // namespace snsim
