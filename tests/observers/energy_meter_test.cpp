#include "observers/energy_meter.h"

#include <gtest/gtest.h>
#include <vector>

#include "models/base/frame.h"
#include "models/base/random.h"

namespace snsim {
namespace {

class Meter : public testing::Test {
  protected:
    Meter() { frame.reset(); }
    void watch() {
        engines_index = stations.watch(engines, {});
        buffer_index = stations.watch(buffer, {});
    }
    /// Closes the bins before `now`; those in [start, end) belong to the window.
    void close(Picoseconds now, Picoseconds start, Picoseconds end) {
        timeline.close_until(now, [&](const Bin& bin) {
            const bool in_window = bin.start >= start && bin.start < end;
            stations.close(bin, in_window);
            energy.close(bin, in_window);
        });
    }

    Timeline timeline{1000_ps, 0_ps};
    StationObserver stations{timeline};
    EnergyMeter energy{timeline, stations};
    Station engines{"engines", 0, 4};
    Station buffer{"buffer", 1, 0};
    EventTally reads;
    EventTally writes;
    std::size_t engines_index = 0;
    std::size_t buffer_index = 0;
    Frame frame{};
};

Uint128 fj(std::uint64_t value) { return value; }

TEST_F(Meter, PricesEachUnitOfWorkToTheFemtojoule) {
    watch();
    const std::size_t block = energy.add_block("card.ingress", 0_mw);
    energy.price_station(block, engines_index, 333_fj);
    engines.visit(frame, 100, {100, 200, 200, 7});
    engines.visit(frame, 100, {200, 300, 300, 0});
    engines.visit(frame, 900, {1100, 1200, 1200, 5});  // work counts where it starts
    close(1000, 0, 10'000);
    EXPECT_TRUE(energy.blocks()[block].window_fj == fj(7 * 333));
    EXPECT_TRUE(energy.metered_fj() == fj(12 * 333));
    EXPECT_TRUE(energy.open_fj(timeline) == fj(5 * 333));
    close(2000, 0, 10'000);
    EXPECT_TRUE(energy.blocks()[block].window_fj == fj(12 * 333));
    EXPECT_TRUE(energy.blocks()[block].all_fj == fj(12 * 333));
    EXPECT_TRUE(energy.open_fj(timeline) == fj(0));
}

TEST_F(Meter, PricesEachVisit) {
    watch();
    const std::size_t block = energy.add_block("card", 0_mw);
    energy.price_station(block, engines_index, 1000_fj, true);
    for (int i = 0; i < 3; ++i) engines.visit(frame, 0, {0, 10, 10, 99});
    engines.enter(frame, 20);
    engines.serve(frame, {20, 30, 30, 99});
    close(1000, 0, 1000);
    EXPECT_TRUE(energy.blocks()[block].window_fj == fj(4000));
    EXPECT_TRUE(energy.metered_fj() == fj(4000));
}

TEST_F(Meter, PricesEventsAndTakesSeveralAtOnce) {
    watch();
    const std::size_t sram = energy.add_block("card.sram", 0_mw);
    const std::size_t dram = energy.add_block("card.dram", 0_mw);
    energy.price_events(sram, reads, 5_fj);
    energy.price_events(dram, writes, 700_fj);
    reads.count(10, 3);
    writes.count(20, 1);
    reads.count(2500, 2);
    close(3000, 0, 1000);
    EXPECT_TRUE(energy.blocks()[sram].window_fj == fj(15));
    EXPECT_TRUE(energy.blocks()[sram].all_fj == fj(25));
    EXPECT_TRUE(energy.blocks()[dram].window_fj == fj(700));
    EXPECT_TRUE(energy.metered_fj() == fj(725));
}

TEST_F(Meter, EventsWithoutAPriceCostNothing) {
    watch();
    const std::size_t block = energy.add_block("card", 0_mw);
    energy.price_events(block, reads, 5_fj);
    writes.count(10, 1000);
    close(1000, 0, 1000);
    EXPECT_TRUE(energy.blocks()[block].window_fj == fj(0));
    EXPECT_TRUE(energy.metered_fj() == fj(0));
}

TEST_F(Meter, OneEventMayCostInSeveralBlocks) {
    watch();
    const std::size_t a = energy.add_block("a", 0_mw);
    const std::size_t b = energy.add_block("b", 0_mw);
    energy.price_events(a, reads, 3_fj);
    energy.price_events(b, reads, 4_fj);
    energy.price_station(a, engines_index, 10_fj);
    energy.price_station(a, engines_index, 100_fj, true);
    reads.count(0, 2);
    engines.visit(frame, 0, {0, 10, 10, 6});
    close(1000, 0, 1000);
    EXPECT_TRUE(energy.blocks()[a].window_fj == fj(6 + 60 + 100));
    EXPECT_TRUE(energy.blocks()[b].window_fj == fj(8));
    EXPECT_TRUE(energy.metered_fj() == fj(174));
}

TEST_F(Meter, ThePowerOfABinIsStatesAndEventsTogether) {
    watch();
    const std::size_t a = energy.add_block("a", 2_w);
    const std::size_t b = energy.add_block("b", 1_w);
    energy.price_events(a, reads, 1_pj);
    reads.count(100, 500);    // 500 pJ in 1 ns: 0.5 W
    reads.count(1100, 2000);  // 2 W
    reads.count(2100, 9000);  // 9 W, outside the window
    close(1000, 0, 2000);
    EXPECT_DOUBLE_EQ(energy.card_bin_w(), 3.5);
    EXPECT_EQ(energy.blocks()[a].bin_fj, 500'000);
    close(3000, 0, 2000);
    EXPECT_DOUBLE_EQ(energy.card_bin_w(), 12.0);
    EXPECT_DOUBLE_EQ(energy.card_peak_w(), 5.0);
    EXPECT_DOUBLE_EQ(energy.blocks()[a].peak_w, 4.0);
    EXPECT_DOUBLE_EQ(energy.blocks()[b].peak_w, 1.0);
}

TEST_F(Meter, WhatFactsAddUpToIsWhatTheBinsHold) {
    watch();
    const std::size_t a = energy.add_block("a", 0_mw);
    const std::size_t b = energy.add_block("b", 0_mw);
    energy.price_station(a, engines_index, 12'345_fj);
    energy.price_station(b, buffer_index, 77_fj, true);
    energy.price_station(b, buffer_index, 3_fj);
    energy.price_events(a, reads, 11_fj);
    energy.price_events(b, writes, 13_fj);
    RandomStream random(1, "energy");
    Picoseconds now = 0;
    for (int i = 0; i < 50'000; ++i) {
        now += static_cast<Picoseconds>(random.below(60));
        const Picoseconds ahead = now + static_cast<Picoseconds>(random.below(5000));
        const auto work = static_cast<std::uint32_t>(random.below(1000));
        switch (random.below(4)) {
            case 0: engines.visit(frame, now, {ahead, ahead + 10, ahead + 20, work}); break;
            case 1:
                buffer.enter(frame, now);
                buffer.serve(frame, {ahead, ahead, ahead, work});
                break;
            case 2: reads.count(ahead, work); break;
            default: writes.count(now); break;
        }
        if (i % 1000 == 0) close(now, 0, 1 << 30);
        if (i % 1000 == 0) {
            ASSERT_TRUE(energy.metered_fj() == energy.blocks()[a].all_fj +
                                                   energy.blocks()[b].all_fj +
                                                   energy.open_fj(timeline));
        }
    }
    close(now + 20'000, 0, 1 << 30);
    EXPECT_TRUE(energy.metered_fj() == energy.blocks()[a].window_fj + energy.blocks()[b].window_fj);
    EXPECT_TRUE(energy.open_fj(timeline) == fj(0));
}

TEST_F(Meter, PricesServicesAnnouncedInHalves) {
    watch();
    const std::size_t block = energy.add_block("card", 0_mw);
    energy.price_station(block, engines_index, 10_fj);
    engines.enter(frame, 0);
    engines.start(5, 3);
    engines.leave(frame, {5, 10, 0, 3});
    close(1000, 0, 1000);
    EXPECT_TRUE(energy.blocks()[block].window_fj == fj(30));
    EXPECT_TRUE(energy.metered_fj() == fj(30));
}

}  // namespace
}  // namespace snsim
