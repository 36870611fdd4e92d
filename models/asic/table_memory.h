// The card's table memory: on-chip SRAM and TCAM, and DRAM (HBM) channels behind a cache.
//
// A table is placed once, by size: ternary tables into TCAM, others into SRAM while it lasts, the
// rest into DRAM. SRAM and TCAM answer after a fixed time. A DRAM line is looked for in a
// set-associative write-back cache (tree pseudo-LRU); a miss occupies the line's channel for
// access_time and answers dram_latency after its start; a dirty victim occupies its channel for one
// more access. Misses to a line under way share its fill. Left out: banks and rows, refresh, bus
// turn-around (all inside access_time and dram_latency), prefetching.
//
// Accesses to DRAM come in non-decreasing time from agenda points; every access is counted.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/asic/asic_events.h"
#include "models/asic/asic_params.h"
#include "models/base/event_tally.h"
#include "models/base/partition.h"
#include "models/base/ring.h"
#include "models/base/servers.h"
#include "models/base/zero_pages.h"
#include "models/functions/primitives.h"

namespace snsim {

enum class Placement : std::uint8_t { automatic, sram, dram };

/// Where a table stands.
struct TableLocation {
    MemoryKind kind = MemoryKind::sram;  ///< sram, tcam, or cache (DRAM behind the cache)
    std::uint32_t first_line = 0;        ///< of its DRAM lines
    std::uint32_t entry_bytes = 0;
};

class TableMemory {
  public:
    TableMemory(std::string path, Partition& partition, const TableMemoryParams& params);
    TableMemory(const TableMemory&) = delete;
    TableMemory& operator=(const TableMemory&) = delete;

    /// Accesses of one kind, counted when they begin.
    [[nodiscard]] EventTally& accesses(MemoryKind kind) {
        return accesses_[static_cast<std::size_t>(kind)];
    }

    /// Throws std::invalid_argument if the wanted memory has no room.
    TableLocation place(const TableInfo& table, Placement wanted);

    /// True if other users of the memory can delay an access.
    [[nodiscard]] static bool is_shared(const TableLocation& place) {
        return place.kind == MemoryKind::cache;
    }

    struct Access {
        Picoseconds ready;   ///< when the data are there
        Picoseconds waited;  ///< for a busy channel, of that time
    };
    /// Accesses one line (counted from the table's first) at t.
    Access access(const TableLocation& place, std::uint32_t line, bool write, Picoseconds t);
    /// The same for a sweep in the background. It keeps no line in the cache: one that stands there
    /// is used there and gets no younger, another is read from DRAM and, if written, written back
    /// at once.
    Access sweep(const TableLocation& place, std::uint32_t line, bool write, Picoseconds t);
    /// Whether a sweep of the line would begin at once.
    [[nodiscard]] bool free_for_sweep(const TableLocation& place, std::uint32_t line,
                                      Picoseconds t) const;
    /// Fetches what access() will touch into the host's cache; changes nothing.
    void prefetch(const TableLocation& place, std::uint32_t line) const;

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    static constexpr std::uint32_t max_ways = 8;
    /// One line of the host's cache.
    struct alignas(64) Set {
        std::uint32_t line[max_ways];  // + 1, 0 is empty
        std::uint8_t older = 0;        // tree bits, node n at bit n: which half is older
        std::uint8_t dirty = 0;
        std::uint8_t filling = 0;  // ways whose fill may still be under way
    };
    struct Fill {
        std::uint32_t address;
        Picoseconds ready;
    };

    struct Channel {
        explicit Channel(std::string path) : station(std::move(path), Frame::no_station, 1) {}
        Station station;
        FreeTime free;
    };

    [[nodiscard]] static std::uint32_t ways_with(const Set& set, std::uint32_t tag);
    [[nodiscard]] Picoseconds fill_ends(std::uint32_t address) const;
    [[nodiscard]] Set& set_of(std::uint32_t line) const;
    [[nodiscard]] Channel& channel_of(std::uint32_t line) const;
    Access use_channel(std::uint32_t line, Picoseconds t, MemoryKind kind);
    void touch(Set& set, std::uint32_t way) const {
        set.older = static_cast<std::uint8_t>((set.older & younger_[way]) | elder_[way]);
    }
    [[nodiscard]] std::uint32_t oldest(const Set& set) const;
    void build_tree();

    // parameters
    std::string path_;
    TableMemoryParams params_;

    std::array<std::uint8_t, max_ways> younger_{};  // tree bits that stay when a way is used
    std::array<std::uint8_t, max_ways> elder_{};    // and those that are set

    // state
    std::int64_t sram_free_;
    std::int64_t tcam_free_;
    std::uint32_t dram_lines_ = 0;
    std::size_t last_set_;  // sets - 1
    ZeroPages sets_;
    Ring<Fill> fills_;  ///< in order of their reads; what is not among them has ended
    std::uint32_t ways_;
    std::vector<std::unique_ptr<Channel>> channels_;
    std::array<EventTally, static_cast<std::size_t>(MemoryKind::count_)> accesses_;
};

}  // namespace snsim
