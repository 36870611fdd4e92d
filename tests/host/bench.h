// A host with one interface and a scripted card: frames are put into memory with completions at
// given times, an interrupt is raised when the completion queue is armed, doorbells are noted.
#pragma once

#include <array>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/base/params.h"
#include "models/host/interface.h"
#include "tests/support/bench.h"

namespace snsim {

/// Driver settings as a scenario that says nothing has them.
inline DriverParams driver_defaults() {
    struct Whole : DriverParams {
        static const ParamTable& params() {
            static const ParamTable table = TableOf<Whole>("driver", driver_rows());
            return table;
        }
    };
    return defaults<Whole>();
}

class StubCard : public sc_core::sc_module {
  public:
    using Fill = std::function<void(Frame&)>;
    /// Fills a frame and says when the next one comes.
    using Source = std::function<Picoseconds(Frame&)>;

    StubCard(const sc_core::sc_module_name& name, Bench& bench, MemoryContent& memory)
        : sc_module(name),
          registers("registers", bench.agenda, payload_function<&StubCard::written, StubCard>(),
                    this),
          to_interrupts("to_interrupts", bench.agenda,
                        payload_function<&StubCard::taken, StubCard>(), this),
          bench_(bench),
          memory_(memory),
          block_(bench.agenda.add_block(this->name())),
          wake_(bench.agenda, block_, wake_handler<&StubCard::due, StubCard>(), this),
          writes_(bench.agenda, block_, wake_handler<&StubCard::write_due, StubCard>(), this),
          reads_(bench.agenda, block_, wake_handler<&StubCard::read_due, StubCard>(), this) {}

    MemoryIn registers;
    MemoryOut to_interrupts;

    void set_up(HostInterface& interface) {
        interface.set_up(
            [this](const BarAddress& at, std::uint32_t value) { write(at, value, 0); });
    }
    /// A frame whose completion is in memory at t; times do not decrease. Without a descriptor it
    /// is counted in `no_descriptor`.
    void send(Picoseconds t, Fill fill) {
        script_.push({t, std::move(fill)});
        if (started_ && script_.size() == 1) wake_.at(t, Phase::arrival);
    }
    void set_source(Source source, Picoseconds first) {
        source_ = std::move(source);
        first_ = first;
    }

    std::vector<Picoseconds> interrupts;
    std::vector<std::pair<Picoseconds, Doorbell>> doorbells;
    std::map<std::uint64_t, std::uint32_t> values;  ///< of registers, by address
    std::uint64_t sent = 0;
    std::uint64_t no_descriptor = 0;
    std::vector<Got> transmitted;  ///< the first of them
    Picoseconds interrupt_delay = 0;
    Picoseconds transmit_time = 0;  ///< from the doorbell until all it told of is sent
    std::function<void(const Frame&)> on_transmitted;
    std::uint64_t frames_transmitted = 0;
    std::vector<TxDescriptor> descriptors;  ///< of all of them

  private:
    struct Entry {
        Picoseconds t;
        Fill fill;
    };

    void start_of_simulation() override {
        started_ = true;
        if (source_) {
            wake_.at(first_, Phase::arrival);
        } else if (!script_.empty()) {
            wake_.at(script_.front().t, Phase::arrival);
        }
    }
    void written(Payload& payload, Picoseconds t) {
        const auto at = BarAddress::of(payload.get_address());
        ASSERT_TRUE(at.has_value());
        const std::uint32_t value = load_le32(payload.get_data_ptr());
        coming_.push(t, 0, {*at, value});
        if (!writes_.pending() || writes_.due() > t) writes_.at(t, Phase::timer);
        registers.respond(payload, t);
    }
    void write_due() {
        const Picoseconds now = bench_.agenda.now();
        while (!coming_.empty() && coming_.time() <= now) {
            const auto [at, value] = coming_.pop();
            write(at, value, now);
        }
        if (!coming_.empty()) writes_.at(coming_.time(), Phase::timer);
    }
    void write(const BarAddress& at, std::uint32_t value, Picoseconds t) {
        values[at.address()] = value;
        const auto doorbell = at.bar == 0 ? Doorbell::at(at.offset, value) : std::nullopt;
        if (!doorbell) return;
        doorbells.emplace_back(t, *doorbell);
        if (doorbell->ring == RingKind::rx) posted_ = doorbell->index;
        if (doorbell->ring == RingKind::tx && transmit_time == 0) transmit(doorbell->index, t);
        if (doorbell->ring == RingKind::tx && transmit_time > 0) {
            to_send_.push(t + transmit_time, 0, doorbell->index);
            if (!reads_.pending()) reads_.at(to_send_.time(), Phase::timer);
        }
        if (doorbell->ring == RingKind::tx_completion && doorbell->arm) {
            tx_armed_ = true;
            if (doorbell->index != static_cast<std::uint16_t>(reported_)) raise_for_sent(t);
        }
        if (doorbell->ring == RingKind::rx_completion && doorbell->arm) {
            armed_ = true;
            if (doorbell->index != static_cast<std::uint16_t>(completed_)) raise(t);
        }
    }
    void read_due() {
        const Picoseconds now = bench_.agenda.now();
        while (!to_send_.empty() && to_send_.time() <= now) transmit(to_send_.pop(), now);
        if (!to_send_.empty()) reads_.at(to_send_.time(), Phase::timer);
    }
    void raise_for_sent(Picoseconds t) {
        const bool receives = armed_;
        raise(t);
        armed_ = receives;
        tx_armed_ = false;
    }
    [[nodiscard]] std::uint32_t value(const BarAddress& at) const {
        const auto found = values.find(at.address());
        return found == values.end() ? 0 : found->second;
    }
    [[nodiscard]] std::uint32_t ring_value(RingKind kind, std::uint32_t offset) const {
        return value({0, nic_bar::registers, ring_registers(0, kind) + offset});
    }
    [[nodiscard]] std::uint64_t entry_of(RingKind kind, std::uint64_t n) const {
        const std::uint64_t base = ring_value(kind, ring_register::base) |
                                   std::uint64_t{ring_value(kind, ring_register::base + 4)} << 32;
        return base + ring_position(n, entries()) * ring_entry_bytes;
    }
    [[nodiscard]] std::uint32_t entries() const {
        return ring_value(RingKind::rx, ring_register::entries);
    }
    void due() {
        const Picoseconds now = bench_.agenda.now();
        if (source_) {
            Frame& frame = new_frame(now);
            const Picoseconds next = source_(frame);
            hand_over(frame, now);
            if (next != never) wake_.at(next, Phase::arrival);
            return;
        }
        while (!script_.empty() && script_.front().t <= now) {
            const Entry entry = script_.pop();
            Frame& frame = new_frame(now);
            entry.fill(frame);
            hand_over(frame, now);
        }
        if (!script_.empty()) wake_.at(script_.front().t, Phase::arrival);
    }
    Frame& new_frame(Picoseconds t) {
        Frame& frame = bench_.agenda.frames().take();
        frame.sequence = sent++;
        frame.t_in = t;
        frame.late = 0;
        frame.flow = 0;
        frame.bytes = 64;
        return frame;
    }
    void hand_over(Frame& frame, Picoseconds t) {
        if (static_cast<std::uint16_t>(completed_) == posted_) {
            ++no_descriptor;
            bench_.agenda.frames().release(frame);
            return;
        }
        const auto descriptor =
            RxDescriptor::load(memory_.entry(entry_of(RingKind::rx, completed_)));
        memory_.put(descriptor.address, frame);
        RxCompletion completion;
        completion.length = static_cast<std::uint16_t>(frame.bytes - fcs_bytes);
        completion.descriptor = static_cast<std::uint16_t>(ring_position(completed_, entries()));
        RingEntry entry{};
        completion.store(entry.data(), ring_colour(completed_, entries()));
        const std::uint64_t to = entry_of(RingKind::rx_completion, completed_++);
        memory_.write_bytes(to, entry.data(), ring_entry_bytes, t);
        if (armed_) raise(t);
    }
    void raise(Picoseconds t) {
        armed_ = false;
        const auto word = [&](std::uint32_t offset) { return value({0, nic_bar::msix, offset}); };
        Payload& payload =
            pool_.take(tlm::TLM_WRITE_COMMAND, word(0) | std::uint64_t{word(4)} << 32, 4);
        store_le32(vector_.data(), word(8));
        payload.set_data_ptr(vector_.data());
        info_of<PcieRequest>(payload).kind = PcieKind::interrupt;
        interrupts.push_back(t);
        to_interrupts.request(payload, t + interrupt_delay);
    }
    void taken(Payload& payload, Picoseconds) { payload.release(); }
    void transmit(std::uint16_t index, Picoseconds t) {
        while (static_cast<std::uint16_t>(fetched_) != index) {
            const auto descriptor =
                TxDescriptor::load(memory_.entry(entry_of(RingKind::tx, fetched_++)));
            descriptors.push_back(descriptor);
            Frame* const frame = memory_.take(descriptor.address);
            ASSERT_NE(frame, nullptr);
            ++frames_transmitted;
            if (transmitted.size() < 100) transmitted.push_back({frame->sequence, t});
            if (on_transmitted) on_transmitted(*frame);
            bench_.agenda.frames().release(*frame);
        }
        TxCompletion completion;
        completion.consumed = static_cast<std::uint16_t>(ring_position(fetched_, entries()));
        RingEntry entry{};
        completion.store(entry.data(), ring_colour(reported_, entries()));
        const std::uint64_t to = entry_of(RingKind::tx_completion, reported_++);
        memory_.write_bytes(to, entry.data(), ring_entry_bytes, t);
        if (tx_armed_) raise_for_sent(t);
    }

    Bench& bench_;
    MemoryContent& memory_;
    BlockId block_;
    Wake wake_;
    Wake writes_;
    Wake reads_;
    TimedQueue<std::uint16_t> to_send_;
    bool tx_armed_ = false;
    TimedQueue<std::pair<BarAddress, std::uint32_t>> coming_;
    bool started_ = false;
    Ring<Entry> script_;
    Source source_;
    Picoseconds first_ = 0;
    PayloadPool<PcieRequest> pool_;
    std::array<std::uint8_t, 4> vector_{};
    std::uint64_t completed_ = 0;
    std::uint16_t posted_ = 0;
    bool armed_ = false;
    std::uint64_t fetched_ = 0;
    std::uint64_t reported_ = 0;
};

/// Everything around one interface. A cycle is a nanosecond, unless a test says otherwise.
struct HostBench {
    explicit HostBench(bool run_ahead = true) : bench(run_ahead) {
        costs = defaults<CpuParams>();
        costs.clock = 1_ghz;
        costs.cores = 2;
        params = driver_defaults();
    }
    /// The kernel's driver, at prices that are easily told apart; what is not named costs nothing.
    void drive_by_interrupts() {
        params.driver = Driver::interrupt;
        costs.doorbell = 10;
        costs.refill = 0;
        costs.interrupt = {};
        costs.interrupt.entry = 1000;
        costs.interrupt.softirq = 100;
        costs.interrupt.poll = 50;
        costs.interrupt.rearm = 20;
        costs.stack = {};
        costs.stack.context_switch = 400;
        costs.stack.system_call = 500;
        costs.stack.copy_hit_kib = 1024;  // a cycle a byte
    }
    void build() {
        processor = std::make_unique<Processor>("cpu", bench.partition, costs);
        path = std::make_unique<FramePath>(bench.partition, "host0",
                                           bench.partition.stations.next_slot());
        interrupts =
            std::make_unique<InterruptController>("interrupts", bench.partition, *processor);
        card = std::make_unique<StubCard>("card", bench, memory);
        card->to_interrupts.bind(interrupts->from_root);
        processor->registers.to_root.bind(card->registers);
        HostInterface::Settings settings{};
        settings.queues = 1;
        settings.ring = ring;
        settings.buffer = settings.receive_buffer = 9216;
        settings.moderation_frames = 1;
        settings.most_pieces = most_pieces;
        settings.vlan = vlan;
        settings.next_hops = next_hops;
        const HostParts parts{*processor, *interrupts, memory,         *path,
                              costs,      cache,       bench.partition};
        interface = std::make_unique<HostInterface>("vnic0", parts, settings, params);
        path->received.listen<&HostBench::on_received>(*this);
        path->dropped.listen<&HostBench::on_dropped>(*this);
        path->merged.listen<&HostBench::on_merged>(*this);
        bench.at(0, [this] { card->set_up(*interface); });
    }
    [[nodiscard]] std::uint64_t cycles(CycleCause cause, std::size_t core = 0) {
        return processor->core(core).cycles(cause).total();
    }
    [[nodiscard]] std::uint64_t all_cycles(std::size_t core = 0) {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < cycle_causes; ++i) {
            sum += cycles(static_cast<CycleCause>(i), core);
        }
        return sum;
    }

    Bench bench;
    CpuParams costs;
    DriverParams params;
    std::uint32_t ring = 64;
    std::uint32_t most_pieces = 49;
    std::uint16_t vlan = 0;
    DeviceCache cache{2_mib, 2};
    NextHops next_hops;
    std::uint64_t next_address = std::uint64_t{1} << 32;
    MemoryContent memory{[this](std::uint64_t bytes) {
        const std::uint64_t at = next_address;
        next_address += (bytes + 4095) / 4096 * 4096;
        return at;
    }};
    std::unique_ptr<Processor> processor;
    std::unique_ptr<FramePath> path;
    std::unique_ptr<InterruptController> interrupts;
    std::unique_ptr<StubCard> card;
    std::unique_ptr<HostInterface> interface;

    bool record = true;  ///< each frame, not only sums
    std::vector<Got> received;
    std::vector<Got> dropped;
    std::vector<DropReason> reasons;
    std::vector<std::uint32_t> merges;
    std::uint64_t ended = 0;
    Picoseconds latency = 0;  ///< summed

  private:
    void on_received(const FrameReceivedByHost& fact) {
        ++ended;
        latency += fact.t - fact.frame.t_in;
        if (record) received.push_back({fact.frame.sequence, fact.t});
    }
    void on_dropped(const FrameDroppedByHost& fact) {
        ++ended;
        latency += fact.t - fact.frame.t_in;
        if (!record) return;
        dropped.push_back({fact.frame.sequence, fact.t});
        reasons.push_back(fact.reason);
    }
    void on_merged(const SegmentsMerged& fact) {
        if (record) merges.push_back(fact.segments);
    }
};

/// A frame of so many bytes without content.
inline StubCard::Fill bytes_only(std::uint32_t bytes) {
    return [bytes](Frame& frame) { frame.bytes = bytes; };
}

}  // namespace snsim
