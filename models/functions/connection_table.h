// The table of connections: 64-byte entries at 64-byte lines, hashed, with linear probing over a
// bounded window and ageing.
//
// An entry lives in one of the `window` slots from its home slot on (home = hash modulo capacity,
// slots wrap). Every home slot remembers how far its entries reach, so that a look-up reads the
// home line and only as many more as an entry of this home may stand in. An entry idle for its
// state's timeout or longer is absent; its slot is reused, or reclaimed by age(). When all slots
// of a window are taken by live entries the table is full for that key: up to a capacity of
// `window` that is exactly when all slots are taken.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/base/check.h"
#include "models/base/zero_pages.h"
#include "models/functions/primitives.h"
#include "models/functions/tcp_state.h"
#include "models/protocols/flow_key.h"

namespace snsim {

struct alignas(64) Connection {
    FlowKey key;
    int64_t last_seen_ps = 0;
    uint64_t bytes = 0;
    uint32_t packets = 0;
    ConnectionState state = ConnectionState::free;
    uint8_t first_reversed = 0;  // the first role is the key's dst
    uint8_t reach = 0;           // of the slot as a home: 1 + largest distance in use, 0 for none
    uint8_t distance = 0;        // of the entry from its home
};
static_assert(sizeof(Connection) == 64);

class ConnectionTable {
  public:
    static constexpr size_t window = 32;
    using Timeouts = std::array<int64_t, static_cast<size_t>(ConnectionState::count_)>;

    struct Counters {
        uint64_t active = 0;  // slots taken, aged but not yet reclaimed ones included
        uint64_t installed = 0;
        uint64_t evicted = 0;   // reclaimed because of age
        uint64_t rejected = 0;  // not installed for want of a slot
    };

    // Capacity must be a power of two (throws std::invalid_argument).
    ConnectionTable(size_t capacity, const Timeouts& timeouts);

    [[nodiscard]] uint64_t home(uint64_t hash) const { return hash & mask_; }
    void prefetch(uint64_t hash) const { __builtin_prefetch(&slots_[home(hash)], 1); }

    // The live entry of a key, or null. Appends the lines read to the plan.
    Connection* find(const FlowKey& key, uint64_t hash, int64_t now_ps, LookupPlan& plan) {
        // Mostly it stands at home.
        Connection& entry = slots_[home(hash)];
        plan.dependent = true;
        plan.add(home(hash));
        if (unlikely(entry.key != key || !alive(entry, now_ps))) {
            return find_on(key, hash, now_ps, plan);
        }
        return &entry;
    }
    // The same for onlookers: reclaims nothing.
    [[nodiscard]] const Connection* peek(const FlowKey& key, uint64_t hash, int64_t now_ps) const;
    // A new entry of a key that find did not find at this time; null when the window is full.
    // Appends the lines read beyond those of find.
    Connection* install(const FlowKey& key, uint64_t hash, int64_t now_ps, ConnectionState state,
                        bool first_reversed, LookupPlan& plan);

    // Makes a live entry a new connection in the same place.
    void reopen(Connection& entry, bool first_reversed);

    // Looks at the next `budget` slots, at most once at each; reclaims entries that are too old.
    // Appends the lines read: of each slot, and of the home that an entry reclaimed changes.
    size_t age(int64_t now_ps, size_t budget, LookupPlan& plan);

    [[nodiscard]] const Counters& counters() const { return counters_; }
    [[nodiscard]] size_t capacity() const { return static_cast<size_t>(mask_) + 1; }
    // False for a free slot.
    [[nodiscard]] bool alive(const Connection& entry, int64_t now_ps) const {
        return now_ps - entry.last_seen_ps < timeouts_[static_cast<size_t>(entry.state)];
    }

  private:
    // Goes on from the home slot, which has been named and is not the entry.
    Connection* find_on(const FlowKey& key, uint64_t hash, int64_t now_ps, LookupPlan& plan);
    void release(uint64_t slot);

    uint64_t mask_;
    uint64_t window_;
    Timeouts timeouts_;
    ZeroPages memory_;
    Connection* slots_;
    uint64_t sweep_ = 0;
    Counters counters_;
};

}  // namespace snsim
