#include "models/asic/match_action.h"

#include <algorithm>
#include <limits>

namespace snsim {

LookupUnit::LookupUnit(const std::string& path, Partition& partition, BlockId block,
                       const Params& params, const LookupWiring& wiring)
    : params_(params),
      agenda_point_(params.stateful || TableMemory::is_shared(params.place)),
      agenda_(partition.agenda),
      wiring_(wiring),
      station_(path, partition.stations.next_slot(), params.slots),
      slots_(params.slots) {
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

Picoseconds LookupUnit::arrive(Frame& frame, HeaderVector& hv, Picoseconds t) {
    const bool looks_up = concerns(hv);
    if (queue_.empty()) {
        if (!looks_up) return pass_by(frame, t);
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
    station_.enter(frame, t);
    const auto slot = slots_.take_when(t);
    SNSIM_CHECK(slot, "a private look-up unit lost count of its slots");
    const Picoseconds start = issue_.occupy(*slot, params_.issue_time);
    LookupPlan plan;
    Picoseconds ready = read_first(frame, hv, start, plan);
    if (plan.dependent) {
        for (std::size_t i = 1; i < plan.count; ++i) ready = read_line(plan, i, ready).ready;
    }
    last_ = std::max(ready, last_);
    return finish(frame, last_);
}

/// A frame that has nothing to look up stays in order behind those that had.
Picoseconds LookupUnit::pass_by(Frame& frame, Picoseconds t) {
    last_ = std::max(t, last_);
    if (deeper_ == 0) {
        last_exit_ = std::max(last_, last_exit_);
        if (last_exit_ > t) {
            station_.visit(frame, t, {last_exit_, last_exit_, last_exit_, 0});
        }
        return last_exit_;
    }
    frame.enter(station_.slot(), t);
    return go_on(frame, last_, {}, 0);
}

void LookupUnit::schedule() {
    const Picoseconds t = queue_.front().t;
    Picoseconds start = std::max(t, agenda_.now());
    if (!slots_.can_take(start)) {
        start = slots_.next_return();
        if (start == std::numeric_limits<Picoseconds>::max()) return;  // finish() will call again
    }
    start = std::max(start, issue_.ps());
    wake_->at(start, Phase::arrival);
}

void LookupUnit::first_due(void* self) {
    auto& unit = *static_cast<LookupUnit*>(self);
    unit.agenda_.count_item();
    const Arrival arrival = unit.queue_.pop();
    const Picoseconds now = unit.agenda_.now();
    SNSIM_CHECK(unit.slots_.can_take(now), "a look-up started without a slot");
    unit.slots_.take();
    const Picoseconds start = unit.issue_.occupy(now, unit.params_.issue_time);
    LookupPlan plan;
    const Picoseconds ready =
        unit.read_first(*arrival.frame, arrival.frame->note<HeaderVector>(), start, plan);
    unit.last_ = std::max(ready, unit.last_);
    const Picoseconds leave = unit.go_on(*arrival.frame, unit.last_, plan, 0);
    if (leave != waits) unit.wiring_.owner.looked_up(*arrival.frame, leave, unit.wiring_.element);
    unit.pump();
}

/// Lets by the frames at the head that have nothing to look up, and schedules the first that has.
void LookupUnit::pump() {
    while (!queue_.empty() && !concerns(queue_.front().frame->note<HeaderVector>())) {
        const Arrival arrival = queue_.pop();
        last_ = std::max(arrival.t, last_);
        const Picoseconds leave = go_on(*arrival.frame, last_, {}, 0);
        if (leave != waits) wiring_.owner.looked_up(*arrival.frame, leave, wiring_.element);
    }
    if (!queue_.empty() && !wake_->pending()) schedule();
}

/// The frame is ready to leave level `level`, in order; takes it through the further ones as far
/// as possible.
Picoseconds LookupUnit::go_on(Frame& frame, Picoseconds ready, const LookupPlan& plan,
                              std::size_t level) {
    if (deeper_ == 0 && !(plan.dependent && plan.count > 1)) return finish(frame, ready);
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
    return finish(frame, ready);
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
        --unit.deeper_;
        Picoseconds ready = arrival.t;
        if (reads) {
            unit.agenda_.count_item();
            const std::size_t end =
                level.index == unit.levels_.size() ? plan.count : level.index + 1;
            ready = unit.read_lines(*arrival.frame, plan, level.index, end, unit.agenda_.now());
        }
        level.last = std::max(ready, level.last);
        const Picoseconds leave = unit.go_on(*arrival.frame, level.last, plan, level.index);
        if (leave != waits)
            unit.wiring_.owner.looked_up(*arrival.frame, leave, unit.wiring_.element);
    }
    unit.pump();
}

Picoseconds LookupUnit::read_first(Frame& frame, HeaderVector& hv, Picoseconds start,
                                   LookupPlan& plan) {
    Execution& run = hv.runs[params_.site.function];
    wiring_.function.lookup(params_.site.step, hv.at(start), run, plan);
    hv.lookup_start = start;
    hv.lookup_stall = 0;
    station_.start(start, 1);
    if (run.verdict != Verdict::forward) {
        hv.dropped = true;
        const DropReason reason =
            run.verdict == Verdict::drop ? run.drop : DropReason::header_too_long;
        frame.drop_reason = static_cast<std::uint8_t>(reason);
        frame.drop_place = wiring_.place;
    }
    if (plan.count == 0) return wiring_.memory.access(params_.place, 0, false, start).ready;
    return read_lines(frame, plan, 0, plan.dependent ? 1 : plan.count, start);
}

TableMemory::Access LookupUnit::read_line(const LookupPlan& plan, std::size_t index,
                                          Picoseconds t) {
    const bool written = (plan.written >> index & 1) != 0;
    return wiring_.memory.access(params_.place, plan.line[index], written, t);
}

/// Reads lines side by side; what the slowest waited for its channel is booked as stall.
Picoseconds LookupUnit::read_lines(Frame& frame, const LookupPlan& plan, std::size_t from,
                                   std::size_t to, Picoseconds t) {
    Picoseconds ready = t;
    Picoseconds unloaded = t;
    for (std::size_t i = from; i < to; ++i) {
        const TableMemory::Access access = read_line(plan, i, t);
        ready = std::max(ready, access.ready);
        unloaded = std::max(unloaded, access.ready - access.waited);
    }
    frame.note<HeaderVector>().lookup_stall += ready - unloaded;
    return ready;
}

/// The frame leaves the unit and its slot is free again.
Picoseconds LookupUnit::finish(Frame& frame, Picoseconds ready) {
    auto& hv = frame.note<HeaderVector>();
    last_exit_ = std::max(ready, last_exit_);
    if (hv.lookup_start >= 0) {
        // Service would have ended here, had the memory made nobody wait.
        last_finish_ = std::max(last_finish_, ready - hv.lookup_stall);
        station_.leave(frame, {last_exit_, std::max<Picoseconds>(0, last_exit_ - last_finish_)});
        hv.lookup_start = -1;
        slots_.give_back(last_exit_);
    } else if (last_exit_ > frame.entered) {
        station_.visit(frame, frame.entered, {last_exit_, last_exit_, last_exit_, 0});
    } else {
        frame.at = Frame::no_station;
    }
    return last_exit_;
}

ActionUnit::ActionUnit(std::string path, Partition& partition, const StageProgram& program,
                       std::uint32_t engines, std::uint32_t dispatch, Frequency clock,
                       const Resource& resource)
    : program_(program),
      dispatch_(dispatch),
      engines_(std::move(path), partition.stations.next_slot(), engines) {
    partition.stations.add(engines_.station, resource);
    std::uint32_t most = dispatch;
    std::vector<std::uint8_t> functions;
    for (const Term& term : program_.terms) {
        most += term.cycles;
        if (std::find(functions.begin(), functions.end(), term.function) == functions.end()) {
            functions.push_back(term.function);
        }
    }
    if (!functions.empty()) first_ = second_ = functions[0];
    if (functions.size() > 1) second_ = functions[1];
    more_ = functions.size() > 2;
    for (std::uint32_t c = 0; c <= most; ++c) service_.push_back(cycles(c, clock));
}

void ActionUnit::count_cycles(const HeaderVector& hv) {
    cycles_ = dispatch_;
    for (const Term& term : program_.terms) {
        if (hv.runs[term.function].has(term.when)) cycles_ += term.cycles;
    }
    if (more_) return;
    first_met_ = hv.runs[first_].conditions;
    second_met_ = hv.runs[second_].conditions;
}

}  // namespace snsim
