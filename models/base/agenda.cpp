#include "models/base/agenda.h"

#include <algorithm>
#include <stdexcept>

namespace snsim {

BlockId Agenda::add_block(std::string path) {
    blocks_.push_back({std::move(path), {}});
    return {static_cast<std::uint32_t>(blocks_.size() - 1)};
}

void Agenda::add_edge(BlockId from, BlockId to) { blocks_[from.index].feeds.push_back(to.index); }

SlotId Agenda::add_slot(BlockId block, Handler handler, void* context) {
    slots_.push_back({block, handler, context});
    return {static_cast<std::uint32_t>(slots_.size() - 1)};
}

void Agenda::elaborate() {
    // Kahn's algorithm; among the blocks that are ready the least instance path goes first.
    std::vector<std::uint32_t> feeders(blocks_.size(), 0);
    for (const Block& block : blocks_) {
        for (const std::uint32_t to : block.feeds) ++feeders[to];
    }
    std::vector<std::uint32_t> ready;
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
        if (feeders[i] == 0) ready.push_back(i);
    }
    std::vector<std::uint32_t> block_rank(blocks_.size(), 0);
    std::uint32_t ranked = 0;
    while (!ready.empty()) {
        const auto least = std::min_element(
            ready.begin(), ready.end(),
            [this](std::uint32_t a, std::uint32_t b) { return blocks_[a].path < blocks_[b].path; });
        const std::uint32_t block = *least;
        ready.erase(least);
        block_rank[block] = ranked++;
        for (const std::uint32_t to : blocks_[block].feeds) {
            if (--feeders[to] == 0) ready.push_back(to);
        }
    }
    if (ranked != blocks_.size()) {
        std::string cycle = "frames can circle without passing time through:";
        for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
            if (feeders[i] != 0) cycle += " " + blocks_[i].path;
        }
        throw std::logic_error(cycle);
    }

    std::vector<std::uint32_t> order(slots_.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return block_rank[slots_[a].block.index] < block_rank[slots_[b].block.index];
    });
    leaves_ = 2;  // at least one match, so that least_[1] is the root
    time_shift_ = phase_bits + 1;
    while (leaves_ < slots_.size()) {
        leaves_ *= 2;
        ++time_shift_;
    }
    end_of_time_ = (Picoseconds{1} << (63 - time_shift_)) - 1;
    rank_of_.assign(slots_.size(), 0);
    calls_.assign(leaves_, {nullptr, nullptr});
    least_.assign(2 * std::size_t{leaves_}, idle);
    for (std::uint32_t rank = 0; rank < order.size(); ++rank) {
        const Slot& slot = slots_[order[rank]];
        rank_of_[order[rank]] = rank;
        calls_[rank] = {slot.handler, slot.context};
    }
}

Picoseconds Agenda::run_until(Picoseconds horizon, Picoseconds kernel_now) {
    kernel_now_ = kernel_now;
    if (horizon <= now_) return now_;  // it was ahead already when another one had to stop
    SNSIM_CHECK(horizon <= end_of_time_, "the agenda's time is up");
    limit_ = key_of(horizon, Phase::control);
    for (;;) {
        const std::uint64_t key = least_[1];
        if (key >= limit_) break;
        const auto rank = static_cast<std::uint32_t>(key & (leaves_ - 1));
        running_rank_ = rank;
        running_key_ = key;
        now_ = static_cast<Picoseconds>(key >> time_shift_);
        least_[leaves_ + rank] = idle;
        ++executed_;
        const Call call = calls_[rank];
        call.handler(call.context);
        replay(rank);
    }
    running_rank_ = ~std::uint32_t{0};
    running_key_ = limit_;
    now_ = static_cast<Picoseconds>(limit_ >> time_shift_);
    return now_;
}

}  // namespace snsim
