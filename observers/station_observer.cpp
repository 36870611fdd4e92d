#include "observers/station_observer.h"

#include <algorithm>

namespace snsim {

std::size_t StationObserver::watch(Station& station, Resource resource) {
    Watched watched;
    watched.owner = this;
    watched.station = &station;
    watched.resource = std::move(resource);
    watched.cell = timeline_.add_station();
    stations_.push_back(std::move(watched));
    Watched* context = &stations_.back();
    station.visited.listen(&StationObserver::on_visited, context);
    station.entered.listen(&StationObserver::on_entered, context);
    station.served.listen(&StationObserver::on_served, context);
    station.started.listen(&StationObserver::on_started, context);
    station.left.listen(&StationObserver::on_left, context);
    return stations_.size() - 1;
}

void StationObserver::on_entered(void* context, const Entered& fact) {
    auto& watched = *static_cast<Watched*>(context);
    watched.waiting.push(fact.t);
    watched.owner->count_entered(watched, fact.t);
}

void StationObserver::on_served(void* context, const Served& fact) {
    on_started(context, {fact.start, fact.work});
    auto& watched = *static_cast<Watched*>(context);
    watched.owner->count_depth(watched, watched.waiting.pop(), fact.leave);
    watched.owner->count_left(watched, fact.finish, fact.leave);
}

void StationObserver::on_started(void* context, const Started& fact) {
    auto& watched = *static_cast<Watched*>(context);
    watched.owner->count_started(watched, fact);
}

void StationObserver::on_left(void* context, const Left& fact) {
    auto& watched = *static_cast<Watched*>(context);
    watched.owner->count_depth(watched, watched.waiting.pop(), fact.leave);
    watched.owner->count_left(watched, fact.leave, fact.leave);
    watched.owner->timeline_.at(fact.leave).stations[watched.cell].stalled_sum +=
        static_cast<std::uint64_t>(fact.stalled);
}

/// Frames leave in order of entry, so when one leaves, all before it have known times.
void StationObserver::count_depth(Watched& watched, Picoseconds enter, Picoseconds leave) {
    while (!watched.leaving.empty() && watched.leaving.front() <= enter) watched.leaving.pop();
    watched.leaving.push(leave);
    StationBin& cell = timeline_.at(leave).stations[watched.cell];
    cell.max_depth = std::max(cell.max_depth, static_cast<std::uint32_t>(watched.leaving.size()));
}

void StationObserver::on_visited(void* context, const Visited& fact) {
    auto& watched = *static_cast<Watched*>(context);
    const Served& served = fact.served;
    watched.owner->count_depth(watched, fact.enter, served.leave);
    Timeline& timeline = watched.owner->timeline_;
    Bin& bin = timeline.at(fact.enter);
    const Picoseconds end = bin.start + timeline.interval();
    if (served.leave >= end || served.finish >= end) {
        watched.owner->count_entered(watched, fact.enter);
        watched.owner->count_started(watched, {served.start, served.work});
        watched.owner->count_left(watched, served.finish, served.leave);
        return;
    }
    StationBin& cell = bin.stations[watched.cell];
    ++cell.whole;
    cell.inside_sum += static_cast<std::uint64_t>(served.leave - fact.enter);
    cell.waiting_sum += static_cast<std::uint64_t>(served.start - fact.enter);
    cell.busy_sum += static_cast<std::uint64_t>(served.finish - served.start);
    cell.work += served.work;
}

void StationObserver::count_entered(Watched& watched, Picoseconds t) {
    Bin& bin = timeline_.at(t);
    StationBin& cell = bin.stations[watched.cell];
    ++cell.entered;
    cell.entered_sum += static_cast<std::uint64_t>(t - bin.start);
}

void StationObserver::count_started(Watched& watched, const Started& fact) {
    Bin& bin = timeline_.at(fact.t);
    StationBin& cell = bin.stations[watched.cell];
    ++cell.started;
    cell.started_sum += static_cast<std::uint64_t>(fact.t - bin.start);
    cell.work += fact.work;
}

void StationObserver::count_left(Watched& watched, Picoseconds finish, Picoseconds leave) {
    Bin& finish_bin = timeline_.at(finish);
    StationBin& finished = finish_bin.stations[watched.cell];
    ++finished.finished;
    finished.finished_sum += static_cast<std::uint64_t>(finish - finish_bin.start);
    Bin& leave_bin = timeline_.at(leave);
    StationBin& left = leave_bin.stations[watched.cell];
    ++left.left;
    left.left_sum += static_cast<std::uint64_t>(leave - leave_bin.start);
}

void StationObserver::close(const Bin& bin, bool in_window) {
    const auto width = static_cast<std::uint64_t>(timeline_.interval());
    for (Watched& w : stations_) {
        const StationBin& cell = bin.stations[w.cell];
        // Integral of (a - b) over the bin, where a and b count events since the beginning.
        const auto integral = [&](std::uint64_t a, std::uint64_t a_new, std::uint64_t a_sum,
                                  std::uint64_t b, std::uint64_t b_new, std::uint64_t b_sum) {
            return static_cast<Uint128>(a - b) * width +
                   (static_cast<Uint128>(a_new) * width - a_sum) -
                   (static_cast<Uint128>(b_new) * width - b_sum);
        };
        const Uint128 inside = cell.inside_sum + integral(w.entered, cell.entered, cell.entered_sum,
                                                          w.left, cell.left, cell.left_sum);
        const Uint128 busy = cell.busy_sum + integral(w.started, cell.started, cell.started_sum,
                                                      w.finished, cell.finished, cell.finished_sum);
        const Uint128 waiting =
            cell.waiting_sum + integral(w.entered, cell.entered, cell.entered_sum, w.started,
                                        cell.started, cell.started_sum);
        w.entered += cell.entered;
        w.started += cell.started;
        w.finished += cell.finished;
        w.left += cell.left;
        w.bin_work = cell.work;
        w.all_work += cell.work;
        w.all_finished += cell.whole + cell.finished;
        w.mean_inside = static_cast<double>(inside) / static_cast<double>(width);
        w.mean_busy = static_cast<double>(busy) / static_cast<double>(width);
        if (in_window) {
            w.window.entered += cell.whole + cell.entered;
            w.window.started += cell.whole + cell.started;
            w.window.finished += cell.whole + cell.finished;
            w.window.left += cell.whole + cell.left;
            w.window.work += cell.work;
            w.max_depth = std::max<std::uint64_t>(w.max_depth, cell.max_depth);
            w.window.inside += inside;
            w.window.busy += busy;
            w.window.stalled += cell.stalled_sum;
            w.window.waiting += waiting;
        }
    }
}

}  // namespace snsim
