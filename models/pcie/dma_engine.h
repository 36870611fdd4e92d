// The card's DMA engine: reads and writes host memory for the card's blocks.
//
// Reads and writes have a queue each, in which an operation waits for one of `outstanding` places,
// a read also for as many tags as it has requests; one with more requests than there are tags is
// started in parts (read_parts.h). Then the issue stage, shared by all, then for a write the mover
// that fetches the data (per chunk and per 64 B line), then the link. A read's data are moved on
// once all have come. A read is done when they lie in the card; a write when its last TLP has left.
// What was started later follows on the link, so a read sees the writes before it. An interrupt
// waits for all writes that were asked for before it and costs nothing else. `direct` accesses go
// beside the engine, as those of a processor on the card. Left out: descriptors (whoever asks knows
// addresses), priorities between clients.
#pragma once

#include <array>
#include <deque>
#include <systemc>

#include "models/base/credits.h"
#include "models/base/inputs.h"
#include "models/base/memory_stream.h"
#include "models/base/partition.h"
#include "models/base/probe.h"
#include "models/base/servers.h"
#include "models/base/timed_queue.h"
#include "models/pcie/pcie_events.h"
#include "models/pcie/pcie_params.h"
#include "models/pcie/read_parts.h"

namespace snsim {

class DmaEngine : public sc_core::sc_module {
  public:
    DmaEngine(const sc_core::sc_module_name& name, Partition& partition, const DmaParams& params,
              const LinkParams& link, std::size_t clients);

    /// Where client `index` asks: payloads with a PcieRequest, at the present or later, each
    /// client in non-decreasing time.
    [[nodiscard]] MemoryIn& in(std::size_t index) { return clients_[index].in; }
    [[nodiscard]] std::size_t clients() const { return clients_.size(); }
    MemoryOut to_link;

    Probe<DmaAsked> asked;  ///< accesses beside the engine and interrupts excepted
    Probe<DmaDone> done;    ///< likewise

    Station reads;   ///< between their start and their end
    Station writes;  ///< likewise
    Station issue;
    Station read_mover;
    Station write_mover;

    // For the audit: bytes since the beginning, those of them not done yet, tags in use.
    [[nodiscard]] std::uint64_t bytes_asked() const { return bytes_asked_; }
    [[nodiscard]] std::uint64_t bytes_done() const { return bytes_done_; }
    [[nodiscard]] std::uint64_t bytes_open() const { return bytes_open_; }
    [[nodiscard]] std::int64_t tags_issued() const { return tags_.issued(); }
    [[nodiscard]] std::int64_t tags_here_or_coming() const { return tags_.here_or_coming(); }
    [[nodiscard]] std::int64_t tags_held() const { return tags_held_; }
    [[nodiscard]] std::int64_t most_tags_held() const { return most_tags_held_; }

    [[nodiscard]] BlockId block() const { return block_; }

  private:
    struct Client {
        Client(const char* name, Agenda& agenda, DmaEngine& owner, std::uint8_t number)
            : in(name, agenda, &Client::asked, this), engine(owner), index(number) {}
        static void asked(void* self, Payload& payload, Picoseconds t);

        MemoryIn in;
        DmaEngine& engine;
        std::uint8_t index;
    };

    void ask(Payload& payload, std::uint8_t client, Picoseconds t);
    enum Lane : std::size_t { read_lane, write_lane };

    void take_in(Payload& payload, PcieRequest& info, std::uint8_t client, Picoseconds t);
    void accept(Payload& payload, PcieRequest& info, Picoseconds t);
    /// True for what takes a place.
    [[nodiscard]] static bool is_counted(const PcieRequest& info) {
        return !info.direct && info.kind == PcieKind::memory;
    }
    [[nodiscard]] Station& station_of(const Payload& payload) {
        return payload.is_read() ? reads : writes;
    }
    [[nodiscard]] static Lane lane_of(const Payload& payload) {
        return payload.is_read() ? read_lane : write_lane;
    }
    void due();
    [[nodiscard]] bool may_start(const Payload& payload, const PcieRequest& info, Picoseconds t);
    void start(Payload& payload, PcieRequest& info, Picoseconds t);
    void schedule() {
        if (woken_ || !coming_.empty() || !waiting_[read_lane].empty() ||
            !waiting_[write_lane].empty()) {
            post_wake();
        }
    }
    void post_wake();
    void answered(Payload& payload, Picoseconds t);
    void leave(Payload& payload, const PcieRequest& info, Picoseconds t);
    void finish(Payload& payload, const PcieRequest& info, Picoseconds t);
    [[nodiscard]] std::int64_t requests_of(const Payload& payload) const;
    [[nodiscard]] Exact issue_time(std::uint32_t bytes) const;
    [[nodiscard]] Exact move_time(std::uint32_t bytes) const;

    // parameters
    DmaParams params_;
    LinkParams link_;
    UnitTime cycle_;
    Exact first_line_;  ///< in the issue stage

    // wiring
    Agenda& agenda_;
    BlockId block_;
    Wake wake_;
    std::deque<Client> clients_;

    // state
    bool woken_ = false;                     ///< a wake-up is posted
    TimedQueue<Payload*> coming_;            ///< asked for ahead of the present
    std::array<Ring<Payload*>, 2> waiting_;  ///< by lane
    std::array<CreditPool<1>, 2> places_;    ///< likewise
    CreditPool<1> tags_;
    ReadParts parts_;
    FreeTime issuing_;
    FreeTime reading_;
    FreeTime writing_;
    Picoseconds latest_sent_ = 0;  ///< what was handed to the link last, in order
    std::uint64_t bytes_asked_ = 0;
    std::uint64_t bytes_done_ = 0;
    std::uint64_t bytes_open_ = 0;
    std::int64_t tags_held_ = 0;
    std::int64_t most_tags_held_ = 0;
};

}  // namespace snsim
