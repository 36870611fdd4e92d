#include "models/asic/stage_program.h"

#include <algorithm>
#include <deque>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/asic/action_chain.h"
#include "models/asic/header_vector.h"
#include "models/base/random.h"
#include "tests/support/asic_frames.h"

namespace snsim {
namespace {

using testing::HasSubstr;

constexpr CostParams cost{20, 4, 8, 5, 6};  // dispatch, extract, lookup, compare, rewrite

std::uint32_t price(Primitive kind) {
    switch (kind) {
        case Primitive::extract: return 4;
        case Primitive::lookup: return 8;
        case Primitive::compare: return 5;
        case Primitive::rewrite: return 6;
    }
    return 0;
}

class Functions {
  public:
    void add(Program program, ConditionMask usual = mask_of(always)) {
        functions_.push_back(std::make_unique<ScriptedFunction>(
            std::move(program),
            std::vector<TableInfo>{{"table", TableKind::direct, 8, 1, 8, false}}, usual));
        placed.push_back({"f" + std::to_string(placed.size()), functions_.back().get()});
    }
    std::vector<PlacedFunction> placed;

  private:
    std::vector<std::unique_ptr<ScriptedFunction>> functions_;
};

std::uint32_t longest(const std::vector<StageProgram>& program) {
    std::uint32_t most = 0;
    for (const StageProgram& stage : program) most = std::max(most, stage.usual_cycles);
    return most;
}

/// Usual cycles of each primitive, in order: what may be cut between.
std::vector<std::uint32_t> primitives(const Functions& functions) {
    std::vector<std::uint32_t> cycles;
    for (const PlacedFunction& placed : functions.placed) {
        for (const Op& op : placed.function->program()) {
            const bool usual = (placed.function->usual_path() & mask_of(op.when)) != 0;
            for (int i = 0; i < op.count; ++i) cycles.push_back(usual ? price(op.kind) : 0);
        }
    }
    return cycles;
}

/// The shortest longest piece of all ways to cut [from, end) into at most `pieces`.
std::uint32_t brute_force(const std::vector<std::uint32_t>& cycles, std::size_t from,
                          std::size_t pieces) {
    std::uint32_t rest = 0;
    for (std::size_t i = from; i < cycles.size(); ++i) rest += cycles[i];
    if (pieces == 1) return rest;
    std::uint32_t best = rest;
    std::uint32_t head = 0;
    for (std::size_t end = from; end < cycles.size(); ++end) {
        head += cycles[end];
        best = std::min(best, std::max(head, brute_force(cycles, end + 1, pieces - 1)));
    }
    return best;
}

Program random_program(RandomStream& random, std::uint64_t most_ops) {
    Program program;
    const std::uint64_t ops = random.below(most_ops + 1);
    std::uint8_t step = 0;
    for (std::uint64_t i = 0; i < ops; ++i) {
        Op op;
        op.kind = static_cast<Primitive>(random.below(4));
        op.count = op.kind == Primitive::lookup ? std::uint16_t{1}
                                                : static_cast<std::uint16_t>(1 + random.below(3));
        op.when = static_cast<Condition>(random.below(3));
        if (op.kind == Primitive::lookup) op.step = step++;
        program.push_back(op);
    }
    return program;
}

Functions random_functions(RandomStream& random, std::uint64_t most, std::uint64_t most_ops) {
    Functions functions;
    const std::uint64_t count = 1 + random.below(most);
    for (std::uint64_t i = 0; i < count; ++i) {
        functions.add(random_program(random, most_ops),
                      mask_of(always) | (random.below(2) == 0 ? mask_of(1) : 0));
    }
    return functions;
}

TEST(StageProgram, CutsAsWellAsTheBestOfAllWays) {
    RandomStream random(1, "programs");
    for (int i = 0; i < 400; ++i) {
        const Functions functions = random_functions(random, 3, 3);
        const std::vector<std::uint32_t> cycles = primitives(functions);
        for (std::size_t stages = 1; stages <= 5; ++stages) {
            const auto program = compile(functions.placed, cost, stages);
            ASSERT_EQ(longest(program), 20 + brute_force(cycles, 0, stages)) << i << " " << stages;
        }
    }
}

TEST(StageProgram, MoreStagesNeverLengthenTheLongest) {
    RandomStream random(2, "programs");
    for (int i = 0; i < 200; ++i) {
        const Functions functions = random_functions(random, 8, 12);
        std::uint32_t before = std::numeric_limits<std::uint32_t>::max();
        for (std::size_t stages = 1; stages <= 16; ++stages) {
            const std::uint32_t now = longest(compile(functions.placed, cost, stages));
            ASSERT_LE(now, before);
            before = now;
        }
    }
}

TEST(StageProgram, ALongerProgramNeverShortensTheLongest) {
    RandomStream random(3, "programs");
    for (const std::size_t stages : {1u, 2u, 4u, 8u}) {
        for (int i = 0; i < 50; ++i) {
            Functions functions;
            std::uint32_t before = 0;
            for (int f = 0; f < 8; ++f) {
                functions.add(random_program(random, 6));
                const std::uint32_t now = longest(compile(functions.placed, cost, stages));
                ASSERT_GE(now, before);
                before = now;
            }
        }
    }
}

/// What a frame that meets `conditions` (per function) costs in all stages without dispatch.
std::uint64_t terms_cost(const std::vector<StageProgram>& program,
                         const std::vector<ConditionMask>& conditions) {
    std::uint64_t sum = 0;
    for (const StageProgram& stage : program) {
        for (const Term& term : stage.terms) {
            if ((conditions[term.function] & mask_of(term.when)) != 0) sum += term.cycles;
        }
    }
    return sum;
}

TEST(StageProgram, CutsLoseAndDuplicateNothing) {
    RandomStream random(4, "programs");
    for (int i = 0; i < 300; ++i) {
        const Functions functions = random_functions(random, 8, 8);
        const auto program = compile(functions.placed, cost, 1 + random.below(9));
        std::vector<ConditionMask> conditions(functions.placed.size());
        for (ConditionMask& mask : conditions) {
            mask = mask_of(always) | static_cast<ConditionMask>(random.below(4)) << 1;
        }
        std::uint64_t whole = 0;
        std::vector<LookupSite> sites;
        for (std::size_t f = 0; f < functions.placed.size(); ++f) {
            for (const Op& op : functions.placed[f].function->program()) {
                if ((conditions[f] & mask_of(op.when)) != 0) whole += price(op.kind) * op.count;
                if (op.kind == Primitive::lookup) {
                    sites.push_back({static_cast<std::uint8_t>(f), op.step, op.when, op.table});
                }
            }
        }
        ASSERT_EQ(terms_cost(program, conditions), whole);
        std::size_t next = 0;  // the look-ups stay in program order
        for (const StageProgram& stage : program) {
            for (const LookupSite& site : stage.lookups) {
                ASSERT_LT(next, sites.size());
                ASSERT_EQ(site.function, sites[next].function);
                ASSERT_EQ(site.step, sites[next].step);
                ASSERT_EQ(site.when, sites[next].when);
                ++next;
            }
        }
        ASSERT_EQ(next, sites.size());
    }
}

TEST(StageProgram, CountsDispatchInEveryStageOfTheUsualPath) {
    Functions functions;
    functions.add({{Primitive::rewrite, 4, always, 0, 0, ""}});
    const auto program = compile(functions.placed, cost, 2);
    ASSERT_EQ(program.size(), 2u);
    EXPECT_EQ(program[0].usual_cycles, 20u + 12u);
    EXPECT_EQ(program[1].usual_cycles,
              20u + 12u);  // four rewrites cut in the middle of the operation
}

TEST(StageProgram, MakesNoRoomForWhatIsOffTheUsualPath) {
    Functions functions;
    functions.add(
        {{Primitive::rewrite, 50, 1, 0, 0, "rare"}, {Primitive::rewrite, 2, always, 0, 0, ""}},
        mask_of(always));
    const auto program = compile(functions.placed, cost, 2);
    EXPECT_EQ(longest(program), 20u + 6u);
    EXPECT_EQ(terms_cost(program, {mask_of(always) | mask_of(1)}), 52u * 6u);
}

TEST(StageProgram, KeepsALookUpWholeInOneStage) {
    Functions functions;
    functions.add(
        {{Primitive::lookup, 1, always, 0, 0, ""}, {Primitive::lookup, 1, always, 0, 1, ""}});
    const auto program = compile(functions.placed, cost, 8);
    EXPECT_EQ(longest(program), 20u + 8u);
    std::size_t used = 0;
    for (const StageProgram& stage : program) used += stage.lookups.size();
    EXPECT_EQ(used, 2u);
}

TEST(StageProgram, OfNothingIsEmptyStages) {
    const auto program = compile({}, cost, 4);
    ASSERT_EQ(program.size(), 4u);
    for (const StageProgram& stage : program) {
        EXPECT_TRUE(stage.terms.empty());
        EXPECT_TRUE(stage.lookups.empty());
    }
}

TEST(StageProgram, RefusesMoreFunctionsThanAHeaderVectorHolds) {
    Functions functions;
    for (std::size_t i = 0; i < HeaderVector::max_functions; ++i) functions.add({});
    EXPECT_NO_THROW(static_cast<void>(compile(functions.placed, cost, 4)));
    functions.add({});
    std::string why;
    try {
        static_cast<void>(compile(functions.placed, cost, 4));
    } catch (const std::invalid_argument& error) {
        why = error.what();
    }
    EXPECT_THAT(why, HasSubstr("at most 7"));
    EXPECT_THAT(why, HasSubstr("not 8"));
}

// --- what the engines charge

class Engines {
  public:
    Engines(const StageProgram& program, Frequency clock)
        : partition_(agenda_), chain_(ActionChain::Params{1, 20, clock, Resource{}}) {
        chain_.add_stage("stage0", partition_, program);
    }
    /// The time a frame that meets these conditions takes.
    Picoseconds time(const std::vector<ConditionMask>& conditions, bool dropped = false) {
        Frame& frame = agenda_.frames().take();
        auto& hv = *new (frame.scratch.data()) HeaderVector;
        hv.start(frame);
        hv.dropped = dropped;
        for (std::size_t f = 0; f < conditions.size(); ++f) hv.runs[f].conditions = conditions[f];
        t_ += 10'000'000;
        const Picoseconds leave = chain_.pass(frame, hv, t_);
        agenda_.frames().release(frame);
        return leave - t_;
    }

  private:
    Agenda agenda_;
    Partition partition_;
    Picoseconds t_ = 0;
    ActionChain chain_;
};

TEST(ActionChain, ChargesOnlyTheConditionsAFrameMeets) {
    StageProgram stage;
    stage.terms = {{0, always, 10}, {0, 1, 100}, {0, 5, 1000}, {1, always, 7}, {1, 1, 70}};
    Engines engines(stage, 1_ghz);
    const ConditionMask base = mask_of(always);
    EXPECT_EQ(engines.time({base, base}), (20 + 17) * 1000);
    EXPECT_EQ(engines.time({base | mask_of(1), base}), (20 + 117) * 1000);
    EXPECT_EQ(engines.time({base, base | mask_of(1)}), (20 + 87) * 1000);
    EXPECT_EQ(engines.time({base | mask_of(5), base}), (20 + 1017) * 1000);
    EXPECT_EQ(engines.time({base | mask_of(1) | mask_of(5), base | mask_of(1)}),
              (20 + 1187) * 1000);
    EXPECT_EQ(engines.time({base, base}), (20 + 17) * 1000);  // nothing sticks
    EXPECT_EQ(engines.time({base | mask_of(31), base}), (20 + 17) * 1000);
}

TEST(ActionChain, ChargesADroppedFrameItsDispatchAlone) {
    StageProgram stage;
    stage.terms = {{0, always, 10}, {0, 1, 100}};
    Engines engines(stage, 1_ghz);
    EXPECT_EQ(engines.time({mask_of(always) | mask_of(1)}, true), 20 * 1000);
    EXPECT_EQ(engines.time({mask_of(always) | mask_of(1)}), 130 * 1000);
}

TEST(ActionChain, ChargesTheSameWithAnyNumberOfFunctions) {
    RandomStream random(5, "terms");
    for (std::uint8_t functions = 1; functions <= HeaderVector::max_functions; ++functions) {
        StageProgram stage;
        for (std::uint8_t f = 0; f < functions; ++f) {
            for (Condition c = 0; c < 4; ++c) {
                stage.terms.push_back({f, c, static_cast<std::uint32_t>(random.below(50))});
            }
        }
        Engines engines(stage, 1_ghz);
        for (int i = 0; i < 200; ++i) {
            std::vector<ConditionMask> conditions(functions);
            std::uint64_t expected = 20;
            for (std::size_t f = 0; f < functions; ++f) {
                conditions[f] = mask_of(always) | static_cast<ConditionMask>(random.below(8)) << 1;
            }
            for (const Term& term : stage.terms) {
                if ((conditions[term.function] & mask_of(term.when)) != 0) expected += term.cycles;
            }
            ASSERT_EQ(engines.time(conditions), static_cast<Picoseconds>(expected) * 1000);
        }
    }
}

}  // namespace
}  // namespace snsim
