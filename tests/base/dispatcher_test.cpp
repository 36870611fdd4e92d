#include "models/base/dispatcher.h"

#include <deque>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/base/inputs.h"

namespace snsim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const char* with_resolution(const char* name) {
    Dispatcher::set_time_resolution();
    return name;
}

class DispatcherTest : public testing::Test {
  protected:
    struct Slot {
        DispatcherTest* test;
        Agenda* agenda;
        std::string name;
        std::function<void()> action;
        SlotId id;
    };
    /// A slot that writes "name@time" and then acts.
    Slot& slot(Agenda& agenda, const std::string& name, std::function<void()> action = {}) {
        slots.push_back({this, &agenda, name, std::move(action), {}});
        slots.back().id =
            agenda.add_slot(agenda.add_block(name), &DispatcherTest::run, &slots.back());
        return slots.back();
    }
    static void run(void* context) {
        auto& s = *static_cast<Slot*>(context);
        s.test->note(s.name, s.agenda->now());
        if (s.action) s.action();
    }
    void note(const std::string& name, Picoseconds t) {
        log.push_back(name + "@" + std::to_string(t));
    }
    void elaborate() { dispatcher.run_until(0); }

    Dispatcher dispatcher{with_resolution("dispatcher")};
    std::deque<Slot> slots;
    std::vector<std::string> log;
};

Picoseconds kernel_time() { return static_cast<Picoseconds>(sc_core::sc_time_stamp().value()); }
sc_core::sc_time ps(Picoseconds t) {
    return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(t));
}

/// An SC_METHOD that acts when `wake` is notified, and an SC_THREAD that acts from time zero on.
class Processes : public sc_core::sc_module {
  public:
    using Action = std::function<void()>;
    explicit Processes(const sc_core::sc_module_name& name) : sc_module(name) {
        SC_HAS_PROCESS(Processes);
        SC_METHOD(run_method);
        sensitive << wake;
        dont_initialize();
        SC_THREAD(run_thread);
    }

    sc_core::sc_event wake;
    Action on_wake;
    Action thread;

  private:
    void run_method() { on_wake(); }
    void run_thread() {
        if (thread) thread();
    }
};

TEST_F(DispatcherTest, ExecutesAllItemsBeforeTheStopAndNoneAtIt) {
    Agenda& agenda = dispatcher.add_partition();
    const Slot& a = slot(agenda, "a");
    const Slot& b = slot(agenda, "b");
    elaborate();
    agenda.post(a.id, 999, Phase::timer);
    agenda.post(b.id, 1000, Phase::control);
    dispatcher.run_until(1000);
    EXPECT_THAT(log, ElementsAre("a@999"));
    EXPECT_EQ(dispatcher.now(), 1000);
    EXPECT_EQ(kernel_time(), 1000);
    EXPECT_EQ(agenda.now(), 1000);
    dispatcher.run_until(1001);
    EXPECT_THAT(log, ElementsAre("a@999", "b@1000"));
    EXPECT_EQ(dispatcher.now(), 1001);
}

TEST_F(DispatcherTest, ResumesAnyNumberOfTimes) {
    Agenda& agenda = dispatcher.add_partition();
    Slot* tick = nullptr;
    int ticks = 0;
    tick = &slot(agenda, "tick", [&] {
        ++ticks;
        agenda.post(tick->id, agenda.now() + 10, Phase::timer);
    });
    elaborate();
    agenda.post(tick->id, 0, Phase::timer);
    for (Picoseconds t = 1; t <= 1000; ++t) {
        dispatcher.run_until(t);
        ASSERT_EQ(ticks, (t + 9) / 10) << t;
        ASSERT_EQ(dispatcher.now(), t);
        ASSERT_EQ(kernel_time(), t);
    }
}

TEST_F(DispatcherTest, RunsToTheSameStopTwiceWithoutHarm) {
    Agenda& agenda = dispatcher.add_partition();
    const Slot& a = slot(agenda, "a");
    elaborate();
    agenda.post(a.id, 100, Phase::timer);
    dispatcher.run_until(100);
    dispatcher.run_until(100);
    EXPECT_THAT(log, IsEmpty());
    EXPECT_EQ(dispatcher.now(), 100);
    dispatcher.run_until(101);
    EXPECT_THAT(log, ElementsAre("a@100"));
}

TEST_F(DispatcherTest, NeedsOneWindowWhenNothingElseIsGoingOn) {
    Agenda& agenda = dispatcher.add_partition();
    Slot* tick = nullptr;
    tick = &slot(agenda, "tick", [&] { agenda.post(tick->id, agenda.now() + 1, Phase::timer); });
    elaborate();
    agenda.post(tick->id, 0, Phase::timer);
    const std::uint64_t before = dispatcher.windows();
    dispatcher.run_until(10'000);
    EXPECT_EQ(agenda.executed(), 10'000u);
    EXPECT_EQ(dispatcher.windows() - before, 1u);
}

TEST_F(DispatcherTest, LetsAMethodGoFirstAtTheSameTime) {
    Agenda& agenda = dispatcher.add_partition();
    const Slot& before = slot(agenda, "before");
    const Slot& at = slot(agenda, "at");
    Processes processes("processes");
    processes.on_wake = [this] { note("method", kernel_time()); };
    elaborate();
    processes.wake.notify(ps(500));
    agenda.post(before.id, 499, Phase::timer);
    agenda.post(at.id, 500, Phase::control);
    dispatcher.run_until(1000);
    EXPECT_THAT(log, ElementsAre("before@499", "method@500", "at@500"));
}

TEST_F(DispatcherTest, LetsAThreadFinishAllDeltaCyclesOfTheTimeFirst) {
    Agenda& agenda = dispatcher.add_partition();
    const Slot& at = slot(agenda, "at");
    const Slot& between = slot(agenda, "between");
    Processes processes("processes");
    processes.thread = [this] {
        sc_core::wait(ps(100));
        for (int i = 0; i < 5; ++i) {
            note("thread", kernel_time());
            sc_core::wait(sc_core::SC_ZERO_TIME);
        }
        note("thread", kernel_time());
        sc_core::wait(ps(50));
        note("thread", kernel_time());
    };
    elaborate();
    agenda.post(at.id, 100, Phase::control);
    agenda.post(between.id, 149, Phase::timer);
    dispatcher.run_until(1000);
    EXPECT_THAT(log,
                ElementsAre("thread@100", "thread@100", "thread@100", "thread@100", "thread@100",
                            "thread@100", "at@100", "between@149", "thread@150"));
}

TEST_F(DispatcherTest, TakesWhatAProcessPostsForItsOwnTime) {
    Agenda& agenda = dispatcher.add_partition();
    const Slot& control = slot(agenda, "control");
    const Slot& arrival = slot(agenda, "arrival");
    Processes processes("processes");
    processes.on_wake = [&] {
        note("method", kernel_time());
        agenda.post(control.id, agenda.now(), Phase::control);
    };
    elaborate();
    processes.wake.notify(ps(500));
    agenda.post(arrival.id, 500, Phase::arrival);
    dispatcher.run_until(1000);
    EXPECT_THAT(log, ElementsAre("method@500", "control@500", "arrival@500"));
}

TEST_F(DispatcherTest, AnItemThatWakesAProcessLetsItGoBeforeItemsOfThatTime) {
    Agenda& agenda = dispatcher.add_partition();
    Processes processes("processes");
    processes.on_wake = [this] { note("method", kernel_time()); };
    const auto wake_at = [&](Picoseconds t) {
        processes.wake.notify(ps(t - agenda.kernel_now()));
        agenda.yield_at(t);
    };
    const Slot& waker = slot(agenda, "waker", [&] { wake_at(300); });
    const Slot& between = slot(agenda, "between");
    const Slot& at = slot(agenda, "at");
    elaborate();
    agenda.post(waker.id, 100, Phase::arrival);
    agenda.post(between.id, 299, Phase::timer);
    agenda.post(at.id, 300, Phase::control);
    dispatcher.run_until(1000);
    EXPECT_THAT(log, ElementsAre("waker@100", "between@299", "method@300", "at@300"));
}

TEST_F(DispatcherTest, AnItemThatWakesAProcessAtOnceIsFollowedByItBeforeTheRestOfItsTime) {
    Agenda& agenda = dispatcher.add_partition();
    Processes processes("processes");
    processes.on_wake = [this] { note("method", kernel_time()); };
    const Slot& first = slot(agenda, "a", [&] {
        processes.wake.notify(ps(agenda.now() - agenda.kernel_now()));
        agenda.yield_at(agenda.now());
    });
    const Slot& second = slot(agenda, "b");
    elaborate();
    agenda.post(first.id, 100, Phase::arrival);
    agenda.post(second.id, 100, Phase::arrival);
    dispatcher.run_until(1000);
    EXPECT_THAT(log, ElementsAre("a@100", "method@100", "b@100"));
}

TEST_F(DispatcherTest, BoundsItsWindowsByTheSmallestLatencyBetweenPartitions) {
    Agenda& one = dispatcher.add_partition();
    Agenda& two = dispatcher.add_partition();
    dispatcher.bound_window(300_ps);
    dispatcher.bound_window(100_ps);
    dispatcher.bound_window(200_ps);
    const Slot& a = slot(one, "one");
    const Slot& b = slot(two, "two");
    elaborate();
    one.post(a.id, 50, Phase::arrival);
    two.post(b.id, 20, Phase::arrival);
    const std::uint64_t before = dispatcher.windows();
    dispatcher.run_until(1000);
    EXPECT_EQ(dispatcher.windows() - before, 10u);
    // Within a window the partitions run in the order they were added.
    EXPECT_THAT(log, ElementsAre("one@50", "two@20"));
}

TEST_F(DispatcherTest, RefusesALinkWithoutLatency) {
    EXPECT_THROW(dispatcher.bound_window(0_ps), std::logic_error);
}

TEST_F(DispatcherTest, PartitionsExchangeFramesOverALinkInTime) {
    Agenda& one = dispatcher.add_partition();
    Agenda& two = dispatcher.add_partition();
    constexpr Picoseconds latency = 100;
    dispatcher.bound_window(Duration{latency});
    Slot* here = nullptr;
    Slot* there = nullptr;
    int rounds = 0;
    here = &slot(one, "ping", [&] {
        if (++rounds < 4) two.post(there->id, one.now() + latency, Phase::arrival);
    });
    there = &slot(two, "pong", [&] { one.post(here->id, two.now() + latency, Phase::arrival); });
    elaborate();
    one.post(here->id, 7, Phase::arrival);
    dispatcher.run_until(10'000);
    EXPECT_THAT(log, ElementsAre("ping@7", "pong@107", "ping@207", "pong@307", "ping@407",
                                 "pong@507", "ping@607"));
}

TEST_F(DispatcherTest, ShowsEveryItemTheStartOfItsWindow) {
    Agenda& agenda = dispatcher.add_partition();
    dispatcher.bound_window(100_ps);
    std::vector<Picoseconds> seen;
    Slot* tick = nullptr;
    tick = &slot(agenda, "tick", [&] {
        seen.push_back(agenda.kernel_now());
        EXPECT_EQ(agenda.kernel_now(), kernel_time());
        agenda.post(tick->id, agenda.now() + 60, Phase::timer);
    });
    elaborate();
    agenda.post(tick->id, 30, Phase::timer);
    dispatcher.run_until(300);
    EXPECT_THAT(seen, ElementsAre(0, 0, 100, 200, 200));
}

TEST_F(DispatcherTest, AStopOfOnePartitionStopsTheOnesAfterIt) {
    Agenda& one = dispatcher.add_partition();
    Agenda& two = dispatcher.add_partition();
    Processes processes("processes");
    processes.on_wake = [this] { note("method", kernel_time()); };
    const Slot& waker = slot(one, "one", [&] {
        processes.wake.notify(ps(one.now() - one.kernel_now()));
        one.yield_at(one.now());
    });
    const Slot& before = slot(two, "before");
    const Slot& after = slot(two, "after");
    elaborate();
    one.post(waker.id, 500, Phase::arrival);
    two.post(before.id, 499, Phase::timer);
    two.post(after.id, 500, Phase::control);
    dispatcher.run_until(1000);
    EXPECT_THAT(log, ElementsAre("one@500", "before@499", "method@500", "after@500"));
}

// A partition that ran before the one that woke the process is already beyond that time; nobody
// may then post for a time at which it has executed later items.
TEST_F(DispatcherTest, NeverTakesAPartitionsPresentBack) {
    Agenda& one = dispatcher.add_partition();
    Agenda& two = dispatcher.add_partition();
    Processes processes("processes");
    const Slot& late = slot(one, "late");
    std::vector<Picoseconds> present;
    bool refused = false;
    processes.on_wake = [&] {
        present.push_back(one.now());
        if (kernel_time() == 500) {
            processes.wake.notify(ps(100));
            return;
        }
        try {
            one.post(late.id, 600, Phase::control);
        } catch (const std::logic_error&) {
            refused = true;
        }
    };
    const Slot& waker = slot(two, "waker", [&] {
        processes.wake.notify(ps(two.now() - two.kernel_now()));
        two.yield_at(two.now());
    });
    elaborate();
    one.post(late.id, 900, Phase::arrival);
    two.post(waker.id, 500, Phase::arrival);
    dispatcher.run_until(1000);
    EXPECT_THAT(present, ElementsAre(1000, 1000));
    EXPECT_TRUE(refused);
    EXPECT_THAT(log, ElementsAre("late@900", "waker@500"));
}

}  // namespace
}  // namespace snsim
