#include "models/pcie/iommu.h"

#include <algorithm>

#include "models/base/random.h"

namespace snsim {

namespace {
/// What is mapped is a whole number of the smallest pages, whatever `page` is: an operating system
/// uses large ones only for what fills them, so that none holds memory of two owners.
constexpr std::uint64_t granule = 4096;

std::size_t table_size(std::int64_t entries) {
    std::size_t size = 16;
    while (size < 2 * static_cast<std::size_t>(entries)) size *= 2;
    return size;
}
}  // namespace

Iommu::Iommu(const sc_core::sc_module_name& name, Partition& partition, const IommuParams& params)
    : sc_module(name),
      walkers(std::string(this->name()) + ".walkers", Frame::no_station,
              static_cast<std::uint32_t>(params.walkers)),
      params_(params),
      engines_(static_cast<std::uint32_t>(params.walkers)),
      entries_(static_cast<std::size_t>(params.entries)),
      buckets_(table_size(params.entries), none) {
    if (params.enabled) partition.stations.add(walkers, {this->name(), "walkers"});
}

void Iommu::map(std::uint16_t function, std::uint64_t address, std::uint64_t bytes, bool writable) {
    Domain& domain = domains_[function];
    domain.detached = false;
    const Mapped mapped{address / granule, (address + bytes - 1) / granule + 1, writable};
    domain.pages.insert(
        std::upper_bound(domain.pages.begin(), domain.pages.end(), mapped,
                         [](const Mapped& a, const Mapped& b) { return a.first < b.first; }),
        mapped);
}

void Iommu::allow_interrupt(std::uint16_t function, std::uint64_t address, std::uint32_t data) {
    domains_[function].interrupts.push_back({address, data});
}

void Iommu::unmap(std::uint16_t function) {
    Domain& domain = domains_[function];
    domain.earlier.insert(domain.earlier.end(), domain.pages.begin(), domain.pages.end());
    domain.pages.clear();
    domain.interrupts.clear();
    domain.detached = true;
}

Iommu::Verdict Iommu::verdict(std::uint16_t function, std::uint64_t address, bool allowed) const {
    if (allowed) return Verdict::pass;
    const Domain& domain = domains_.at(function);
    const std::uint64_t page = address / granule;
    const bool had =
        domain.detached ||
        std::any_of(domain.earlier.begin(), domain.earlier.end(), [page](const Mapped& mapped) {
            return mapped.first <= page && page < mapped.end;
        });
    if (!params_.enabled) return had ? Verdict::pass : Verdict::stray;
    return had ? Verdict::detached : Verdict::blocked;
}

bool Iommu::may_raise(std::uint16_t function, std::uint64_t address, std::uint32_t data) const {
    const auto domain = domains_.find(function);
    if (domain == domains_.end()) return true;
    const std::vector<Message>& own = domain->second.interrupts;
    return std::any_of(own.begin(), own.end(), [&](const Message& message) {
        return message.address == address && message.data == data;
    });
}

bool Iommu::reaches(std::uint16_t function, std::uint64_t address, std::uint32_t bytes,
                    bool write) const {
    const auto domain = domains_.find(function);
    if (domain == domains_.end()) return true;
    std::uint64_t page = address / granule;
    const std::uint64_t last = (address + bytes - 1) / granule;
    const std::vector<Mapped>& mapped = domain->second.pages;
    auto next = std::upper_bound(mapped.begin(), mapped.end(), page,
                                 [](std::uint64_t p, const Mapped& m) { return p < m.first; });
    if (next == mapped.begin()) return false;
    for (--next; next != mapped.end() && next->first <= page && page < next->end; ++next) {
        if (write && !next->writable) return false;
        if (last < next->end) return true;
        page = next->end;
    }
    return false;
}

Picoseconds Iommu::walk_pages(std::uint16_t function, std::uint64_t address, std::uint32_t bytes,
                              Picoseconds t) {
    const auto size = static_cast<std::uint64_t>(params_.page.value);
    const std::uint64_t last = (address + bytes - 1) / size;
    Picoseconds ready = t;
    for (std::uint64_t page = address / size; page <= last; ++page) {
        ready = std::max(ready, look_up(page | std::uint64_t{function} << 52, t));
    }
    return ready;
}

std::uint32_t Iommu::bucket_of(std::uint64_t page) const {
    return static_cast<std::uint32_t>(RandomStream::mix(page) & (buckets_.size() - 1));
}

Picoseconds Iommu::look_up(std::uint64_t page, Picoseconds t) {
    ++lookups_;
    const std::uint32_t bucket = bucket_of(page);
    for (std::uint32_t i = buckets_[bucket]; i != none; i = entries_[i].chain) {
        if (entries_[i].page != page) continue;
        if (i != newest_) {
            unlink(i);
            put_newest(i);
        }
        return std::max(t, entries_[i].ready);
    }
    ++walks_;
    const Served walk = engines_.serve<true>(t, {params_.walk.value, 0, 1});
    walkers.tally.visit(t, {walk.start, walk.finish, walk.finish, 1});
    const std::uint32_t index = take_oldest();
    Entry& entry = entries_[index];
    entry.page = page;
    entry.ready = walk.finish;
    entry.chain = buckets_[bucket];
    buckets_[bucket] = index;
    put_newest(index);
    return walk.finish;
}

std::uint32_t Iommu::take_oldest() {
    if (used_ < entries_.size()) return used_++;
    const std::uint32_t index = oldest_;
    unlink(index);
    std::uint32_t* at = &buckets_[bucket_of(entries_[index].page)];
    while (*at != index) at = &entries_[*at].chain;
    *at = entries_[index].chain;
    return index;
}

void Iommu::unlink(std::uint32_t index) {
    const Entry& entry = entries_[index];
    (entry.newer == none ? newest_ : entries_[entry.newer].older) = entry.older;
    (entry.older == none ? oldest_ : entries_[entry.older].newer) = entry.newer;
}

void Iommu::put_newest(std::uint32_t index) {
    Entry& entry = entries_[index];
    entry.newer = none;
    entry.older = newest_;
    (newest_ == none ? oldest_ : entries_[newest_].newer) = index;
    newest_ = index;
}

}  // namespace snsim
