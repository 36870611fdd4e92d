#include "observers/station_observer.h"

#include <algorithm>

namespace snsim {

std::size_t StationObserver::watch(Station& station, Resource resource) {
    Watched watched;
    watched.station = &station;
    watched.resource = std::move(resource);
    watched.cell = timeline_.add_station();
    station.tally.set_lender(*this, watched.cell);
    stations_.push_back(std::move(watched));
    return stations_.size() - 1;
}

void StationObserver::lend(StationTally& to, std::size_t cell, Picoseconds t) {
    Bin& bin = timeline_.at(t);
    to.set_cell(bin.stations[cell], bin.start, bin.start + timeline_.interval());
}

void StationObserver::close(const Bin& bin, bool in_window) {
    const auto width = static_cast<std::uint64_t>(timeline_.interval());
    for (Watched& w : stations_) {
        w.station->tally.forget_cell(bin.start);
        const StationBin& cell = bin.stations[w.cell];
        // Integral over the bin of how many had happened: `before` it, and those in it from then
        // on.
        const auto integral = [&](std::uint64_t before, std::uint64_t partial, std::uint64_t sum) {
            const std::uint64_t count = cell.whole + partial;
            const std::uint64_t since_start = sum - count * static_cast<std::uint64_t>(bin.start);
            return static_cast<Uint128>(before + count) * width - since_start;
        };
        const Uint128 entered = integral(w.entered, cell.entered, cell.entered_sum);
        const Uint128 started = integral(w.started, cell.started, cell.started_sum);
        const Uint128 finished = integral(w.finished, cell.finished, cell.finished_sum);
        const Uint128 left = integral(w.left, cell.left, cell.left_sum);
        const Uint128 inside = entered - left;
        const Uint128 busy = started - finished;
        const Uint128 waiting = entered - started;
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
            const std::uint64_t least = cell.whole + cell.left > 0 ? 1 : 0;
            w.max_depth = std::max({w.max_depth, std::uint64_t{cell.max_depth}, least});
            w.window.inside += inside;
            w.window.busy += busy;
            w.window.stalled += cell.stalled_sum;
            w.window.waiting += waiting;
        }
    }
}

}  // namespace snsim
