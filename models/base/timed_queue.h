// What is known to come, in the order of its time: a heap that never allocates once it has grown.
//
// Equal times go by `source`, then in the order of the calls with that source, so that neither the
// order of calls between sources nor the heap's layout reaches a result.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/base/units.h"

namespace snsim {

template <class T>
class TimedQueue {
  public:
    [[nodiscard]] bool empty() const { return heap_.empty(); }
    [[nodiscard]] std::size_t size() const { return heap_.size(); }
    /// Of the first; not to be asked of an empty queue.
    [[nodiscard]] Picoseconds time() const { return heap_.front().t; }
    [[nodiscard]] const T& front() const { return heap_.front().value; }

    void push(Picoseconds t, std::uint8_t source, const T& value) {
        heap_.push_back({t, static_cast<std::uint64_t>(source) << 56 | next_++, value});
        std::push_heap(heap_.begin(), heap_.end(), later);
    }
    T pop() {
        std::pop_heap(heap_.begin(), heap_.end(), later);
        const T value = heap_.back().value;
        heap_.pop_back();
        return value;
    }

  private:
    struct Entry {
        Picoseconds t;
        std::uint64_t order;
        T value;
    };
    static bool later(const Entry& a, const Entry& b) {
        return a.t != b.t ? a.t > b.t : a.order > b.order;
    }

    std::vector<Entry> heap_;
    std::uint64_t next_ = 0;
};

}  // namespace snsim
