// Writes the completions of one kind of ring into host memory, and raises interrupts for them.
//
// A completion waits for others until there are enough or the first has waited its time. Interrupts
// come after the completions they tell of, when the driver has armed the ring: with the
// moderation's count, or its time after the first completion that no interrupt told of; what a
// completion waited before, on the card, counts as time.
#pragma once

#include <deque>

#include "models/base/inputs.h"
#include "models/base/partition.h"
#include "models/base/probe.h"
#include "models/base/timed_queue.h"
#include "models/nic/host_access.h"
#include "models/nic/nic_events.h"
#include "models/nic/nic_function.h"

namespace snsim {

class CompletionWriter {
  public:
    struct Settings {
        CompletionRing NicQueue::*ring;
        std::uint32_t batch;
        Picoseconds wait;
        std::uint32_t user;  ///< what answers to its requests carry
    };

    CompletionWriter(Partition& partition, BlockId block, HostAccess& dma,
                     std::deque<NicFunction>& functions, const Settings& settings)
        : settings_(settings),
          agenda_(partition.agenda),
          dma_(dma),
          functions_(functions),
          wake_(partition.agenda, block, wake_handler<&CompletionWriter::due, CompletionWriter>(),
                this) {}
    CompletionWriter(const CompletionWriter&) = delete;
    CompletionWriter& operator=(const CompletionWriter&) = delete;

    Probe<InterruptRaised> interrupts;

    /// Adds a completion, RxCompletion or TxCompletion, to the queue's ring at the present.
    template <class Completion>
    void add(NicQueue& queue, const Completion& completion, Picoseconds t) {
        add(queue, completion, t, t);
    }
    /// The same for one that has waited since then.
    template <class Completion>
    void add(NicQueue& queue, const Completion& completion, Picoseconds t, Picoseconds since) {
        CompletionRing& ring = queue.*settings_.ring;
        bool colour = false;
        std::uint8_t* const entry = ring.next(colour);
        completion.store(entry, colour);
        if (ring.waiting() >= settings_.batch || ring.at_end()) {
            write(queue, t, since);
        } else if (!ring.write_timer) {
            ring.write_timer = true;
            later(t + settings_.wait, {false, &queue, ring.writes});
        }
    }
    /// A completion behind this one, counted as doorbells do, raises an interrupt; false if there
    /// is no such one.
    [[nodiscard]] bool arm(NicQueue& queue, std::uint16_t index, Picoseconds t) {
        if (!(queue.*settings_.ring).arm(index)) return false;
        announce(queue, t, t);
        return true;
    }

  private:
    struct Timer {
        bool interrupt;  ///< otherwise to write
        NicQueue* queue;
        std::uint64_t number;  ///< of the write or announcement that it would make
    };

    void write(NicQueue& queue, Picoseconds t, Picoseconds since);
    void announce(NicQueue& queue, Picoseconds t, Picoseconds since);
    void raise(NicQueue& queue, Picoseconds t);
    void later(Picoseconds t, const Timer& timer);
    void due();

    Settings settings_;
    Agenda& agenda_;
    HostAccess& dma_;
    std::deque<NicFunction>& functions_;
    Wake wake_;
    TimedQueue<Timer> timers_;
};

}  // namespace snsim
