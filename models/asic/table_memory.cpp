#include "models/asic/table_memory.h"

#include <algorithm>
#include <stdexcept>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "models/base/random.h"

namespace snsim {

namespace {
std::size_t power_of_two_below(std::size_t n) {
    std::size_t power = 1;
    while (power * 2 <= n) power *= 2;
    return power;
}
std::size_t sets_of(const TableMemoryParams& params) {
    const std::int64_t lines = params.cache.value / line_bytes;
    return power_of_two_below(
        static_cast<std::size_t>(std::max<std::int64_t>(1, lines / params.cache_ways)));
}
}  // namespace

TableMemory::TableMemory(std::string path, Partition& partition, const TableMemoryParams& params)
    : path_(std::move(path)),
      params_(params),
      sram_free_(params.sram.value),
      tcam_free_(params.tcam_entries),
      last_set_(sets_of(params) - 1),
      sets_((last_set_ + 1) * sizeof(Set), true),
      ways_(static_cast<std::uint32_t>(params.cache_ways)) {
    build_tree();
    for (std::int64_t i = 0; i < params.channels; ++i) {
        channels_.push_back(std::make_unique<Channel>(path_ + ".channel" + std::to_string(i)));
        partition.stations.add(channels_.back()->station, {path_, "channels"});
    }
}

TableLocation TableMemory::place(const TableInfo& table, Placement wanted) {
    TableLocation place;
    place.entry_bytes = table.entry_bytes;
    if (table.kind == TableKind::ternary) {
        tcam_free_ -= static_cast<std::int64_t>(table.entries);
        if (tcam_free_ < 0) {
            throw std::invalid_argument(path_ + ".tcam_entries: " + std::to_string(table.entries) +
                                        " entries of " + table.name + " do not fit");
        }
        place.kind = MemoryKind::tcam;
        return place;
    }
    const auto bytes = static_cast<std::int64_t>(table.bytes);
    if (wanted != Placement::dram && bytes <= sram_free_) {
        sram_free_ -= bytes;
        place.kind = MemoryKind::sram;
        return place;
    }
    if (wanted == Placement::sram) {
        throw std::invalid_argument(path_ + ".sram: " + std::to_string(bytes) + " B of " +
                                    table.name + " do not fit into the " +
                                    std::to_string(sram_free_) + " B left");
    }
    place.kind = MemoryKind::cache;
    place.first_line = dram_lines_;
    dram_lines_ += static_cast<std::uint32_t>((table.bytes + line_bytes - 1) / line_bytes);
    return place;
}

TableMemory::Set& TableMemory::set_of(std::uint32_t line) const {
    return sets_.as<Set>()[RandomStream::mix(line) & last_set_];
}

void TableMemory::prefetch(const TableLocation& place, std::uint32_t line) const {
    if (place.kind == MemoryKind::cache) {
        __builtin_prefetch(set_of(place.first_line + line).line, 1);
    }
}

// The tree's nodes are numbered as in a heap: root 1, then 2 and 3, then 4 to 7; a set bit says
// that the upper half below the node is the older one.
void TableMemory::build_tree() {
    for (std::uint32_t way = 0; way < ways_; ++way) {
        std::uint32_t node = 1;
        std::uint32_t cleared = 0;
        std::uint32_t set = 0;
        for (std::uint32_t half = ways_ / 2; half > 0; half /= 2) {
            const std::uint32_t upper = (way & half) != 0 ? 1 : 0;
            cleared |= 1U << node;
            set |= (1U - upper) << node;
            node = 2 * node + upper;
        }
        younger_[way] = static_cast<std::uint8_t>(~cleared);
        elder_[way] = static_cast<std::uint8_t>(set);
    }
}

std::uint32_t TableMemory::oldest(const Set& set) const {
    std::uint32_t node = 1;
    std::uint32_t way = 0;
    for (std::uint32_t half = ways_ / 2; half > 0; half /= 2) {
        const std::uint32_t upper = set.older >> node & 1U;
        way += upper * half;
        node = 2 * node + upper;
    }
    return way;
}

/// Bit per way that holds the tag, at most one. Without a branch for each way: which one it is
/// nobody can foresee.
inline std::uint32_t TableMemory::ways_with(const Set& set, std::uint32_t tag) {
#ifdef __SSE2__
    const __m128i wanted = _mm_set1_epi32(static_cast<int>(tag));
    const auto* const lines = reinterpret_cast<const __m128i*>(set.line);
    const __m128i low = _mm_cmpeq_epi32(_mm_load_si128(lines), wanted);
    const __m128i high = _mm_cmpeq_epi32(_mm_load_si128(lines + 1), wanted);
    const __m128i words = _mm_packs_epi32(low, high);
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(words, words))) & 0xffU;
#else
    std::uint32_t hits = 0;
    for (std::uint32_t way = 0; way < max_ways; ++way) {
        hits |= static_cast<std::uint32_t>(set.line[way] == tag) << way;
    }
    return hits;
#endif
}

/// When the line's latest fill ends, or 0 if that has long been so. The set does not tell: few
/// lines are used again so soon, and a set that fills one line of the host's cache is found in half
/// the time.
Picoseconds TableMemory::fill_ends(std::uint32_t address) const {
    for (std::size_t i = fills_.size(); i-- > 0;) {
        if (fills_[i].address == address) return fills_[i].ready;
    }
    return 0;
}

TableMemory::Access TableMemory::access(const TableLocation& place, std::uint32_t line, bool write,
                                        Picoseconds t) {
    if (place.kind != MemoryKind::cache) {
        accesses(place.kind).count(t);
        return {t + (place.kind == MemoryKind::sram ? params_.sram_latency.value
                                                    : params_.tcam_latency.value),
                0};
    }
    const std::uint32_t address = place.first_line + line;
    const std::uint32_t tag = address + 1;
    Set& set = set_of(address);
    const Picoseconds looked_up = t + params_.cache_latency.value;
    accesses(MemoryKind::cache).count(t);
    if (const std::uint32_t hits = ways_with(set, tag); hits != 0) {
        const auto way = static_cast<std::uint32_t>(__builtin_ctz(hits));
        const auto bit = static_cast<std::uint8_t>(1U << way);
        touch(set, way);
        if (write) set.dirty = static_cast<std::uint8_t>(set.dirty | bit);
        if ((set.filling & bit) == 0) return {looked_up, 0};
        if (const Picoseconds end = fill_ends(address); end > looked_up) return {end, 0};
        set.filling = static_cast<std::uint8_t>(set.filling & ~bit);
        return {looked_up, 0};
    }
    const std::uint32_t victim = oldest(set);
    const auto bit = static_cast<std::uint8_t>(1U << victim);
    const Access read = use_channel(address, looked_up, MemoryKind::dram_read);
    if (set.line[victim] != 0 && (set.dirty & bit) != 0) {
        use_channel(set.line[victim] - 1, looked_up, MemoryKind::dram_write);
    }
    set.line[victim] = tag;
    set.dirty = static_cast<std::uint8_t>(write ? set.dirty | bit : set.dirty & ~bit);
    set.filling = static_cast<std::uint8_t>(set.filling | bit);
    while (!fills_.empty() && fills_.front().ready <= looked_up) fills_.drop();
    fills_.push({address, read.ready});
    touch(set, victim);
    return read;
}

TableMemory::Access TableMemory::sweep(const TableLocation& place, std::uint32_t line, bool write,
                                       Picoseconds t) {
    if (place.kind != MemoryKind::cache) return access(place, line, write, t);
    const std::uint32_t address = place.first_line + line;
    Set& set = set_of(address);
    const Picoseconds looked_up = t + params_.cache_latency.value;
    accesses(MemoryKind::cache).count(t);
    if (const std::uint32_t hits = ways_with(set, address + 1); hits != 0) {
        const auto way = static_cast<std::uint32_t>(__builtin_ctz(hits));
        const auto bit = static_cast<std::uint8_t>(1U << way);
        if (write) set.dirty = static_cast<std::uint8_t>(set.dirty | bit);
        const bool filling = (set.filling & bit) != 0;
        return {filling ? std::max(fill_ends(address), looked_up) : looked_up, 0};
    }
    const Access read = use_channel(address, looked_up, MemoryKind::dram_read);
    if (write) use_channel(address, looked_up, MemoryKind::dram_write);
    return read;
}

bool TableMemory::free_for_sweep(const TableLocation& place, std::uint32_t line,
                                 Picoseconds t) const {
    if (place.kind != MemoryKind::cache) return true;
    const std::uint32_t address = place.first_line + line;
    if (ways_with(set_of(address), address + 1) != 0) return true;
    return channel_of(address).free.ps() <= t + params_.cache_latency.value;
}

TableMemory::Channel& TableMemory::channel_of(std::uint32_t line) const {
    return *channels_[((RandomStream::mix(line) >> 32) * channels_.size()) >> 32];
}

TableMemory::Access TableMemory::use_channel(std::uint32_t line, Picoseconds t, MemoryKind kind) {
    Channel& channel = channel_of(line);
    const Exact service{params_.access_time.value, 0, 1};
    const Picoseconds start = channel.free.occupy(t, service);
    const Picoseconds finish = channel.free.ps();
    channel.station.tally.visit(t, {start, finish, finish, line_bytes});
    accesses(kind).count(start);
    return {start + params_.dram_latency.value, start - t};
}

}  // namespace snsim
