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
    Bin& bin = watched.owner->timeline_.at(fact.t);
    StationBin& cell = bin.stations[watched.cell];
    ++cell.entered;
    cell.entered_sum += static_cast<std::uint64_t>(fact.t - bin.start);
    while (!watched.leaving.empty() && watched.leaving.front() <= fact.t) watched.leaving.pop();
    ++watched.held;
    watched.max_depth = std::max(watched.max_depth, watched.held + watched.leaving.size());
}

void StationObserver::on_served(void* context, const Served& fact) {
    auto& watched = *static_cast<Watched*>(context);
    --watched.held;
    watched.leaving.push(fact.leave);
    watched.owner->count(watched, fact);
}

void StationObserver::on_visited(void* context, const Visited& fact) {
    on_entered(context, {fact.enter});
    on_served(context, fact.served);
}

void StationObserver::count(Watched& watched, const Served& fact) {
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
        const Uint128 inside = integral(w.entered, cell.entered, cell.entered_sum, w.left,
                                        cell.left, cell.left_sum);
        const Uint128 busy = integral(w.started, cell.started, cell.started_sum, w.finished,
                                      cell.finished, cell.finished_sum);
        const Uint128 waiting = integral(w.entered, cell.entered, cell.entered_sum, w.started,
                                         cell.started, cell.started_sum);
        w.entered += cell.entered;
        w.started += cell.started;
        w.finished += cell.finished;
        w.left += cell.left;
        w.bin_work = cell.work;
        w.all_work += cell.work;
        w.all_finished += cell.finished;
        w.mean_inside = static_cast<double>(inside) / static_cast<double>(width);
        w.mean_busy = static_cast<double>(busy) / static_cast<double>(width);
        if (in_window) {
            w.window.entered += cell.entered;
            w.window.started += cell.started;
            w.window.finished += cell.finished;
            w.window.left += cell.left;
            w.window.work += cell.work;
            w.window.inside += inside;
            w.window.busy += busy;
            w.window.waiting += waiting;
        }
    }
}

void StationObserver::reset_depths() {
    for (Watched& w : stations_) w.max_depth = w.held;
}

}  // namespace snsim
