// What of memory stands in the last-level cache: a directory without data.
//
// Sets of pages of 4 KiB with a bit per 64 B line; the least recently used page of a set goes. What
// cores touch may take any way of a set, what devices write only the first `ddio_ways` (Intel
// DDIO); either is found wherever it stands. A page with one line takes the room of a whole page
// here, so sparse buffers fill it sooner than they would a real cache.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/host/host_params.h"

namespace snsim {

class LastLevelCache {
  public:
    explicit LastLevelCache(const HostMemoryParams& params);
    LastLevelCache(const LastLevelCache&) = delete;
    LastLevelCache& operator=(const LastLevelCache&) = delete;

    /// True if all lines of [address, address + bytes) stand in the cache.
    [[nodiscard]] bool holds(std::uint64_t address, std::uint64_t bytes);
    /// Cores used these bytes.
    void touch(std::uint64_t address, std::uint64_t bytes) { put(address, bytes, ways_); }
    /// A device wrote these bytes.
    void written(std::uint64_t address, std::uint64_t bytes) { put(address, bytes, ddio_ways_); }
    void forget(std::uint64_t address, std::uint64_t bytes);

  private:
    static constexpr std::uint64_t page_bytes = 4096;
    static constexpr std::uint64_t line_bytes = 64;
    static constexpr std::uint64_t no_page = ~std::uint64_t{0};

    struct Way {
        std::uint64_t page = no_page;
        std::uint64_t lines = 0;
        std::uint64_t used = 0;
    };

    void put(std::uint64_t address, std::uint64_t bytes, std::uint32_t ways);
    [[nodiscard]] Way* set_of(std::uint64_t page);
    [[nodiscard]] Way* find(std::uint64_t page) {
        Way*& latest = latest_[page % latest_.size()];
        if (latest->page != page) {
            Way* const way = search(page);
            if (way == nullptr) return nullptr;
            latest = way;
        }
        return latest;
    }
    [[nodiscard]] Way* search(std::uint64_t page);
    /// The bits of the lines of `page` in [address, end).
    [[nodiscard]] static std::uint64_t lines_of(std::uint64_t page, std::uint64_t address,
                                                std::uint64_t end);

    std::uint32_t ways_;
    std::uint32_t ddio_ways_;
    std::uint64_t sets_;
    std::vector<Way> all_;
    std::array<Way*, 512> latest_{};  ///< where pages were found, by their last digits
    std::uint64_t clock_ = 0;
};

}  // namespace snsim
