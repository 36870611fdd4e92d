// The host's root complex: where its devices' requests enter the host and its cores' accesses leave
// it.
//
// A port's requests are taken in the order of its link: posted writes become visible in it, reads
// and interrupts wait for the writes before them (unless relaxed). A read's data leave in
// completions as memory gives them. Requests of several ports are taken as they arrive, the lower
// port first at equal times. What is asked of another device goes down to it again, if the root
// complex passes such requests on and the IOMMU lets them; it does so with transactions as a whole.
// Left out: message requests other than MSI-X, errors, configuration space, a limit of what is
// under way between ports.
#pragma once

#include <deque>
#include <systemc>
#include <vector>

#include "models/base/credits.h"
#include "models/base/inputs.h"
#include "models/base/memory_stream.h"
#include "models/base/partition.h"
#include "models/base/probe.h"
#include "models/base/timed_queue.h"
#include "models/pcie/bus_map.h"
#include "models/pcie/iommu.h"
#include "models/pcie/pcie_events.h"
#include "models/pcie/pcie_params.h"

namespace snsim {

class RootComplex : public sc_core::sc_module {
  public:
    /// `links`: by port.
    RootComplex(const sc_core::sc_module_name& name, Partition& partition, const RootParams& params,
                const std::vector<LinkParams>& links, Iommu& iommu, const BusMap& map);

    struct Port {
        Port(RootComplex& root, std::size_t number, std::uint32_t most, Agenda& agenda);

        RootComplex& parent;
        std::size_t index;
        std::uint32_t completion_limit;
        MemoryIn from_link;  ///< requests of devices
        MemoryOut to_link;   ///< accesses to them
        // Of posted writes: nothing is visible before those in front.
        Picoseconds latest_commit = 0;  ///< in memory
        Picoseconds latest_peer = 0;    ///< on their way to other devices

      private:
        void asked(Payload& payload, Picoseconds t);
        void answered(Payload& payload, Picoseconds t) { parent.link_answers(payload, t); }
    };
    [[nodiscard]] Port& port(std::size_t index) { return ports_[index]; }

    MemoryIn from_cores;  ///< of the host's cores to its devices' registers: a write is answered
                          ///< when it has left, a read when its data are there
    MemoryOut to_memory;
    Probe<DmaRefused> refused;
    Probe<DmaRefused> strayed;  ///< what a disabled IOMMU that watches let pass
    MemoryOut to_interrupts;    ///< MSI-X, after the writes before it
    CreditLink frame_refused;   ///< ends a frame of whose write the card was told that it has left

    [[nodiscard]] std::uint64_t blocked_accesses() const { return blocked_accesses_; }

  private:
    void take(Payload& payload, Picoseconds t);
    void due();
    void interrupt(Payload& payload, Picoseconds t);
    void to_peer(Payload& payload, std::uint8_t device, Picoseconds t);
    [[nodiscard]] bool passes(Payload& payload, Iommu::Verdict verdict, Picoseconds t) {
        return verdict == Iommu::Verdict::pass || passes_anyway(payload, verdict, t);
    }
    [[nodiscard]] bool passes_anyway(Payload& payload, Iommu::Verdict verdict, Picoseconds t);
    void block(Payload& payload, DmaRefusal what, Picoseconds t);
    void memory_answers(Payload& payload, Picoseconds t);
    void answer(Payload& payload, Picoseconds t) { port_of(payload).from_link.respond(payload, t); }
    void core_asks(Payload& payload, Picoseconds t);
    void link_answers(Payload& payload, Picoseconds t);
    /// Behind which its requester is.
    [[nodiscard]] Port& port_of(const PcieRequest& info) {
        return ports_[map_.root_port(info.requester)];
    }
    [[nodiscard]] Port& port_of(Payload& payload) { return port_of(info_of<PcieRequest>(payload)); }
    [[nodiscard]] static std::uint16_t requester_of(const PcieRequest& info) {
        return BusMap::requester(info.requester, info.function);
    }

    // parameters
    RootParams params_;

    // wiring
    Agenda& agenda_;
    BlockId block_;
    Wake wake_;
    Iommu& iommu_;
    const BusMap& map_;
    std::uint8_t place_;  ///< where frames end that may not be written
    std::deque<Port> ports_;

    // state
    TimedQueue<Payload*> coming_;  ///< where there are several ports
    std::uint64_t blocked_accesses_ = 0;
};

}  // namespace snsim
