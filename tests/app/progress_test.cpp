// labels: unit
#include "app/progress.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <gmock/gmock.h>
#include <memory>
#include <thread>

#include "app/interrupt.h"

namespace snsim {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t us = 1'000'000;
constexpr std::int64_t end = 800 * us;

ProgressState at(std::int64_t simulated, std::uint64_t frames, const char* phase = "measure") {
    return {phase, simulated, end, frames};
}

TEST(ProgressMeter, ShowsTimeShareRateAndWhatIsLeft) {
    ProgressMeter meter;
    EXPECT_EQ(meter.line(100, at(0, 0, "warm-up")), "warm-up 0 s  [----------] 0 %");
    EXPECT_EQ(meter.line(101, at(200 * us, 2'100'000, "warm-up")),
              "warm-up 200 us  [##--------] 25 %  2.1 M frames/s  ETA 3 s");
    EXPECT_EQ(meter.line(102, at(400 * us, 4'200'000)),
              "measure 400 us  [#####-----] 50 %  2.1 M frames/s  ETA 2 s");
    EXPECT_EQ(meter.line(104, at(800 * us, 8'400'000, "done")),
              "done 800 us  [##########] 100 %  2.1 M frames/s");
}

TEST(ProgressMeter, WithoutAnEndThereIsNoShare) {
    ProgressMeter meter;
    EXPECT_EQ(meter.line(0, {"warm-up", 5 * us, 0, 0}), "warm-up 5 us");
    EXPECT_EQ(meter.line(1, {"warm-up", 6 * us, 0, 500}), "warm-up 6 us  500 frames/s");
}

TEST(ProgressMeter, LongWaitsAreToldInMinutesAndHours) {
    ProgressMeter meter;
    (void)meter.line(0, at(0, 0));
    EXPECT_THAT(meter.line(1, at(us, 1)), HasSubstr("ETA 13 min"));
    ProgressMeter slow;
    (void)slow.line(0, at(0, 0));
    EXPECT_THAT(slow.line(100, at(us, 1)), HasSubstr("ETA 22.2 h"));
}

TEST(ProgressMeter, TellsWhenSimulatedTimeStandsStill) {
    ProgressMeter meter;
    (void)meter.line(0, at(0, 0));
    (void)meter.line(1, at(us, 1));
    (void)meter.line(5.9, at(us, 1));
    EXPECT_EQ(meter.stalled(), 0);
    EXPECT_THAT(meter.line(6.5, at(us, 1)), HasSubstr("no progress for 5 s"));
    EXPECT_EQ(meter.stalled(), 5.5);
    EXPECT_THAT(meter.line(7, at(2 * us, 2)), Not(HasSubstr("no progress")));
    EXPECT_EQ(meter.stalled(), 0);
}

class ProgressTest : public testing::Test {
  protected:
    std::string printed() const {
        std::string text(1 << 16, '\0');
        std::rewind(file_.get());
        text.resize(std::fread(text.data(), 1, text.size(), file_.get()));
        return text;
    }

    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{std::tmpfile(), std::fclose};
};

TEST_F(ProgressTest, AFileGetsFewLinesAndALastOne) {
    {
        Progress progress(ShowProgress::on, end, file_.get());
        progress.update(400 * us, 10, "measure");
        std::this_thread::sleep_for(std::chrono::milliseconds(700));
        progress.update(end, 20, "done");
        progress.finish();
        progress.finish();
    }
    EXPECT_THAT(printed(),
                testing::MatchesRegex("measure 400 us .*50 %.*\ndone 800 us .*100 %.*\n"));
    EXPECT_THAT(printed(), Not(HasSubstr("\r")));
}

TEST_F(ProgressTest, OnlyATerminalOrAlwaysSeesIt) {
    for (const ShowProgress mode : {ShowProgress::automatic, ShowProgress::off}) {
        Progress progress(mode, end, file_.get());
        progress.update(end, 20, "done");
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
    EXPECT_EQ(printed(), "");
}

TEST(Interrupt, TheFirstSetsAFlagAndOneMuchLaterEndsTheProcess) {
    catch_interrupts();
    EXPECT_FALSE(interrupted());
    std::raise(SIGINT);
    EXPECT_TRUE(interrupted());
    std::raise(SIGINT);  // a key hit twice
    std::raise(SIGTERM);
    EXPECT_EXIT(
        {
            std::this_thread::sleep_for(std::chrono::milliseconds(3100));
            std::raise(SIGTERM);
        },
        testing::KilledBySignal(SIGTERM), "");
}

TEST(Interrupt, AnIgnoredSignalStaysIgnored) {
    std::signal(SIGINT, SIG_IGN);
    catch_interrupts();
    std::raise(SIGINT);
    EXPECT_FALSE(interrupted());
}

}  // namespace
}  // namespace snsim
