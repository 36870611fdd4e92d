#include "models/host/last_level_cache.h"

#include <algorithm>

#include "models/base/random.h"

namespace snsim {

LastLevelCache::LastLevelCache(const HostMemoryParams& params)
    : ways_(static_cast<std::uint32_t>(params.llc_ways)),
      ddio_ways_(static_cast<std::uint32_t>(params.ddio_ways)),
      sets_(std::max<std::uint64_t>(
          1, static_cast<std::uint64_t>(params.llc.value) / page_bytes / ways_)),
      all_(sets_ * ways_) {
    latest_.fill(all_.data());
}

LastLevelCache::Way* LastLevelCache::set_of(std::uint64_t page) {
    const std::uint64_t set =
        static_cast<std::uint64_t>((static_cast<Uint128>(RandomStream::mix(page)) * sets_) >> 64);
    return &all_[set * ways_];
}

LastLevelCache::Way* LastLevelCache::search(std::uint64_t page) {
    Way* const set = set_of(page);
    for (std::uint32_t i = 0; i < ways_; ++i) {
        if (set[i].page == page) return &set[i];
    }
    return nullptr;
}

std::uint64_t LastLevelCache::lines_of(std::uint64_t page, std::uint64_t address,
                                       std::uint64_t end) {
    const std::uint64_t start = page * page_bytes;
    const std::uint64_t first = address > start ? (address - start) / line_bytes : 0;
    const std::uint64_t last =
        end < start + page_bytes ? (end - 1 - start) / line_bytes : page_bytes / line_bytes - 1;
    const std::uint64_t count = last - first + 1;
    const std::uint64_t bits = count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    return bits << first;
}

bool LastLevelCache::holds(std::uint64_t address, std::uint64_t bytes) {
    const std::uint64_t end = address + bytes;
    for (std::uint64_t page = address / page_bytes; page * page_bytes < end; ++page) {
        Way* const way = find(page);
        const std::uint64_t lines = lines_of(page, address, end);
        if (way == nullptr || (way->lines & lines) != lines) return false;
        way->used = ++clock_;
    }
    return true;
}

void LastLevelCache::put(std::uint64_t address, std::uint64_t bytes, std::uint32_t ways) {
    const std::uint64_t end = address + bytes;
    for (std::uint64_t page = address / page_bytes; page * page_bytes < end; ++page) {
        Way* way = find(page);
        if (way == nullptr) {
            if (ways == 0) continue;
            Way* const set = set_of(page);
            way = std::min_element(set, set + ways,
                                   [](const Way& a, const Way& b) { return a.used < b.used; });
            *way = {page, 0, 0};
        }
        way->lines |= lines_of(page, address, end);
        way->used = ++clock_;
    }
}

void LastLevelCache::forget(std::uint64_t address, std::uint64_t bytes) {
    const std::uint64_t end = address + bytes;
    for (std::uint64_t page = address / page_bytes; page * page_bytes < end; ++page) {
        if (Way* const way = find(page)) way->lines &= ~lines_of(page, address, end);
    }
}

}  // namespace snsim
