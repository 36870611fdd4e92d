#include <gtest/gtest.h>
#include <set>
#include <vector>

#include "models/base/frame_pool.h"
#include "models/base/random.h"

namespace snsim {
namespace {

struct Source final : HeaderSource {
    void write_header(Frame& frame) override { frame.header_bytes = 42; }
    void prefetch(const FrameHead& head) const override { fetched.push_back(head.flow); }
    mutable std::vector<std::uint32_t> fetched;
};

/// A frame that passed station 1 and waits in station 2.
Frame& arrived(FramePool& pool, HeaderSource* source, std::uint64_t i) {
    Frame& frame = pool.take();
    const auto t = static_cast<Picoseconds>(i);
    frame.t_in = t;
    frame.late = 7 * t;
    frame.bytes = 64 + static_cast<std::uint32_t>(i);
    frame.flow = 1000 + static_cast<std::uint32_t>(i);
    frame.traffic_class = static_cast<std::uint16_t>(i % 3);
    frame.cells = static_cast<std::uint16_t>(i % 24);
    frame.in_port = static_cast<std::uint8_t>(i % 2);
    frame.message = static_cast<std::uint8_t>(i % 5);
    frame.sequence = 10 * i;
    frame.source = source;
    frame.pass(1, t, t + 30);
    frame.enter(2, t + 30);
    return frame;
}

void expect_arrived(const Frame& frame, const HeaderSource* source, std::uint64_t i) {
    const auto t = static_cast<Picoseconds>(i);
    EXPECT_EQ(frame.t_in, t);
    EXPECT_EQ(frame.late, 7 * t);
    EXPECT_EQ(frame.bytes, 64 + i);
    EXPECT_EQ(frame.flow, 1000 + i);
    EXPECT_EQ(frame.traffic_class, i % 3);
    EXPECT_EQ(frame.cells, i % 24);
    EXPECT_EQ(frame.in_port, i % 2);
    EXPECT_EQ(frame.message, i % 5);
    EXPECT_EQ(frame.sequence, 10 * i);
    EXPECT_EQ(frame.source, source);
    EXPECT_EQ(frame.visited, 2u);
    EXPECT_EQ(frame.left[1], t + 30);
    EXPECT_EQ(frame.residence, 30);
    EXPECT_EQ(frame.entered, t + 30);
    EXPECT_EQ(frame.at, 2);
}

TEST(FrameQueue, GivesFramesBackInOrderAsTheyCame) {
    FramePool pool;
    Source source;
    FrameQueue queue(pool);
    std::uint64_t pushed = 0;
    std::uint64_t popped = 0;
    RandomStream random(1, "queue");
    while (popped < 2000) {
        if (pushed < 2000 && (queue.empty() || random.below(3) != 0)) {
            queue.push(arrived(pool, &source, pushed++));
        } else {
            Frame& frame = queue.pop();
            expect_arrived(frame, &source, popped++);
            pool.release(frame);
        }
        ASSERT_EQ(queue.size(), pushed - popped);
    }
    EXPECT_EQ(pool.live(), 0u);
}

TEST(FrameQueue, AWaitIsNotTheEndOfAJourney) {
    struct Ends final : FramePool::Listener {
        void ended(const Frame& frame, Picoseconds) override { of.push_back(frame.sequence); }
        std::vector<std::uint64_t> of;
    };
    FramePool pool;
    Ends ends;
    pool.listen(ends);
    Source source;
    FrameQueue queue(pool);
    queue.push(arrived(pool, &source, 1));
    queue.push(arrived(pool, nullptr, 2));
    EXPECT_TRUE(ends.of.empty());
    pool.release(queue.pop());
    pool.release(queue.pop());
    EXPECT_EQ(ends.of, (std::vector<std::uint64_t>{10, 20}));
}

TEST(FrameQueue, LeavesTheMemoryOfThoseThatWaitToOthers) {
    FramePool pool;
    Source source;
    FrameQueue queue(pool);
    Frame& first = arrived(pool, &source, 0);
    queue.push(first);
    EXPECT_EQ(&arrived(pool, &source, 1), &first);
}

TEST(FrameQueue, KeepsAFrameWholeOfWhichMoreIsKnown) {
    FramePool pool;
    Source source;
    FrameQueue queue(pool);
    Frame& written = arrived(pool, &source, 0);
    written.ensure_header();
    written.header[41] = 99;
    Frame& travelled = arrived(pool, &source, 1);
    travelled.leave(2, 50);
    Frame& fresh = pool.take();
    for (Frame* const frame : {&written, &travelled, &fresh}) queue.push(*frame);
    EXPECT_EQ(&queue.pop(), &written);
    EXPECT_EQ(written.header_bytes, 42);
    EXPECT_EQ(written.header[41], 99);
    EXPECT_EQ(&queue.pop(), &travelled);
    EXPECT_EQ(travelled.left[2], 50);
    EXPECT_EQ(&queue.pop(), &fresh);
    EXPECT_EQ(pool.live(), 3u);
}

TEST(FrameQueue, ItsFramesAreUnderWay) {
    FramePool pool;
    Source source;
    FrameQueue queue(pool);
    for (std::uint64_t i = 0; i < 100; ++i) {
        queue.push(arrived(pool, i % 10 == 0 ? nullptr : &source, i));
    }
    for (std::uint64_t i = 0; i < 40; ++i) pool.release(queue.pop());
    EXPECT_EQ(pool.live(), 60u);
    std::set<std::uint64_t> seen;
    pool.for_each_live([&](const Frame& frame) {
        const std::uint64_t i = frame.sequence / 10;
        expect_arrived(frame, i % 10 == 0 ? nullptr : &source, i);
        EXPECT_TRUE(seen.insert(i).second);
    });
    EXPECT_EQ(seen.size(), 60u);
    EXPECT_EQ(*seen.begin(), 40u);
}

TEST(FrameQueue, FetchesAheadForHeadersThatAreNotWritten) {
    FramePool pool;
    Source source;
    FrameQueue queue(pool);
    queue.push(arrived(pool, nullptr, 0));
    queue.push(arrived(pool, &source, 1));
    queue.prefetch_header(0);
    EXPECT_TRUE(source.fetched.empty());
    queue.prefetch_header(1);
    EXPECT_EQ(source.fetched, std::vector<std::uint32_t>{1001});
}

TEST(FramePool, KeepsTheLegsOfAJourneyUntilItEnds) {
    FramePool pool;
    const FrameLeg* first = nullptr;
    for (int round = 0; round < 3; ++round) {
        Frame& frame = pool.take();
        frame.pass(3, 0, 10);
        pool.begin_leg(frame);
        EXPECT_EQ(frame.visited, Frame::later_leg);
        frame.pass(3, 10, 30);
        pool.begin_leg(frame);
        frame.pass(4, 30, 60);
        EXPECT_EQ(frame.residence, 60);
        EXPECT_EQ(frame.earlier->left[3], 30);
        EXPECT_EQ(frame.earlier->earlier->left[3], 10);
        EXPECT_EQ(frame.earlier->earlier->visited, std::uint64_t{1} << 3);
        if (round == 1) first = frame.earlier->earlier;
        if (round == 2) {
            EXPECT_TRUE(first == frame.earlier || first == frame.earlier->earlier);
        }
        EXPECT_EQ(pool.live(), 1u);
        pool.release(frame);
        EXPECT_EQ(pool.live(), 0u);
    }
}

}  // namespace
}  // namespace snsim
