#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <set>
#include <vector>

#include "models/base/frame_pool.h"
#include "models/base/random.h"

namespace snsim {
namespace {

std::uint8_t tag_byte(std::uint64_t tag, std::uint64_t index) {
    const std::array<std::uint8_t, 8> bytes{
        static_cast<std::uint8_t>(tag >> 56), static_cast<std::uint8_t>(tag >> 48),
        static_cast<std::uint8_t>(tag >> 40), static_cast<std::uint8_t>(tag >> 32),
        static_cast<std::uint8_t>(tag >> 24), static_cast<std::uint8_t>(tag >> 16),
        static_cast<std::uint8_t>(tag >> 8),  static_cast<std::uint8_t>(tag)};
    return bytes[index % 8];
}

TEST(Extent, AStampSerialisesItsTagRepeatedAtEveryOffset) {
    constexpr std::uint64_t tag = 0x0123456789abcdef;
    for (std::uint32_t offset = 0; offset < 20; ++offset) {
        const Extent stamp{nullptr, tag, offset, 40};
        for (std::uint32_t from = 0; from < 20; ++from) {
            for (std::uint32_t count = 0; count <= 20; ++count) {
                std::vector<std::uint8_t> out(count + 1, 0xee);
                stamp.copy(from, count, out.data());
                for (std::uint32_t i = 0; i < count; ++i) {
                    ASSERT_EQ(out[i], tag_byte(tag, offset + from + i));
                }
                ASSERT_EQ(out[count], 0xee);  // nothing beyond
            }
        }
    }
}

TEST(Extent, RealBytesAreCopiedFromAnywhereInThem) {
    const std::array<std::uint8_t, 6> bytes{10, 11, 12, 13, 14, 15};
    const Extent real{bytes.data(), 0xffff, 0, 6};
    std::array<std::uint8_t, 4> out{0, 0, 0, 99};
    real.copy(2, 3, out.data());
    EXPECT_EQ(out, (std::array<std::uint8_t, 4>{12, 13, 14, 99}));
}

TEST(Frame, SerialisesHeaderAndExtentsInOrderWithoutFcs) {
    FramePool pool;
    RandomStream random(1, "frames");
    std::vector<std::uint8_t> store(2000);
    for (auto& b : store) b = static_cast<std::uint8_t>(random.next());
    for (int round = 0; round < 2000; ++round) {
        Frame& frame = pool.take();
        frame.header_bytes = static_cast<std::uint8_t>(random.below(max_header_bytes + 1));
        std::vector<std::uint8_t> expected;
        for (std::size_t i = 0; i < frame.header_bytes; ++i) {
            frame.header[i] = static_cast<std::uint8_t>(random.next());
            expected.push_back(frame.header[i]);
        }
        frame.extent_count = static_cast<std::uint8_t>(random.below(3));
        for (std::size_t e = 0; e < frame.extent_count; ++e) {
            Extent& extent = frame.extents[e];
            extent.length = static_cast<std::uint32_t>(random.below(700));
            extent.tag = random.next();
            extent.offset = static_cast<std::uint32_t>(random.below(4096));
            extent.bytes = random.below(2) == 0 ? nullptr : store.data() + random.below(1000);
            for (std::uint32_t i = 0; i < extent.length; ++i) {
                expected.push_back(extent.bytes != nullptr
                                       ? extent.bytes[i]
                                       : tag_byte(extent.tag, std::uint64_t{extent.offset} + i));
            }
        }
        frame.bytes = static_cast<std::uint32_t>(expected.size()) + fcs_bytes;
        ASSERT_EQ(frame.payload_bytes(), expected.size() - frame.header_bytes);
        std::vector<std::uint8_t> out(expected.size() + 1, 0xee);
        frame.serialise(out.data());
        ASSERT_TRUE(std::equal(expected.begin(), expected.end(), out.begin()));
        ASSERT_EQ(out.back(), 0xee);
        pool.release(frame);
    }
}

TEST(Frame, ItsResidencesAddUpToItsJourney) {
    FramePool pool;
    Frame& frame = pool.take();
    RandomStream random(2, "journey");
    Picoseconds t = 12'345;
    const Picoseconds begin = t;
    for (std::uint8_t slot = 0; slot < max_stations; ++slot) {
        frame.enter(slot, t);
        EXPECT_EQ(frame.at, slot);
        EXPECT_EQ(frame.entered, t);
        t += static_cast<Picoseconds>(random.below(1000));
        frame.leave(slot, t);
        EXPECT_EQ(frame.left[slot], t);
        EXPECT_EQ(frame.residence, t - begin);
        EXPECT_EQ(frame.at, Frame::no_station);
        EXPECT_NE(frame.visited >> slot & 1, 0u);
        EXPECT_EQ(frame.visited >> slot >> 1, 0u);
    }
}

TEST(Frame, WritesItsHeaderOnceWhenSomebodyNeedsIt) {
    struct Source final : HeaderSource {
        void write_header(Frame& frame) override {
            ++calls;
            frame.header_bytes = 42;
        }
        int calls = 0;
    };
    Source source;
    FramePool pool;
    Frame& frame = pool.take();
    frame.source = &source;
    EXPECT_EQ(source.calls, 0);
    frame.ensure_header();
    frame.ensure_header();
    EXPECT_EQ(source.calls, 1);
    EXPECT_EQ(frame.header_bytes, 42);
}

TEST(Frame, TakesANoteOfWhoeverWorksOnIt) {
    struct Note {
        std::uint64_t a;
        std::uint64_t b;
    };
    FramePool pool;
    Frame& frame = pool.take();
    frame.note<Note>().b = 99;
    EXPECT_EQ(frame.note<Note>().b, 99u);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&frame.note<Note>()) % 64, 0u);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&frame) % 64, 0u);
}

TEST(FramePool, ReusesTheLastFrameReleasedFirst) {
    FramePool pool;
    Frame* const a = &pool.take();
    Frame* const b = &pool.take();
    Frame* const c = &pool.take();
    pool.release(*b);
    pool.release(*a);
    EXPECT_EQ(&pool.take(), a);
    EXPECT_EQ(&pool.take(), b);
    pool.release(*c);
    EXPECT_EQ(&pool.take(), c);
}

TEST(FramePool, GivesACleanFrameWhateverItsPast) {
    FramePool pool;
    Frame& used = pool.take();
    used.header_bytes = 54;
    used.inner_bytes = 1000;
    used.drop_reason = 3;
    used.drop_place = 9;
    used.message = 2;
    used.extent_count = 2;
    used.cells = 24;
    used.enter(1, 5);
    used.leave(1, 50);
    used.enter(2, 50);
    pool.release(used);
    const Frame& fresh = pool.take();
    ASSERT_EQ(&fresh, &used);
    EXPECT_EQ(fresh.header_bytes, 0);
    EXPECT_EQ(fresh.inner_bytes, 0u);
    EXPECT_EQ(fresh.drop_reason, 0);
    EXPECT_EQ(fresh.drop_place, 0);
    EXPECT_EQ(fresh.message, 0);
    EXPECT_EQ(fresh.extent_count, 0);
    EXPECT_EQ(fresh.cells, 0);
    EXPECT_EQ(fresh.residence, 0);
    EXPECT_EQ(fresh.visited, 0u);
    EXPECT_EQ(fresh.at, Frame::no_station);
    EXPECT_EQ(fresh.source, nullptr);
}

TEST(FramePool, GrowsWithoutMovingFramesAndKnowsWhichAreUnderWay) {
    FramePool pool;
    EXPECT_EQ(pool.live(), 0u);
    std::vector<Frame*> taken;
    std::set<const Frame*> distinct;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        taken.push_back(&pool.take());
        taken.back()->sequence = i;
        distinct.insert(taken.back());
    }
    EXPECT_EQ(distinct.size(), 1000u);
    EXPECT_EQ(pool.live(), 1000u);
    for (std::uint64_t i = 0; i < 1000; ++i) EXPECT_EQ(taken[i]->sequence, i);

    for (std::uint64_t i = 0; i < 1000; i += 3) pool.release(*taken[i]);
    std::set<std::uint64_t> live;
    pool.for_each_live([&](const Frame& frame) { live.insert(frame.sequence); });
    EXPECT_EQ(live.size(), pool.live());
    EXPECT_EQ(live.size(), 666u);
    for (const std::uint64_t sequence : live) EXPECT_NE(sequence % 3, 0u);
}

}  // namespace
}  // namespace snsim
