#include "observers/energy_meter.h"

#include <algorithm>

#include "models/base/fault.h"

namespace snsim {

std::size_t EnergyMeter::add_block(std::string path, Power state) {
    Block block;
    block.path = std::move(path);
    block.state = state;
    blocks_.push_back(std::move(block));
    return blocks_.size() - 1;
}

void EnergyMeter::meter(std::int64_t fj) {
    if (fault::armed("unpriced_event")) return;
    metered_fj_ += static_cast<std::uint64_t>(fj);
}

void EnergyMeter::price_station(std::size_t block, Station& station, std::size_t index, Energy each,
                                bool per_visit) {
    blocks_[block].terms.push_back({per_visit ? Source::visits : Source::work, index, each});
    priced_.push_back({this, each.value, per_visit});
    const auto on_served = [](void* context, const Served& fact) {
        const auto& priced = *static_cast<const Priced*>(context);
        priced.meter->meter(priced.each * (priced.per_visit ? 1 : fact.work));
    };
    const auto on_visited = [](void* context, const Visited& fact) {
        const auto& priced = *static_cast<const Priced*>(context);
        priced.meter->meter(priced.each * (priced.per_visit ? 1 : fact.served.work));
    };
    station.served.listen(on_served, &priced_.back());
    station.visited.listen(on_visited, &priced_.back());
}

void EnergyMeter::price_counter(std::size_t block, std::size_t counter, Energy each) {
    blocks_[block].terms.push_back({Source::counter, counter, each});
    if (counter_price_.size() <= counter) counter_price_.resize(counter + 1, 0);
    counter_price_[counter] += each.value;
}

void EnergyMeter::count(std::size_t counter, Picoseconds t, std::uint64_t events) {
    timeline_.at(t).counters[counter] += events;
    if (counter < counter_price_.size()) {
        meter(counter_price_[counter] * static_cast<std::int64_t>(events));
    }
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
            case Source::counter: events = bin.counters[term.index]; break;
        }
        fj += term.each.value * static_cast<std::int64_t>(events);
    }
    return fj;
}

void EnergyMeter::close(const Bin& bin, bool in_window) {
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
