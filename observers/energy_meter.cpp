#include "observers/energy_meter.h"

#include <algorithm>

namespace snsim {

std::size_t EnergyMeter::add_block(std::string path, Power state) {
    Block block;
    block.path = std::move(path);
    block.state = state;
    blocks_.push_back(std::move(block));
    return blocks_.size() - 1;
}

void EnergyMeter::price_station(std::size_t block, std::size_t station, Energy each,
                                bool per_visit) {
    blocks_[block].terms.push_back({per_visit ? Source::visits : Source::work, station, each});
}

void EnergyMeter::price_events(std::size_t block, EventTally& tally, Energy each) {
    std::size_t index = 0;
    while (index < counted_.size() && counted_[index].tally != &tally) ++index;
    if (index == counted_.size()) {
        counted_.push_back({&tally, timeline_.add_counters(1)});
        tally.cell.set_lender(*this, counted_.back().counter);
    }
    blocks_[block].terms.push_back({Source::events, index, each});
}

void EnergyMeter::lend(LentCell<std::uint64_t>& to, std::size_t counter, Picoseconds t) {
    Bin& bin = timeline_.at(t);
    to.set(bin.counters[counter], bin.start, bin.start + timeline_.interval());
}

Uint128 EnergyMeter::metered_fj() const {
    Uint128 fj = 0;
    for (const Block& block : blocks_) {
        for (const Term& term : block.terms) {
            std::uint64_t events = 0;
            switch (term.source) {
                case Source::work:
                    events = stations_.stations()[term.index].station->tally.work();
                    break;
                case Source::visits:
                    events = stations_.stations()[term.index].station->tally.starts();
                    break;
                case Source::events: events = counted_[term.index].tally->total(); break;
            }
            fj += static_cast<Uint128>(events) * static_cast<std::uint64_t>(term.each.value);
        }
    }
    return fj;
}

std::int64_t EnergyMeter::energy_of(const Block& block, const Bin& bin) const {
    std::int64_t fj = 0;
    for (const Term& term : block.terms) {
        std::uint64_t events = 0;
        switch (term.source) {
            case Source::work:
                events = bin.stations[stations_.stations()[term.index].cell].work;
                break;
            case Source::visits:
                events = bin.stations[stations_.stations()[term.index].cell].starts();
                break;
            case Source::events: events = bin.counters[counted_[term.index].counter]; break;
        }
        fj += term.each.value * static_cast<std::int64_t>(events);
    }
    return fj;
}

void EnergyMeter::close(const Bin& bin, bool in_window) {
    for (const Counted& counted : counted_) counted.tally->cell.forget(bin.start);
    // fJ / ps = mW
    const auto width = static_cast<double>(timeline_.interval());
    double card_mw = 0;
    for (Block& block : blocks_) {
        block.bin_fj = energy_of(block, bin);
        block.all_fj += static_cast<std::uint64_t>(block.bin_fj);
        const double mw =
            static_cast<double>(block.state.value) + static_cast<double>(block.bin_fj) / width;
        card_mw += mw;
        if (!in_window) continue;
        block.window_fj += static_cast<std::uint64_t>(block.bin_fj);
        block.peak_w = std::max(block.peak_w, mw / 1000);
    }
    card_bin_w_ = card_mw / 1000;
    if (in_window) card_peak_w_ = std::max(card_peak_w_, card_bin_w_);
}

Uint128 EnergyMeter::open_fj(Timeline& timeline) const {
    Uint128 fj = 0;
    timeline.for_each_open([&](const Bin& bin) {
        for (const Block& block : blocks_) {
            fj += static_cast<std::uint64_t>(energy_of(block, bin));
        }
    });
    return fj;
}

}  // namespace snsim
