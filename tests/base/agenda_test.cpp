#include "models/base/agenda.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/base/random.h"

namespace snsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr Phase all_phases[] = {Phase::control, Phase::departure, Phase::arrival, Phase::timer};

/// Slots that write "name@time" when their item runs, and then do what they are told.
class Script {
  public:
    SlotId slot(BlockId block, std::string name, std::function<void()> action = {}) {
        entries_.push_back({this, std::move(name), std::move(action)});
        return agenda.add_slot(block, &Script::run, &entries_.back());
    }
    /// A slot in a block of its own.
    SlotId slot(const std::string& path, std::function<void()> action = {}) {
        return slot(agenda.add_block(path), path, std::move(action));
    }
    Picoseconds run_until(Picoseconds horizon) { return agenda.run_until(horizon, 0); }

    Agenda agenda;
    std::vector<std::string> log;

  private:
    struct Entry {
        Script* script;
        std::string name;
        std::function<void()> action;
    };
    static void run(void* context) {
        const auto& entry = *static_cast<Entry*>(context);
        entry.script->log.push_back(entry.name + "@" + std::to_string(entry.script->agenda.now()));
        if (entry.action) entry.action();
    }
    std::deque<Entry> entries_;
};

std::string refusal(const std::function<void()>& call) {
    try {
        call();
    } catch (const std::logic_error& error) {
        return error.what();
    }
    return "";
}

TEST(Agenda, RunsItemsByTimeThenPhaseThenRank) {
    Script s;
    const SlotId a = s.slot("a");
    const SlotId b = s.slot("b");
    const SlotId c = s.slot("c");
    const SlotId d = s.slot("d");
    const SlotId e = s.slot("e");
    s.agenda.elaborate();
    s.agenda.post(e, 10, Phase::control);
    s.agenda.post(d, 10, Phase::departure);
    s.agenda.post(c, 10, Phase::arrival);
    s.agenda.post(b, 10, Phase::arrival);
    s.agenda.post(a, 10, Phase::timer);
    s.run_until(20);
    s.agenda.post(a, 30, Phase::arrival);
    s.agenda.post(e, 29, Phase::timer);
    s.run_until(40);
    EXPECT_THAT(s.log, ElementsAre("e@10", "d@10", "b@10", "c@10", "a@10", "e@29", "a@30"));
}

TEST(Agenda, BreaksTiesByInstancePathWhateverTheOrderOfConstruction) {
    std::vector<std::string> paths{"host0.a", "host0.b", "host0.c", "host1", "host10"};
    std::vector<std::string> order = paths;
    do {
        Script s;
        std::vector<SlotId> slots;
        for (const std::string& path : order) slots.push_back(s.slot(path));
        s.agenda.elaborate();
        for (const SlotId slot : slots) s.agenda.post(slot, 5, Phase::arrival);
        s.run_until(6);
        ASSERT_THAT(s.log,
                    ElementsAre("host0.a@5", "host0.b@5", "host0.c@5", "host1@5", "host10@5"));
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Agenda, RanksAFeederBeforeItsConsumerWhateverTheirPaths) {
    Script s;
    const BlockId consumer = s.agenda.add_block("a");
    const BlockId middle = s.agenda.add_block("m");
    const BlockId feeder = s.agenda.add_block("z");
    const BlockId other = s.agenda.add_block("b");
    s.agenda.add_edge(feeder, middle);
    s.agenda.add_edge(middle, consumer);
    s.agenda.add_edge(feeder, consumer);
    for (const auto& [block, name] : std::vector<std::pair<BlockId, std::string>>{
             {consumer, "a"}, {middle, "m"}, {feeder, "z"}, {other, "b"}}) {
        s.slot(block, name);
    }
    s.agenda.elaborate();
    for (std::uint32_t i = 0; i < 4; ++i) s.agenda.post(SlotId{i}, 1, Phase::arrival);
    s.run_until(2);
    EXPECT_THAT(s.log, ElementsAre("b@1", "z@1", "m@1", "a@1"));
}

TEST(Agenda, RanksTheSlotsOfOneBlockInTheOrderOfTheirCreation) {
    Script s;
    const BlockId block = s.agenda.add_block("block");
    const SlotId first = s.slot(block, "z");
    const SlotId second = s.slot(block, "a");
    s.agenda.elaborate();
    s.agenda.post(second, 1, Phase::arrival);
    s.agenda.post(first, 1, Phase::arrival);
    s.run_until(2);
    EXPECT_THAT(s.log, ElementsAre("z@1", "a@1"));
}

TEST(Agenda, RefusesACircleWithoutLatencyAndNamesItsBlocks) {
    Agenda agenda;
    const BlockId before = agenda.add_block("outside");
    const BlockId a = agenda.add_block("host0.a");
    const BlockId b = agenda.add_block("host0.b");
    const BlockId c = agenda.add_block("host0.c");
    agenda.add_edge(before, a);
    agenda.add_edge(a, b);
    agenda.add_edge(b, c);
    agenda.add_edge(c, a);
    const std::string why = refusal([&] { agenda.elaborate(); });
    EXPECT_THAT(why, HasSubstr("host0.a"));
    EXPECT_THAT(why, HasSubstr("host0.b"));
    EXPECT_THAT(why, HasSubstr("host0.c"));
    EXPECT_THAT(why, Not(HasSubstr("outside")));
}

TEST(Agenda, RefusesABlockThatFeedsItself) {
    Agenda agenda;
    const BlockId a = agenda.add_block("host0.a");
    agenda.add_edge(a, a);
    EXPECT_THAT(refusal([&] { agenda.elaborate(); }), HasSubstr("host0.a"));
}

TEST(Agenda, TakesAnEdgeDeclaredTwiceForOne) {
    Script s;
    const BlockId a = s.agenda.add_block("z");
    const BlockId b = s.agenda.add_block("a");
    s.agenda.add_edge(a, b);
    s.agenda.add_edge(a, b);
    s.slot(b, "b");
    s.slot(a, "a");
    s.agenda.elaborate();
    s.agenda.post(SlotId{0}, 1, Phase::arrival);
    s.agenda.post(SlotId{1}, 1, Phase::arrival);
    s.run_until(2);
    EXPECT_THAT(s.log, ElementsAre("a@1", "b@1"));
}

/// What a running item of rank 1 of 3 at (100, arrival) may post.
std::string post_from_item(int slot, Picoseconds t, Phase phase) {
    Script s;
    std::string why;
    std::vector<SlotId> slots;
    bool posted = false;
    const auto try_it = [&] {
        if (posted) return;
        posted = true;
        why = refusal([&] { s.agenda.post(slots[static_cast<std::size_t>(slot)], t, phase); });
    };
    slots.push_back(s.slot("a"));
    slots.push_back(s.slot("b", try_it));
    slots.push_back(s.slot("c"));
    s.agenda.elaborate();
    s.agenda.post(slots[1], 100, Phase::arrival);
    s.run_until(1000);
    return why;
}

TEST(Agenda, ThrowsWhenAnItemPostsBelowItsOwnKey) {
    for (const int slot : {0, 1, 2}) {
        EXPECT_THAT(post_from_item(slot, 99, Phase::timer), HasSubstr("below")) << slot;
        EXPECT_THAT(post_from_item(slot, 100, Phase::control), HasSubstr("below")) << slot;
        EXPECT_THAT(post_from_item(slot, 100, Phase::departure), HasSubstr("below")) << slot;
        EXPECT_EQ(post_from_item(slot, 100, Phase::timer), "") << slot;
        EXPECT_EQ(post_from_item(slot, 101, Phase::control), "") << slot;
    }
    EXPECT_THAT(post_from_item(0, 100, Phase::arrival), HasSubstr("below"));
    EXPECT_EQ(post_from_item(1, 100, Phase::arrival), "");
    EXPECT_EQ(post_from_item(2, 100, Phase::arrival), "");
}

TEST(Agenda, RunsWhatAnItemPostsForItsOwnTimeInTheSameRun) {
    Script s;
    SlotId again{};
    SlotId next{};
    int rounds = 0;
    again = s.slot("a", [&] {
        if (++rounds < 3) s.agenda.post(again, s.agenda.now(), Phase::arrival);
        if (rounds == 1) s.agenda.post(next, s.agenda.now(), Phase::arrival);
    });
    next = s.slot("b");
    s.agenda.elaborate();
    s.agenda.post(again, 7, Phase::arrival);
    s.run_until(8);
    EXPECT_THAT(s.log, ElementsAre("a@7", "a@7", "a@7", "b@7"));
}

TEST(Agenda, TakesPostsWhileIdleFromThePresentOn) {
    Script s;
    const SlotId a = s.slot("a");
    s.agenda.elaborate();
    s.agenda.post(a, 0, Phase::control);
    EXPECT_EQ(s.run_until(100), 100);
    EXPECT_EQ(s.agenda.now(), 100);
    EXPECT_THAT(refusal([&] { s.agenda.post(a, 99, Phase::timer); }), HasSubstr("below"));
    for (const Phase phase : all_phases) {
        s.agenda.post(a, 100, phase);
        s.agenda.cancel(a);
    }
    s.agenda.post(a, 100, Phase::control);
    s.run_until(101);
    EXPECT_THAT(s.log, ElementsAre("a@0", "a@100"));
}

TEST(Agenda, LeavesItemsAtTheHorizonForTheNextRun) {
    Script s;
    const SlotId a = s.slot("a");
    const SlotId b = s.slot("b");
    s.agenda.elaborate();
    s.agenda.post(a, 99, Phase::timer);
    s.agenda.post(b, 100, Phase::control);
    EXPECT_EQ(s.run_until(100), 100);
    EXPECT_THAT(s.log, ElementsAre("a@99"));
    EXPECT_TRUE(s.agenda.pending(b));
    s.run_until(100);
    EXPECT_THAT(s.log, ElementsAre("a@99"));
    s.run_until(101);
    EXPECT_THAT(s.log, ElementsAre("a@99", "b@100"));
}

TEST(Agenda, KeepsOneItemPerSlotAndReplacesItEarlierOrLater) {
    Script s;
    const SlotId a = s.slot("a");
    const SlotId b = s.slot("b");
    s.agenda.elaborate();
    s.agenda.post(a, 50, Phase::arrival);
    s.agenda.post(b, 60, Phase::arrival);
    s.agenda.post(a, 70, Phase::arrival);  // later
    EXPECT_EQ(s.agenda.due(a), 70);
    s.agenda.post(b, 40, Phase::arrival);  // earlier
    EXPECT_EQ(s.agenda.due(b), 40);
    s.run_until(1000);
    EXPECT_THAT(s.log, ElementsAre("b@40", "a@70"));
}

TEST(Agenda, ReplacesThePhaseWithTheTime) {
    Script s;
    const SlotId a = s.slot("a");
    const SlotId b = s.slot("b");
    s.agenda.elaborate();
    s.agenda.post(a, 50, Phase::departure);
    s.agenda.post(b, 50, Phase::arrival);
    s.agenda.post(a, 50, Phase::timer);
    s.run_until(1000);
    EXPECT_THAT(s.log, ElementsAre("b@50", "a@50"));
}

TEST(Agenda, CancelsWhatIsPending) {
    Script s;
    const SlotId a = s.slot("a");
    const SlotId b = s.slot("b");
    s.agenda.elaborate();
    s.agenda.post(a, 10, Phase::arrival);
    s.agenda.post(b, 10, Phase::arrival);
    EXPECT_TRUE(s.agenda.pending(a));
    s.agenda.cancel(a);
    EXPECT_FALSE(s.agenda.pending(a));
    s.agenda.cancel(a);  // nothing left to cancel
    s.run_until(20);
    EXPECT_THAT(s.log, ElementsAre("b@10"));
    s.agenda.post(a, 30, Phase::arrival);
    s.run_until(40);
    EXPECT_THAT(s.log, ElementsAre("b@10", "a@30"));
}

TEST(Agenda, LetsAnItemCancelOthersAndWhatItPostedItself) {
    Script s;
    SlotId a{};
    SlotId b{};
    SlotId c{};
    a = s.slot("a", [&] {
        s.agenda.cancel(b);
        EXPECT_FALSE(s.agenda.pending(a));  // a running item is no longer pending
        s.agenda.post(a, 20, Phase::arrival);
        EXPECT_TRUE(s.agenda.pending(a));
        s.agenda.cancel(a);
    });
    b = s.slot("b");
    c = s.slot("c");
    s.agenda.elaborate();
    s.agenda.post(a, 10, Phase::arrival);
    s.agenda.post(b, 10, Phase::arrival);
    s.agenda.post(c, 15, Phase::arrival);
    s.run_until(100);
    EXPECT_THAT(s.log, ElementsAre("a@10", "c@15"));
}

TEST(Agenda, YieldStopsBeforeAnyItemAtThatTime) {
    Script s;
    const SlotId a = s.slot("a", [&] { s.agenda.yield_at(20); });
    const SlotId b = s.slot("b");
    const SlotId c = s.slot("c");
    s.agenda.elaborate();
    s.agenda.post(a, 10, Phase::arrival);
    s.agenda.post(b, 19, Phase::timer);
    s.agenda.post(c, 20, Phase::control);
    EXPECT_EQ(s.run_until(100), 20);
    EXPECT_EQ(s.agenda.now(), 20);
    EXPECT_THAT(s.log, ElementsAre("a@10", "b@19"));
    EXPECT_EQ(s.run_until(100), 100);
    EXPECT_THAT(s.log, ElementsAre("a@10", "b@19", "c@20"));
}

TEST(Agenda, YieldForNowStopsTheRunningInstant) {
    Script s;
    const SlotId a = s.slot("a", [&] { s.agenda.yield_at(10); });
    const SlotId b = s.slot("b");
    s.agenda.elaborate();
    s.agenda.post(a, 10, Phase::arrival);
    s.agenda.post(b, 10, Phase::arrival);
    EXPECT_EQ(s.run_until(100), 10);
    EXPECT_THAT(s.log, ElementsAre("a@10"));
    // The process woken may write at this time, before what is left of it.
    s.agenda.post(a, 10, Phase::control);
    s.run_until(11);
    EXPECT_THAT(s.log, ElementsAre("a@10", "a@10"));
    s.run_until(12);
    EXPECT_THAT(s.log, ElementsAre("a@10", "a@10", "b@10"));
}

TEST(Agenda, YieldBeyondTheHorizonChangesNothing) {
    Script s;
    const SlotId a = s.slot("a", [&] { s.agenda.yield_at(500); });
    const SlotId b = s.slot("b");
    s.agenda.elaborate();
    s.agenda.post(a, 10, Phase::arrival);
    s.agenda.post(b, 99, Phase::arrival);
    EXPECT_EQ(s.run_until(100), 100);
    EXPECT_THAT(s.log, ElementsAre("a@10", "b@99"));
}

TEST(Agenda, OfSeveralYieldsTheEarliestHolds) {
    Script s;
    const SlotId a = s.slot("a", [&] {
        s.agenda.yield_at(40);
        s.agenda.yield_at(30);
        s.agenda.yield_at(50);
    });
    s.agenda.elaborate();
    s.agenda.post(a, 10, Phase::arrival);
    EXPECT_EQ(s.run_until(100), 30);
}

TEST(Agenda, WithoutItemsTimeJustPasses) {
    Script empty;
    empty.agenda.elaborate();
    EXPECT_EQ(empty.run_until(1'000'000'000'000'000), 1'000'000'000'000'000);
    EXPECT_THAT(empty.log, IsEmpty());
}

TEST(Agenda, ShowsItemsWhatTheKernelsClockShows) {
    Script s;
    Picoseconds seen = -1;
    const SlotId a = s.slot("a", [&] { seen = s.agenda.kernel_now(); });
    s.agenda.elaborate();
    s.agenda.post(a, 90, Phase::arrival);
    s.agenda.run_until(100, 40);
    EXPECT_EQ(seen, 40);
}

TEST(Agenda, TellsItemsThatCountFromThoseExecuted) {
    Script s;
    SlotId a{};
    a = s.slot("a", [&] {
        if (s.agenda.now() % 2 == 0) s.agenda.count_item();
        if (s.agenda.now() < 10) s.agenda.post(a, s.agenda.now() + 1, Phase::arrival);
    });
    s.agenda.elaborate();
    s.agenda.post(a, 1, Phase::arrival);
    s.run_until(100);
    EXPECT_EQ(s.agenda.items(), 5u);
    EXPECT_EQ(s.agenda.executed(), 10u);
}

// --- many slots against a list that is sorted anew for each item

class Reference {
  public:
    explicit Reference(std::size_t slots) : keys_(slots, none) {}
    static constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();
    void post(std::size_t rank, Picoseconds t, Phase phase) {
        keys_[rank] = t * 4 + static_cast<int>(phase);
    }
    void cancel(std::size_t rank) { keys_[rank] = none; }
    [[nodiscard]] bool pending(std::size_t rank) const { return keys_[rank] != none; }
    [[nodiscard]] std::size_t first() const {
        return static_cast<std::size_t>(std::min_element(keys_.begin(), keys_.end()) -
                                        keys_.begin());
    }
    [[nodiscard]] std::int64_t key(std::size_t rank) const { return keys_[rank]; }

  private:
    std::vector<std::int64_t> keys_;
};

class Crowd {
  public:
    explicit Crowd(std::size_t slots) : reference(slots), random_(slots, "crowd") {
        for (std::size_t i = 0; i < slots; ++i) {
            std::string path = std::to_string(i);  // so that paths sort as numbers
            path.insert(0, 4 - path.size(), '0');
            members_.push_back({this, i});
            slots_.push_back(
                agenda.add_slot(agenda.add_block(path), &Crowd::run, &members_.back()));
        }
        agenda.elaborate();
    }
    /// Posts or cancels somebody, at or after the present key of `rank`.
    void shuffle(std::size_t rank, Phase phase) {
        const std::size_t other = random_.below(slots_.size());
        if (random_.below(4) == 0) {
            agenda.cancel(slots_[other]);
            reference.cancel(other);
            return;
        }
        const Picoseconds t = agenda.now() + static_cast<Picoseconds>(random_.below(4));
        auto next = static_cast<Phase>(random_.below(4));
        if (t == agenda.now()) {
            if (next < phase) next = Phase::timer;
            if (next == phase && other <= rank) return;
        }
        agenda.post(slots_[other], t, next);
        reference.post(other, t, next);
        ASSERT_EQ(agenda.due(slots_[other]), t);
    }
    Agenda agenda;
    Reference reference;
    std::uint64_t wrong = 0;

  private:
    struct Member {
        Crowd* crowd;
        std::size_t rank;
    };
    static void run(void* context) {
        const auto& member = *static_cast<Member*>(context);
        Crowd& crowd = *member.crowd;
        const std::int64_t key = crowd.reference.key(member.rank);
        if (crowd.reference.first() != member.rank || key / 4 != crowd.agenda.now()) ++crowd.wrong;
        crowd.reference.cancel(member.rank);
        const std::uint64_t actions = crowd.random_.below(4);
        for (std::uint64_t i = 0; i < actions; ++i) {
            crowd.shuffle(member.rank, static_cast<Phase>(key % 4));
        }
    }
    RandomStream random_;
    std::deque<Member> members_;
    std::vector<SlotId> slots_;
};

TEST(Agenda, RunsManySlotsInTheOrderOfASortedList) {
    for (const std::size_t slots : {1u, 2u, 3u, 5u, 8u, 31u, 64u, 100u}) {
        Crowd crowd(slots);
        Picoseconds t = 0;
        while (crowd.agenda.executed() < 30'000) {
            for (int i = 0; i < 8; ++i) crowd.shuffle(slots, Phase::control);
            t += 3;
            ASSERT_EQ(crowd.agenda.run_until(t, 0), t);
            const std::size_t first = crowd.reference.first();
            if (crowd.reference.pending(first)) {
                ASSERT_GE(crowd.reference.key(first), t * 4);
            }
        }
        EXPECT_EQ(crowd.wrong, 0u) << slots;
    }
}

}  // namespace
}  // namespace snsim
