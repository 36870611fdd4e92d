#include "models/asic/table_memory.h"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/base/params.h"
#include "models/base/random.h"
#include "tests/support/event_log.h"

namespace snsim {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr Picoseconds cache_latency = 12'000;
constexpr Picoseconds dram_latency = 100'000;
constexpr Picoseconds access_time = 9'000;
constexpr Picoseconds miss = cache_latency + dram_latency;

/// One set of `ways` lines, one channel.
TableMemoryParams small(std::int64_t ways, std::int64_t sets = 1, std::int64_t channels = 1) {
    auto p = defaults<TableMemoryParams>();
    p.sram = 1_kib;
    p.sram_latency = 8_ns;
    p.tcam_entries = 100;
    p.tcam_latency = 10_ns;
    p.cache = Bytes{ways * sets * line_bytes};
    p.cache_ways = ways;
    p.cache_latency = Duration{cache_latency};
    p.channels = channels;
    p.access_time = Duration{access_time};
    p.dram_latency = Duration{dram_latency};
    return p;
}

TableInfo table(const char* name, TableKind kind, std::uint64_t bytes, std::uint64_t entries = 1) {
    return {name, kind, 32, entries, bytes, false};
}

class Memory {
  public:
    explicit Memory(const TableMemoryParams& params)
        : partition_(agenda_), memory("card.memory", partition_, params) {
        for (const auto& entry : partition_.stations.entries()) {
            entry.station->tally.visited.listen<&Memory::on_visited>(*this);
        }
        dram = memory.place(table("big", TableKind::hash, 1 << 20), Placement::dram);
    }
    Picoseconds read(std::uint32_t line, Picoseconds t) {
        return memory.access(dram, line, false, t).ready;
    }
    Picoseconds write(std::uint32_t line, Picoseconds t) {
        return memory.access(dram, line, true, t).ready;
    }
    [[nodiscard]] std::uint64_t count(MemoryKind kind) { return memory.accesses(kind).total(); }
    [[nodiscard]] const std::vector<StationRegistry::Entry>& stations() const {
        return partition_.stations.entries();
    }
    void on_visited(const Visited& fact) { visits.push_back(fact); }

  private:
    Agenda agenda_;
    Partition partition_;

  public:
    TableMemory memory;
    TableLocation dram;
    std::vector<Visited> visits;
};

std::string refusal(Memory& memory, const TableInfo& info, Placement wanted) {
    try {
        memory.memory.place(info, wanted);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "";
}

TEST(TableMemory, SramAndTcamAnswerAfterAFixedTimeHoweverMany) {
    Memory m(small(4));
    const auto sram = m.memory.place(table("small", TableKind::hash, 64), Placement::automatic);
    const auto tcam =
        m.memory.place(table("rules", TableKind::ternary, 64, 10), Placement::automatic);
    const EventLog entries(m.memory.accesses(MemoryKind::sram));
    EXPECT_FALSE(TableMemory::is_shared(sram));
    EXPECT_FALSE(TableMemory::is_shared(tcam));
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(m.memory.access(sram, 0, false, 1000).ready, 9000);
        EXPECT_EQ(m.memory.access(tcam, 0, false, 1000).ready, 11'000);
    }
    EXPECT_EQ(m.count(MemoryKind::sram), 3u);
    EXPECT_EQ(m.count(MemoryKind::tcam), 3u);
    EXPECT_EQ(entries.all.front().t, 1000);
    EXPECT_TRUE(m.visits.empty());
}

TEST(TableMemory, AMissCostsTheCacheAndTheDramAndAHitTheCacheAlone) {
    Memory m(small(4));
    EXPECT_TRUE(TableMemory::is_shared(m.dram));
    EXPECT_EQ(m.read(5, 1000), 1000 + miss);
    EXPECT_EQ(m.read(5, 500'000), 500'000 + cache_latency);
    EXPECT_EQ(m.write(5, 600'000), 600'000 + cache_latency);
    EXPECT_EQ(m.count(MemoryKind::cache), 3u);
    EXPECT_EQ(m.count(MemoryKind::dram_read), 1u);
    EXPECT_EQ(m.count(MemoryKind::dram_write), 0u);
    ASSERT_EQ(m.visits.size(), 1u);
    EXPECT_EQ(m.visits[0].enter, 1000 + cache_latency);
    EXPECT_EQ(m.visits[0].served.start, 1000 + cache_latency);
    EXPECT_EQ(m.visits[0].served.finish, 1000 + cache_latency + access_time);
    EXPECT_EQ(m.visits[0].served.work, line_bytes);
}

TEST(TableMemory, MissesQueueForTheirChannel) {
    Memory m(small(8));
    for (std::uint32_t line = 0; line < 5; ++line) {
        EXPECT_EQ(m.read(line, 0), miss + line * access_time);
    }
    // Idle again at 12 ns + 5 x 9 ns = 57 ns: an access that looks up until 56.999 ns waits 1 ps.
    const Picoseconds idle = cache_latency + 5 * access_time;
    Memory late(small(8));
    for (std::uint32_t line = 0; line < 5; ++line) late.read(line, 0);
    EXPECT_EQ(m.read(6, idle - cache_latency - 1), idle + dram_latency);
    EXPECT_EQ(late.read(6, idle - cache_latency), idle + dram_latency);
    EXPECT_EQ(late.visits.back().served.start, late.visits.back().enter);
    EXPECT_EQ(m.visits.back().served.start, m.visits.back().enter + 1);
}

TEST(TableMemory, TellsWhatOfATimeWasWaitingForTheChannel) {
    Memory m(small(8));
    for (std::uint32_t line = 0; line < 5; ++line) {
        EXPECT_EQ(m.memory.access(m.dram, line, false, 0).waited, line * access_time);
    }
    EXPECT_EQ(m.memory.access(m.dram, 0, false, 1'000'000).waited, 0);  // a hit
    const auto sram = m.memory.place(table("small", TableKind::hash, 64), Placement::sram);
    EXPECT_EQ(m.memory.access(sram, 0, false, 0).waited, 0);
}

TEST(TableMemory, ChannelsWorkSideBySideAndShareTheLines) {
    constexpr std::uint32_t lines = 4096;
    constexpr std::size_t channels = 8;
    Memory m(small(8, 1024, channels));
    std::array<std::uint64_t, channels> per_channel{};
    const auto note = [](void* counter, const Visited&) {
        ++*static_cast<std::uint64_t*>(counter);
    };
    ASSERT_EQ(m.stations().size(), channels);
    for (std::size_t i = 0; i < channels; ++i) {
        EXPECT_EQ(m.stations()[i].station->path(), "card.memory.channel" + std::to_string(i));
        EXPECT_EQ(m.stations()[i].resource.name, "channels");
        m.stations()[i].station->tally.visited.listen(note, &per_channel[i]);
    }
    Picoseconds last = 0;
    for (std::uint32_t line = 0; line < lines; ++line) last = std::max(last, m.read(line, 0));
    std::uint64_t most = 0;
    for (const std::uint64_t n : per_channel) {
        EXPECT_NEAR(static_cast<double>(n), lines / channels, 80);  // 4 sigma of a fair hash
        most = std::max(most, n);
    }
    EXPECT_EQ(last, miss + static_cast<Picoseconds>(most - 1) * access_time);
}

TEST(TableMemory, ADirtyVictimOccupiesTheChannelForOneMoreAccess) {
    Memory clean(small(1));
    clean.read(0, 0);
    clean.read(1, 1'000'000);
    EXPECT_EQ(clean.read(2, 1'000'000), 1'000'000 + miss + access_time);
    EXPECT_EQ(clean.count(MemoryKind::dram_write), 0u);

    Memory dirty(small(1));
    dirty.write(0, 0);
    EXPECT_EQ(dirty.read(1, 1'000'000), 1'000'000 + miss);  // the fill goes first
    EXPECT_EQ(dirty.count(MemoryKind::dram_write), 1u);
    EXPECT_EQ(dirty.read(2, 1'000'000), 1'000'000 + miss + 2 * access_time);
    EXPECT_EQ(dirty.count(MemoryKind::dram_write), 1u);  // line 1 was clean
    EXPECT_EQ(dirty.read(0, 2'000'000), 2'000'000 + miss);
    EXPECT_EQ(dirty.read(1, 3'000'000), 3'000'000 + miss);
    EXPECT_EQ(dirty.count(MemoryKind::dram_write), 1u);  // line 0 was written back once
}

TEST(TableMemory, ALineWrittenWhileCachedGoesBackWhenItLeaves) {
    Memory m(small(1));
    const EventLog writes(m.memory.accesses(MemoryKind::dram_write));
    m.read(0, 0);
    m.write(0, 500'000);
    m.read(1, 1'000'000);
    EXPECT_EQ(m.count(MemoryKind::dram_write), 1u);
    EXPECT_EQ(writes.all.back().t, 1'000'000 + cache_latency + access_time);
}

TEST(TableMemory, MissesToALineUnderWayShareItsFill) {
    Memory m(small(4));
    EXPECT_EQ(m.read(7, 0), miss);
    EXPECT_EQ(m.read(7, 1), miss);
    EXPECT_EQ(m.write(7, dram_latency - 1), miss);
    EXPECT_EQ(m.read(7, dram_latency), miss);  // the cache answers when the data come
    EXPECT_EQ(m.read(7, dram_latency + 1), miss + 1);
    EXPECT_EQ(m.count(MemoryKind::dram_read), 1u);
}

TEST(TableMemory, RemembersEachOfManyFillsUnderWay) {
    Memory m(small(8, 64));
    std::array<Picoseconds, 64> ready{};
    for (std::uint32_t line = 0; line < 64; ++line) ready[line] = m.read(line, 0);
    for (std::uint32_t line = 0; line < 64; ++line) EXPECT_EQ(m.read(line, 10), ready[line]);
}

TEST(TableMemory, AFillUnderWayIsNotForgottenForAnother) {
    Memory m(small(8, 64));
    EXPECT_EQ(m.read(0, 0), miss);
    EXPECT_EQ(m.read(256, 0), miss + access_time);
    EXPECT_EQ(m.read(0, 10), miss);
    EXPECT_EQ(m.read(256, 10), miss + access_time);
}

TEST(TableMemory, EvictsTheWayNotTouched) {
    Memory m(small(2));
    m.read(1, 0);
    m.read(2, 1'000'000);
    m.read(1, 2'000'000);  // 2 is now the older one
    m.read(3, 3'000'000);
    EXPECT_EQ(m.read(1, 4'000'000), 4'000'000 + cache_latency);
    EXPECT_EQ(m.read(2, 5'000'000), 5'000'000 + miss);
}

/// A tree of two-way choices, each pointing at the half used longer ago.
class PseudoLru {
  public:
    explicit PseudoLru(std::size_t ways) : lines_(ways, 0), older_is_upper_(2 * ways, false) {}
    /// True if it was there.
    bool access(std::uint32_t line) {
        for (std::size_t way = 0; way < lines_.size(); ++way) {
            if (lines_[way] == line + 1) {
                touch(0, lines_.size(), 1, way);
                return true;
            }
        }
        const std::size_t way = oldest(0, lines_.size(), 1);
        lines_[way] = line + 1;
        touch(0, lines_.size(), 1, way);
        return false;
    }

  private:
    void touch(std::size_t from, std::size_t size, std::size_t node, std::size_t way) {
        if (size == 1) return;
        const bool upper = way >= from + size / 2;
        older_is_upper_[node] = !upper;
        touch(from + (upper ? size / 2 : 0), size / 2, 2 * node + (upper ? 1 : 0), way);
    }
    [[nodiscard]] std::size_t oldest(std::size_t from, std::size_t size, std::size_t node) const {
        if (size == 1) return from;
        const bool upper = older_is_upper_[node];
        return oldest(from + (upper ? size / 2 : 0), size / 2, 2 * node + (upper ? 1 : 0));
    }
    std::vector<std::uint32_t> lines_;
    std::vector<bool> older_is_upper_;
};

TEST(TableMemory, ReplacesAsATreeOfTwoWayChoicesWould) {
    for (const std::int64_t ways : {1, 2, 4, 8}) {
        Memory m(small(ways));
        PseudoLru reference(static_cast<std::size_t>(ways));
        RandomStream random(1, "lines");
        for (int i = 0; i < 20'000; ++i) {
            const auto line = static_cast<std::uint32_t>(random.below(12));
            const Picoseconds t = Picoseconds{i} * 1'000'000;  // every fill is done, channels idle
            const Picoseconds time = m.read(line, t) - t;
            ASSERT_EQ(time, reference.access(line) ? cache_latency : miss) << ways << " " << i;
        }
    }
}

TEST(TableMemory, HoldsExactlyItsSizeOfOneSet) {
    for (const std::int64_t ways : {1, 2, 4, 8}) {
        Memory m(small(ways));
        const auto count = static_cast<std::uint32_t>(ways);
        for (std::uint32_t line = 0; line < count; ++line) m.read(line, line * 1'000'000);
        for (std::uint32_t line = 0; line < count; ++line) {
            EXPECT_EQ(m.read(line, 100'000'000), 100'000'000 + cache_latency) << ways;
        }
    }
}

TEST(TableMemory, PlacesTablesIntoSramWhileItLastsThenIntoDram) {
    Memory m(small(4));  // 1 KiB of SRAM
    const auto first = m.memory.place(table("a", TableKind::hash, 1000), Placement::automatic);
    const auto second = m.memory.place(table("b", TableKind::lpm, 25), Placement::automatic);
    const auto third = m.memory.place(table("c", TableKind::direct, 24), Placement::automatic);
    EXPECT_EQ(first.kind, MemoryKind::sram);
    EXPECT_EQ(second.kind, MemoryKind::cache);  // 24 B are left
    EXPECT_EQ(third.kind, MemoryKind::sram);
}

TEST(TableMemory, PlacesATableIntoDramWhenAsked) {
    Memory m(small(4));
    const auto asked = m.memory.place(table("a", TableKind::hash, 64), Placement::dram);
    EXPECT_EQ(asked.kind, MemoryKind::cache);
    const auto sram = m.memory.place(table("b", TableKind::hash, 1024), Placement::sram);
    EXPECT_EQ(sram.kind, MemoryKind::sram);  // none of it was taken
}

TEST(TableMemory, PlacesTernaryTablesIntoTcam) {
    Memory m(small(4));
    const auto rules =
        m.memory.place(table("a", TableKind::ternary, 1 << 30, 60), Placement::automatic);
    EXPECT_EQ(rules.kind, MemoryKind::tcam);
    const auto more = m.memory.place(table("b", TableKind::ternary, 64, 40), Placement::automatic);
    EXPECT_EQ(more.kind, MemoryKind::tcam);
    EXPECT_THAT(refusal(m, table("acl", TableKind::ternary, 64, 1), Placement::automatic),
                AllOf(HasSubstr("card.memory.tcam_entries"), HasSubstr("acl")));
}

TEST(TableMemory, RefusesWhatDoesNotFitWithTheNumbers) {
    Memory m(small(4));
    m.memory.place(table("a", TableKind::hash, 1000), Placement::sram);
    EXPECT_THAT(refusal(m, table("routes", TableKind::lpm, 25), Placement::sram),
                AllOf(HasSubstr("card.memory.sram"), HasSubstr("routes"), HasSubstr("25 B"),
                      HasSubstr("24 B")));
    EXPECT_EQ(refusal(m, table("fits", TableKind::lpm, 24), Placement::sram), "");
}

TEST(TableMemory, TablesInDramDoNotShareLines) {
    Memory m(small(8, 64));
    const auto a = m.memory.place(table("a", TableKind::hash, 65), Placement::dram);  // two lines
    const auto b = m.memory.place(table("b", TableKind::hash, 64), Placement::dram);
    EXPECT_EQ(m.memory.access(a, 0, false, 0).ready, miss);
    EXPECT_EQ(m.memory.access(a, 1, false, 1'000'000).ready, 1'000'000 + miss);
    EXPECT_EQ(m.memory.access(b, 0, false, 2'000'000).ready, 2'000'000 + miss);
    EXPECT_EQ(m.memory.access(a, 1, false, 3'000'000).ready, 3'000'000 + cache_latency);
    // The table placed first ends where a begins.
    EXPECT_EQ(m.read((1 << 20) / line_bytes - 1, 4'000'000), 4'000'000 + miss);
}

// With 0 ps a look-up's second line would be read in the item that frees its slot, and the item of
// the frame that waits for the slot would have to rank both before and behind it.
TEST(TableMemoryParams, RefuseAMemoryOfSeveralLevelsThatAnswersInNoTime) {
    for (const char* key : {"sram_latency", "cache_latency"}) {
        Diagnostics none;
        static_cast<void>(
            bind<TableMemoryParams>(Node::map({{key, {}, Node::scalar("1 ps")}}), none));
        EXPECT_TRUE(none.ok()) << none.text();
        Diagnostics refused;
        static_cast<void>(
            bind<TableMemoryParams>(Node::map({{key, {}, Node::scalar("0 ps")}}), refused));
        EXPECT_FALSE(refused.ok()) << key;
    }
}

TEST(TableMemory, PrefetchingForTheHostChangesNothing) {
    Memory m(small(1));
    m.read(0, 0);
    m.memory.prefetch(m.dram, 1);
    EXPECT_EQ(m.read(0, 1'000'000), 1'000'000 + cache_latency);
    EXPECT_EQ(m.read(1, 2'000'000), 2'000'000 + miss);
}

TEST(TableMemory, ASweepReadsAndWritesAroundTheCache) {
    Memory m(small(2));
    EXPECT_EQ(m.read(1, 0), miss);
    const auto sweep = [&](std::uint32_t line, bool write, Picoseconds t) {
        return m.memory.sweep(m.dram, line, write, t).ready;
    };
    EXPECT_EQ(sweep(7, false, 1'000'000), 1'000'000 + miss);
    EXPECT_EQ(sweep(7, false, 2'000'000), 2'000'000 + miss) << "the line was kept";
    EXPECT_EQ(m.count(MemoryKind::dram_write), 0u);
    EXPECT_EQ(sweep(8, true, 3'000'000), 3'000'000 + miss);
    EXPECT_EQ(m.count(MemoryKind::dram_write), 1u);
    EXPECT_EQ(m.count(MemoryKind::dram_read), 4u);
    EXPECT_EQ(m.visits.size(), 5u) << "every read and write takes its channel";
    EXPECT_EQ(m.read(1, 4'000'000), 4'000'000 + cache_latency) << "a sweep displaced the line";
}

TEST(TableMemory, ASweepUsesTheLineInTheCacheAndLeavesItsAge) {
    Memory m(small(2));
    m.read(1, 0);
    m.read(2, 1'000'000);
    EXPECT_EQ(m.memory.sweep(m.dram, 1, true, 2'000'000).ready, 2'000'000 + cache_latency);
    EXPECT_EQ(m.count(MemoryKind::dram_read), 2u);
    m.read(3, 3'000'000);  // displaces line 1, still the older one, which the sweep made dirty
    EXPECT_EQ(m.count(MemoryKind::dram_write), 1u);
    EXPECT_EQ(m.read(2, 4'000'000), 4'000'000 + cache_latency);
}

}  // namespace
}  // namespace snsim
