// The IOMMU: translates what devices ask for, page by page.
//
// Translations of pages used last stand in the IOTLB (fully associative, least recently used goes).
// A miss takes one of a few page walkers; further accesses to a page that is being walked wait for
// that walk. A function that has a domain reaches what is mapped for it and nothing else, and
// raises the interrupts that are its own; one without reaches all. A disabled IOMMU lets everything
// pass; asked to watch, it tells what it would have stopped. Left out: caches of upper page-table
// levels, invalidations, ATS.
#pragma once

#include <systemc>
#include <unordered_map>
#include <vector>

#include "models/base/partition.h"
#include "models/base/servers.h"
#include "models/pcie/pcie_params.h"

namespace snsim {

class Iommu : public sc_core::sc_module {
  public:
    Iommu(const sc_core::sc_module_name& name, Partition& partition, const IommuParams& params);

    /// When all pages of [address, address + bytes) are translated, for one asked at t. Calls come
    /// in the order in which requests reach the root complex.
    [[nodiscard]] Picoseconds translate(std::uint16_t function, std::uint64_t address,
                                        std::uint32_t bytes, Picoseconds t) {
        if (!params_.enabled) return t;
        return walk_pages(function, address, bytes, t);
    }
    /// Adds whole pages of 4 KiB from an address on to what the function reaches.
    void map(std::uint16_t function, std::uint64_t address, std::uint64_t bytes, bool writable);
    /// The function may send this message, as well as those said before.
    void allow_interrupt(std::uint16_t function, std::uint64_t address, std::uint32_t data);
    /// The function has a domain, whether or not anything is mapped for it.
    void confine(std::uint16_t function) { (void)domains_[function]; }
    /// Takes away all that is mapped for it, and its interrupts; its domain stays.
    void unmap(std::uint16_t function);
    /// Tells strays from now on, even where they cannot be stopped.
    void watch() { watching_ = true; }

    /// What becomes of an access.
    enum class Verdict : std::uint8_t {
        pass,
        stray,    ///< it passes, as nothing stops it
        blocked,  ///< the function has no right to it
        detached  ///< it had, until that was taken away
    };
    [[nodiscard]] Verdict judge(std::uint16_t function, std::uint64_t address, std::uint32_t bytes,
                                bool write) const {
        if (!params_.enabled && !watching_) return Verdict::pass;
        return verdict(function, address, reaches(function, address, bytes, write));
    }
    [[nodiscard]] Verdict judge_interrupt(std::uint16_t function, std::uint64_t address,
                                          std::uint32_t data) const {
        if (!params_.enabled && !watching_) return Verdict::pass;
        return verdict(function, address, may_raise(function, address, data));
    }
    /// Whether the function may read or write all of that.
    [[nodiscard]] bool allows(std::uint16_t function, std::uint64_t address, std::uint32_t bytes,
                              bool write) const {
        return !params_.enabled || reaches(function, address, bytes, write);
    }

    [[nodiscard]] std::uint64_t lookups() const { return lookups_; }
    [[nodiscard]] std::uint64_t walks() const { return walks_; }

    Station walkers;

  private:
    static constexpr std::uint32_t none = ~0U;
    struct Entry {
        std::uint64_t page = 0;
        Picoseconds ready = 0;  ///< end of its walk
        std::uint32_t newer = none;
        std::uint32_t older = none;
        std::uint32_t chain = none;  ///< next one with the same hash
    };

    [[nodiscard]] Picoseconds walk_pages(std::uint16_t function, std::uint64_t address,
                                         std::uint32_t bytes, Picoseconds t);
    [[nodiscard]] Picoseconds look_up(std::uint64_t page, Picoseconds t);
    [[nodiscard]] std::uint32_t bucket_of(std::uint64_t page) const;
    [[nodiscard]] std::uint32_t take_oldest();
    void unlink(std::uint32_t index);
    void put_newest(std::uint32_t index);

    struct Mapped {
        std::uint64_t first;  ///< page of 4 KiB
        std::uint64_t end;
        bool writable;
    };
    struct Message {
        std::uint64_t address;
        std::uint32_t data;
    };
    struct Domain {
        std::vector<Mapped> pages;  ///< by address
        std::vector<Message> interrupts;
        std::vector<Mapped> earlier;  ///< that were taken away
        bool detached = false;
    };
    [[nodiscard]] bool reaches(std::uint16_t function, std::uint64_t address, std::uint32_t bytes,
                               bool write) const;
    [[nodiscard]] bool may_raise(std::uint16_t function, std::uint64_t address,
                                 std::uint32_t data) const;
    [[nodiscard]] Verdict verdict(std::uint16_t function, std::uint64_t address,
                                  bool allowed) const;

    // parameters
    IommuParams params_;

    // state
    bool watching_ = false;
    std::unordered_map<std::uint16_t, Domain> domains_;  ///< looked up only
    Engines engines_;
    std::vector<Entry> entries_;
    std::vector<std::uint32_t> buckets_;
    std::uint32_t used_ = 0;
    std::uint32_t newest_ = none;
    std::uint32_t oldest_ = none;
    std::uint64_t lookups_ = 0;
    std::uint64_t walks_ = 0;
};

}  // namespace snsim
