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
using testing::Pair;

/// Notes when which table is aged; every fourth entry is too old.
class AgedFunction : public ScriptedFunction {
  public:
    explicit AgedFunction(std::vector<TableInfo> tables) : ScriptedFunction({}, tables) {}

    size_t age(unsigned table, int64_t, size_t budget, LookupPlan& plan) override {
        EXPECT_EQ(budget, 1u);
        tables_aged.push_back(table);
        plan.add(next, next % 4 == 0);
        return next++ % 4 == 0 ? 1 : 0;
    }

    std::vector<unsigned> tables_aged;
    std::uint64_t next = 0;
};

TableInfo table_of(const char* name, std::uint64_t entries, bool stateful) {
    return {name, TableKind::hash, 64, entries, entries * 64, stateful};
}

/// The engine alone, in front of a table memory.
class Engine {
  public:
    Engine(AgedFunction& function, const AgeingParams& params, Placement wanted,
           std::int64_t channels = 8)
        : memory("card.memory", bench.partition, memory_of(channels)),
          ageing("ageing", bench.partition, params,
                 Ageing::stateful_tables({{"fw", &function, wanted}}, {place(function, wanted)}),
                 memory),
          sweeps(ageing.swept) {}

    Bench bench;
    TableMemory memory;
    Ageing ageing;
    Facts<EntriesSwept> sweeps;

  private:
    static TableMemoryParams memory_of(std::int64_t channels) {
        auto params = defaults<TableMemoryParams>();
        params.channels = channels;
        return params;
    }
    std::vector<TableLocation> place(const Function& function, Placement wanted) {
        std::vector<TableLocation> places;
        for (const TableInfo& table : function.tables()) {
            places.push_back(memory.place(table, wanted));
        }
        return places;
    }
};

std::vector<std::pair<Picoseconds, std::uint32_t>> times_and_entries(const Engine& e) {
    std::vector<std::pair<Picoseconds, std::uint32_t>> result;
    for (const EntriesSwept& sweep : e.sweeps.all) result.emplace_back(sweep.t, sweep.entries);
    return result;
}

TEST(Ageing, WalksTheStatefulTablesOneAfterTheOtherRoundAndRound) {
    AgedFunction function(
        {table_of("first", 10, true), table_of("fixed", 64, false), table_of("second", 4, true)});
    Engine e(function, {5_us, 4}, Placement::sram);
    e.bench.run_until(25'000'001);
    EXPECT_THAT(times_and_entries(e),
                ElementsAre(Pair(5'000'000, 4), Pair(10'000'000, 4), Pair(15'000'000, 2),
                            Pair(20'000'000, 4), Pair(25'000'000, 4)));
    EXPECT_THAT(function.tables_aged,
                ElementsAre(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 0, 0, 0, 0));
}

TEST(Ageing, SweepsNotAPicosecondEarly) {
    AgedFunction function({table_of("connections", 64, true)});
    Engine e(function, {7_us, 16}, Placement::sram);
    e.bench.run_until(7'000'000);
    EXPECT_THAT(times_and_entries(e), IsEmpty());
    e.bench.run_until(7'000'001);
    EXPECT_THAT(times_and_entries(e), ElementsAre(Pair(7'000'000, 16)));
}

TEST(Ageing, ComesAfterEverythingElseOfItsInstant) {
    AgedFunction function({table_of("connections", 64, true)});
    Engine e(function, {5_us, 16}, Placement::sram);
    std::size_t before = 99;
    e.bench.at(
        5'000'000, [&] { before = function.tables_aged.size(); }, Phase::arrival);
    e.bench.run_until(6'000'000);
    EXPECT_EQ(before, 0u);
    EXPECT_EQ(function.tables_aged.size(), 16u);
}

TEST(Ageing, ReadsEveryLineAndWritesThoseThatChanged) {
    AgedFunction function({table_of("connections", 1024, true)});
    Engine e(function, {5_us, 16}, Placement::dram);
    e.bench.run_until(100'000'001);
    std::vector<std::uint64_t> kinds;
    for (std::size_t kind = 0; kind < static_cast<std::size_t>(MemoryKind::count_); ++kind) {
        kinds.push_back(e.memory.accesses(static_cast<MemoryKind>(kind)).total());
    }
    const std::size_t entries = function.tables_aged.size();
    EXPECT_GT(entries, 20u);
    EXPECT_THAT(kinds, ElementsAre(0, 0, entries, entries, (entries + 3) / 4));
    std::size_t reclaimed = 0;
    for (const EntriesSwept& sweep : e.sweeps.all) reclaimed += sweep.reclaimed;
    EXPECT_EQ(reclaimed, (entries + 3) / 4);
}

TEST(Ageing, LeavesALineWhoseChannelIsBusyForTheNextSweep) {
    AgedFunction function({table_of("connections", 1024, true)});
    Engine e(function, {5_us, 16}, Placement::dram, 1);
    e.bench.run_until(10'000'001);
    EXPECT_THAT(times_and_entries(e), ElementsAre(Pair(5'000'000, 1), Pair(10'000'000, 1)));
    TableLocation frames = e.memory.place(table_of("frames", 1024, false), Placement::dram);
    e.bench.at(14'990'000, [&] {
        for (std::uint32_t line = 0; line < 4; ++line)
            e.memory.access(frames, line, false, 14'990'000);
    });
    e.bench.run_until(20'000'001);
    EXPECT_THAT(times_and_entries(e), ElementsAre(Pair(5'000'000, 1), Pair(10'000'000, 1),
                                                  Pair(15'000'000, 0), Pair(20'000'000, 1)));
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
    EXPECT_THAT(fixed.tables_aged, IsEmpty());
    EXPECT_EQ(e.bench.agenda.executed(), 0u);
}

TEST(Ageing, IsSwitchedOffByZeroEntries) {
    AgedFunction function({table_of("connections", 64, true)});
    Engine e(function, {5_us, 0}, Placement::sram);
    e.bench.run_until(100'000'000);
    EXPECT_THAT(function.tables_aged, IsEmpty());
}

}  // namespace
}  // namespace snsim
