// labels: unit timing
#include "models/base/queue_server.h"

#include <gtest/gtest.h>
#include <utility>

#include "tests/support/bench.h"

namespace snsim {
namespace {

/// Who left when, and waited since when.
struct Departure {
    std::size_t queue;
    Picoseconds enter;
    Picoseconds start;
    Picoseconds leave;

    friend bool operator==(const Departure& a, const Departure& b) {
        return a.queue == b.queue && a.enter == b.enter && a.start == b.start && a.leave == b.leave;
    }
    friend std::ostream& operator<<(std::ostream& out, const Departure& d) {
        return out << "queue " << d.queue << ": " << d.enter << " " << d.start << " " << d.leave;
    }
};

class QueueServerTest : public testing::Test {
  protected:
    QueueServerTest()
        : block_(bench_.agenda.add_block("queue")),
          server_("queue", bench_.partition, block_, 2, std::make_unique<StrictPriority>()) {
        server_.left.listen<&QueueServerTest::left>(*this);
    }
    /// A frame that wants 100 ps.
    void arrive(Picoseconds t, std::size_t queue) {
        bench_.at(
            t,
            [this, t, queue] {
                Frame& frame = bench_.agenda.frames().take();
                frame.bytes = 64;
                server_.arrive(frame, t, queue, {100, 0, 1});
            },
            Phase::arrival);
    }
    void left(const QueueServer::Left& fact) {
        departures_.push_back(
            {fact.queue, fact.visit.enter, fact.visit.served.start, fact.visit.served.leave});
        bench_.agenda.frames().release(fact.frame);
    }

    Bench bench_;
    BlockId block_;
    QueueServer server_;
    std::vector<Departure> departures_;
};

TEST_F(QueueServerTest, ServesAtOnceWhenIdle) {
    arrive(10, 1);
    arrive(110, 1);  // the instant the first is done
    bench_.run_until(1000);
    EXPECT_EQ(departures_, (std::vector<Departure>{{1, 10, 10, 110}, {1, 110, 110, 210}}));
}

TEST_F(QueueServerTest, FinishesWhatItServesThenTakesTheFirstQueue) {
    arrive(0, 1);
    arrive(1, 1);
    arrive(99, 0);
    bench_.run_until(1000);
    EXPECT_EQ(departures_,
              (std::vector<Departure>{{1, 0, 0, 100}, {0, 99, 100, 200}, {1, 1, 200, 300}}));
}

TEST_F(QueueServerTest, DecidesBeforeWhatArrivesAtTheSameTime) {
    arrive(0, 1);
    arrive(1, 1);
    arrive(100, 0);  // the lower queue was chosen at 100 already
    bench_.run_until(1000);
    EXPECT_EQ(departures_,
              (std::vector<Departure>{{1, 0, 0, 100}, {1, 1, 100, 200}, {0, 100, 200, 300}}));
}

TEST_F(QueueServerTest, NeedsNoItemWhenNobodyWaits) {
    for (Picoseconds t = 0; t < 1000; t += 100) arrive(t, 0);
    bench_.run_until(2000);
    EXPECT_EQ(departures_.size(), 10U);
    EXPECT_EQ(bench_.agenda.items(), 0U);
}

}  // namespace
}  // namespace snsim
