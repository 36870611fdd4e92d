#include "models/base/engine_chain.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "models/base/frame_pool.h"
#include "models/base/random.h"
#include "observers/station_observer.h"
#include "observers/timeline.h"

namespace snsim {
namespace {

constexpr std::size_t pools = 3;
constexpr std::uint8_t first_slot = 5;

/// Stations under observation, whose bins are closed as time goes on.
class Watch {
    Timeline timeline_;

  public:
    explicit Watch(Picoseconds interval)
        : timeline_(Duration{interval}, Duration{20'000'000}), observer(timeline_) {}
    void close_until(Picoseconds now) {
        timeline_.close_until(now,
                              [&](const Bin& bin) { observer.close(bin, bin.start >= 5'000'000); });
    }

    StationObserver observer;
};

struct Case {
    Frequency clock;
    std::uint32_t engines;
    Picoseconds interval;
    std::uint64_t mean_gap;    // ps
    std::uint64_t mean_spell;  // frames in a row with the same work
};

std::vector<EngineChain::Profile> profiles_of(Frequency clock) {
    std::vector<EngineChain::Profile> profiles;
    for (const std::uint32_t cycles_of_first : {10u, 40u, 41u}) {
        std::vector<EngineChain::Work> work;
        for (std::uint32_t pool = 0; pool < pools; ++pool) {
            const std::uint32_t count = cycles_of_first + 7 * pool;
            work.push_back({cycles(count, clock), count});
        }
        profiles.emplace_back(std::move(work));
    }
    return profiles;
}

/// A chain does to frames, and to what observers see, what its pools do one by one.
void expect_same(const Case& c) {
    Watch apart(c.interval);
    Watch together(c.interval);
    std::vector<std::unique_ptr<EnginePool>> single;
    EngineChain chain;
    for (std::uint8_t i = 0; i < pools; ++i) {
        const std::string path = "pool" + std::to_string(i);
        const auto slot = static_cast<std::uint8_t>(first_slot + i);
        single.push_back(std::make_unique<EnginePool>(path, slot, c.engines));
        apart.observer.watch(single.back()->station, {"card", "engines"});
        together.observer.watch(chain.add(path, slot, c.engines), {"card", "engines"});
    }
    const std::vector<EngineChain::Profile> profiles = profiles_of(c.clock);
    FramePool frames;
    Frame& a = frames.take();
    Frame& b = frames.take();
    RandomStream random(c.engines, "chain");
    Picoseconds t = 0;
    std::size_t profile = 0;
    for (int i = 0; i < 30'000; ++i) {
        t += static_cast<Picoseconds>(random.below(2 * c.mean_gap));
        if (random.below(2000) == 0) t += 3 * c.interval;  // nobody comes for a while
        if (random.below(c.mean_spell) == 0) profile = random.below(profiles.size());
        a.reset();
        b.reset();
        Picoseconds leave = t;
        for (std::size_t pool = 0; pool < pools; ++pool) {
            const EngineChain::Work& work = profiles[profile].work[pool];
            leave = single[pool]->pass(a, leave, work.service, work.units);
        }
        ASSERT_EQ(chain.pass(b, t, profiles[profile]), leave) << "frame " << i;
        ASSERT_EQ(a.visited, b.visited);
        ASSERT_EQ(a.residence, b.residence);
        for (std::size_t slot = first_slot; slot < first_slot + pools; ++slot) {
            ASSERT_EQ(a.left[slot], b.left[slot]);
        }
        if (i % 100 == 0) {
            apart.close_until(t);
            together.close_until(t);
        }
    }
    apart.close_until(t + 1'000'000'000);
    together.close_until(t + 1'000'000'000);
    for (std::size_t i = 0; i < pools; ++i) {
        const StationObserver::Watched& x = apart.observer.stations()[i];
        const StationObserver::Watched& y = together.observer.stations()[i];
        EXPECT_GT(x.window.left, 0u);
        EXPECT_GT(x.max_depth, 1u);
        EXPECT_EQ(x.max_depth, y.max_depth) << i;
        EXPECT_EQ(x.window.entered, y.window.entered);
        EXPECT_EQ(x.window.started, y.window.started);
        EXPECT_EQ(x.window.finished, y.window.finished);
        EXPECT_EQ(x.window.left, y.window.left);
        EXPECT_EQ(x.window.work, y.window.work);
        EXPECT_TRUE(x.window.inside == y.window.inside);
        EXPECT_TRUE(x.window.waiting == y.window.waiting);
        EXPECT_TRUE(x.window.busy == y.window.busy);
        EXPECT_EQ(x.all_work, y.all_work);
        EXPECT_EQ(x.station->tally.work(), y.station->tally.work());
        EXPECT_EQ(x.station->tally.starts(), y.station->tally.starts());
        EXPECT_EQ(y.all_work, y.station->tally.work());
    }
}

TEST(EngineChain, DoesWhatItsPoolsDoOneByOne) {
    for (const Frequency clock : {781'250_khz, 833'333'333_hz}) {
        for (const std::uint32_t engines : {1u, 4u, 7u}) {
            for (const Picoseconds interval : {Picoseconds{200'000}, Picoseconds{10'000'000}}) {
                // A little less than the pools can take, and a little more: queues grow long.
                for (const std::uint64_t load : {80u, 101u}) {
                    for (const std::uint64_t spell : {5u, 400u}) {
                        expect_same(
                            {clock, engines, interval, 45 * 1280 * 100 / load / engines, spell});
                    }
                }
            }
        }
    }
}

TEST(EngineChain, TellsEachVisitToWhoListens) {
    EngineChain chain;
    chain.add("a", first_slot, 1);
    Station& b = chain.add("b", first_slot + 1, 1);
    std::vector<Visited> heard;
    b.tally.visited.listen(
        [](void* context, const Visited& visit) {
            static_cast<std::vector<Visited>*>(context)->push_back(visit);
        },
        &heard);
    const EngineChain::Profile profile({{{100, 0, 1}, 3}, {{50, 0, 1}, 2}});
    FramePool frames;
    for (const Picoseconds t : {0, 10, 1000}) chain.pass(frames.take(), t, profile);
    ASSERT_EQ(heard.size(), 3u);
    EXPECT_EQ(heard[1].enter, 200);
    EXPECT_EQ(heard[1].served.leave, 250);
    EXPECT_EQ(heard[2].served.work, 2u);
}

TEST(EngineChain, CountsWithoutAnObserver) {
    EngineChain chain;
    Station& a = chain.add("a", first_slot, 2);
    const EngineChain::Profile profile({{{100, 0, 1}, 3}});
    FramePool frames;
    for (Picoseconds t = 0; t < 1000; t += 10) chain.pass(frames.take(), t, profile);
    EXPECT_EQ(a.tally.starts(), 100u);
    EXPECT_EQ(a.tally.work(), 300u);
}

}  // namespace
}  // namespace snsim
