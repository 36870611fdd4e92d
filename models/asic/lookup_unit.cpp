#include "models/asic/lookup_unit.h"

#include <algorithm>

namespace snsim {

namespace {
// Places in the queue: far enough ahead that what is fetched arrives in time, and near enough that
// it is still in the host's cache.
constexpr std::size_t lines_ahead = 2;
constexpr std::size_t further_ahead = 1;  // what can be found only once the lines are there
constexpr std::size_t frames_ahead = 3;
}  // namespace

LookupUnit::LookupUnit(const std::string& path, Partition& partition, BlockId block,
                       const Params& params, const LookupWiring& wiring)
    : when_(mask_of(params.site.when)),
      function_(params.site.function),
      agenda_point_(params.stateful || TableMemory::is_shared(params.place)),
      params_(params),
      agenda_(partition.agenda),
      wiring_(wiring),
      slots_(params.slots),
      station_(path, partition.stations.next_slot(), params.slots) {
    partition.stations.add(station_, {params.pipeline, "lookups"});
    if (!agenda_point_) return;
    wake_ = std::make_unique<Wake>(partition.agenda, block, &LookupUnit::first_due, this);
    for (std::size_t i = 1; i < params.levels; ++i) {
        auto level = std::make_unique<Level>();
        level->unit = this;
        level->index = i;
        level->wake =
            std::make_unique<Wake>(partition.agenda, block, &LookupUnit::level_due, level.get());
        levels_.push_back(std::move(level));
    }
}

Picoseconds LookupUnit::take(Frame& frame, HeaderVector& hv, Picoseconds t, bool looks_up) {
    if (queue_.empty()) {
        if (!looks_up) return pass_by(frame, hv, t);
        if (!agenda_point_) return look_up_now(frame, hv, t);
    }
    if (looks_up) {
        station_.enter(frame, t);
    } else {
        frame.entered = t;  // no visit unless it has to wait
    }
    queue_.push({&frame, t});
    if (queue_.size() == 1) schedule();
    if (queue_.size() <= lines_ahead) fetch(frame);
    return waits;
}

/// Takes the frame at the head, and fetches what those that come near it will touch.
inline LookupUnit::Arrival LookupUnit::pop() {
    const Arrival head = queue_.pop();
    const std::size_t waiting = queue_.size();
    if (waiting >= further_ahead) {
        const auto& hv = queue_[further_ahead - 1].frame->note<HeaderVector>();
        if (concerns(hv)) wiring_.function.prefetch_further(hv.view);
        if (waiting >= lines_ahead) fetch(*queue_[lines_ahead - 1].frame);
        if (waiting >= frames_ahead) queue_[frames_ahead - 1].frame->prefetch();
    }
    return head;
}

void LookupUnit::fetch(Frame& frame) const {
    const auto& hv = frame.note<HeaderVector>();
    if (!concerns(hv)) return;
    ExpectedLines expected;
    wiring_.function.prefetch(hv.view, expected);
    for (std::uint8_t i = 0; i < expected.count; ++i) {
        if (expected.at[i].table == params_.site.table) {
            wiring_.memory.prefetch(params_.place, expected.at[i].line);
        }
    }
}

/// The whole look-up of a private unit.
Picoseconds LookupUnit::look_up_now(Frame& frame, HeaderVector& hv, Picoseconds t) {
    const Picoseconds start = issue_.occupy(std::max(t, slots_.free_at()), params_.issue_time);
    slots_.take();
    LookupPlan plan;
    Picoseconds ready = read_first(frame, hv, start, plan).ready;
    if (plan.dependent) {
        for (std::size_t i = 1; i < plan.count; ++i) ready = read_line(plan, i, ready).ready;
    }
    last_ = last_exit_ = std::max(ready, last_exit_);
    station_.visit(frame, t, {start, last_exit_, last_exit_, 1});
    slots_.leave(last_exit_);
    return last_exit_;
}

/// A frame that has nothing to look up stays in order behind those that had. It visits the unit
/// only if it has to wait there, which without the agenda's turn nobody can tell when it comes.
Picoseconds LookupUnit::pass_by(Frame& frame, HeaderVector& hv, Picoseconds t) {
    last_ = std::max(t, last_);
    frame.entered = t;
    return descend(frame, hv, last_, {}, 0);
}

inline void LookupUnit::schedule() {
    if (!slots_.known()) return;  // a frame that leaves will see to it
    const Picoseconds now = std::max(queue_.front().t, agenda_.now());
    wake_->at(std::max(now, std::max(slots_.free_at(), issue_.ps())), Phase::arrival);
}

/// The frame at the head starts.
void LookupUnit::first_due(void* self) {
    auto& unit = *static_cast<LookupUnit*>(self);
    unit.agenda_.count_item();
    Frame& frame = *unit.pop().frame;
    auto& hv = frame.note<HeaderVector>();
    const Picoseconds now = unit.agenda_.now();
    SNSIM_CHECK(unit.slots_.free_at() <= now, "a look-up started without a slot");
    unit.slots_.take();
    const Picoseconds start = unit.issue_.occupy(now, unit.params_.issue_time);
    LookupPlan plan;
    const TableMemory::Access first = unit.read_first(frame, hv, start, plan);
    unit.last_ = std::max(first.ready, unit.last_);
    if (unit.deeper_ == 0 && !has_more(plan)) {
        const Picoseconds leave = unit.exit_at(unit.last_, first.waited);
        unit.station_.serve(frame, {start, leave, leave, 1}, leave - unit.last_finish_);
        unit.hand_on(frame, leave);
    } else {
        unit.station_.start(start, 1);
        hv.lookup_start = start;
        hv.lookup_stall = first.waited;
        unit.hand_on(frame, unit.descend(frame, hv, unit.last_, plan, 0));
    }
    if (unit.queue_.empty()) return;
    if (unit.concerns(unit.queue_.front().frame->note<HeaderVector>())) {
        unit.schedule();
    } else {
        unit.pump();
    }
}

/// Lets by the frames at the head that have nothing to look up, and schedules the first that has.
void LookupUnit::pump() {
    while (!queue_.empty()) {
        auto& hv = queue_.front().frame->note<HeaderVector>();
        if (concerns(hv)) {
            if (!wake_->pending()) schedule();
            return;
        }
        const Arrival arrival = pop();
        last_ = std::max(arrival.t, last_);
        hand_on(*arrival.frame, descend(*arrival.frame, hv, last_, {}, 0));
    }
}

/// The frame is ready to leave level `level`, in order; takes it through the further ones as far
/// as possible.
Picoseconds LookupUnit::descend(Frame& frame, HeaderVector& hv, Picoseconds ready,
                                const LookupPlan& plan, std::size_t level) {
    if (deeper_ == 0 && !has_more(plan)) return finish(frame, hv, ready);
    for (; level < levels_.size(); ++level) {
        Level& next = *levels_[level];
        const bool reads = plan.dependent && plan.count > next.index;
        if (reads || !next.queue.empty()) {
            ++deeper_;
            if (reads) wiring_.memory.prefetch(params_.place, plan.line[next.index]);
            next.queue.push({&frame, ready});
            next.plans.push(plan);
            if (next.queue.size() == 1) next.wake->at(ready, Phase::arrival);
            return waits;
        }
        ready = std::max(ready, next.last);
        next.last = ready;
    }
    return finish(frame, hv, ready);
}

void LookupUnit::level_due(void* self) {
    auto& level = *static_cast<Level*>(self);
    LookupUnit& unit = *level.unit;
    // The frame at the head reads its line; those behind it that read none follow at once.
    for (bool first = true; !level.queue.empty(); first = false) {
        const bool reads = level.plans.front().dependent && level.plans.front().count > level.index;
        if (reads && !first) {
            level.wake->at(std::max(level.queue.front().t, unit.agenda_.now()), Phase::arrival);
            break;
        }
        const Arrival arrival = level.queue.pop();
        const LookupPlan plan = level.plans.pop();
        auto& hv = arrival.frame->note<HeaderVector>();
        --unit.deeper_;
        Picoseconds ready = arrival.t;
        if (reads) {
            unit.agenda_.count_item();
            const std::size_t end =
                level.index == unit.levels_.size() ? plan.count : level.index + 1;
            const TableMemory::Access lines =
                unit.read_lines(plan, level.index, end, unit.agenda_.now());
            hv.lookup_stall += lines.waited;
            ready = lines.ready;
        }
        level.last = std::max(ready, level.last);
        unit.hand_on(*arrival.frame,
                     unit.descend(*arrival.frame, hv, level.last, plan, level.index));
    }
    unit.pump();
}

inline TableMemory::Access LookupUnit::read_first(Frame& frame, HeaderVector& hv, Picoseconds start,
                                                  LookupPlan& plan) {
    Execution& run = hv.runs[function_];
    wiring_.function.lookup(params_.site.step, hv.at(start), run, plan);
    if (unlikely(run.verdict != Verdict::forward)) hv.condemn(frame, run, wiring_.place);
    if (plan.count == 1 || (plan.dependent && plan.count > 0)) return read_line(plan, 0, start);
    if (plan.count == 0) return {wiring_.memory.access(params_.place, 0, false, start).ready, 0};
    return read_lines(plan, 0, plan.count, start);
}

inline TableMemory::Access LookupUnit::read_line(const LookupPlan& plan, std::size_t index,
                                                 Picoseconds t) {
    const bool written = (plan.written >> index & 1) != 0;
    return wiring_.memory.access(params_.place, plan.line[index], written, t);
}

/// Reads lines side by side; what the slowest waited for its channel is the wait.
TableMemory::Access LookupUnit::read_lines(const LookupPlan& plan, std::size_t from, std::size_t to,
                                           Picoseconds t) {
    Picoseconds ready = t;
    Picoseconds unloaded = t;
    for (std::size_t i = from; i < to; ++i) {
        const TableMemory::Access access = read_line(plan, i, t);
        ready = std::max(ready, access.ready);
        unloaded = std::max(unloaded, access.ready - access.waited);
    }
    return {ready, ready - unloaded};
}

/// When a look-up that is ready leaves, in order; its slot is free from then on.
inline Picoseconds LookupUnit::exit_at(Picoseconds ready, Picoseconds stall) {
    last_exit_ = std::max(ready, last_exit_);
    // Service would have ended here, had the memory made nobody wait.
    last_finish_ = std::max(last_finish_, ready - stall);
    slots_.leave(last_exit_);
    return last_exit_;
}

/// The frame leaves the last level.
Picoseconds LookupUnit::finish(Frame& frame, HeaderVector& hv, Picoseconds ready) {
    if (hv.lookup_start >= 0) {
        const Picoseconds exit = exit_at(ready, hv.lookup_stall);
        station_.leave(frame, {hv.lookup_start, exit, exit - last_finish_, 1});
        hv.lookup_start = -1;
        return exit;
    }
    last_exit_ = std::max(ready, last_exit_);
    if (last_exit_ > frame.entered) {
        station_.visit(frame, frame.entered, {last_exit_, last_exit_, last_exit_, 0});
    }
    return last_exit_;
}

}  // namespace snsim
