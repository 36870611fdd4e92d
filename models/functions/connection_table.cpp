#include "models/functions/connection_table.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

namespace snsim {

ConnectionTable::ConnectionTable(size_t capacity, const Timeouts& timeouts)
    : mask_(capacity - 1), window_(std::min(window, capacity)), timeouts_(timeouts) {
    if (capacity == 0 || (capacity & mask_) != 0) {
        throw std::invalid_argument("connection table: capacity " + std::to_string(capacity) +
                                    " is not a power of two");
    }
    timeouts_[static_cast<size_t>(ConnectionState::free)] = std::numeric_limits<int64_t>::min();
    memory_ = ZeroPages(capacity * sizeof(Connection), true);
    slots_ = memory_.as<Connection>();
}

Connection* ConnectionTable::find_on(const FlowKey& key, uint64_t hash, int64_t now_ps,
                                     LookupPlan& plan) {
    const uint64_t home = hash & mask_;
    const uint64_t reach = slots_[home].reach;
    for (uint64_t distance = 0;;) {
        const uint64_t slot = (home + distance) & mask_;
        Connection& entry = slots_[slot];
        if (entry.key == key && entry.state != ConnectionState::free) {
            if (alive(entry, now_ps)) return &entry;
            release(slot);
            ++counters_.evicted;
            return nullptr;
        }
        if (++distance >= reach) return nullptr;
        plan.add((home + distance) & mask_);
    }
}

const Connection* ConnectionTable::peek(const FlowKey& key, uint64_t hash, int64_t now_ps) const {
    const uint64_t home = hash & mask_;
    for (uint64_t distance = 0; distance < slots_[home].reach; ++distance) {
        const Connection& entry = slots_[(home + distance) & mask_];
        if (entry.key == key && entry.state != ConnectionState::free) {
            return alive(entry, now_ps) ? &entry : nullptr;
        }
    }
    return nullptr;
}

Connection* ConnectionTable::install(const FlowKey& key, uint64_t hash, int64_t now_ps,
                                     ConnectionState state, bool first_reversed, LookupPlan& plan) {
    const uint64_t home = hash & mask_;
    for (uint64_t distance = 0; distance < window_; ++distance) {
        const uint64_t slot = (home + distance) & mask_;
        Connection& entry = slots_[slot];
        if (distance >= plan.count) plan.add(slot);
        if (entry.state != ConnectionState::free) {
            if (alive(entry, now_ps)) continue;
            release(slot);
            ++counters_.evicted;
        }
        entry.key = key;
        entry.last_seen_ps = now_ps;
        entry.bytes = 0;
        entry.packets = 0;
        entry.state = state;
        entry.first_reversed = first_reversed ? 1 : 0;
        entry.distance = static_cast<uint8_t>(distance);
        Connection& at_home = slots_[home];
        if (at_home.reach <= distance) {
            at_home.reach = static_cast<uint8_t>(distance + 1);
            plan.written |= 1u;
        }
        plan.written |= uint32_t{1} << distance;
        ++counters_.active;
        ++counters_.installed;
        return &entry;
    }
    ++counters_.rejected;
    return nullptr;
}

void ConnectionTable::reopen(Connection& entry, bool first_reversed) {
    entry.bytes = 0;
    entry.packets = 0;
    entry.first_reversed = first_reversed ? 1 : 0;
    ++counters_.installed;
}

void ConnectionTable::release(uint64_t slot) {
    Connection& entry = slots_[slot];
    const uint64_t home = (slot - entry.distance) & mask_;
    entry.state = ConnectionState::free;
    --counters_.active;
    uint8_t& reach = slots_[home].reach;
    if (reach != entry.distance + 1) return;
    // It was the farthest of its home: find the next one.
    do {
        --reach;
        if (reach == 0) return;
        const Connection& other = slots_[(home + reach - 1u) & mask_];
        if (other.state != ConnectionState::free && other.distance + 1 == reach) return;
    } while (true);
}

size_t ConnectionTable::age(int64_t now_ps, size_t budget, LookupPlan& plan) {
    size_t reclaimed = 0;
    for (budget = std::min(budget, capacity()); budget > 0; --budget) {
        const Connection& entry = slots_[sweep_];
        const bool old = entry.state != ConnectionState::free && !alive(entry, now_ps);
        plan.add(sweep_, old);
        if (old) {
            const uint64_t home = (sweep_ - entry.distance) & mask_;
            const uint8_t reach = slots_[home].reach;
            release(sweep_);
            if (home != sweep_ && slots_[home].reach != reach) plan.add(home, true);
            ++counters_.evicted;
            ++reclaimed;
        }
        sweep_ = (sweep_ + 1) & mask_;
    }
    return reclaimed;
}

}  // namespace snsim
