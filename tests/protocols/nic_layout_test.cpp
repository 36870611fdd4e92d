#include "models/protocols/nic_layout.h"

#include <gtest/gtest.h>

#include "models/protocols/nic_registers.h"

namespace snsim {
namespace {

TEST(NicLayout, DescriptorsAreReadAsTheyWereWritten) {
    RingEntry entry{};
    RxDescriptor rx;
    rx.address = 0x1122334455667788;
    rx.length = 2048;
    rx.cookie = 0xdeadbeef;
    rx.store(entry.data());
    EXPECT_EQ(entry, (RingEntry{0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x00, 0x08, 0, 0,
                                0xef, 0xbe, 0xad, 0xde}));
    EXPECT_EQ(RxDescriptor::load(entry.data()).address, rx.address);
    EXPECT_EQ(RxDescriptor::load(entry.data()).length, rx.length);
    EXPECT_EQ(RxDescriptor::load(entry.data()).cookie, rx.cookie);

    TxDescriptor tx;
    tx.address = 0x1000;
    tx.length = 65535;
    tx.mss = 1460;
    tx.vlan = 7;
    tx.header_bytes = 54;
    tx.flags = TxDescriptor::segment | TxDescriptor::end_of_packet;
    tx.store(entry.data());
    const TxDescriptor read = TxDescriptor::load(entry.data());
    EXPECT_EQ(read.address, tx.address);
    EXPECT_EQ(read.length, tx.length);
    EXPECT_EQ(read.mss, tx.mss);
    EXPECT_EQ(read.vlan, tx.vlan);
    EXPECT_EQ(read.header_bytes, tx.header_bytes);
    EXPECT_EQ(read.flags, tx.flags);
}

TEST(NicLayout, CompletionsAreReadAsTheyWereWrittenAndEndWithTheirColour) {
    RingEntry entry{};
    RxCompletion rx;
    rx.hash = 0x51ccc178;
    rx.length = 1514;
    rx.vlan = 3;
    rx.descriptor = 1023;
    rx.segments = 2;
    rx.flags = RxCompletion::hashed | RxCompletion::merged;
    rx.store(entry.data(), true);
    EXPECT_TRUE(completion_colour(entry.data()));
    const RxCompletion read = RxCompletion::load(entry.data());
    EXPECT_EQ(read.hash, rx.hash);
    EXPECT_EQ(read.length, rx.length);
    EXPECT_EQ(read.vlan, rx.vlan);
    EXPECT_EQ(read.descriptor, rx.descriptor);
    EXPECT_EQ(read.segments, rx.segments);
    EXPECT_EQ(read.flags, rx.flags);
    rx.store(entry.data(), false);
    EXPECT_FALSE(completion_colour(entry.data()));

    const TxCompletion tx{17, TxCompletion::read_fault, 5};
    tx.store(entry.data(), true);
    EXPECT_TRUE(completion_colour(entry.data()));
    EXPECT_EQ(TxCompletion::load(entry.data()).consumed, 17U);
    EXPECT_EQ(TxCompletion::load(entry.data()).flags, TxCompletion::read_fault);
    EXPECT_EQ(TxCompletion::load(entry.data()).packets, 5U);
}

TEST(NicLayout, TheColourDiffersFromTheLastTurnsEverywhereInTheRing) {
    constexpr std::uint32_t entries = 8;
    std::array<bool, entries> ring{};  // zeroed memory
    for (std::uint64_t n = 0; n < 5 * entries; ++n) {
        bool& slot = ring[ring_position(n, entries)];
        EXPECT_NE(slot, ring_colour(n, entries)) << n;
        slot = ring_colour(n, entries);
    }
}

TEST(NicRegisters, ADoorbellIsFoundWhereItWasRung) {
    for (const RingKind kind :
         {RingKind::rx, RingKind::tx, RingKind::rx_completion, RingKind::tx_completion}) {
        const Doorbell rung{127, kind, 0x1234, true};
        const auto heard = Doorbell::at(rung.offset(), rung.value());
        ASSERT_TRUE(heard);
        EXPECT_EQ(heard->queue, rung.queue);
        EXPECT_EQ(heard->ring, rung.ring);
        EXPECT_EQ(heard->index, rung.index);
        EXPECT_EQ(heard->arm, rung.arm);
    }
}

TEST(NicRegisters, ThereIsNoDoorbellBesideTheDoorbells) {
    const std::uint32_t end = nic_bar::doorbells + max_queues * rings_per_queue * 4;
    EXPECT_FALSE(Doorbell::at(nic_bar::doorbells - 4, 0));
    EXPECT_FALSE(Doorbell::at(nic_bar::doorbells + 2, 0));
    EXPECT_TRUE(Doorbell::at(end - 4, 0));
    EXPECT_FALSE(Doorbell::at(end, 0));
    EXPECT_FALSE(Doorbell::at(~0U - 3, 0));
}

TEST(NicRegisters, AreasOfABarDoNotOverlap) {
    EXPECT_LE(nic_bar::indirection + 128, nic_bar::rings);
    EXPECT_EQ(ring_registers(max_queues - 1, RingKind::tx_completion) + ring_register::bytes,
              nic_bar::doorbells);
    EXPECT_LE(nic_bar::doorbells + max_queues * rings_per_queue * 4, nic_bar::registers_bytes);
    EXPECT_LE(16 * max_vectors, nic_bar::pending);
}

TEST(NicRegisters, EveryFunctionHasAWindowOfItsOwn) {
    for (const std::uint32_t function : {0U, 1U, max_functions - 1}) {
        for (const unsigned bar : {nic_bar::registers, nic_bar::msix}) {
            const BarAddress written{function, bar, 0x1ffc};
            const auto read = BarAddress::of(written.address());
            ASSERT_TRUE(read);
            EXPECT_EQ(read->function, function);
            EXPECT_EQ(read->bar, bar);
            EXPECT_EQ(read->offset, 0x1ffcU);
        }
    }
    EXPECT_FALSE(BarAddress::of(BarAddress::base - 1));
    EXPECT_FALSE(BarAddress::of(BarAddress{max_functions, 0, 0}.address()));
    EXPECT_FALSE(BarAddress::of(0x1000));
}

TEST(NicRegisters, AnMsixMessageNamesItsCore) {
    for (const std::uint32_t core : {0U, 1U, 255U, 256U, 1023U}) {
        const MsixMessage message = MsixMessage::to(core, 0x41);
        EXPECT_EQ(message.core(), core);
        EXPECT_EQ(message.data, 0x41U);
        EXPECT_TRUE(message.well_formed());
        EXPECT_EQ(message.address & 3, 0U);
    }
    EXPECT_EQ(MsixMessage::to(3, 0).address, 0xfee03000U);
    EXPECT_FALSE((MsixMessage{0x1000, 1}).well_formed());
}

TEST(NicRegisters, EveryFunctionHasARequesterIdOfItsOwn) {
    EXPECT_EQ(requester_of(0), 0x0100);
    EXPECT_EQ(requester_of(256), 0x0200);
    EXPECT_EQ(function_of(requester_of(max_functions - 1)), max_functions - 1);
}

}  // namespace
}  // namespace snsim
