// The card's view of a completion ring in host memory: completions are built on the card and
// written singly or several at once, in order, and interrupts are raised for them by count and
// time.
//
// A completion waits for others until there are `batch` of them or the first has waited its time;
// a batch ends with the ring. Left out: a check that the driver has read what is overwritten; as
// many completions as descriptors were posted always fit.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "models/base/units.h"
#include "models/protocols/nic_layout.h"

namespace snsim {

class CompletionRing {
  public:
    /// Interrupts: after so many completions, or so long after the first of them.
    struct Moderation {
        std::uint32_t count = 1;
        Picoseconds time = 0;
    };

    void set_up(std::uint64_t base, std::uint32_t entries) {
        base_ = base;
        entries_ = entries;
        if (places_.size() < entries) {
            // Writes of its life before may be under way.
            earlier_.push_back(std::move(places_));
            places_.assign(entries, RingEntry{});
        }
        built_ = written_ = 0;
        armed_ = false;
        unannounced_ = 0;
        write_timer = interrupt_timer = false;
        ++writes;
        ++announcements;
    }
    void stop() { set_up(0, 0); }
    [[nodiscard]] bool on() const { return entries_ != 0; }
    [[nodiscard]] std::uint32_t entries() const { return entries_; }

    /// Where the next completion is built, and its colour.
    [[nodiscard]] std::uint8_t* next(bool& colour) {
        colour = ring_colour(built_, entries_);
        return places_[ring_position(built_++, entries_)].data();
    }
    /// Completions built and not written.
    [[nodiscard]] std::uint32_t waiting() const {
        return static_cast<std::uint32_t>(built_ - written_);
    }
    /// True if those can wait for no other: the ring's end.
    [[nodiscard]] bool at_end() const { return ring_position(built_, entries_) == 0; }

    struct Write {
        std::uint64_t address;
        std::uint8_t* data;
        std::uint32_t bytes;
    };
    /// All that wait, which lie side by side.
    [[nodiscard]] Write take() {
        const std::uint32_t position = ring_position(written_, entries_);
        const Write write{base_ + position * ring_entry_bytes, places_[position].data(),
                          waiting() * static_cast<std::uint32_t>(ring_entry_bytes)};
        write_timer = false;
        ++writes;
        unannounced_ += waiting();
        written_ = built_;
        return write;
    }

    // --- interrupts
    /// The driver has taken completions up to this index, modulo 65536, and wants to hear of more;
    /// false if it cannot have.
    [[nodiscard]] bool arm(std::uint16_t index) {
        const auto ahead = static_cast<std::uint16_t>(written_ - index);
        if (!on() || ahead > entries_) return false;
        armed_ = true;
        unannounced_ = ahead;
        return true;
    }
    [[nodiscard]] bool armed() const { return armed_; }
    /// Written, and no interrupt told of them.
    [[nodiscard]] std::uint32_t unannounced() const { return unannounced_; }
    /// An interrupt tells of them; returns of how many.
    std::uint32_t announce() {
        armed_ = false;
        interrupt_timer = false;
        ++announcements;
        const std::uint32_t count = unannounced_;
        unannounced_ = 0;
        return count;
    }

    std::uint16_t vector = 0;
    Moderation moderation;
    // A timer of an earlier batch, announcement or life does nothing.
    std::uint64_t writes = 0;
    std::uint64_t announcements = 0;
    bool write_timer = false;      ///< whether one runs
    bool interrupt_timer = false;  ///< likewise

  private:
    std::uint64_t base_ = 0;
    std::uint32_t entries_ = 0;                    // 0: off
    std::vector<RingEntry> places_;                ///< at least `entries_`
    std::vector<std::vector<RingEntry>> earlier_;  ///< smaller ones
    std::uint64_t built_ = 0;
    std::uint64_t written_ = 0;
    bool armed_ = false;
    std::uint32_t unannounced_ = 0;
};

}  // namespace snsim
