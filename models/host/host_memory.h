// A host's memory as its devices meet it: last-level cache, DRAM with refresh, sockets.
//
// A read takes the cache's latency, and the DRAM's besides where a line is missing; lines follow
// each other `line_time` apart; a refresh of the rank can be in the way. A write is visible
// `write_latency` after it came, in the order of the writes, and then in the cache (DDIO) or, with
// no way of the cache open to devices, in DRAM. Memory of another socket is `numa_latency` farther.
// Watchers are told of writes: that is how a core polls. With a `bandwidth` lines from and to DRAM
// wait for those that were asked for before them. Left out: bank conflicts of the memory channels,
// what leaves the cache for DRAM, what the cores' own accesses do to both. Of contents, rings and
// frame buffers are kept (memory_content.h): read as they are when the request comes, written for
// the time at which the write is visible.
#pragma once

#include <systemc>
#include <vector>

#include "models/base/event_tally.h"
#include "models/base/memory_stream.h"
#include "models/base/partition.h"
#include "models/base/random.h"
#include "models/base/servers.h"
#include "models/base/station.h"
#include "models/host/host_params.h"
#include "models/host/last_level_cache.h"
#include "models/host/memory_content.h"
#include "models/protocols/pcie_payload.h"

namespace snsim {

class HostMemory : public sc_core::sc_module {
  public:
    HostMemory(const sc_core::sc_module_name& name, Partition& partition,
               const HostMemoryParams& params, std::uint64_t seed);

    MemoryIn in;

    /// Memory of a socket (0: the card's own), from a 4 KiB boundary on; never given back.
    [[nodiscard]] std::uint64_t allocate(std::uint64_t bytes, std::uint32_t node = 0);
    /// Tells of each write into [address, address + bytes) when it is visible, in that order; the
    /// time may lie ahead of the present. Before the first write.
    void watch(std::uint64_t address, std::uint64_t bytes, PayloadFunction function, void* context);

    LastLevelCache llc;  ///< cores touch() what they use
    MemoryContent content;
    Station station;
    Station channels;  ///< where they have a limit; work in bytes

    // for the audit
    [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
    [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }

  private:
    struct Region {
        std::uint64_t start;
        std::uint64_t end;
        std::uint32_t node;
    };
    struct Watcher {
        std::uint64_t start;
        std::uint64_t end;
        PayloadFunction function;
        void* context;
    };

    void asked(Payload& payload, Picoseconds t);
    void load(Payload& payload, Picoseconds t);
    void store(Payload& payload, PcieRequest& info, Picoseconds t);
    [[nodiscard]] Picoseconds read(Payload& payload, Picoseconds t);
    [[nodiscard]] Picoseconds write(Payload& payload, const PcieRequest& info, Picoseconds t);
    [[nodiscard]] std::uint32_t node_of(std::uint64_t address) const;
    [[nodiscard]] Picoseconds dram(std::uint64_t address, std::uint32_t bytes, Picoseconds t);
    [[nodiscard]] Picoseconds distance_to(std::uint64_t address) const {
        return !far_ || node_of(address) == 0 ? 0 : params_.numa_latency.value;
    }
    [[nodiscard]] Picoseconds refresh_wait();

    // parameters
    HostMemoryParams params_;
    std::uint8_t place_;  ///< where frames end that cannot be written

    // state
    std::vector<Region> regions_;  // by address
    bool far_ = false;             // some are another socket's
    std::vector<Watcher> watchers_;
    std::uint64_t next_address_ = std::uint64_t{1} << 32;
    Exponentials jitter_;
    RandomStream refreshes_;
    std::vector<FreeTime> channels_;  // by socket
    Picoseconds latest_commit_ = 0;
    std::uint64_t bytes_read_ = 0;
    std::uint64_t bytes_written_ = 0;
};

}  // namespace snsim
