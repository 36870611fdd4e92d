// The card's view of a descriptor ring in host memory: what the driver has made known by doorbells,
// what of it has been read, in batches and ahead of use, and what is used up.
//
// Indices count descriptors since the ring was set up. A batch neither crosses the ring's end nor
// that of the cache, so one read of consecutive bytes fills consecutive places.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/base/check.h"
#include "models/base/ring.h"
#include "models/protocols/nic_layout.h"

namespace snsim {

class DescriptorRing {
  public:
    /// A life of the ring is counted in so many bits.
    static constexpr std::uint32_t generation_mask = (1U << 28) - 1;

    /// `cache`: descriptors kept on the card, a power of two.
    DescriptorRing(std::uint32_t cache, std::uint32_t batch)
        : places_(cache), batch_(std::min(cache, batch)) {}

    /// Descriptors of a packet that a cache surely holds, however others lie in it.
    [[nodiscard]] static std::uint32_t most_pieces(std::uint32_t cache, std::uint32_t batch) {
        return cache - std::min(cache, batch) + 1;
    }

    void set_up(std::uint64_t base, std::uint32_t entries) {
        base_ = base;
        entries_ = entries;
        known_ = asked_ = arrived_ = used_ = 0;
        generation_ = (generation_ + 1) & generation_mask;
        reads_ = Ring<Read>();
    }
    void stop() { set_up(0, 0); }
    [[nodiscard]] bool on() const { return entries_ != 0; }
    [[nodiscard]] std::uint32_t entries() const { return entries_; }
    /// Of its life since it was set up.
    [[nodiscard]] std::uint32_t generation() const { return generation_; }

    /// The driver's doorbell; false if that many descriptors cannot be in the ring.
    [[nodiscard]] bool ring(std::uint16_t index) {
        const std::uint64_t known =
            known_ + static_cast<std::uint16_t>(index - static_cast<std::uint16_t>(known_));
        if (!on() || known - used_ > entries_) return false;
        known_ = known;
        return true;
    }

    /// Consecutive descriptors to read from host memory.
    struct Fetch {
        std::uint64_t address;
        std::uint32_t count;  ///< 0: nothing to read, or no room for a batch yet
        std::uint8_t* to;
        std::uint32_t generation;  ///< for fetched()
    };
    [[nodiscard]] Fetch next_fetch() {
        const std::uint64_t cache = places_.size();
        const std::uint64_t room = cache - (asked_ - used_);
        std::uint64_t count = std::min<std::uint64_t>(batch_, known_ - asked_);
        // While there is work on the card, small reads wait until they can be larger.
        if (count == 0 || room < std::min<std::uint64_t>(batch_, entries_))
            return {0, 0, nullptr, 0};
        count = std::min({count, room, cache - asked_ % cache, entries_ - asked_ % entries_});
        const Fetch fetch{base_ + ring_position(asked_, entries_) * ring_entry_bytes,
                          static_cast<std::uint32_t>(count), places_[asked_ % cache].data(),
                          generation_};
        asked_ += count;
        reads_.push({asked_, false});
        return fetch;
    }
    /// The n-th oldest read still under way has come: reads may overtake each other.
    void fetched(std::uint8_t* to, std::uint32_t generation) {
        if (generation != generation_) return;  // of an earlier life
        const std::uint64_t first =
            static_cast<std::uint64_t>(reinterpret_cast<RingEntry*>(to) - places_.data());
        std::uint64_t begin = arrived_;
        for (std::size_t i = 0; i < reads_.size(); ++i) {
            if (begin % places_.size() == first) reads_.at(i).come = true;
            begin = reads_[i].end;
        }
        while (!reads_.empty() && reads_.front().come) arrived_ = reads_.pop().end;
    }

    /// No descriptor will come before one of these is used.
    [[nodiscard]] bool is_full() const {
        if (!on() || arrived_ != asked_) return false;
        return ready() >= entries_ ||
               places_.size() - ready() < std::min<std::uint64_t>(batch_, entries_);
    }
    /// Descriptors that can be used.
    [[nodiscard]] std::uint32_t ready() const {
        return static_cast<std::uint32_t>(arrived_ - used_);
    }
    [[nodiscard]] const std::uint8_t* front(std::uint32_t ahead = 0) const {
        return places_[(used_ + ahead) % places_.size()].data();
    }
    /// Ring position of the first of them.
    [[nodiscard]] std::uint16_t position(std::uint32_t ahead = 0) const {
        return static_cast<std::uint16_t>(ring_position(used_ + ahead, entries_));
    }
    void use(std::uint32_t count = 1) {
        SNSIM_CHECK(count <= ready(), "a descriptor was used that is not there");
        used_ += count;
    }
    /// That the driver has made known and that are not used.
    [[nodiscard]] std::uint64_t posted() const { return known_ - used_; }

  private:
    struct Read {
        std::uint64_t end;
        bool come;
    };

    // parameters
    std::vector<RingEntry> places_;
    std::uint32_t batch_;

    // state
    std::uint64_t base_ = 0;
    std::uint32_t entries_ = 0;  // 0: off
    std::uint32_t generation_ = 0;
    std::uint64_t known_ = 0;
    std::uint64_t asked_ = 0;
    std::uint64_t arrived_ = 0;
    std::uint64_t used_ = 0;
    Ring<Read> reads_;  // under way, in order of descriptors
};

}  // namespace snsim
