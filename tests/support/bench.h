// The bench around a block under test: one partition, scripted sources, recording sinks, cues.
//
// A source sends each frame at its time in phase `control`; a sink notes each frame with the time
// it was handed over and gives its credit back, or keeps the frame until a cue does. Scripts that
// did not reach their end fail the case, so a deadlock cannot pass. One bench per process: SystemC
// elaborates once.
#pragma once

#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <ostream>
#include <systemc>
#include <utility>
#include <vector>

#include "models/base/dispatcher.h"
#include "models/base/frame_stream.h"
#include "models/base/inputs.h"
#include "models/base/partition.h"

namespace snsim {

class Bench {
  public:
    explicit Bench(bool run_ahead = true)
        : dispatcher(with_resolution("bench")),
          agenda(dispatcher.add_partition()),
          partition(agenda),
          cue_block_(agenda.add_block("bench.cues")),
          cue_(agenda, cue_block_, wake_handler<&Bench::cue_due, Bench>(), this) {
        agenda.run_ahead = run_ahead;
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;
    ~Bench() { EXPECT_TRUE(cues_.empty()) << "the cues did not reach their end"; }

    /// Does something at t: before what arrives then, or after it.
    void at(Picoseconds t, std::function<void()> action, Phase phase = Phase::control) {
        cues_.emplace(std::make_pair(t, phase), std::move(action));
        if (elaborated_) schedule();
    }
    void run_until(Picoseconds t) {
        if (!elaborated_) {
            dispatcher.run_until(0);  // elaborates
            elaborated_ = true;
        }
        schedule();
        dispatcher.run_until(t);
    }

    Dispatcher dispatcher;
    Agenda& agenda;
    Partition partition;

  private:
    static const char* with_resolution(const char* name) {
        Dispatcher::set_time_resolution();
        return name;
    }
    void schedule() {
        if (!cues_.empty()) cue_.at(cues_.begin()->first.first, cues_.begin()->first.second);
    }
    void cue_due() {
        const std::function<void()> action = cues_.begin()->second;
        cues_.erase(cues_.begin());
        schedule();
        action();
    }

    BlockId cue_block_;
    Wake cue_;
    bool elaborated_ = false;
    std::multimap<std::pair<Picoseconds, Phase>, std::function<void()>> cues_;
};

class ScriptedSource : public sc_core::sc_module {
  public:
    using Fill = std::function<void(Frame&)>;

    ScriptedSource(const sc_core::sc_module_name& name, Agenda& agenda)
        : sc_module(name),
          out("out", agenda, frame_function<&ScriptedSource::credit, ScriptedSource>(), this),
          agenda_(agenda),
          block_(agenda.add_block(this->name())),
          wake_(agenda, block_, wake_handler<&ScriptedSource::due, ScriptedSource>(), this) {}
    ~ScriptedSource() override {
        EXPECT_EQ(sent_, script_.size()) << name() << ": the script did not reach its end";
    }

    /// In non-decreasing time. The frame's sequence is its number in this script, from 0.
    void send(Picoseconds t, Fill fill) {
        script_.push_back({t, std::move(fill)});
        if (started_ && sent_ + 1 == script_.size()) wake_.at(t, Phase::control);
    }

    FrameOut out;
    std::vector<Picoseconds> credits;  ///< when each credit that came back may be used

  private:
    struct Entry {
        Picoseconds t;
        Fill fill;
    };
    void start_of_simulation() override {
        started_ = true;
        if (!script_.empty()) wake_.at(script_.front().t, Phase::control);
    }
    void due() {
        const Entry& entry = script_[sent_];
        Frame& frame = agenda_.frames().take();
        frame.sequence = sent_++;
        frame.t_in = entry.t;
        frame.late = 0;
        frame.flow = 0;
        frame.traffic_class = 0;
        frame.in_port = 0;
        frame.out_port = 0;
        entry.fill(frame);
        if (sent_ < script_.size()) wake_.at(script_[sent_].t, Phase::control);
        out.send(frame, entry.t);
    }
    void credit(Frame&, Picoseconds t) { credits.push_back(t); }

    Agenda& agenda_;
    BlockId block_;
    Wake wake_;
    bool started_ = false;
    std::vector<Entry> script_;
    std::size_t sent_ = 0;
};

/// Which frame of which port came when.
struct Got {
    std::uint64_t sequence;
    Picoseconds t;

    friend bool operator==(const Got& a, const Got& b) {
        return a.sequence == b.sequence && a.t == b.t;
    }
    friend std::ostream& operator<<(std::ostream& out, const Got& got) {
        return out << "#" << got.sequence << "@" << got.t;
    }
};

class RecordingSink : public sc_core::sc_module {
  public:
    RecordingSink(const sc_core::sc_module_name& name, Agenda& agenda)
        : sc_module(name),
          in("in", agenda, frame_function<&RecordingSink::take, RecordingSink>(), this),
          agenda_(agenda) {}

    FrameIn in;
    std::vector<Got> got;
    std::function<void(Frame&, Picoseconds)> on_frame;  ///< sees each frame first
    std::optional<Duration> credit_after;  ///< gives the credit back this long after the hand-over
    bool keep = false;                     ///< frames stay in `held` for a cue to give_back()
    std::vector<Frame*> held;

    /// The first frame held leaves, and its credit may be used from t on.
    void give_back(Picoseconds t) {
        Frame& frame = *held.front();
        held.erase(held.begin());
        in.return_credit(frame, t);
        agenda_.frames().release(frame);
    }

  private:
    void take(Frame& frame, Picoseconds t) {
        got.push_back({frame.sequence, t});
        if (on_frame) on_frame(frame, t);
        if (credit_after) in.return_credit(frame, t + credit_after->value);
        if (keep) {
            held.push_back(&frame);
        } else {
            agenda_.frames().release(frame);
        }
    }

    Agenda& agenda_;
};

/// A frame without content.
inline ScriptedSource::Fill plain(std::uint32_t bytes, std::uint8_t out_port = 0) {
    return [bytes, out_port](Frame& frame) {
        frame.bytes = bytes;
        frame.out_port = out_port;
    };
}

/// Collects copies of the facts of a probe.
template <class Fact>
class Facts {
  public:
    explicit Facts(Probe<Fact>& probe) { probe.template listen<&Facts::add>(*this); }
    Facts(const Facts&) = delete;
    Facts& operator=(const Facts&) = delete;

    std::vector<Fact> all;

  private:
    void add(const Fact& fact) { all.push_back(fact); }
};

}  // namespace snsim
