// What stands behind the functions' base address registers: set-up of rings, RSS and MSI-X, and
// doorbells (layout: models/protocols/nic_registers.h).
//
// An access reaches its own function's registers only: one that comes from another function, to an
// address where nothing stands, or that asks for something impossible changes nothing, is counted
// and announced; a read then gives all ones. Policy (MAC addresses, VLANs, rates, weights, tables)
// stands behind no register. Doorbells take effect a fixed time after they come.
#pragma once

#include <array>
#include <deque>
#include <systemc>

#include "models/base/inputs.h"
#include "models/base/memory_stream.h"
#include "models/base/partition.h"
#include "models/base/probe.h"
#include "models/base/timed_queue.h"
#include "models/nic/nic_events.h"
#include "models/nic/nic_function.h"
#include "models/protocols/pcie_payload.h"

namespace snsim {

class RegisterFile : public sc_core::sc_module {
  public:
    /// Who is told of doorbells.
    class Listener {
      public:
        virtual void doorbell(NicQueue& queue, const Doorbell& doorbell, Picoseconds t) = 0;

      protected:
        ~Listener() = default;
    };

    RegisterFile(const sc_core::sc_module_name& name, Partition& partition, Duration latency,
                 std::deque<NicFunction>& functions, Listener& listener);

    MemoryIn from_link;

    Probe<NicFaulted> faults;

    /// The accesses themselves, without time: how rings are set up before the run. `from`: the
    /// function that asks. False if it was refused.
    bool write(std::uint16_t from, const BarAddress& at, std::uint32_t value, Picoseconds t);
    [[nodiscard]] std::uint32_t read(std::uint16_t from, const BarAddress& at, Picoseconds t);
    /// The doorbell says what its ring cannot do.
    void refuse_doorbell(const NicQueue& queue, const Doorbell& doorbell, Picoseconds t);

    [[nodiscard]] std::uint64_t fault_count(NicFault fault) const {
        return fault_counts_[static_cast<std::size_t>(fault)];
    }
    [[nodiscard]] BlockId block() const { return block_; }

  private:
    /// A ring as its registers describe it; it is set up when `entries` is written.
    struct RingSetup {
        std::uint64_t base = 0;
        std::uint32_t entries = 0;
        std::uint32_t vector = 0;
        std::uint32_t frames = 1;
        std::uint32_t time_ns = 0;
    };
    using QueueSetup = std::array<RingSetup, rings_per_queue>;
    struct Rung {
        NicQueue* queue;
        Doorbell doorbell;
        std::uint32_t life;  ///< of the queue's, when it came
    };

    void asked(Payload& payload, Picoseconds t);
    bool refuse(std::uint32_t function, NicFault fault, Picoseconds t);
    bool write_function(NicFunction& function, std::uint32_t offset, std::uint32_t value,
                        Picoseconds t);
    bool write_ring(NicFunction& function, std::uint32_t offset, std::uint32_t value,
                    Picoseconds t);
    bool write_vector(NicFunction& function, std::uint32_t offset, std::uint32_t value,
                      Picoseconds t);
    bool ring_doorbell(NicFunction& function, std::uint32_t offset, std::uint32_t value,
                       Picoseconds t);
    static void moderate(NicQueue& queue, RingKind kind, const RingSetup& setup);
    void set_up(NicQueue& queue, RingKind kind, const RingSetup& setup);
    void due();

    // parameters
    Picoseconds latency_;

    // wiring
    Agenda& agenda_;
    std::deque<NicFunction>& functions_;
    Listener& listener_;
    BlockId block_;
    Wake wake_;

    // state
    std::deque<std::vector<QueueSetup>> setups_;  // by function and queue
    TimedQueue<Rung> coming_;
    std::array<std::uint64_t, static_cast<std::size_t>(NicFault::count_)> fault_counts_{};
};

}  // namespace snsim
