#include "observers/cycle_meter.h"

#include <utility>

#include "models/base/fault.h"

namespace snsim {

std::size_t CycleMeter::watch(std::string path, std::string cause, EventTally& tally) {
    const std::size_t counter = timeline_.add_counters(1);
    tally.cell.set_lender(*this, counter);
    rows_.push_back({std::move(path), std::move(cause), &tally, counter});
    return rows_.size() - 1;
}

void CycleMeter::close(const Bin& bin, bool in_window) {
    for (Row& row : rows_) {
        if (!fault::armed("lost_bin_cycles")) row.all += bin.counters[row.counter];
        if (in_window) row.window += bin.counters[row.counter];
        row.tally->cell.forget(bin.start);
    }
}

std::uint64_t CycleMeter::open(std::size_t row) const {
    std::uint64_t sum = 0;
    timeline_.for_each_open([&](const Bin& bin) { sum += bin.counters[rows_[row].counter]; });
    return sum;
}

void CycleMeter::lend(LentCell<std::uint64_t>& to, std::size_t counter, Picoseconds t) {
    Bin& bin = timeline_.at(t);
    to.set(bin.counters[counter], bin.start, bin.start + timeline_.interval());
}

}  // namespace snsim
