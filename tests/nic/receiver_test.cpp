#include <cstring>
#include <functional>
#include <gmock/gmock.h>
#include <memory>
#include <set>

#include "models/base/params.h"
#include "models/nic/nic.h"
#include "tests/functions/frames.h"
#include "tests/support/bench.h"

namespace snsim {
namespace {

using testing::ElementsAre;

constexpr Picoseconds ns = 1000;
constexpr Picoseconds lookup = 40 * ns;
constexpr Picoseconds read_time = 300 * ns;
constexpr std::uint64_t descriptors = 0x10000;
constexpr std::uint64_t completions = 0x20000;
constexpr std::uint64_t buffers = 0x100000;
constexpr std::uint32_t stride = 2048;
const MacAddress own_mac{2, 0, 0, 0, 0, 1};

/// Host memory in place of DMA engine, link and root complex: writes are done at once, reads later.
class FakeHost : public sc_core::sc_module {
  public:
    FakeHost(const sc_core::sc_module_name& name, Agenda& agenda)
        : sc_module(name),
          in("in", agenda, payload_function<&FakeHost::asked, FakeHost>(), this),
          agenda_(agenda) {}

    struct Write {
        std::uint64_t address;
        std::uint32_t bytes;
        Picoseconds t;
        friend bool operator==(const Write& a, const Write& b) {
            return a.address == b.address && a.bytes == b.bytes && a.t == b.t;
        }
        friend std::ostream& operator<<(std::ostream& out, const Write& w) {
            return out << std::hex << w.address << std::dec << "+" << w.bytes << "@" << w.t;
        }
    };

    MemoryIn in;
    std::vector<Write> frames;
    std::vector<Write> entries;
    std::vector<RxCompletion> written;
    std::vector<bool> colours;
    std::vector<Write> interrupts;
    std::vector<Write> reads;
    std::uint16_t buffer = 1600;
    std::function<void(const Frame&)> on_frame;

  private:
    void asked(Payload& payload, Picoseconds t) {
        const auto& info = info_of<PcieRequest>(payload);
        const Write what{payload.get_address(), payload.get_data_length(), t};
        if (payload.is_read()) {
            reads.push_back(what);
            for (std::uint32_t i = 0; i < what.bytes / ring_entry_bytes; ++i) {
                const std::uint64_t n = (what.address - descriptors) / ring_entry_bytes + i;
                RxDescriptor{buffers + n * stride, buffer, static_cast<std::uint32_t>(n)}.store(
                    payload.get_data_ptr() + i * ring_entry_bytes);
            }
            in.respond(payload, t + read_time);
            return;
        }
        if (info.kind == PcieKind::interrupt) {
            interrupts.push_back(what);
        } else if (info.frame != nullptr) {
            frames.push_back(what);
            if (on_frame) on_frame(*info.frame);
            held_.push_back(info.frame);
        } else {
            entries.push_back(what);
            for (std::uint32_t i = 0; i < what.bytes; i += ring_entry_bytes) {
                written.push_back(RxCompletion::load(payload.get_data_ptr() + i));
                colours.push_back(completion_colour(payload.get_data_ptr() + i));
            }
        }
        Frame* const frame = info.frame;
        in.respond(payload, t);
        if (frame != nullptr) agenda_.frames().release(*frame);
    }

    Agenda& agenda_;
    std::vector<Frame*> held_;
};

struct Credits {
    void add(Frame& frame, Picoseconds t) {
        back.push_back({frame.sequence, t});
        bytes.push_back(frame.bytes);
    }
    std::vector<Got> back;
    std::vector<std::uint32_t> bytes;
};

/// Who could ring doorbells over the link; here they are rung at the registers.
struct SilentLink : sc_core::sc_module {
    SilentLink(const sc_core::sc_module_name& name, Agenda& agenda)
        : sc_module(name), out("out", agenda, nullptr, nullptr) {}
    MemoryOut out;
};

class ReceiverBench : public testing::Test {
  protected:
    void build(std::uint16_t queues = 1) {
        params.rx_latency = Duration{lookup};
        nic = std::make_unique<Nic>(
            "nic", bench.partition, params,
            std::vector<NicFunction::Identity>{{own_mac, 0, queues}, {{2, 0, 0, 0, 0, 2}, 7, 1}},
            std::vector<Transmitter::Share>(2),
            Transmitter::Slots{0, bench.partition.stations.next_slot(),
                               bench.partition.stations.next_slot()},
            1_ns, 65536);
        asic.out.bind(nic->rx.from_asic);
        nic->rx.dma.out.bind(host.in);
        nic->tx.dma.out.bind(sender.in);
        nic->tx.to_asic.bind(wire.in);
        link.out.bind(nic->registers.from_link);
        nic->rx.rx_credit.bind<&Credits::add>(fifo);
        nic->rx.release.bind<&Credits::add>(cells);
        nic->rx.dropped_here.listen<&ReceiverBench::on_drop>(*this);
        nic->rx.faults.listen<&ReceiverBench::on_fault>(*this);
        nic->registers.faults.listen<&ReceiverBench::on_fault>(*this);
    }
    bool set(std::uint32_t offset, std::uint32_t value, std::uint16_t from = 0,
             unsigned bar = nic_bar::registers, std::uint32_t function = 0) {
        return nic->registers.write(from, {function, bar, offset}, value, bench.agenda.now());
    }
    /// Rings of `entries`, all descriptors posted before time zero.
    void start_queue(std::uint32_t entries = 16, std::uint32_t queue = 0) {
        const std::uint32_t rx = ring_registers(queue, RingKind::rx);
        const std::uint32_t done = ring_registers(queue, RingKind::rx_completion);
        ASSERT_TRUE(set(rx + ring_register::base, static_cast<std::uint32_t>(descriptors)));
        ASSERT_TRUE(set(rx + ring_register::entries, entries));
        ASSERT_TRUE(set(done + ring_register::base,
                        static_cast<std::uint32_t>(completions + queue * 0x1000)));
        ASSERT_TRUE(set(done + ring_register::frames, moderation_frames));
        ASSERT_TRUE(set(done + ring_register::time_ns, moderation_ns));
        ASSERT_TRUE(set(done + ring_register::entries, entries));
        ASSERT_TRUE(set(nic_bar::control, nic_bar::control_enable));
    }
    void post(std::uint16_t index, Picoseconds t, std::uint32_t queue = 0) {
        bench.at(t, [this, index, queue] {
            const Doorbell bell{queue, RingKind::rx, index, false};
            set(bell.offset(), bell.value());
        });
    }
    static ScriptedSource::Fill frame(std::uint32_t bytes, std::uint16_t sport = 1000,
                                      const MacAddress& mac = own_mac, std::uint16_t vlan = 0,
                                      std::uint16_t function = 0) {
        return [=](Frame& f) {
            f.bytes = bytes;
            f.function = function;
            std::memcpy(f.header.data(), mac.data(), mac.size());
            NicNote note;
            note.key.family = 4;
            note.key.protocol = ip_protocol::udp;
            note.key.sport = sport;
            note.key.dport = 443;
            note.vlan = vlan;
            f.note<NicNote>() = note;
        };
    }
    void on_drop(const NicDropped& fact) { drops.emplace_back(fact.frame.sequence, fact.reason); }
    void on_fault(const NicFaulted& fact) { faults.push_back(fact.fault); }

    Bench bench;
    NicParams params = defaults<NicParams>();
    std::uint32_t moderation_frames = 1;
    std::uint32_t moderation_ns = 0;
    ScriptedSource asic{"asic", bench.agenda};
    FakeHost host{"host", bench.agenda};
    SilentLink link{"link", bench.agenda};
    FakeHost sender{"sender", bench.agenda};
    RecordingSink wire{"wire", bench.agenda};
    std::unique_ptr<Nic> nic;
    Credits fifo;
    Credits cells;
    std::vector<std::pair<std::uint64_t, DropReason>> drops;
    std::vector<NicFault> faults;
};

TEST_F(ReceiverBench, AFrameGoesIntoItsBufferAndItsCompletionBehindIt) {
    build();
    start_queue();
    post(16, 0);
    asic.send(1000 * ns, frame(1518));
    bench.run_until(10'000 * ns);
    EXPECT_THAT(host.frames, ElementsAre(FakeHost::Write{buffers, 1514, 1040 * ns}));
    EXPECT_THAT(host.entries, ElementsAre(FakeHost::Write{completions, 16, 1040 * ns}));
    ASSERT_EQ(host.written.size(), 1U);
    EXPECT_EQ(host.written[0].length, 1514);
    EXPECT_EQ(host.written[0].descriptor, 0);
    EXPECT_TRUE(host.colours[0]);
    EXPECT_THAT(fifo.back, ElementsAre(Got{0, 1041 * ns}));
    EXPECT_THAT(cells.back, ElementsAre(Got{0, 1041 * ns}));
}

TEST_F(ReceiverBench, DescriptorsAreReadAheadInBatchesAndServeOnceTheyAreThere) {
    params.descriptor_fetch = 4;
    params.descriptor_cache = 8;
    build();
    start_queue();
    post(16, 0);
    const Picoseconds there = params.doorbell_latency.value + read_time;
    asic.send(there - lookup - 1, frame(64));  // too early by a picosecond
    asic.send(there - lookup, frame(64));
    bench.run_until(10'000 * ns);
    const Picoseconds rung = params.doorbell_latency.value;
    EXPECT_THAT(host.reads, ElementsAre(FakeHost::Write{descriptors, 64, rung},
                                        FakeHost::Write{descriptors + 64, 64, rung}));
    EXPECT_THAT(drops, ElementsAre(std::pair(std::uint64_t{0}, DropReason::no_descriptor)));
    EXPECT_EQ(host.frames.size(), 1U);
}

TEST_F(ReceiverBench, WithoutDescriptorsFramesAreDroppedUntilOthersArePosted) {
    build();
    start_queue(8);
    post(1, 0);
    for (Picoseconds t : {1000, 1100, 2000}) asic.send(t * ns, frame(64));
    post(2, 1200 * ns);
    bench.run_until(10'000 * ns);
    EXPECT_THAT(drops, ElementsAre(std::pair(std::uint64_t{1}, DropReason::no_descriptor)));
    EXPECT_EQ(host.frames.size(), 2U);
    EXPECT_THAT(fifo.back, ElementsAre(Got{0, 1041 * ns}, Got{1, 1141 * ns}, Got{2, 2041 * ns}));
}

TEST_F(ReceiverBench, AFrameLongerThanItsBufferIsDroppedAndTheBufferKept) {
    build();
    start_queue();
    post(16, 0);
    asic.send(1000 * ns, frame(1605));
    asic.send(1100 * ns, frame(1604));
    bench.run_until(10'000 * ns);
    EXPECT_THAT(drops, ElementsAre(std::pair(std::uint64_t{0}, DropReason::buffer_too_small)));
    EXPECT_EQ(host.frames.at(0).address, buffers);
}

TEST_F(ReceiverBench, OnlyFramesOfItsMacAndVlanReachAFunctionThatIsOn) {
    build();
    start_queue();
    post(16, 0);
    asic.send(1000 * ns, frame(64, 1, {2, 0, 0, 0, 0, 9}));
    asic.send(1100 * ns, frame(64, 1, own_mac, 5));
    asic.send(1200 * ns, frame(64, 1, {2, 0, 0, 0, 0, 2}, 7, 1));
    bench.run_until(10'000 * ns);
    EXPECT_THAT(drops, ElementsAre(std::pair(std::uint64_t{0}, DropReason::not_for_interface),
                                   std::pair(std::uint64_t{1}, DropReason::wrong_vlan),
                                   std::pair(std::uint64_t{2}, DropReason::interface_down)));
    EXPECT_TRUE(host.frames.empty());
}

TEST_F(ReceiverBench, TheTagOfAFunctionsVlanIsTakenOffAndTold) {
    build();
    const std::uint32_t rx = ring_registers(0, RingKind::rx);
    const std::uint32_t done = ring_registers(0, RingKind::rx_completion);
    const auto own = [&](std::uint32_t offset, std::uint32_t value) {
        ASSERT_TRUE(set(offset, value, 1, nic_bar::registers, 1));
    };
    own(rx + ring_register::base, static_cast<std::uint32_t>(descriptors));
    own(rx + ring_register::entries, 16);
    own(done + ring_register::base, static_cast<std::uint32_t>(completions));
    own(done + ring_register::entries, 16);
    own(nic_bar::control, nic_bar::control_enable);
    bench.at(0, [this] {
        const Doorbell bell{0, RingKind::rx, 16, false};
        set(bell.offset(), bell.value(), 1, nic_bar::registers, 1);
    });
    const MacAddress mac{2, 0, 0, 0, 0, 2};
    asic.send(1000 * ns, [&](Frame& f) {
        frame(512, 1, mac, 7, 1)(f);
        HeaderFields fields =
            fields_of(endpoint("10.0.0.2", 1), endpoint("10.0.0.1", 80), ip_protocol::udp);
        fields.dst_mac = mac;
        fields.tagged = true;
        fields.vlan = 7;
        fields.payload_bytes = 512 - 4 - 18 - 28;
        f.header_bytes =
            static_cast<std::uint8_t>(write_headers(fields, f.header.data()).header_bytes);
    });
    host.on_frame = [](const Frame& f) {
        EXPECT_EQ(load_be16(&f.header[12]), ethertype::ipv4);
        EXPECT_EQ(f.bytes, 508U);
        EXPECT_EQ(f.header_bytes, 42);
    };
    bench.run_until(10'000 * ns);
    ASSERT_EQ(host.written.size(), 1U);
    EXPECT_EQ(host.frames[0].bytes, 504U);
    EXPECT_EQ(host.written[0].length, 504);
    EXPECT_EQ(host.written[0].vlan, 7);
    EXPECT_NE(host.written[0].flags & RxCompletion::vlan_stripped, 0);
    EXPECT_THAT(fifo.bytes, ElementsAre(512U)) << "as many as it took";
}

TEST_F(ReceiverBench, CompletionsAreWrittenTogetherOrAfterTheirTime) {
    params.completion_batch = 4;
    params.completion_wait = 500_ns;
    build();
    start_queue();
    post(16, 0);
    for (int i = 0; i < 5; ++i) asic.send((1000 + i) * ns, frame(64));
    bench.run_until(10'000 * ns);
    EXPECT_THAT(host.entries, ElementsAre(FakeHost::Write{completions, 64, 1043 * ns},
                                          FakeHost::Write{completions + 64, 16, 1544 * ns}));
}

TEST_F(ReceiverBench, ABatchOfCompletionsEndsWithTheRingAndTheColourTurns) {
    params.completion_batch = 16;
    params.descriptor_cache = 8;
    params.descriptor_fetch = 8;
    build();
    start_queue(8);
    post(8, 0);
    for (int i = 0; i < 8; ++i) asic.send((1000 + i) * ns, frame(64));
    post(9, 2000 * ns);
    asic.send(3000 * ns, frame(64));
    bench.run_until(10'000 * ns);
    ASSERT_EQ(host.entries.size(), 2U);
    EXPECT_EQ(host.entries[0].bytes, 128U);
    EXPECT_EQ(host.entries[1].address, completions);
    EXPECT_TRUE(host.colours[7]);
    EXPECT_FALSE(host.colours[8]);
}

TEST_F(ReceiverBench, AnInterruptFollowsTheCompletionsOnceArmed) {
    moderation_frames = 3;
    moderation_ns = 2000;
    build();
    start_queue();
    const MsixMessage message = MsixMessage::to(5, 33);
    ASSERT_TRUE(set(0, static_cast<std::uint32_t>(message.address), 0, nic_bar::msix));
    ASSERT_TRUE(set(8, message.data, 0, nic_bar::msix));
    ASSERT_TRUE(set(12, 0, 0, nic_bar::msix));
    post(16, 0);
    const auto arm = [this](std::uint16_t taken) {
        return [this, taken] {
            const Doorbell bell{0, RingKind::rx_completion, taken, true};
            set(bell.offset(), bell.value());
        };
    };
    asic.send(1000 * ns, frame(64));  // not armed: nothing
    bench.at(2000 * ns, arm(0));      // one is there: its time runs
    bench.at(5000 * ns, arm(1));
    for (int i = 0; i < 4; ++i) asic.send((6000 + i) * ns, frame(64));
    bench.run_until(20'000 * ns);
    const Picoseconds armed = 2000 * ns + params.doorbell_latency.value;
    EXPECT_THAT(host.interrupts, ElementsAre(FakeHost::Write{message.address, 4, armed + 2000 * ns},
                                             FakeHost::Write{message.address, 4, 6042 * ns}));
}

TEST_F(ReceiverBench, FlowsGoToTheQueueThatTheIndirectionTableNamesForTheirHash) {
    build(4);
    for (std::uint32_t q = 0; q < 4; ++q) {
        start_queue(16, q);
        post(16, 0, q);
    }
    ToeplitzHash hash(ToeplitzHash::standard_key);
    std::vector<std::uint64_t> expected;
    for (std::uint16_t port = 1; port <= 20; ++port) {
        asic.send((1000 + port) * ns, frame(64, port));
        FlowKey key;
        key.family = 4;
        key.protocol = ip_protocol::udp;
        key.sport = port;
        key.dport = 443;
        expected.push_back(completions + hash.of(key) % 4 * 0x1000);
    }
    bench.run_until(10'000 * ns);
    ASSERT_EQ(host.entries.size(), expected.size());
    std::set<std::uint64_t> used;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(host.entries[i].address & ~std::uint64_t{0xfff}, expected[i]);
        used.insert(expected[i]);
    }
    EXPECT_EQ(used.size(), 4U);
}

/// Merges the segments of connections that follow each other.
class MergingBench : public ReceiverBench {
  protected:
    static constexpr std::uint32_t headers = 14 + 20 + 20;

    MergingBench() {
        host.buffer = 4000;
        moderation_ns = 8000;
    }
    void start() {
        build();
        start_queue();
        ASSERT_TRUE(set(nic_bar::control, nic_bar::control_enable | nic_bar::control_lro));
        post(16, 0);
    }
    void segment(Picoseconds t, std::uint32_t sequence, std::uint32_t payload,
                 std::uint8_t flags = tcp_flag::ack, std::uint16_t sport = 1000) {
        asic.send(t, [=](Frame& f) {
            HeaderFields fields =
                fields_of(endpoint("10.0.0.2", sport), endpoint("10.0.0.1", 80), ip_protocol::tcp);
            fields.dst_mac = own_mac;
            fields.tcp_seq = sequence;
            fields.tcp_flags = flags;
            fields.payload_bytes = payload;
            const HeaderLayout layout = write_headers(fields, f.header.data());
            f.header_bytes = static_cast<std::uint8_t>(layout.header_bytes);
            f.bytes = layout.header_bytes + payload + fcs_bytes;
            f.note<NicNote>() = {};
        });
    }
    /// Segments and bytes of each completion.
    [[nodiscard]] std::vector<std::pair<int, int>> told() const {
        std::vector<std::pair<int, int>> all;
        for (const RxCompletion& entry : host.written) {
            all.emplace_back(entry.segments, entry.length);
        }
        return all;
    }
};
using Told = std::vector<std::pair<int, int>>;

TEST_F(MergingBench, SegmentsThatFollowEachOtherShareABufferAndACompletion) {
    start();
    segment(1000 * ns, 100, 500);
    segment(1100 * ns, 600, 500);
    segment(1200 * ns, 1100, 500, tcp_flag::ack | tcp_flag::psh);
    segment(1300 * ns, 1600, 500, tcp_flag::ack | tcp_flag::psh);
    bench.run_until(20'000 * ns);
    EXPECT_THAT(host.frames,
                ElementsAre(FakeHost::Write{buffers, headers + 500, 1040 * ns},
                            FakeHost::Write{buffers + headers + 500, 500, 1140 * ns},
                            FakeHost::Write{buffers + headers + 1000, 500, 1240 * ns},
                            FakeHost::Write{buffers + stride, headers + 500, 1340 * ns}));
    EXPECT_EQ(told(), (Told{{3, headers + 1500}, {1, headers + 500}}));
    EXPECT_EQ(host.entries[0].t, 1240 * ns);
    EXPECT_NE(host.written[0].flags & RxCompletion::merged, 0);
    EXPECT_EQ(host.written[1].flags & RxCompletion::merged, 0);
    EXPECT_EQ(host.written[1].descriptor, 1);
    EXPECT_EQ(cells.back.size(), 4U) << "each frame's cells come back when it has left";
}

TEST_F(MergingBench, ARunThatNothingFollowsEndsWithTheTimeOfModeration) {
    start();
    segment(1000 * ns, 100, 500);
    segment(5000 * ns, 600, 500);
    segment(9050 * ns, 1100, 500);
    bench.run_until(30'000 * ns);
    EXPECT_EQ(told(), (Told{{2, headers + 1000}, {1, headers + 500}}));
    EXPECT_EQ(host.entries[0].t, 1040 * ns + 8000 * ns);
    EXPECT_EQ(host.entries[1].t, 9090 * ns + 8000 * ns);
}

TEST_F(MergingBench, ASegmentOutOfTurnEndsTheRunAndBeginsAnother) {
    start();
    segment(1000 * ns, 100, 500);
    segment(1100 * ns, 1100, 500);
    segment(1200 * ns, 600, 500);
    segment(1300 * ns, 1100, 500, tcp_flag::ack | tcp_flag::fin);
    bench.run_until(30'000 * ns);
    EXPECT_EQ(
        told(),
        (Told{{1, headers + 500}, {1, headers + 500}, {1, headers + 500}, {1, headers + 500}}));
    EXPECT_EQ(host.entries[0].t, 1140 * ns);
    EXPECT_EQ(host.entries[2].t, 1340 * ns);
    EXPECT_EQ(host.entries[3].t, 1340 * ns) << "what ends a connection waits for nobody";
}

TEST_F(MergingBench, ABufferHoldsNoMoreThanItsBytes) {
    start();
    for (std::uint32_t i = 0; i < 9; ++i) segment((1000 + i) * ns, 100 + i * 1000, 1000);
    bench.run_until(30'000 * ns);
    EXPECT_EQ(told(), (Told{{3, headers + 3000}, {3, headers + 3000}, {3, headers + 3000}}));
}

TEST_F(MergingBench, ConnectionsAreMergedSideBySideAndTheOldestMakesRoom) {
    params.lro_sessions = 2;
    start();
    segment(1000 * ns, 100, 500, tcp_flag::ack, 1);
    segment(1100 * ns, 100, 500, tcp_flag::ack, 2);
    segment(1200 * ns, 600, 500, tcp_flag::ack, 1);
    segment(1300 * ns, 600, 500, tcp_flag::ack, 2);
    segment(1400 * ns, 100, 500, tcp_flag::ack, 3);
    bench.run_until(30'000 * ns);
    EXPECT_EQ(told(), (Told{{2, headers + 1000}, {2, headers + 1000}, {1, headers + 500}}));
    EXPECT_EQ(host.entries[0].t, 1440 * ns);
    EXPECT_EQ(host.written[0].descriptor, 0);
    EXPECT_EQ(host.written[1].descriptor, 1);
}

TEST_F(MergingBench, ARingThatIsSetUpAnewForgetsItsRuns) {
    start();
    segment(1000 * ns, 100, 500);
    bench.at(2000 * ns, [this] { set(nic_bar::control, nic_bar::control_reset); });
    bench.run_until(30'000 * ns);
    EXPECT_TRUE(host.entries.empty());
}

TEST_F(MergingBench, WithoutATimeNothingIsMerged) {
    moderation_ns = 0;
    start();
    segment(1000 * ns, 100, 500);
    segment(1100 * ns, 600, 500);
    bench.run_until(30'000 * ns);
    EXPECT_EQ(told(), (Told{{1, headers + 500}, {1, headers + 500}}));
}

TEST_F(ReceiverBench, RegistersOfOtherFunctionsAndPlacesWhereNothingStandsRefuse) {
    build();
    EXPECT_FALSE(set(nic_bar::control, 1, 1));                 // another's
    EXPECT_FALSE(set(nic_bar::control, 1, 1, nic_bar::msix));  // likewise
    EXPECT_FALSE(set(nic_bar::mac_low, 0));                    // policy
    EXPECT_FALSE(set(0x3000, 1));                              // nothing there
    EXPECT_FALSE(set(2, 1));                                   // crooked
    EXPECT_FALSE(set(ring_registers(1, RingKind::rx), 1));     // no such queue
    EXPECT_FALSE(set(nic_bar::indirection, 0x01010101));       // likewise
    EXPECT_FALSE(set(ring_registers(0, RingKind::rx) + ring_register::entries, 12));
    EXPECT_FALSE(set(nic_bar::doorbells + 4 * rings_per_queue, 1));        // no such queue
    EXPECT_EQ(nic->registers.read(1, {0, 0, nic_bar::identity}, 0), ~0U);  // another's
    EXPECT_EQ(nic->registers.read(0, {0, 0, nic_bar::identity}, 0), nic_bar::magic);
    EXPECT_THAT(faults,
                ElementsAre(NicFault::other_function, NicFault::other_function,
                            NicFault::no_register, NicFault::no_register, NicFault::no_register,
                            NicFault::no_register, NicFault::bad_ring, NicFault::bad_ring,
                            NicFault::bad_doorbell, NicFault::other_function));
    EXPECT_FALSE(nic->functions()[0].enabled);
    EXPECT_EQ(nic->functions()[0].owner.mac, own_mac);
}

}  // namespace
}  // namespace snsim
