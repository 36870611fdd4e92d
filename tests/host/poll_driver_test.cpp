// labels: timing law
#include "models/host/poll_driver.h"

#include <gmock/gmock.h>

#include "models/base/random.h"
#include "tests/host/bench.h"

namespace snsim {
namespace {

using testing::ElementsAre;

constexpr Picoseconds ns = 1000;

class Poll : public testing::Test, public HostBench {
  protected:
    Poll() {
        params.driver = Driver::poll;
        params.refill = 4;
        costs.poll.look = 30;
        costs.poll.burst = 60;
        costs.poll.packet = 70;
        costs.refill = 5;
        costs.doorbell = 100;
    }
};

TEST_F(Poll, TheLookThatBeginsWhenTheCompletionIsThereFindsIt) {
    build();
    card->send(30 * 30 * ns, bytes_only(64));  // looks begin every 30 ns
    bench.run_until(10'000 * ns);
    EXPECT_THAT(received, ElementsAre(Got{0, (900 + 60 + 70) * ns}));
}

TEST_F(Poll, TheLookThatBeganAPicosecondBeforeDoesNot) {
    build();
    card->send(30 * 30 * ns + 1, bytes_only(64));
    bench.run_until(10'000 * ns);
    EXPECT_THAT(received, ElementsAre(Got{0, (930 + 60 + 70) * ns}));
}

TEST_F(Poll, ABurstTakesWhatIsThereWhenItBegins) {
    params.burst = 2;
    build();
    for (int i = 0; i < 3; ++i) card->send(300 * ns, bytes_only(64));
    bench.run_until(10'000 * ns);
    EXPECT_THAT(received, ElementsAre(Got{0, 430 * ns}, Got{1, 500 * ns}, Got{2, 630 * ns}));
}

TEST_F(Poll, BuffersGoBackInBatchesWithOneDoorbell) {
    build();
    for (int i = 0; i < 5; ++i) card->send(300 * ns, bytes_only(64));
    bench.run_until(10'000 * ns);
    // One before the start, one for four of the five.
    ASSERT_EQ(card->doorbells.size(), 2U);
    EXPECT_EQ(card->doorbells[0].second.index, 64);
    EXPECT_EQ(card->doorbells[1].second.index, 68);
    EXPECT_EQ(card->doorbells[1].first, (300 + 60 + 5 * 70 + 4 * 5 + 100) * ns);
    EXPECT_EQ(cycles(CycleCause::refill), 20U);
    EXPECT_EQ(cycles(CycleCause::doorbell), 100U);
    EXPECT_EQ(cycles(CycleCause::driver), 60U + 5 * 70);
}

TEST_F(Poll, LooksInVainAreCountedAndFillTheRestOfTheTime) {
    build();
    card->send(3'000 * ns, bytes_only(64));
    bench.run_until(5'000 * ns);
    const Core& core = processor->core(0);
    EXPECT_EQ(cycles(CycleCause::polling), 3000U + 30);
    EXPECT_EQ(core.busy_ps(), 130 * ns);
    EXPECT_EQ(core.idle_ps(), 0);
    EXPECT_EQ(core.busy_ps() + core.spinning_ps(), core.accounted_until());
}

TEST_F(Poll, AnotherCoreIsNotBothered) {
    build();
    card->send(1'000 * ns, bytes_only(64));
    bench.run_until(10'000 * ns);
    EXPECT_EQ(received.size(), 1U);
    EXPECT_EQ(all_cycles(1), 0U);
}

TEST_F(Poll, AFullRingMeansDropsAtTheCardAndNothingElse) {
    record = false;
    params.refill = 32;
    build();
    constexpr std::uint64_t frames = 100'000;
    constexpr Picoseconds gap = 50 * ns;
    card->set_source(
        [this](Frame&) { return card->sent < frames ? bench.agenda.now() + gap : never; },
        1000 * ns);
    bench.run_until(6'000'000 * ns);
    EXPECT_EQ(ended + card->no_descriptor, frames);
    const double per_frame = 70 + 5 + (60.0 + 100.0) / 32;
    EXPECT_NEAR(static_cast<double>(ended) * per_frame / (frames * 50.0), 1, 0.01);
    EXPECT_NEAR(static_cast<double>(processor->core(0).busy_ps()) / (frames * gap), 1, 0.01);
}

TEST_F(Poll, ForwardedFramesLeaveByTheRingWithOneDoorbellABurst) {
    params.application = Application::forward;
    costs.poll.send = 40;
    build();
    for (int i = 0; i < 3; ++i) card->send(300 * ns, bytes_only(64));
    bench.run_until(10'000 * ns);
    constexpr Picoseconds rung = (300 + 60 + 3 * 110 + 100) * ns;
    EXPECT_THAT(card->transmitted, ElementsAre(Got{0, rung}, Got{1, rung}, Got{2, rung}));
    EXPECT_EQ(cycles(CycleCause::transmit), 120U);
}

TEST_F(Poll, CyclesByCauseAreTheTimeTheCoreWorkedAtAnyClock) {
    costs.clock = Frequency{3'333'333'333};
    build();
    RandomStream random(1, "gaps");
    record = false;
    card->set_source(
        [&, this](Frame&) {
            const auto gap = static_cast<Picoseconds>(random.below(100'000));
            return card->sent < 20'000 ? bench.agenda.now() + gap : never;
        },
        1000);
    bench.run_until(2'000'000'000);
    const Core& core = processor->core(0);
    const auto ps = static_cast<double>(core.busy_ps() + core.spinning_ps());
    EXPECT_NEAR(static_cast<double>(all_cycles()) / 3.333333333e9 * 1e12, ps, 2);
    EXPECT_EQ(core.busy_ps() + core.spinning_ps(), core.accounted_until());
}

/// Poisson arrivals, one frame a burst, looks that cost next to nothing.
class Queueing : public Poll, public testing::WithParamInterface<int> {};

TEST_P(Queueing, WaitsLikeMD1WhenLooksCostLittle) {
    const double load = GetParam() / 100.0;
    record = false;
    ring = 4096;
    params.burst = 1;
    params.refill = 1024;
    costs.poll.look = 1;
    costs.poll.burst = 0;
    costs.poll.packet = 1000;
    costs.refill = 0;
    costs.doorbell = 0;
    build();
    Exponentials gaps(RandomStream(7, "arrivals"));
    constexpr std::uint64_t frames = 400'000;
    double when = 1e6;
    card->set_source(
        [&, this](Frame&) {
            when += gaps.next() * 1e6 / load;
            return card->sent < frames ? static_cast<Picoseconds>(when) : never;
        },
        static_cast<Picoseconds>(when));
    bench.run_until(static_cast<Picoseconds>(1.2e6 * frames / load));
    EXPECT_EQ(ended, frames);
    const double wait = static_cast<double>(latency) / frames - 1e6;
    const double expected = 1e6 * load / (2 * (1 - load));
    EXPECT_NEAR(wait, expected, 0.03 * expected + 1000);
}

INSTANTIATE_TEST_SUITE_P(Loads, Queueing, testing::Values(30, 50, 80));

}  // namespace
}  // namespace snsim
