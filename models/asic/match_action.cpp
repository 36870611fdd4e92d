#include "models/asic/match_action.h"

#include <algorithm>

namespace snsim {

LookupUnit::LookupUnit(const std::string& path, Partition& partition, BlockId block,
                       const Params& params, const LookupWiring& wiring)
    : agenda_point_(params.stateful || TableMemory::is_shared(params.place)),
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

Picoseconds LookupUnit::take(Frame& frame, HeaderVector& hv, Picoseconds t) {
    const bool looks_up = concerns(hv);
    if (queue_.empty()) {
        if (!looks_up) return pass_by(frame, hv, t);
        if (!agenda_point_) return look_up_now(frame, hv, t);
    }
    if (looks_up) {
        station_.enter(frame, t);
    } else {
        frame.enter(station_.slot(), t);  // no visit unless it has to wait
    }
    queue_.push({&frame, t});
    if (queue_.size() == 1) schedule();
    return waits;
}

/// The whole look-up of a private unit.
Picoseconds LookupUnit::look_up_now(Frame& frame, HeaderVector& hv, Picoseconds t) {
    const Picoseconds start = issue_.occupy(std::max(t, slots_.free_at()), params_.issue_time);
    slots_.take();
    LookupPlan plan;
    Picoseconds ready = read_first(frame, hv, start, plan);
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
    frame.enter(station_.slot(), t);
    if (deeper_ == 0) return finish(frame, hv, last_);
    return go_on(frame, hv, last_, {}, 0);
}

void LookupUnit::schedule() {
    if (!slots_.known()) return;  // a frame that leaves will see to it
    const Picoseconds now = std::max(queue_.front().t, agenda_.now());
    wake_->at(std::max(now, std::max(slots_.free_at(), issue_.ps())), Phase::arrival);
}

void LookupUnit::first_due(void* self) {
    auto& unit = *static_cast<LookupUnit*>(self);
    unit.agenda_.count_item();
    Frame& frame = *unit.queue_.pop().frame;
    if (!unit.queue_.empty()) unit.queue_.front().frame->prefetch();
    auto& hv = frame.note<HeaderVector>();
    const Picoseconds now = unit.agenda_.now();
    SNSIM_CHECK(unit.slots_.free_at() <= now, "a look-up started without a slot");
    unit.slots_.take();
    const Picoseconds start = unit.issue_.occupy(now, unit.params_.issue_time);
    LookupPlan plan;
    unit.last_ = std::max(unit.read_first(frame, hv, start, plan), unit.last_);
    Picoseconds leave = waits;
    if (unit.deeper_ == 0 && !(plan.dependent && plan.count > 1)) {
        leave = unit.exit_at(unit.last_, hv.lookup_stall);
        unit.station_.serve(frame, {start, leave, leave, 1}, leave - unit.last_finish_);
    } else {
        unit.station_.start(start, 1);
        hv.lookup_start = start;
        leave = unit.go_on(frame, hv, unit.last_, plan, 0);
    }
    if (leave != waits) unit.wiring_.owner.looked_up(frame, leave, unit.wiring_.element);
    if (!unit.queue_.empty()) unit.pump();
}

/// Lets by the frames at the head that have nothing to look up, and schedules the first that has.
void LookupUnit::pump() {
    while (!queue_.empty()) {
        auto& hv = queue_.front().frame->note<HeaderVector>();
        if (concerns(hv)) break;
        const Arrival arrival = queue_.pop();
        last_ = std::max(arrival.t, last_);
        const Picoseconds leave = go_on(*arrival.frame, hv, last_, {}, 0);
        if (leave != waits) wiring_.owner.looked_up(*arrival.frame, leave, wiring_.element);
    }
    if (!queue_.empty() && !wake_->pending()) schedule();
}

/// The frame is ready to leave level `level`, in order; takes it through the further ones as far
/// as possible.
Picoseconds LookupUnit::go_on(Frame& frame, HeaderVector& hv, Picoseconds ready,
                              const LookupPlan& plan, std::size_t level) {
    if (deeper_ == 0 && !(plan.dependent && plan.count > 1)) return finish(frame, hv, ready);
    for (; level < levels_.size(); ++level) {
        Level& next = *levels_[level];
        const bool reads = plan.dependent && plan.count > next.index;
        if (reads || !next.queue.empty()) {
            ++deeper_;
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
            ready = unit.read_lines(hv, plan, level.index, end, unit.agenda_.now());
        }
        level.last = std::max(ready, level.last);
        const Picoseconds leave = unit.go_on(*arrival.frame, hv, level.last, plan, level.index);
        if (leave != waits) {
            unit.wiring_.owner.looked_up(*arrival.frame, leave, unit.wiring_.element);
        }
    }
    unit.pump();
}

Picoseconds LookupUnit::read_first(Frame& frame, HeaderVector& hv, Picoseconds start,
                                   LookupPlan& plan) {
    Execution& run = hv.runs[params_.site.function];
    wiring_.function.lookup(params_.site.step, hv.at(start), run, plan);
    hv.lookup_stall = 0;
    if (unlikely(run.verdict != Verdict::forward)) {
        hv.dropped = true;
        const DropReason reason =
            run.verdict == Verdict::drop ? run.drop : DropReason::header_too_long;
        frame.drop_reason = static_cast<std::uint8_t>(reason);
        frame.drop_place = wiring_.place;
    }
    if (plan.count == 0) return wiring_.memory.access(params_.place, 0, false, start).ready;
    if (plan.count == 1 || plan.dependent) {
        const TableMemory::Access access = read_line(plan, 0, start);
        hv.lookup_stall = access.waited;
        return access.ready;
    }
    return read_lines(hv, plan, 0, plan.count, start);
}

TableMemory::Access LookupUnit::read_line(const LookupPlan& plan, std::size_t index,
                                          Picoseconds t) {
    const bool written = (plan.written >> index & 1) != 0;
    return wiring_.memory.access(params_.place, plan.line[index], written, t);
}

/// Reads lines side by side; what the slowest waited for its channel is booked as stall.
Picoseconds LookupUnit::read_lines(HeaderVector& hv, const LookupPlan& plan, std::size_t from,
                                   std::size_t to, Picoseconds t) {
    Picoseconds ready = t;
    Picoseconds unloaded = t;
    for (std::size_t i = from; i < to; ++i) {
        const TableMemory::Access access = read_line(plan, i, t);
        ready = std::max(ready, access.ready);
        unloaded = std::max(unloaded, access.ready - access.waited);
    }
    hv.lookup_stall += ready - unloaded;
    return ready;
}

/// When a look-up that is ready leaves, in order; its slot is free from then on.
Picoseconds LookupUnit::exit_at(Picoseconds ready, Picoseconds stall) {
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
    frame.at = Frame::no_station;
    if (last_exit_ > frame.entered) {
        station_.visit(frame, frame.entered, {last_exit_, last_exit_, last_exit_, 0});
    }
    return last_exit_;
}

ActionUnit::ActionUnit(std::string path, Partition& partition, const StageProgram& program,
                       std::uint32_t engines, std::uint32_t dispatch, Frequency clock,
                       const Resource& resource)
    : engines_(std::move(path), partition.stations.next_slot(), engines),
      dispatch_(dispatch),
      cycle_time_(cycles(1, clock)),
      dispatch_time_(cycle_time_ * dispatch),
      program_(program) {
    partition.stations.add(engines_.station, resource);
    std::vector<std::uint8_t> functions;
    for (const Term& term : program_.terms) {
        if (std::find(functions.begin(), functions.end(), term.function) == functions.end()) {
            functions.push_back(term.function);
        }
    }
    if (!functions.empty()) first_ = second_ = functions[0];
    if (functions.size() > 1) second_ = functions[1];
    more_ = functions.size() > 2;
}

void ActionUnit::count_cycles(const HeaderVector& hv) {
    cycles_ = dispatch_;
    for (const Term& term : program_.terms) {
        if (hv.runs[term.function].has(term.when)) cycles_ += term.cycles;
    }
    service_ = cycle_time_ * cycles_;
    if (more_) return;
    first_met_ = hv.runs[first_].conditions;
    second_met_ = hv.runs[second_].conditions;
}

}  // namespace snsim
