// Longest prefix match over bulk-built tables, as a card would keep them in its memory.
//
// IPv4: DIR-24-8 (P. Gupta, S. Lin, N. McKeown, INFOCOM 1998): 2^24 4-byte entries indexed by the
// upper 24 bits, then 256-entry blocks for longer prefixes; one or two dependent accesses. That is
// what the card keeps and what look-ups name lines of. Here the upper table is kept in blocks of
// 256 entries that exist only where a prefix is longer than 16 bits, which for most route tables
// takes a tenth of the memory.
// IPv6: binary search over the prefix lengths in use (M. Waldvogel et al., SIGCOMM 1997): one hash
// look-up per step, markers leading to longer prefixes and carrying the best match so far; up to
// eight dependent accesses of a line, and one more per line that has spilled into the next.
// The route of length 0 is a register in both, not a table entry.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/base/zero_pages.h"
#include "models/functions/primitives.h"
#include "models/protocols/address.h"

namespace snsim {

// Next hops are indices given by the user, below max_next_hop.
inline constexpr uint32_t max_next_hop = 0x7ffffffe;
inline constexpr uint32_t no_next_hop = 0xffffffff;

struct Ipv4Route {
    uint32_t prefix = 0;  // host order
    uint8_t length = 0;
    uint32_t next_hop = 0;
};

struct Ipv6Route {
    uint64_t high = 0;  // host order
    uint64_t low = 0;
    uint8_t length = 0;
    uint32_t next_hop = 0;
};

struct RouteError {
    enum class Kind : uint8_t { duplicate, host_bits_set, bad_length, bad_next_hop };
    Kind kind;
    size_t route;  // index of the offending route; of duplicates, the later one
    size_t other;  // duplicates: the earlier one
};
[[nodiscard]] std::string to_text(const RouteError& error);

class Ipv4Lpm {
  public:
    Ipv4Lpm();

    // Replaces the table. On an error the table is empty.
    std::optional<RouteError> build(const std::vector<Ipv4Route>& routes);

    [[nodiscard]] uint32_t lookup(uint32_t address) const {
        uint32_t entry = upper(address);
        if ((entry & extended) != 0) {
            entry = lower_[(entry & ~extended) * block_entries + (address & 0xffu)];
        }
        return entry != 0 ? entry - 1 : default_;
    }
    // The same, naming the lines read: the lower blocks follow the upper table.
    [[nodiscard]] uint32_t lookup(uint32_t address, LookupPlan& plan) const {
        constexpr uint32_t line_entries = line_bytes / sizeof(uint32_t);
        uint32_t entry = upper(address);
        plan.add(first_line(address));
        if ((entry & extended) != 0) {
            const uint64_t at = uint64_t{entry & ~extended} * block_entries + (address & 0xffu);
            plan.add((upper_entries + at) / line_entries);
            plan.dependent = true;
            entry = lower_[at];
        }
        return entry != 0 ? entry - 1 : default_;
    }
    void prefetch(uint32_t address) const { __builtin_prefetch(&upper(address)); }
    /// Once what prefetch() fetches is there: what a long prefix needs besides.
    void prefetch_longer(uint32_t address) const {
        const uint32_t entry = upper(address);
        if ((entry & extended) != 0) {
            __builtin_prefetch(&lower_[(entry & ~extended) * block_entries + (address & 0xffu)]);
        }
    }
    [[nodiscard]] static uint64_t first_line(uint32_t address) {
        return (address >> 8) / (line_bytes / sizeof(uint32_t));
    }

    [[nodiscard]] TableInfo table() const;

  private:
    static constexpr uint32_t extended = 0x80000000u;
    static constexpr uint64_t upper_entries = uint64_t{1} << 24;
    static constexpr uint64_t block_entries = 256;

    // The upper table's entry of an address.
    [[nodiscard]] const uint32_t& upper(uint32_t address) const {
        const uint32_t& entry = top_[address >> 16];
        if ((entry & extended) == 0) return entry;
        return middle_[(entry & ~extended) * block_entries + ((address >> 8) & 0xffu)];
    }
    struct Blocks {
        explicit Blocks(size_t most);
        // The block behind the entry, which is made and filled with what the entry said before.
        uint32_t* split(uint32_t& entry);
        [[nodiscard]] const uint32_t& operator[](uint64_t at) const {
            return memory.as<uint32_t>()[at];
        }

        ZeroPages memory;
        uint32_t used = 0;
    };

    // Entries are 0: default; extended | block; else next hop + 1.
    std::vector<uint32_t> top_;  // by the upper 16 bits; blocks are in middle_
    Blocks middle_{0};           // the upper table; blocks are in lower_
    Blocks lower_{0};
    uint32_t default_ = no_next_hop;
};

class Ipv6Lpm {
  public:
    // Replaces the table. On an error the table is empty.
    std::optional<RouteError> build(const std::vector<Ipv6Route>& routes);

    [[nodiscard]] uint32_t lookup(uint64_t high, uint64_t low, LookupPlan& plan) const;
    void prefetch(uint64_t high, uint64_t low) const;

    [[nodiscard]] TableInfo table() const;

  private:
    // Two hash tables in one memory: prefixes of up to 64 bits, four to a line, then the longer
    // ones, two to a line.
    struct Short {
        uint64_t high;
        uint32_t best;   // next hop + 1 of the longest route covering it, 0 for the default
        uint8_t length;  // 0: free
        uint8_t longer;  // longer prefixes begin with it
        uint16_t spill;  // in a line's first entry: how many lines on its entries may stand
    };
    struct Long {
        uint64_t high;
        uint64_t low;
        uint32_t best;
        uint8_t length;
        uint8_t longer;
        uint16_t spill;
        uint64_t spare;
    };
    struct Result {
        bool found;
        bool longer;
        uint32_t best;
    };
    struct Node;

    template <typename Entry>
    static void insert(Entry* table, uint64_t lines, const Node& node);
    template <typename Entry>
    static Result find(const Entry* table, uint64_t lines, uint64_t high, uint64_t low,
                       uint8_t length, uint64_t first_line, LookupPlan& plan);
    [[nodiscard]] std::vector<Node> make_nodes(const std::vector<Ipv6Route>& routes,
                                               const std::vector<uint32_t>& order) const;

    ZeroPages memory_;
    uint64_t short_lines_ = 0;
    uint64_t long_lines_ = 0;
    uint64_t entries_ = 0;
    std::vector<uint8_t> lengths_;  // in use, ascending, without 0
    uint32_t default_ = no_next_hop;
};

}  // namespace snsim
