#include "models/pcie/tlp_arbiter.h"

#include <deque>
#include <gtest/gtest.h>

namespace snsim {
namespace {

constexpr auto may_go = [](const Train&) { return true; };

class Arbitration : public testing::Test {
  protected:
    Train& add(std::uint8_t sender, PcieFlow flow, Picoseconds t = 0) {
        requests_.emplace_back();
        trains_.push_back({});
        Train& train = trains_.back();
        train.info = &requests_.back();
        train.sender = sender;
        train.flow = flow;
        train.left = 1;
        arbiter.announce(train, t);
        return train;
    }
    void admit(Picoseconds t = 0) {
        arbiter.admit(t, [](const Train&) {});
    }
    Train* take() {
        Train* const train = arbiter.next(may_go);
        if (train != nullptr) arbiter.drop(*train);
        return train;
    }

    TlpArbiter arbiter;

  private:
    std::deque<PcieRequest> requests_;
    std::deque<Train> trains_;
};

TEST_F(Arbitration, ATrainIsNotChosenBeforeItHasCome) {
    Train& train = add(0, PcieFlow::posted, 10);
    admit(9);
    EXPECT_EQ(take(), nullptr);
    EXPECT_EQ(arbiter.next_coming(), 10);
    admit(10);
    EXPECT_EQ(take(), &train);
    EXPECT_EQ(arbiter.next_coming(), never);
}

TEST_F(Arbitration, WritesPassAReadThatMayNotGoButNoReadPassesAWrite) {
    Train& read = add(0, PcieFlow::non_posted);
    admit();
    Train& write = add(0, PcieFlow::posted);
    admit();
    Train& later = add(0, PcieFlow::non_posted);
    admit();
    const auto writes = [](const Train& train) { return train.flow == PcieFlow::posted; };
    const auto reads = [](const Train& train) { return train.flow == PcieFlow::non_posted; };
    EXPECT_EQ(arbiter.next(writes), &write);
    EXPECT_EQ(arbiter.next(reads), &read);
    arbiter.drop(read);
    EXPECT_EQ(arbiter.next(reads), nullptr) << "behind the write";
    arbiter.drop(write);
    EXPECT_EQ(arbiter.next(reads), &later);
}

TEST_F(Arbitration, AnAnswerWaitsForAnotherSendersOlderWriteUnlessThatHasBegun) {
    Train& write = add(0, PcieFlow::posted);
    admit();
    Train& answer = add(1, PcieFlow::completion);
    admit();
    const auto answers = [](const Train& train) { return train.flow == PcieFlow::completion; };
    EXPECT_EQ(arbiter.next(answers), nullptr);
    write.sent = 1;
    EXPECT_EQ(arbiter.next(answers), &answer);
}

TEST_F(Arbitration, PortsTakeTurnsOfAsManyTlpsAsTheirWeight) {
    arbiter.set_ports({1, 3});
    for (int i = 0; i < 8; ++i) {
        add(0, PcieFlow::posted);
        add(1, PcieFlow::posted);
    }
    admit();
    std::string turns;
    for (int i = 0; i < 8; ++i) turns += std::to_string(take()->sender);
    EXPECT_EQ(turns, "11101110");
}

TEST_F(Arbitration, OnlyAnotherQueuesTrainRivalsOneThatIsAlone) {
    Train& train = add(0, PcieFlow::posted);
    admit();
    add(0, PcieFlow::posted, 10);
    EXPECT_TRUE(arbiter.is_unrivalled(train));
    EXPECT_EQ(arbiter.unrivalled_until(train, 100), 100);
    add(1, PcieFlow::completion, 20);
    EXPECT_EQ(arbiter.unrivalled_until(train, 100), 19);
    EXPECT_EQ(arbiter.unrivalled_until(train, 15), 15);
    admit(20);
    EXPECT_FALSE(arbiter.is_unrivalled(train));
}

TEST_F(Arbitration, NoTrainEndsBeforeTheFirstOfItsQueue) {
    const auto start_of_last = [](const Train& train, Picoseconds earliest) {
        return earliest + 100 * (train.left - 1);
    };
    Train& first = add(0, PcieFlow::posted, 10);
    first.left = 4;
    add(0, PcieFlow::posted, 20);
    EXPECT_EQ(arbiter.last_start(0, start_of_last), 310) << "the second one is behind it";
    add(1, PcieFlow::completion, 150);
    EXPECT_EQ(arbiter.last_start(0, start_of_last), 150);
    admit(10);
    EXPECT_EQ(arbiter.last_start(200, start_of_last), 200);
}

}  // namespace
}  // namespace snsim
