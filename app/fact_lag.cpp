#include "app/fact_lag.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "models/pcie/link_format.h"

namespace snsim {

namespace {

constexpr Picoseconds reception = 30'000'000;

/// Frames are announced when a port hands them over, and a frame that has to wait in a look-up unit
/// where it has nothing to look up is announced when it leaves: all contexts may be ahead of it,
/// `lookups` of them side by side, their lines spread over the channels as luck has it.
Picoseconds longest_lookups(const AsicParams& asic) {
    constexpr Picoseconds lines = 12;  // of one look-up
    constexpr Picoseconds uneven = 4;  // the fullest channel over the mean
    const TableMemoryParams& memory = asic.memory;
    const Picoseconds read = std::max({memory.sram_latency.value, memory.tcam_latency.value,
                                       memory.cache_latency.value + memory.dram_latency.value});
    const Picoseconds contexts = asic.ingress.contexts;
    const Picoseconds rounds = (contexts + asic.ingress.lookups - 1) / asic.ingress.lookups;
    const Picoseconds busy =
        contexts * memory.access_time.value * uneven / (memory.channels + uneven - 1);
    return lines * (busy + rounds * read);
}

/// What the NIC reads is announced when all of a packet has come, behind all else under way on the
/// link; what waits on the card to be merged, when it is in memory.
Picoseconds longest_transfer(const HostParams& host) {
    constexpr double framed = 2;  // bytes on the link for one of a packet, at most
    const double window = static_cast<double>(host.card.nic.tx_window.value) * 8 * framed;
    const double rate = static_cast<double>(raw_rate(host.card.pcie).value);
    const bool merges = std::any_of(host.interfaces.begin(), host.interfaces.end(),
                                    [](const InterfaceParams& interface) { return interface.lro; });
    return reception + static_cast<Picoseconds>(window / rate * 1e12) +
           (merges ? longest_merging.value : 0);
}

/// How long the memory of a host may take for what is under way to it: what credits let the card
/// write, and what it reads, each in a page that has to be walked for, all of it twice through
/// DRAM, as what leaves the cache goes there.
Picoseconds longest_access(const HostParams& host) {
    constexpr std::int64_t most_headers = 2047;  // where credits are infinite
    constexpr std::int64_t most_data = 32767;
    constexpr std::int64_t unit = 16;  // bytes of a data credit
    const auto or_most = [](std::int64_t credits, std::int64_t most) {
        return credits > 0 ? credits : most;
    };
    const FlowCreditParams& credits = host.root.credits;
    const std::int64_t reads = host.card.dma.outstanding;
    Picoseconds longest = 0;
    if (host.iommu.enabled) {
        const std::int64_t pages = or_most(credits.posted_headers, most_headers) + reads;
        longest += (pages / host.iommu.walkers + 1) * host.iommu.walk.value;
    }
    if (host.memory.bandwidth) {
        const std::int64_t bytes =
            or_most(credits.posted_data, most_data) * unit + reads * host.card.pcie.mrrs.value;
        longest += static_cast<Picoseconds>(2.0 * 8e12 * static_cast<double>(bytes) /
                                            static_cast<double>(host.memory.bandwidth->value));
    }
    return longest;
}

[[noreturn]] void refuse(const std::string& what, Picoseconds lag, const std::string& remedy) {
    throw std::invalid_argument(what + " in so slow a memory can last " +
                                std::to_string(lag / 1'000'000'000) +
                                " ms, over which too much would have to be kept: allow " + remedy +
                                ", or a longer `record.interval`");
}

}  // namespace

Duration fact_lag(const Scenario& scenario, Picoseconds interval) {
    constexpr Picoseconds most_bins = 20'000;
    constexpr Picoseconds always_fine = 20'000'000'000;
    const Picoseconds most = std::max(always_fine, most_bins * interval);
    Picoseconds lag = reception;
    for (const auto& host : scenario.hosts) {
        const Picoseconds lookups = longest_lookups(host.card.asic);
        if (lookups > most) {
            refuse(host.name + ".card.asic: with " +
                       std::to_string(host.card.asic.ingress.contexts) + " contexts look-ups",
                   lookups, "more `ingress.lookups`, fewer `ingress.contexts`");
        }
        lag = std::max(lag, lookups);
        if (host.interfaces.empty()) continue;
        const Picoseconds access = longest_access(host);
        if (access > most) {
            refuse(host.name + ".root.credits: accesses", access,
                   "fewer credits, more `iommu.walkers` or `memory.bandwidth`");
        }
        lag = std::max({lag, longest_transfer(host), access});
    }
    return {lag};
}

}  // namespace snsim
