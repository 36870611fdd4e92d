#include "models/base/inputs.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/base/random.h"
#include "models/base/servers.h"

namespace snsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Handled {
    std::uint64_t frame;
    Picoseconds t;
    Picoseconds now;
    friend bool operator==(const Handled& a, const Handled& b) {
        return a.frame == b.frame && a.t == b.t && a.now == b.now;
    }
    friend std::ostream& operator<<(std::ostream& out, const Handled& h) {
        return out << h.frame << "@" << h.t << " at " << h.now;
    }
};

/// One input that notes what it is given and when.
struct Mouth {
    explicit Mouth(InputKind kind, bool run_ahead = true, FrameInput::Ahead ahead = nullptr) {
        agenda.run_ahead = run_ahead;
        input = std::make_unique<FrameInput>(agenda, agenda.add_block("mouth"), kind,
                                             frame_handler<&Mouth::handle, Mouth>(), this, ahead);
        agenda.elaborate();
    }
    void handle(Frame& frame, Picoseconds t) {
        handled.push_back({frame.sequence, t, agenda.now()});
    }
    bool even(Frame& frame, Picoseconds t) {
        if (frame.sequence % 2 != 0) return false;
        handle(frame, t);
        return true;
    }
    void accept(std::uint64_t sequence, Picoseconds t) {
        Frame& frame = agenda.frames().take();
        frame.sequence = sequence;
        input->accept(frame, t);
    }
    Agenda agenda;
    std::unique_ptr<FrameInput> input;
    std::vector<Handled> handled;
};

TEST(FrameInput, AnAgendaPointHandlesEachArrivalAtItsTime) {
    for (const bool run_ahead : {true, false}) {
        Mouth mouth(InputKind::agenda_point, run_ahead);
        mouth.accept(1, 10);
        mouth.accept(2, 10);
        mouth.accept(3, 25);
        EXPECT_THAT(mouth.handled, IsEmpty());
        EXPECT_EQ(mouth.input->waiting(), 3u);
        mouth.agenda.run_until(25, 0);
        EXPECT_THAT(mouth.handled, ElementsAre(Handled{1, 10, 10}, Handled{2, 10, 10}));
        EXPECT_EQ(mouth.input->waiting(), 1u);
        mouth.agenda.run_until(26, 0);
        EXPECT_THAT(mouth.handled.back(), (Handled{3, 25, 25}));
        EXPECT_EQ(mouth.agenda.items(), 3u);
        EXPECT_EQ(mouth.agenda.executed(), 3u);
    }
}

TEST(FrameInput, APrivateInputIsPassedAtOnceAheadOfThePresent) {
    Mouth mouth(InputKind::private_fifo);
    mouth.accept(1, 10);
    mouth.accept(2, 4'000'000);
    EXPECT_THAT(mouth.handled, ElementsAre(Handled{1, 10, 0}, Handled{2, 4'000'000, 0}));
    EXPECT_EQ(mouth.input->waiting(), 0u);
    mouth.agenda.run_until(5'000'000, 0);
    EXPECT_EQ(mouth.agenda.executed(), 0u);
}

TEST(FrameInput, WithoutRunAheadAPrivateInputWaitsForItsTimeAndIsNotCounted) {
    Mouth mouth(InputKind::private_fifo, false);
    mouth.accept(1, 10);
    mouth.accept(2, 20);
    EXPECT_THAT(mouth.handled, IsEmpty());
    mouth.agenda.run_until(100, 0);
    EXPECT_THAT(mouth.handled, ElementsAre(Handled{1, 10, 10}, Handled{2, 20, 20}));
    EXPECT_EQ(mouth.agenda.items(), 0u);
    EXPECT_EQ(mouth.agenda.executed(), 2u);
}

TEST(FrameInput, RefusesFramesOutOfTimeOrder) {
    for (const InputKind kind : {InputKind::agenda_point, InputKind::private_fifo}) {
        for (const bool run_ahead : {true, false}) {
            Mouth mouth(kind, run_ahead);
            mouth.accept(1, 10);
            mouth.accept(2, 10);  // the same time is in order
            std::string why;
            try {
                mouth.accept(3, 9);
            } catch (const std::logic_error& error) {
                why = error.what();
            }
            EXPECT_THAT(why, HasSubstr("out of time order"));
        }
    }
}

TEST(FrameInput, RemembersTheOrderAfterItsFramesWereHandled) {
    Mouth mouth(InputKind::agenda_point);
    mouth.accept(1, 10);
    mouth.agenda.run_until(11, 0);
    EXPECT_EQ(mouth.input->waiting(), 0u);
    EXPECT_THROW(mouth.accept(2, 9), std::logic_error);
}

/// An agenda point that lets even frames by before their turn.
struct Gate : Mouth {
    explicit Gate(bool run_ahead = true)
        : Mouth(InputKind::agenda_point, run_ahead, ahead_handler<&Mouth::even, Mouth>()) {
        agenda.run_until(0, 0);
    }
};

TEST(FrameInput, LetsFramesByBeforeTheirTurnButNotPastEachOtherNorBeyondTheHorizon) {
    Gate gate;
    gate.accept(2, 10);  // beyond what the agenda executes: waits, and so do those behind it
    gate.accept(3, 20);
    gate.accept(4, 30);
    gate.accept(6, 40);
    gate.accept(8, 60);
    EXPECT_THAT(gate.handled, IsEmpty());
    gate.agenda.run_until(50, 0);
    EXPECT_THAT(gate.handled, ElementsAre(Handled{2, 10, 10}, Handled{3, 20, 20},
                                          Handled{4, 30, 20}, Handled{6, 40, 20}));
    EXPECT_EQ(gate.input->waiting(), 1u);
    EXPECT_EQ(gate.agenda.items(), 4u);
    EXPECT_EQ(gate.agenda.executed(), 2u);
    EXPECT_THROW(gate.accept(10, 59), std::logic_error);
}

TEST(FrameInput, WithoutRunAheadNoFrameGoesBeforeItsTurn) {
    Gate gate(false);
    for (const Picoseconds t : {10, 20, 30}) gate.accept(2, t);
    gate.agenda.run_until(50, 0);
    EXPECT_THAT(gate.handled,
                ElementsAre(Handled{2, 10, 10}, Handled{2, 20, 20}, Handled{2, 30, 30}));
    EXPECT_EQ(gate.agenda.items(), 3u);
}

/// Two lines of private stations that meet in one agenda point, fed by one item per frame.
class Meeting {
  public:
    explicit Meeting(bool run_ahead) {
        agenda.run_ahead = run_ahead;
        meeting = agenda.add_block("meeting");
        for (std::size_t i = 0; i < 2; ++i) lines.push_back(std::make_unique<Line>(*this, i));
        agenda.elaborate();
        for (auto& line : lines) line->wake.at(0, Phase::control);
    }
    struct Line {
        Line(Meeting& m, std::size_t i)
            : meeting(m),
              index(i),
              random(1, "line" + std::to_string(i)),
              block(m.agenda.add_block("line" + std::to_string(1 - i))),
              wake(m.agenda, block, wake_handler<&Line::create, Line>(), this),
              first(m.agenda, block, InputKind::private_fifo,
                    frame_handler<&Line::serve_first, Line>(), this),
              second(m.agenda, block, InputKind::private_fifo,
                     frame_handler<&Line::serve_second, Line>(), this),
              mouth(m.agenda, m.meeting, InputKind::agenda_point,
                    frame_handler<&Line::meet, Line>(), this),
              server("first", 0, 3),
              delay("second", 1, 7_ns) {
            m.agenda.add_edge(block, m.meeting);
        }
        void create() {
            Frame& frame = meeting.agenda.frames().take();
            frame.sequence = created++;
            t += static_cast<Picoseconds>(random.below(3)) * 1000;  // many equal times
            first.accept(frame, t);
            if (created < 3000) wake.at(std::max(t, meeting.agenda.now()), Phase::control);
        }
        void serve_first(Frame& frame, Picoseconds at) {
            const auto ps = static_cast<Picoseconds>(random_service(frame.sequence)) * 1000;
            second.accept(frame, server.pass(frame, at, {ps, 0, 1}, 1));
        }
        void serve_second(Frame& frame, Picoseconds at) {
            mouth.accept(frame, delay.pass(frame, at));
        }
        void meet(Frame& frame, Picoseconds at) {
            EXPECT_EQ(at, meeting.agenda.now());
            meeting.met.push_back({frame.sequence * 2 + index, at, frame.residence});
            meeting.agenda.frames().release(frame);
        }
        [[nodiscard]] std::uint64_t random_service(std::uint64_t sequence) const {
            return RandomStream::mix(sequence * 2 + index) % 5;
        }
        Meeting& meeting;
        std::size_t index;
        RandomStream random;
        BlockId block;
        Wake wake;
        FrameInput first;
        FrameInput second;
        FrameInput mouth;
        EnginePool server;
        Delay delay;
        std::uint64_t created = 0;
        Picoseconds t = 0;
    };
    Agenda agenda;
    BlockId meeting;
    std::vector<std::unique_ptr<Line>> lines;
    std::vector<Handled> met;  // `now` holds the residence
};

TEST(FrameInput, RunAheadChangesNoHandlingTimeAndNoOrder) {
    Meeting ahead(true);
    Meeting stepwise(false);
    ahead.agenda.run_until(1'000'000'000, 0);
    stepwise.agenda.run_until(1'000'000'000, 0);
    ASSERT_EQ(ahead.met.size(), 6000u);
    EXPECT_EQ(ahead.met, stepwise.met);
    EXPECT_EQ(ahead.agenda.items(), stepwise.agenda.items());
    EXPECT_LT(ahead.agenda.executed(), stepwise.agenda.executed());
}

TEST(FrameInput, RunAheadInStepsOfAnyLengthIsTheSame) {
    Meeting whole(true);
    Meeting steps(true);
    whole.agenda.run_until(1'000'000'000, 0);
    for (Picoseconds t = 0; t <= 1'000'000'000; t += 77'777) steps.agenda.run_until(t, 0);
    steps.agenda.run_until(1'000'000'000, 0);
    EXPECT_EQ(whole.met, steps.met);
}

struct Timer {
    Timer() : wake(agenda, agenda.add_block("timer"), wake_handler<&Timer::due, Timer>(), this) {
        agenda.elaborate();
    }
    void due() { times.push_back(agenda.now()); }
    Agenda agenda;
    Wake wake;
    std::vector<Picoseconds> times;
};

TEST(Wake, ComesOnceAtTheTimeLastAskedFor) {
    Timer timer;
    timer.wake.at(10, Phase::timer);
    timer.wake.at(30, Phase::timer);
    EXPECT_TRUE(timer.wake.pending());
    EXPECT_EQ(timer.wake.due(), 30);
    timer.agenda.run_until(100, 0);
    EXPECT_FALSE(timer.wake.pending());
    EXPECT_THAT(timer.times, ElementsAre(30));
}

TEST(Wake, DoesNotComeWhenCancelled) {
    Timer timer;
    timer.wake.at(10, Phase::timer);
    timer.wake.cancel();
    EXPECT_FALSE(timer.wake.pending());
    timer.agenda.run_until(100, 0);
    EXPECT_THAT(timer.times, IsEmpty());
}

}  // namespace
}  // namespace snsim
