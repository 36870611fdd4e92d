// One core of a host's processor: it does one thing at a time, from its run queue, and every cycle
// it spends has a cause.
//
// Work comes in batches: a task that is given the core says at once what it does and how many
// cycles that takes, so a batch is one item of the agenda. What waits goes by level (interrupt
// handlers, then their deferred parts, then threads). Handlers and deferred parts go first come,
// first served; of the threads the one that had least of the core, and one that slept has no claim
// on the time it slept through. A batch is not interrupted: an interrupt that comes while it runs
// waits for its end. Those that poll on one core are one thread, which looks at each in turn; when
// it finds nothing everywhere it spins: its looks are computed, not simulated, and end with the
// look that finds something. A core with nothing to do sleeps in the idle state that suits the
// sleep it expects (the mean of its latest ones), and needs that state's exit latency to come back.
//
// `station` is busy with work; `polling` with empty looks, which are no load; the rest of the time
// the core is idle. Left out: time slices of threads (a turn is a batch), frequency changes, two
// threads in one core, cache contents beyond what tasks know themselves.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/base/event_tally.h"
#include "models/base/fault.h"
#include "models/base/inputs.h"
#include "models/base/partition.h"
#include "models/base/timed_queue.h"
#include "models/host/cpu_params.h"
#include "models/host/cycle_cause.h"

namespace snsim {

class Core;

/// What a task does with a core: spends cycles, and time passes.
class Work {
  public:
    Work(Core& core, Picoseconds start, std::uint64_t rest)
        : core_(core), now_(start), rest_(rest) {}

    inline void spend(CycleCause cause, std::uint64_t cycles);
    [[nodiscard]] Picoseconds now() const { return now_; }
    [[nodiscard]] Core& core() const { return core_; }
    [[nodiscard]] std::uint64_t cycles() const { return cycles_; }
    [[nodiscard]] std::uint64_t rest() const { return rest_; }

  private:
    Core& core_;
    Picoseconds now_;
    std::uint64_t rest_;  ///< of a picosecond
    std::uint64_t cycles_ = 0;
};

/// Something a core can do. It runs on one core, whichever wakes it.
class Task {
  public:
    enum class Level : std::uint8_t { interrupt, deferred, thread };
    enum class Next : std::uint8_t {
        sleep,   ///< nothing to do until woken
        again,   ///< more of the same, when those of its level had their turn
        demote,  ///< more, but as a thread
        spin     ///< looked and found nothing
    };

    virtual ~Task() = default;
    /// Works from work.now() on. Whoever does not sleep has to take time.
    virtual Next run(Work& work) = 0;
    /// For threads that spin: what a look in vain takes, and when there will be something.
    [[nodiscard]] virtual std::uint64_t look_cycles() const { return 0; }
    [[nodiscard]] virtual Picoseconds ready_at() const { return never; }
    /// For handlers: since when the device that interrupts has written what it interrupts for.
    [[nodiscard]] virtual Picoseconds written_at() const { return never; }

  private:
    friend class Core;
    enum class Place : std::uint8_t { none, coming, queued, spinning };

    Place place_ = Place::none;
    Level level_ = Level::thread;
    Picoseconds due_ = 0;
    Picoseconds had_ = 0;  ///< of the core as a thread, with what it has no claim on
};

class Core {
  public:
    Core(Partition& partition, std::string path, const CpuParams& params, std::uint32_t index);
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    /// The task has something to do from t on. `source`: who says so, 0 the hardware, else a core's
    /// index + 1; each source calls in an order that depends on nothing but simulated time.
    void wake(Task& task, Task::Level level, Picoseconds t, std::uint32_t source = 0);
    /// A thread that spins will find something from t on.
    void poke(const Task& task, Picoseconds t);

    [[nodiscard]] std::uint32_t index() const { return index_; }
    [[nodiscard]] Frequency clock() const { return clock_; }
    [[nodiscard]] BlockId block() const { return block_; }
    [[nodiscard]] const std::string& path() const { return station.path(); }
    [[nodiscard]] EventTally& cycles(CycleCause cause) {
        return cycles_[static_cast<std::size_t>(cause)];
    }

    Station station;  ///< work: cycles
    Station polling;

    // for the audit: kept apart from the causes
    [[nodiscard]] Picoseconds busy_ps() const { return busy_ps_; }
    [[nodiscard]] Picoseconds spinning_ps() const { return spinning_ps_; }
    [[nodiscard]] Picoseconds idle_ps() const { return idle_ps_; }
    /// When the time above ends.
    [[nodiscard]] Picoseconds accounted_until() const { return since_; }
    [[nodiscard]] std::uint64_t sleeps() const { return sleeps_; }

  private:
    friend class Work;
    enum class State : std::uint8_t { idle, busy, spinning };
    static constexpr std::size_t remembered_sleeps = 8;

    struct Coming {
        Task* task;
        Task::Level level;
        Picoseconds t;
    };

    void due();
    void take_due(Picoseconds now);
    void enqueue(Task& task, Task::Level level);
    [[nodiscard]] Task* next();
    [[nodiscard]] Task* next_thread();
    /// What a thread had of the core; those that poll are one.
    [[nodiscard]] Picoseconds& had(Task& task) {
        return task.look_cycles() > 0 ? pollers_had_ : task.had_;
    }
    void run(Task& task, Picoseconds now);
    void fall_asleep(Picoseconds now);
    void begin_to_spin(Picoseconds now);
    void end_spin(Picoseconds now);
    void leave_spin(Picoseconds t);
    void schedule();
    [[nodiscard]] Picoseconds awake_at() const;
    /// Cycles from the first look to the first one at t or later, of one task or of any.
    [[nodiscard]] std::uint64_t looks_until(Picoseconds t, const Task* task) const;
    [[nodiscard]] Picoseconds time_of(std::uint64_t cycles) const;

    // parameters
    Frequency clock_;
    UnitTime cycle_;
    std::uint64_t denominator_;
    std::vector<IdleStateParams> idle_states_;
    std::uint32_t index_;

    // wiring
    Agenda& agenda_;
    BlockId block_;
    Wake wake_;

    // state
    State state_ = State::idle;
    TimedQueue<Coming> coming_;
    std::array<Ring<Task*>, 2> urgent_;  ///< interrupt handlers, deferred parts
    std::vector<Task*> threads_;
    Picoseconds pollers_had_ = 0;
    Picoseconds least_had_ = 0;  ///< of any thread that waits
    std::vector<Task*> spinners_;
    Picoseconds since_ = 0;  ///< of the present state, as far as it is accounted
    Picoseconds idle_since_ = 0;
    std::uint64_t rest_ = 0;  ///< of a picosecond, while not idle
    Duration exit_latency_{};
    Duration awake_exit_{};  ///< of which the core's part
    std::array<Picoseconds, remembered_sleeps> slept_{};
    std::uint64_t sleeps_ = 0;
    Picoseconds busy_ps_ = 0;
    Picoseconds spinning_ps_ = 0;
    Picoseconds idle_ps_ = 0;
    std::array<EventTally, cycle_causes> cycles_;
};

inline void Work::spend(CycleCause cause, std::uint64_t cycles) {
    if (cycles == 0) return;
    if (!fault::armed("lost_cycles")) core_.cycles(cause).count(now_, cycles);
    cycles_ += cycles;
    const Exact time = core_.cycle_ * cycles;
    now_ += time.ps;
    rest_ += time.rem;
    if (rest_ >= core_.denominator_) {
        rest_ -= core_.denominator_;
        ++now_;
    }
}

}  // namespace snsim
