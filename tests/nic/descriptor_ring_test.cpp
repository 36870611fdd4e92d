#include "models/nic/descriptor_ring.h"

#include <gtest/gtest.h>

namespace snsim {
namespace {

TEST(DescriptorRing, ReadsInBatchesThatEndWithRingAndCache) {
    DescriptorRing ring(8, 4);
    ring.set_up(0x1000, 16);
    EXPECT_EQ(ring.next_fetch().count, 0U);
    ASSERT_TRUE(ring.ring(6));
    auto first = ring.next_fetch();
    EXPECT_EQ(first.address, 0x1000U);
    EXPECT_EQ(first.count, 4U);
    auto second = ring.next_fetch();
    EXPECT_EQ(second.address, 0x1040U);
    EXPECT_EQ(second.count, 2U);
    ASSERT_TRUE(ring.ring(16));
    EXPECT_EQ(ring.next_fetch().count, 0U);  // no room for a batch
    ring.fetched(first.to, first.generation);
    EXPECT_EQ(ring.ready(), 4U);
    ring.use(2);
    auto third = ring.next_fetch();
    EXPECT_EQ(third.address, 0x1060U);
    EXPECT_EQ(third.count, 2U);  // to the end of the cache
}

TEST(DescriptorRing, ReadsThatOvertakeEachOtherAreUsedInOrder) {
    DescriptorRing ring(8, 2);
    ring.set_up(0, 8);
    ASSERT_TRUE(ring.ring(4));
    const auto first = ring.next_fetch();
    const auto second = ring.next_fetch();
    ring.fetched(second.to, second.generation);
    EXPECT_EQ(ring.ready(), 0U);
    ring.fetched(first.to, first.generation);
    EXPECT_EQ(ring.ready(), 4U);
}

TEST(DescriptorRing, ADoorbellBeyondTheRingIsRefused) {
    DescriptorRing ring(8, 2);
    EXPECT_FALSE(ring.ring(1));  // off
    ring.set_up(0, 8);
    EXPECT_FALSE(ring.ring(9));
    EXPECT_FALSE(ring.ring(0xffff));
    EXPECT_TRUE(ring.ring(8));
}

TEST(DescriptorRing, WhatComesForAnEarlierLifeIsForgotten) {
    DescriptorRing ring(8, 2);
    ring.set_up(0, 8);
    ASSERT_TRUE(ring.ring(2));
    const auto fetch = ring.next_fetch();
    ring.set_up(0, 8);
    ring.fetched(fetch.to, fetch.generation);
    EXPECT_EQ(ring.ready(), 0U);
}

TEST(DescriptorRing, IndicesCountOnOverTheRingsEndAndBeyondSixteenBits) {
    DescriptorRing ring(8, 8);
    ring.set_up(0, 8);
    std::uint16_t index = 0;
    for (int i = 0; i < 100'000; ++i) {
        index = static_cast<std::uint16_t>(index + 1);
        ASSERT_TRUE(ring.ring(index));
        const auto fetch = ring.next_fetch();
        if (fetch.count != 0) ring.fetched(fetch.to, fetch.generation);
        ASSERT_EQ(ring.ready(), 1U) << i;
        ASSERT_EQ(ring.position(), i % 8);
        ring.use();
    }
}

}  // namespace
}  // namespace snsim
