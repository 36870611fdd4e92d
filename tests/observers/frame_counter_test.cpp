#include "observers/frame_counter.h"

#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "models/base/random.h"

namespace snsim {
namespace {

class FrameCounting : public testing::Test {
  protected:
    FrameCounting() {
        frame->reset();
        frame->bytes = 100;
        frame->inner_bytes = 46;
        frame->late = 7;
    }
    Frame& of_class(std::uint16_t traffic_class) {
        frame->traffic_class = traffic_class;
        return *frame;
    }
    /// Counts of a place and class in the bins that close until `now`.
    std::vector<FrameCount> close(Picoseconds now, std::size_t place, std::size_t traffic_class) {
        std::vector<FrameCount> counts;
        timeline.close_until(now, [&](const Bin& bin) {
            counts.push_back(counter.at(bin, place, traffic_class));
            counter.close(bin);
        });
        return counts;
    }

    std::unique_ptr<Frame> frame = std::make_unique<Frame>();
    Timeline timeline{100_ps, 0_ps};
    FrameCounter counter{timeline, 2};
    FrameTally in;
    FrameTally out;
};

TEST_F(FrameCounting, CountsEachPlaceClassAndIntervalApart) {
    const std::size_t at_in = counter.watch(in);
    const std::size_t at_out = counter.watch(out);
    in.arrived(of_class(1), 10);
    in.arrived(of_class(1), 99);
    in.arrived(of_class(0), 99);
    out.departed(of_class(1), 100);
    in.arrived(of_class(1), 50);
    timeline.close_until(200, [&](const Bin& bin) {
        const bool first = bin.start == 0;
        EXPECT_EQ(counter.at(bin, at_in, 0).frames, first ? 1u : 0u);
        EXPECT_EQ(counter.at(bin, at_in, 1).frames, first ? 3u : 0u);
        EXPECT_EQ(counter.at(bin, at_in, 1).bytes, first ? 300u : 0u);
        EXPECT_EQ(counter.at(bin, at_out, 0).frames, 0u);
        EXPECT_EQ(counter.at(bin, at_out, 1).frames, first ? 0u : 1u);
        counter.close(bin);
    });
}

TEST_F(FrameCounting, NotesLatenessOfArrivalsAndPayloadOfDepartures) {
    const std::size_t at_in = counter.watch(in);
    const std::size_t at_out = counter.watch(out);
    in.arrived(of_class(0), 10);
    in.arrived(of_class(0), 10);
    out.departed(of_class(0), 10);
    timeline.close_until(100, [&](const Bin& bin) {
        EXPECT_TRUE(counter.at(bin, at_in, 0).late == Uint128{14});
        EXPECT_EQ(counter.at(bin, at_in, 0).inner_bytes, 0u);
        EXPECT_TRUE(counter.at(bin, at_out, 0).late == Uint128{0});
        EXPECT_EQ(counter.at(bin, at_out, 0).inner_bytes, 46u);
    });
}

TEST_F(FrameCounting, StartsEachBinAnewThoughBinsAreReused) {
    const std::size_t at_in = counter.watch(in);
    std::vector<std::uint64_t> frames;
    for (Picoseconds t = 0; t < 1000; t += 100) {
        for (Picoseconds i = 0; i <= t / 100; ++i) in.arrived(of_class(0), t + i);
        for (const FrameCount& count : close(t + 100, at_in, 0)) frames.push_back(count.frames);
    }
    EXPECT_EQ(frames, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
}

TEST_F(FrameCounting, APlaceNobodyWatchesCountsNothing) {
    in.arrived(of_class(1), 10);
    out.departed(of_class(1), 10);
    const std::size_t at_in = counter.watch(in);
    in.arrived(of_class(1), 20);
    const auto counts = close(100, at_in, 1);
    ASSERT_EQ(counts.size(), 1u);
    EXPECT_EQ(counts[0].frames, 1u);
}

}  // namespace
}  // namespace snsim
