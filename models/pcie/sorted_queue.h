// What is known to come, in the order of its time, where most of it is told in that order: a ring
// that never allocates once it has grown. What is told early moves the later ones.
//
// Equal times go by `source`, then in the order of the calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

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

    [[nodiscard]] bool empty() const { return head_ == tail_; }
    [[nodiscard]] std::size_t size() const { return tail_ - head_; }
    /// The i-th to come.
    [[nodiscard]] const Entry& operator[](std::size_t i) const {
        return slots_[(head_ + i) & mask_];
    }
    /// Of the first; not to be asked of an empty queue.
    [[nodiscard]] Picoseconds time() const { return slots_[head_ & mask_].t; }

    void push(Picoseconds t, std::uint8_t source, const T& value) {
        if (size() > mask_) grow();
        std::size_t at = tail_++;
        for (; at != head_; --at) {
            const Entry& before = slots_[(at - 1) & mask_];
            if (before.t < t || (before.t == t && before.source <= source)) break;
            slots_[at & mask_] = before;
        }
        slots_[at & mask_] = {t, value, source};
    }
    T pop() { return slots_[head_++ & mask_].value; }

  private:
    void grow() {
        std::vector<Entry> larger(slots_.size() * 2);
        const std::size_t count = size();
        for (std::size_t i = 0; i < count; ++i) larger[i] = slots_[(head_ + i) & mask_];
        slots_ = std::move(larger);
        mask_ = slots_.size() - 1;
        head_ = 0;
        tail_ = count;
    }

    std::vector<Entry> slots_ = std::vector<Entry>(16);
    std::size_t mask_ = slots_.size() - 1;
    std::size_t head_ = 0;
    std::size_t tail_ = 0;
};

}  // namespace snsim
