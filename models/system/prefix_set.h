// The prefixes that are taken, while tables of them are generated.
//
// Prefixes are known by a hash of 64 bits alone, at its place in an open table that is never more
// than half full.
#pragma once

#include <cstdint>

#include "models/base/zero_pages.h"

namespace snsim {

class PrefixSet {
  public:
    /// Makes room for so many more.
    void reserve(std::size_t more) {
        if (2 * (size_ + more) > slots_) grow(size_ + more);
    }
    /// Fetches what insert() will read. (Inlined always: see FlowPlan::prefetch.)
    __attribute__((always_inline)) void prefetch(std::uint64_t hash) const {
        __builtin_prefetch(memory_.as<std::uint64_t>() + (hash & (slots_ - 1)), 1);
    }
    /// False when it is there already. There must be room.
    bool insert(std::uint64_t hash) {
        // 0 marks a free place, so the hash that is 0 goes by another name.
        const std::uint64_t name = hash != 0 ? hash : 1;
        std::uint64_t* const names = memory_.as<std::uint64_t>();
        std::uint64_t at = name & (slots_ - 1);
        for (; names[at] != 0; at = (at + 1) & (slots_ - 1)) {
            if (names[at] == name) return false;
        }
        names[at] = name;
        ++size_;
        return true;
    }

  private:
    void grow(std::size_t size) {
        std::size_t slots = 16;
        while (slots < 2 * size) slots *= 2;
        PrefixSet larger;
        larger.memory_ = ZeroPages(slots * sizeof(std::uint64_t), true);
        larger.slots_ = slots;
        for (std::size_t i = 0; i < slots_; ++i) {
            if (const std::uint64_t name = memory_.as<std::uint64_t>()[i]; name != 0) {
                larger.insert(name);
            }
        }
        *this = std::move(larger);
    }

    ZeroPages memory_;
    std::size_t slots_ = 0;
    std::size_t size_ = 0;
};

}  // namespace snsim
