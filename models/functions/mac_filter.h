// Which function of a NIC a MAC address and VLAN belong to, and by which wire a function sends: the
// filter that a card's owner fills. Exact match; addresses of groups are not kept.
#pragma once

#include <cstdint>
#include <vector>

#include "models/functions/primitives.h"
#include "models/protocols/address.h"

namespace snsim {

class MacFilter {
  public:
    static constexpr std::uint16_t none = 0xffff;

    /// The frames of `mac` in `vlan` (0: untagged) go to the function, which sends by `wire`.
    /// Functions are added in the order of their numbers.
    void add(const MacAddress& mac, std::uint16_t vlan, std::uint8_t wire) {
        entries_.push_back({key_of(mac.data(), vlan), wire, true});
        rebuild();
    }
    /// A function that is off gets no frames.
    void enable(std::uint16_t function, bool on) {
        entries_[function].enabled = on;
        rebuild();
    }

    /// The function, or none. `mac` points at six bytes.
    [[nodiscard]] std::uint16_t find(const std::uint8_t* mac, std::uint16_t vlan) const {
        const std::uint64_t key = key_of(mac, vlan);
        for (std::size_t i = slot_of(key);; i = (i + 1) & mask_) {
            if (slots_[i] == none) return none;
            if (entries_[slots_[i]].key == key) return slots_[i];
        }
    }
    [[nodiscard]] std::uint8_t wire_of(std::uint16_t function) const {
        return entries_[function].wire;
    }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] TableInfo table() const {
        return {"mac_filter", TableKind::ternary, 16, size(), size() * 16, false};
    }

  private:
    struct Entry {
        std::uint64_t key;
        std::uint8_t wire;
        bool enabled;
    };

    [[nodiscard]] static std::uint64_t key_of(const std::uint8_t* mac, std::uint16_t vlan) {
        return std::uint64_t{load_be32(mac)} << 28 | std::uint64_t{load_be16(mac + 4)} << 12 | vlan;
    }
    [[nodiscard]] std::size_t slot_of(std::uint64_t key) const {
        return (key * 0x9e3779b97f4a7c15ULL >> 40) & mask_;
    }
    void rebuild() {
        std::size_t slots = 16;
        while (slots < 4 * entries_.size()) slots *= 2;
        slots_.assign(slots, none);
        mask_ = slots - 1;
        for (std::size_t e = 0; e < entries_.size(); ++e) {
            if (!entries_[e].enabled) continue;
            std::size_t i = slot_of(entries_[e].key);
            while (slots_[i] != none) i = (i + 1) & mask_;
            slots_[i] = static_cast<std::uint16_t>(e);
        }
    }

    std::vector<Entry> entries_;        // by function
    std::vector<std::uint16_t> slots_;  // functions, open addressing
    std::size_t mask_ = 0;
};

}  // namespace snsim
