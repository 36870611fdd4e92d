// A class of memory accesses: what a benchmark of the bus keeps a card's DMA engine busy with.
//
// `outstanding` accesses are under way at any time between the class's start and stop; each is
// followed by another as soon as it is done. Places in the window are chosen at random or in turn.
#pragma once

#include <systemc>
#include <vector>

#include "models/base/inputs.h"
#include "models/base/memory_stream.h"
#include "models/base/partition.h"
#include "models/base/probe.h"
#include "models/base/random.h"
#include "models/pcie/pcie_events.h"
#include "models/protocols/access_params.h"

namespace snsim {

class AccessLoad : public sc_core::sc_module {
  public:
    struct Settings {
        AccessParams access;
        std::uint16_t traffic_class;
        std::uint64_t address;  ///< of the window
        Picoseconds start;
        Picoseconds stop;
        std::uint64_t seed;
    };
    AccessLoad(const sc_core::sc_module_name& name, Partition& partition, const Settings& settings);

    MemoryOut to_dma;

    Probe<AccessDone> done;

  private:
    struct Slot {
        std::uint64_t address = 0;
        Picoseconds issued = 0;
        std::uint32_t waits_for = 0;  ///< answers
        std::uint32_t turn = 0;
    };

    void start_of_simulation() override;
    void begin();
    void issue(std::uint32_t slot, Picoseconds t);
    void ask(std::uint32_t slot, bool read, Picoseconds t);
    void answered(Payload& payload, Picoseconds t);
    [[nodiscard]] std::uint64_t next_place();

    // parameters
    Settings settings_;
    std::uint64_t spacing_;
    std::uint64_t places_;

    // wiring
    BlockId block_;
    Wake wake_;

    // state
    PayloadPool<PcieRequest> payloads_;
    RandomStream random_;
    std::vector<Slot> slots_;
    std::uint64_t place_ = 0;
};

}  // namespace snsim
