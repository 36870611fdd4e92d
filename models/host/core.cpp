#include "models/host/core.h"

#include <algorithm>
#include <utility>

#include "models/base/random.h"

namespace snsim {

Core::Core(Partition& partition, std::string path, const CpuParams& params, std::uint32_t index)
    : station(path, Frame::no_station, 1),
      polling(path + ".polling", Frame::no_station, 0),
      clock_(params.clock),
      cycle_(snsim::cycles(1, params.clock)),
      denominator_(snsim::cycles(1, params.clock).den),
      idle_states_(params.idle_states),
      index_(index),
      agenda_(partition.agenda),
      block_(partition.agenda.add_block(std::move(path))),
      wake_(partition.agenda, block_, wake_handler<&Core::due, Core>(), this) {
    partition.stations.add(station, {station.path(), "clock"});
    partition.stations.add(polling);
}

void Core::wake(Task& task, Task::Level level, Picoseconds t, std::uint32_t source) {
    if (task.place_ == Task::Place::queued || task.place_ == Task::Place::spinning) return;
    if (task.place_ == Task::Place::coming && task.due_ <= t) return;
    task.place_ = Task::Place::coming;
    task.due_ = t;
    coming_.push(t, static_cast<std::uint8_t>(source), {&task, level, t});
    schedule();
}

void Core::poke(const Task& task, Picoseconds t) {
    if (state_ != State::spinning || task.place_ != Task::Place::spinning) return;
    leave_spin(time_of(looks_until(std::max(t, since_), &task)));
}

/// Ends the spin at t, or earlier if that is known already.
void Core::leave_spin(Picoseconds t) {
    if (!wake_.pending() || wake_.due() > t) wake_.at(t, Phase::timer);
}

/// When the core will look at its run queue next.
void Core::schedule() {
    if (state_ == State::busy || coming_.empty()) return;
    const Picoseconds first = std::max(coming_.time(), since_);
    if (state_ == State::spinning) {
        leave_spin(time_of(looks_until(first, nullptr)));
        return;
    }
    const Picoseconds t = std::max(awake_at(), agenda_.now());
    if (!wake_.pending() || wake_.due() > t) wake_.at(t, Phase::timer);
}

/// When a sleeping core can do what comes first. A package that sleeps begins to wake with what a
/// device writes, the core when it is interrupted for that.
Picoseconds Core::awake_at() const {
    const Picoseconds first = std::max(coming_.time(), since_);
    const Picoseconds begun =
        std::clamp(coming_.front().task->written_at(), std::min(idle_since_, first), first);
    return std::max(first + awake_exit_.value, begun + exit_latency_.value);
}

Picoseconds Core::time_of(std::uint64_t cycles) const {
    const Uint128 units = static_cast<Uint128>(cycles) * detail::ps_per_s;
    const auto frequency = static_cast<std::uint64_t>(clock_.value);
    const Uint128 from_rest = static_cast<Uint128>(rest_) * frequency / denominator_;
    return since_ + static_cast<Picoseconds>((units + from_rest) / frequency);
}

std::uint64_t Core::looks_until(Picoseconds t, const Task* task) const {
    std::uint64_t round = 0;
    for (const Task* spinner : spinners_) round += spinner->look_cycles();
    // The first whole round that begins no later than t; the look is in it or in the next two.
    const Uint128 span = static_cast<Uint128>(t - since_) *
                         static_cast<std::uint64_t>(clock_.value) / detail::ps_per_s;
    const auto whole = static_cast<std::uint64_t>(span) / round;
    std::uint64_t cycles = (whole > 0 ? whole - 1 : 0) * round;
    for (;;) {
        for (const Task* spinner : spinners_) {
            if ((task == nullptr || spinner == task) && time_of(cycles) >= t) return cycles;
            cycles += spinner->look_cycles();
        }
    }
}

void Core::due() {
    const Picoseconds now = agenda_.now();
    agenda_.count_item();
    if (state_ == State::spinning) end_spin(now);
    if (state_ == State::idle) {
        if (!fault::armed("lost_idle_time")) idle_ps_ += now - since_;
        since_ = now;
    }
    take_due(now);
    Task* const task = next();
    if (task != nullptr) {
        run(*task, now);
    } else if (!spinners_.empty()) {
        begin_to_spin(now);
    } else if (state_ == State::idle) {
        schedule();  // who was expected came earlier
    } else {
        fall_asleep(now);
    }
}

void Core::take_due(Picoseconds now) {
    while (!coming_.empty() && coming_.time() <= now) {
        const Coming coming = coming_.pop();
        Task& task = *coming.task;
        if (task.place_ != Task::Place::coming || task.due_ != coming.t) continue;
        enqueue(task, coming.level);
    }
}

void Core::enqueue(Task& task, Task::Level level) {
    task.place_ = Task::Place::queued;
    task.level_ = level;
    if (level == Task::Level::thread) {
        had(task) = std::max(had(task), least_had_);
        threads_.push_back(&task);
    } else {
        urgent_[static_cast<std::size_t>(level)].push(&task);
    }
}

Task* Core::next() {
    for (Ring<Task*>& queue : urgent_) {
        if (!queue.empty()) return queue.pop();
    }
    return threads_.empty() ? nullptr : next_thread();
}

/// The one that had least, of several the first that came.
Task* Core::next_thread() {
    const auto first = std::min_element(threads_.begin(), threads_.end(),
                                        [this](Task* a, Task* b) { return had(*a) < had(*b); });
    Task* const thread = *first;
    threads_.erase(first);
    least_had_ = std::max(least_had_, had(*thread));
    return thread;
}

void Core::run(Task& task, Picoseconds now) {
    if (state_ == State::idle) {
        slept_[sleeps_++ % remembered_sleeps] = now - exit_latency_.value - idle_since_;
        rest_ = 0;
    }
    state_ = State::busy;
    task.place_ = Task::Place::none;
    Work work(*this, now, rest_);
    const Task::Next next = task.run(work);
    const Picoseconds end = work.now();
    rest_ = work.rest();
    if (task.level_ == Task::Level::thread) had(task) += end - now;
    SNSIM_CHECK(next == Task::Next::sleep || work.cycles() > 0, "work that goes on took no time");
    if (work.cycles() > 0 && next != Task::Next::spin) {
        station.tally.visit(now, {now, end, end, static_cast<std::uint32_t>(work.cycles())});
        busy_ps_ += end - now;
    } else if (work.cycles() > 0) {
        polling.tally.visit(now, {now, end, end, static_cast<std::uint32_t>(work.cycles())});
        spinning_ps_ += end - now;
    }
    since_ = end;
    if (next == Task::Next::spin) {
        task.place_ = Task::Place::spinning;
        spinners_.push_back(&task);
    } else {
        // Somebody found something: all others look again, each in its turn.
        for (Task* spinner : spinners_) enqueue(*spinner, Task::Level::thread);
        spinners_.clear();
        if (next != Task::Next::sleep && task.place_ == Task::Place::none) {
            enqueue(task, next == Task::Next::demote ? Task::Level::thread : task.level_);
        }
    }
    wake_.at(end, Phase::timer);
}

/// Into the deepest idle state that the sleep to expect is long enough for.
void Core::fall_asleep(Picoseconds now) {
    state_ = State::idle;
    since_ = idle_since_ = now;
    exit_latency_ = awake_exit_ = {};
    const std::size_t known = std::min<std::uint64_t>(sleeps_, remembered_sleeps);
    Picoseconds sum = 0;
    for (std::size_t i = 0; i < known; ++i) sum += slept_[i];
    const Picoseconds expected = known == 0 ? 0 : sum / static_cast<Picoseconds>(known);
    for (const IdleStateParams& state : idle_states_) {
        if (state.residency.value > expected) continue;
        exit_latency_ = state.exit;
        awake_exit_ = state.awake_exit.value_or(state.exit);
    }
    schedule();
}

void Core::begin_to_spin(Picoseconds now) {
    state_ = State::spinning;
    since_ = now;
    polling.tally.enter(now);
    polling.tally.start(now, 0);
    for (const Task* spinner : spinners_) {
        const Picoseconds t = spinner->ready_at();
        if (t != never) poke(*spinner, t);
    }
    schedule();
}

void Core::end_spin(Picoseconds now) {
    // The look that ends the spin finds something; those before it were in vain.
    std::uint64_t cycles = looks_until(now, nullptr);
    std::uint64_t round = 0;
    for (const Task* spinner : spinners_) round += spinner->look_cycles();
    std::uint64_t offset = cycles % round;
    // Who looks first goes on where the round was.
    std::size_t first = 0;
    while (offset > 0) offset -= spinners_[first++]->look_cycles();
    std::rotate(spinners_.begin(),
                spinners_.begin() + static_cast<std::ptrdiff_t>(first % spinners_.size()),
                spinners_.end());
    polling.tally.finish_and_leave(since_, now, 0);
    spinning_ps_ += now - since_;
    this->cycles(CycleCause::polling).count(now, cycles);
    const Exact time = cycle_ * (cycles % denominator_);
    rest_ = (rest_ + time.rem) % denominator_;
    state_ = State::busy;
    since_ = now;
    for (Task* spinner : spinners_) enqueue(*spinner, Task::Level::thread);
    spinners_.clear();
}

}  // namespace snsim
