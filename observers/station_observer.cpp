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
    return stations_.size() - 1;
}

void StationObserver::on_entered(void* context, const Entered& fact) {
    auto& watched = *static_cast<Watched*>(context);
    watched.waiting.push(fact.t);
    watched.owner->count_entered(watched, fact.t);
}

void StationObserver::on_served(void* context, const Served& fact) {
    auto& watched = *static_cast<Watched*>(context);
    watched.owner->count_depth(watched, watched.waiting.pop(), fact);
    watched.owner->count_served(watched, fact);
}

/// Frames leave in order of entry, so when one is served, all before it have known times.
void StationObserver::count_depth(Watched& watched, Picoseconds enter, const Served& fact) {
    while (!watched.leaving.empty() && watched.leaving.front() <= enter) watched.leaving.pop();
    watched.leaving.push(fact.leave);
    StationBin& cell = timeline_.at(fact.start).stations[watched.cell];
    cell.max_depth = std::max(cell.max_depth, static_cast<std::uint32_t>(watched.leaving.size()));
}

void StationObserver::on_visited(void* context, const Visited& fact) {
    auto& watched = *static_cast<Watched*>(context);
    const Served& served = fact.served;
    watched.owner->count_depth(watched, fact.enter, served);
    Timeline& timeline = watched.owner->timeline_;
    Bin& bin = timeline.at(fact.enter);
    const Picoseconds end = bin.start + timeline.interval();
    if (served.leave >= end || served.finish >= end) {
        watched.owner->count_entered(watched, fact.enter);
        watched.owner->count_served(watched, served);
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

void StationObserver::count_served(Watched& watched, const Served& fact) {
    Bin* bin = &timeline_.at(fact.start);
    const auto edge = [&](Picoseconds t) -> StationBin& {
        bin = &timeline_.at(t);
        return bin->stations[watched.cell];
    };
    StationBin& start = bin->stations[watched.cell];
    ++start.started;
    start.started_sum += static_cast<std::uint64_t>(fact.start - bin->start);
    start.work += fact.work;
    StationBin& finish = edge(fact.finish);
    ++finish.finished;
    finish.finished_sum += static_cast<std::uint64_t>(fact.finish - bin->start);
    StationBin& leave = edge(fact.leave);
    ++leave.left;
    leave.left_sum += static_cast<std::uint64_t>(fact.leave - bin->start);
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
        const Uint128 inside = cell.inside_sum + integral(w.entered, cell.entered,
                                                          cell.entered_sum, w.left, cell.left,
                                                          cell.left_sum);
        const Uint128 busy = cell.busy_sum + integral(w.started, cell.started, cell.started_sum,
                                                      w.finished, cell.finished,
                                                      cell.finished_sum);
        const Uint128 waiting = cell.waiting_sum + integral(w.entered, cell.entered,
                                                            cell.entered_sum, w.started,
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
            w.window.waiting += waiting;
        }
    }
}

}  // namespace snsim
