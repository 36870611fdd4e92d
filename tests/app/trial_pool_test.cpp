// Trials in processes of their own: whatever becomes of a process, its outcome is known.
#include "app/trial_pool.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <limits>
#include <map>
#include <new>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace snsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Trial named(const std::string& name, double cost = 0) {
    Trial trial;
    trial.scenario = name;
    trial.cost = cost;
    return trial;
}

/// Runs one trial of a body that does `act`.
TrialOutcome outcome_of(const std::function<void(Results&)>& act, double limit_s = 0) {
    TrialPool pool(1, [&](const Trial&, Results& results) {
        act(results);
        return TrialEnd::fine;
    });
    TrialOutcome found;
    Trial trial;
    trial.limit_s = limit_s;
    pool.add(trial, [&](TrialOutcome outcome) { found = std::move(outcome); });
    EXPECT_TRUE(pool.run());
    return found;
}

TEST(ByteRecord, ReadsBackWhatWasWritten) {
    RecordWriter writer;
    writer.put(std::int64_t{-7});
    writer.put(0.1);
    writer.put(std::string("a\0b", 3));
    writer.put(true);
    const std::string bytes = writer.take();
    RecordReader reader(bytes);
    EXPECT_EQ(reader.integer(), -7);
    EXPECT_EQ(reader.real(), 0.1);
    EXPECT_EQ(reader.text(), std::string("a\0b", 3));
    EXPECT_TRUE(reader.flag());
    EXPECT_TRUE(reader.at_end());
    EXPECT_THROW((void)reader.integer(), std::runtime_error);
}

TEST(ByteRecord, ATornOrDamagedRecordIsNoRecord) {
    const std::string whole = framed("first") + framed("second");
    std::string_view rest = whole;
    EXPECT_EQ(next_record(rest), "first");
    EXPECT_EQ(next_record(rest), "second");
    EXPECT_TRUE(rest.empty());
    for (std::size_t cut = 0; cut < framed("first").size(); ++cut) {
        rest = std::string_view(whole).substr(0, cut);
        EXPECT_FALSE(next_record(rest)) << cut;
    }
    for (std::size_t at = 0; at < framed("first").size(); ++at) {
        std::string damaged = framed("first");
        damaged[at] = static_cast<char>(damaged[at] ^ 4);
        rest = damaged;
        EXPECT_FALSE(next_record(rest)) << at;
    }
}

TEST(TrialPool, ATrialGivesBackEverythingItFound) {
    const TrialOutcome found = outcome_of([](Results& r) {
        r.scenario = "name";
        r.seed = 4;
        r.summary = {{"rate.delivered", 1e6 / 3, "1/s", 1, 2}, {"latency.p99", 1e-6, "s", 0, 0}};
        r.bottlenecks = {{"host0.card", "engines", 0.9, 1.5}};
        r.audit = {{"energy", "here", 1, 2, true, ""}, {"steady", "there", 1, 2, true, "no"}};
        r.notes = {"a note"};
    });
    EXPECT_EQ(found.end, TrialEnd::fine);
    EXPECT_EQ(found.message, "");
    EXPECT_EQ(found.results.scenario, "name");
    EXPECT_EQ(found.results.seed, 4);
    ASSERT_EQ(found.results.summary.size(), 2U);
    EXPECT_EQ(found.results.summary[0].value, 1e6 / 3);
    EXPECT_EQ(found.results.summary[0].unit, "1/s");
    EXPECT_EQ(found.results.summary[0].ci_high, 2);
    ASSERT_EQ(found.results.bottlenecks.size(), 1U);
    EXPECT_EQ(found.results.bottlenecks[0].gain_if_doubled, 1.5);
    ASSERT_EQ(found.results.audit.size(), 1U);
    EXPECT_EQ(found.results.audit[0].note, "no");
    EXPECT_THAT(found.results.notes, ElementsAre("a note"));
    EXPECT_GT(found.wall_s, 0);
}

TEST(TrialPool, ResultsLargerThanAPipeArriveWhole) {
    const TrialOutcome found = outcome_of([](Results& r) {
        for (int i = 0; i < 20000; ++i) r.notes.push_back("note " + std::to_string(i));
    });
    ASSERT_EQ(found.results.notes.size(), 20000U);
    EXPECT_EQ(found.results.notes.back(), "note 19999");
}

TEST(TrialPool, ACrashIsTold) {
    const TrialOutcome found = outcome_of([](Results&) {
        std::fputs("something was wrong\n", stderr);
        std::signal(SIGSEGV, SIG_DFL);
        std::raise(SIGSEGV);
    });
    EXPECT_EQ(found.end, TrialEnd::crashed);
    EXPECT_THAT(found.message, StartsWith("crashed with SIGSEGV"));
    EXPECT_THAT(found.message, HasSubstr("something was wrong"));
}

TEST(TrialPool, AFailedCheckIsToldInItsWords) {
    const TrialOutcome found =
        outcome_of([](Results&) { throw std::logic_error("frames out of order"); });
    EXPECT_EQ(found.end, TrialEnd::crashed);
    EXPECT_THAT(found.message, HasSubstr("frames out of order"));
}

TEST(TrialPool, AnExitWithoutResultsIsTold) {
    const TrialOutcome found = outcome_of([](Results&) { ::_exit(7); });
    EXPECT_EQ(found.end, TrialEnd::crashed);
    EXPECT_THAT(found.message, HasSubstr("exit code 7"));
}

TEST(TrialPool, AnAbortIsToldWithItsLastWords) {
    const TrialOutcome found = outcome_of([](Results&) {
        std::fputs(std::string(100'000, 'x').c_str(), stderr);
        std::fputs("last words\n", stderr);
        std::abort();
    });
    EXPECT_THAT(found.message, StartsWith("crashed with SIGABRT"));
    EXPECT_THAT(found.message, HasSubstr("last words"));
    EXPECT_LT(found.message.size(), 20'000U);
}

TEST(TrialPool, ATrialThatHangsIsEndedAtItsLimit) {
    const auto started = std::chrono::steady_clock::now();
    const TrialOutcome found = outcome_of([](Results&) { ::pause(); }, 0.3);
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - started;
    EXPECT_EQ(found.end, TrialEnd::timed_out);
    EXPECT_THAT(found.message, StartsWith("took longer than the 0.3 s allowed"));
    EXPECT_GE(passed.count(), 0.3);
    EXPECT_LT(passed.count(), 5);
}

TEST(TrialPool, ATrialThatIsKilledIsTold) {
    const TrialOutcome found = outcome_of([](Results&) { ::kill(::getpid(), SIGKILL); });
    EXPECT_EQ(found.end, TrialEnd::killed);
    EXPECT_THAT(found.message, StartsWith("killed from outside (SIGKILL)"));
}

TEST(TrialPool, AllGoOnWhenOneFails) {
    TrialPool pool(3, [](const Trial& trial, Results& results) {
        if (trial.scenario == "5") std::abort();
        results.notes = {trial.scenario};
        return trial.scenario == "6" ? TrialEnd::audit_failed : TrialEnd::fine;
    });
    std::map<std::string, TrialEnd> ends;
    for (int i = 0; i < 20; ++i) {
        const std::string name = std::to_string(i);
        pool.add(named(name), [&ends, name](const TrialOutcome& outcome) {
            ends[name] = outcome.end;
            if (outcome.ran()) {
                EXPECT_THAT(outcome.results.notes, ElementsAre(name));
            }
        });
    }
    EXPECT_TRUE(pool.run());
    ASSERT_EQ(ends.size(), 20U);
    for (const auto& [name, end] : ends) {
        EXPECT_EQ(end, name == "5"   ? TrialEnd::crashed
                       : name == "6" ? TrialEnd::audit_failed
                                     : TrialEnd::fine)
            << name;
    }
}

TEST(TrialPool, TheDearestStartsFirstAndEqualsInTheirOrder) {
    TrialPool pool(1, [](const Trial&, Results&) { return TrialEnd::fine; });
    std::vector<std::string> order;
    for (const auto& [name, cost] : std::vector<std::pair<std::string, double>>{
             {"cheap", 1}, {"dear", 9}, {"middle", 5}, {"middle too", 5}}) {
        pool.add(named(name, cost), [&, name = name](const TrialOutcome&) {
            order.push_back(name);
            if (name == "middle") {
                pool.add(named("late", 7), [&](const TrialOutcome&) { order.push_back("late"); });
            }
        });
    }
    EXPECT_TRUE(pool.run());
    // With one job the next trial runs already when the one before is told of.
    EXPECT_THAT(order, ElementsAre("dear", "middle", "middle too", "late", "cheap"));
}

TEST(TrialPool, AsManyRunAtOnceAsThereAreJobs) {
    TrialPool pool(4, [](const Trial&, Results&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        return TrialEnd::fine;
    });
    int done = 0;
    std::size_t most = 0;
    for (int i = 0; i < 8; ++i) pool.add({}, [&](const TrialOutcome&) { ++done; });
    EXPECT_TRUE(pool.run([&] { most = std::max(most, pool.running()); }));
    EXPECT_EQ(done, 8);
    EXPECT_EQ(most, 4U);
}

TEST(TrialPool, ChildrenDieWithTheirParent) {
    const pid_t middle = ::fork();
    if (middle == 0) {
        TrialPool pool(1, [](const Trial& trial, Results&) {
            std::FILE* file = std::fopen(trial.scenario.c_str(), "w");
            std::fprintf(file, "%d", ::getpid());
            std::fclose(file);
            ::pause();
            return TrialEnd::fine;
        });
        pool.add(named("/tmp/snsim-trial-" + std::to_string(::getpid())),
                 [](const TrialOutcome&) {});
        (void)pool.run();
        ::_exit(0);
    }
    const std::string note = "/tmp/snsim-trial-" + std::to_string(middle);
    pid_t child = 0;
    for (int i = 0; i < 500 && child == 0; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        if (std::FILE* file = std::fopen(note.c_str(), "r")) {
            if (std::fscanf(file, "%d", &child) != 1) child = 0;
            std::fclose(file);
        }
    }
    std::filesystem::remove(note);
    ASSERT_GT(child, 0);
    ::kill(middle, SIGKILL);
    bool alive = true;
    for (int i = 0; i < 500 && alive; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        alive = ::kill(child, 0) == 0 &&
                std::filesystem::exists("/proc/" + std::to_string(child) + "/exe");
    }
    EXPECT_FALSE(alive);
}

TEST(Trial, AScenarioRunsAsItDoesAlone) {
    const Library library(std::filesystem::current_path().string());
    TrialPool pool(2, simulate_trial(library));
    std::vector<double> delivered;
    for (int i = 0; i < 2; ++i) {
        Trial trial = named("dsc100-line-rate");
        trial.options.sets = {"windows.warmup=20 us", "windows.measure=100 us",
                              "windows.drain=10 us", "east.flows=1000"};
        pool.add(trial, [&](const TrialOutcome& outcome) {
            EXPECT_EQ(outcome.end, TrialEnd::fine) << outcome.message;
            const Metric* metric = outcome.results.find("rate.delivered");
            ASSERT_NE(metric, nullptr);
            delivered.push_back(metric->value);
            ASSERT_FALSE(outcome.results.bottlenecks.empty());
            EXPECT_NE(outcome.results.find("sim.events"), nullptr);
        });
    }
    EXPECT_TRUE(pool.run());
    ASSERT_EQ(delivered.size(), 2U);
    EXPECT_EQ(delivered[0], delivered[1]);
    EXPECT_NEAR(delivered[0], 40e6, 1e6);
}

TEST(Trial, ErrorsOfItsScenarioAreItsMessage) {
    const Library library(std::filesystem::current_path().string());
    TrialPool pool(1, simulate_trial(library));
    std::vector<TrialOutcome> found;
    for (const char* set : {"east.frame_sise=64 B", "rt.capacity=1000"}) {
        Trial trial = named("dsc100-line-rate");
        trial.options.sets = {set};
        pool.add(trial, [&](TrialOutcome outcome) { found.push_back(std::move(outcome)); });
    }
    EXPECT_TRUE(pool.run());
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].end, TrialEnd::refused);
    EXPECT_THAT(found[0].message, HasSubstr("did you mean 'frame_size'"));
    EXPECT_EQ(found[1].end, TrialEnd::refused);
    EXPECT_THAT(found[1].message, HasSubstr("rt.capacity"));
}

}  // namespace
}  // namespace snsim
