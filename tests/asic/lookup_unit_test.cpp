#include "models/asic/lookup_unit.h"

#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <vector>

#include "models/base/params.h"

namespace snsim {
namespace {

constexpr Picoseconds cache = 12'000;
constexpr Picoseconds dram = 100'000;
constexpr Picoseconds miss = cache + dram;
constexpr Picoseconds issue = 1'280;
constexpr Condition looks_up = 1;

/// A look-up that names the lines a test has chosen for the frame (by its input port).
class Chosen final : public Function {
  public:
    [[nodiscard]] std::string_view kind() const override { return "chosen"; }
    [[nodiscard]] const std::vector<TableInfo>& tables() const override { return tables_; }
    [[nodiscard]] const Program& program() const override { return program_; }
    void prefetch(const FrameView&, ExpectedLines&) const override {}
    void begin(FrameView&, Execution&) override {}
    void lookup(unsigned, FrameView& frame, Execution& run, LookupPlan& plan) override {
        looked_up.push_back(frame.now_ps);
        for (const std::uint32_t line : lines.at(frame.in_port)) plan.add(line);
        plan.dependent = dependent;
        if (drops) run.drop_for(DropReason::no_route);
    }
    void rewrite(FrameView&, Execution&) override {}

    std::map<std::uint16_t, std::vector<std::uint32_t>> lines;
    bool dependent = true;
    bool drops = false;
    std::vector<Picoseconds> looked_up;

  private:
    std::vector<TableInfo> tables_;
    Program program_;
};

class Unit final : private LookupOwner {
  public:
    struct Gone {
        const Frame* frame;
        Picoseconds t;
    };

    explicit Unit(Placement placement, std::uint32_t slots = 8, bool stateful = false)
        : partition_(agenda_), memory_("memory", partition_, memory_params()) {
        const TableInfo table{"table", TableKind::hash, 32, 1, 1 << 16, false};
        unit_ = std::make_unique<LookupUnit>("unit", partition_, agenda_.add_block("block"),
                                             LookupUnit::Params{{0, 0, looks_up, 0},
                                                                memory_.place(table, placement),
                                                                stateful,
                                                                slots,
                                                                3,
                                                                {issue, 0, 1},
                                                                "pipeline"},
                                             LookupWiring{*this, 0, function, memory_, 7});
        agenda_.elaborate();
    }

    /// A frame comes at t; what its look-up reads goes by `port`.
    Frame& arrive(Picoseconds t, std::uint16_t port, bool concerned = true) {
        Frame& frame = agenda_.frames().take();
        auto& hv = *new (frame.scratch.data()) HeaderVector;
        frame.in_port = static_cast<std::uint8_t>(port);
        hv.start(frame);
        hv.runs[0] = {};
        if (concerned) hv.runs[0].set(looks_up);
        const Picoseconds leave = unit_->arrive(frame, hv, t);
        if (leave != waits) go_on(frame, leave, 0);
        return frame;
    }
    void run() { agenda_.run_until(1'000'000'000, 0); }

    Chosen function;
    std::vector<Gone> gone;

  private:
    static TableMemoryParams memory_params() {
        auto p = defaults<TableMemoryParams>();
        p.sram = 64_kib;
        p.sram_latency = 8_ns;
        p.cache = 64_kib;
        p.cache_latency = Duration{cache};
        p.channels = 8;
        p.access_time = 1_ns;
        p.dram_latency = Duration{dram};
        return p;
    }
    void go_on(Frame& frame, Picoseconds t, std::size_t) override { gone.push_back({&frame, t}); }

    Agenda agenda_;
    Partition partition_;
    TableMemory memory_;
    std::unique_ptr<LookupUnit> unit_;
};

TEST(LookupUnit, OfAPrivateTableNeedsNoTurn) {
    Unit unit(Placement::sram);
    unit.function.lines[0] = {3};
    unit.arrive(1000, 0);
    unit.arrive(1000, 0);  // a key per clock
    ASSERT_EQ(unit.gone.size(), 2u);
    EXPECT_EQ(unit.gone[0].t, 1000 + 8'000);
    EXPECT_EQ(unit.gone[1].t, 1000 + issue + 8'000);
}

TEST(LookupUnit, ReadsDependentLinesOneAfterTheOther) {
    Unit unit(Placement::dram);
    unit.function.lines = {{0, {1, 2, 3}}};
    unit.arrive(1000, 0);
    EXPECT_TRUE(unit.gone.empty());
    unit.run();
    ASSERT_EQ(unit.gone.size(), 1u);
    EXPECT_EQ(unit.gone[0].t, 1000 + 3 * miss);
    EXPECT_EQ(unit.function.looked_up, std::vector<Picoseconds>{1000});
}

TEST(LookupUnit, ReadsOtherLinesSideBySide) {
    Unit unit(Placement::dram);
    unit.function.lines = {{0, {1, 2, 3}}};
    unit.function.dependent = false;
    unit.arrive(1000, 0);
    unit.run();
    ASSERT_EQ(unit.gone.size(), 1u);
    EXPECT_GE(unit.gone[0].t, 1000 + miss);
    EXPECT_LE(unit.gone[0].t, 1000 + miss + 2'000);  // if all are in one channel
}

TEST(LookupUnit, KeepsTheOrderWhateverEachReads) {
    Unit unit(Placement::dram);
    // One that goes deep, one that does not, one that has nothing to look up, one that goes deeper
    // than the unit tells apart.
    unit.function.lines = {{0, {1, 2}}, {1, {10}}, {3, {20, 21, 22, 23, 24}}};
    std::vector<const Frame*> in;
    in.push_back(&unit.arrive(1000, 0));
    in.push_back(&unit.arrive(1001, 1));
    in.push_back(&unit.arrive(1002, 2, false));
    in.push_back(&unit.arrive(1003, 3));
    unit.run();
    ASSERT_EQ(unit.gone.size(), 4u);
    for (std::size_t i = 0; i < in.size(); ++i) EXPECT_EQ(unit.gone[i].frame, in[i]);
    EXPECT_EQ(unit.gone[0].t, 1000 + 2 * miss);
    EXPECT_EQ(unit.gone[1].t, 1000 + 2 * miss);
    EXPECT_EQ(unit.gone[2].t, 1000 + 2 * miss);
    // Starts a clock after the second, which started one after the first; the last three lines are
    // read side by side.
    EXPECT_GE(unit.gone[3].t, 1000 + 2 * issue + 3 * miss);
    EXPECT_LE(unit.gone[3].t, 1000 + 2 * issue + 3 * miss + 4'000);
}

TEST(LookupUnit, LetsAFrameByThatHasNothingToLookUp) {
    Unit unit(Placement::dram);
    unit.arrive(1000, 0, false);
    ASSERT_EQ(unit.gone.size(), 1u);
    EXPECT_EQ(unit.gone[0].t, 1000);
    EXPECT_EQ(unit.gone[0].frame->visited, 0u);  // it did not have to wait
}

TEST(LookupUnit, HasAPlaceForAsManyFramesAsItHasSlots) {
    Unit unit(Placement::dram, 2);
    for (std::uint16_t i = 0; i < 5; ++i) {
        unit.function.lines[i] = {i * 100u};
        unit.arrive(1000, i);
    }
    unit.run();
    ASSERT_EQ(unit.gone.size(), 5u);
    ASSERT_EQ(unit.function.looked_up.size(), 5u);
    EXPECT_EQ(unit.function.looked_up[1], 1000 + issue);
    EXPECT_EQ(unit.function.looked_up[2], unit.gone[0].t);
    EXPECT_EQ(unit.function.looked_up[3], unit.gone[1].t);
    EXPECT_EQ(unit.function.looked_up[4], unit.gone[2].t);
}

TEST(LookupUnit, BooksADropThatItsFunctionDecides) {
    Unit unit(Placement::sram, 8, true);
    unit.function.lines[0] = {1};
    unit.function.drops = true;
    Frame& frame = unit.arrive(1000, 0);
    unit.run();
    ASSERT_EQ(unit.gone.size(), 1u);
    EXPECT_TRUE(frame.note<HeaderVector>().dropped);
    EXPECT_EQ(frame.drop_reason, static_cast<std::uint8_t>(DropReason::no_route));
    EXPECT_EQ(frame.drop_place, 7);
}

}  // namespace
}  // namespace snsim
