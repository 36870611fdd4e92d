// What is known to come, in the order of its time, where most of it is told in that order: a ring
// that never allocates once it has grown. What is told early moves the later ones.
//
// Equal times go by `source`, then in the order of the calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "models/base/ring.h"
#include "models/base/units.h"

namespace snsim {

template <class T>
class SortedQueue {
  public:
    struct Entry {
        Picoseconds t;
        T value;
        std::uint8_t source;
    };

    [[nodiscard]] bool empty() const { return entries_.empty(); }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    /// The i-th to come.
    [[nodiscard]] const Entry& operator[](std::size_t i) const { return entries_[i]; }
    /// Of the first; not to be asked of an empty queue.
    [[nodiscard]] Picoseconds time() const { return entries_.front().t; }

    void push(Picoseconds t, std::uint8_t source, const T& value) {
        std::size_t at = entries_.size();
        entries_.push({t, value, source});
        for (; at > 0; --at) {
            const Entry& before = entries_[at - 1];
            if (before.t < t || (before.t == t && before.source <= source)) return;
            std::swap(entries_.at(at - 1), entries_.at(at));
        }
    }
    T pop() { return entries_.pop().value; }

  private:
    Ring<Entry> entries_;
};

}  // namespace snsim
