// A guest that tries what it must not: through its function's DMA, through the registers it can
// write to, and through what its driver hands to the card. `host0.events.intruder`.
//
// Whatever it does goes the way of honest requests, in time and order: DMA through the card's
// engine, link and root complex, register accesses down the link, descriptors and frames through
// its own rings. It keeps no account of what comes of it: those who refuse do.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <systemc>
#include <utility>

#include "models/base/inputs.h"
#include "models/base/partition.h"
#include "models/base/timed_queue.h"
#include "models/nic/host_access.h"
#include "models/system/event_params.h"
#include "models/system/software.h"

namespace snsim {

class Intruder : public sc_core::sc_module {
  public:
    Intruder(const sc_core::sc_module_name& name, Partition& partition, Software& software);

    HostAccess dma;

    /// Begins at the present.
    void begin(const EventParams& event);

    /// How often each was tried, by event.
    [[nodiscard]] const std::map<const EventParams*, std::int64_t>& tried() const { return tried_; }
    [[nodiscard]] BlockId block() const { return block_; }

  private:
    struct Step {
        const EventParams* event;
        std::int64_t number;
    };

    void done(Payload& payload, Picoseconds t);
    void due();
    void attempt(const EventParams& event, std::int64_t number, Picoseconds t);
    void by_memory(const EventParams& event, Picoseconds t);
    void by_registers(const EventParams& event, std::int64_t number, Picoseconds t);
    void by_descriptors(const EventParams& event);
    void set_vector(std::uint16_t own, std::uint32_t vector, std::uint64_t address,
                    std::uint32_t data, Picoseconds t);
    void write(std::uint16_t own, const BarAddress& at, std::uint32_t value, Picoseconds t);

    // wiring
    Agenda& agenda_;
    Software& software_;
    BlockId block_;
    Wake wake_;

    // state
    TimedQueue<Step> steps_;
    std::array<std::uint8_t, 64> bytes_{};  ///< that it writes, or reads into
    std::map<const EventParams*, std::int64_t> tried_;
};

}  // namespace snsim
