#include "models/base/units.h"

#include <gtest/gtest.h>
#include <type_traits>
#include <utility>

#include "models/base/random.h"

namespace snsim {
namespace {

/// total x den + rem, so that two exact durations of one denominator can be compared.
Uint128 in_parts(const Exact& e) { return static_cast<Uint128>(e.ps) * e.den + e.rem; }

TEST(Units, ACycleIsWholePicosecondsAndARemainderThatKeepsTheRate) {
    const Exact one = cycles(1, 833'333'333_hz);
    EXPECT_EQ(one.ps, 1200);
    EXPECT_EQ(one.den, 833'333'333u);
    EXPECT_EQ(one.rem, 400u);  // 10^12 - 1200 x 833333333
    const Exact second = cycles(833'333'333 / 100, 833'333'333_hz);
    EXPECT_EQ(in_parts(second), in_parts(one) * (833'333'333 / 100));
}

TEST(Units, ACycleOfARoundClockHasNoRemainder) {
    const Exact one = cycles(1, 781'250_khz);
    EXPECT_EQ(one.ps, 1280);
    EXPECT_EQ(one.rem, 0u);
    EXPECT_EQ(one.den, 1u);
    EXPECT_EQ(cycles(0, 3_hz).ps, 0);
    EXPECT_EQ(cycles(0, 3_hz).rem, 0u);
}

TEST(Units, AllMultiplesOfAPeriodHaveTheSameDenominator) {
    for (const std::int64_t clock : {833'333'333, 781'250'000, 1'000'000'007, 156'250'000, 7}) {
        const Exact one = cycles(1, Frequency{clock});
        for (const std::uint64_t n : {2u, 3u, 7u, 60u, 4095u}) {
            const Exact many = cycles(n, Frequency{clock});
            EXPECT_EQ(many.den, one.den) << clock;
            EXPECT_LT(many.rem, many.den) << clock;
            EXPECT_EQ(in_parts(many), in_parts(one) * n) << clock;
        }
    }
}

TEST(Units, BytesOverABitRateIsTheTimeOnTheWire) {
    EXPECT_EQ((84_b / 100_gbps).ps, 6720);
    EXPECT_EQ((84_b / 100_gbps).rem, 0u);
    EXPECT_EQ((1538_b / 100_gbps).ps, 123'040);
    EXPECT_EQ((1_b / 3_gbps).ps, 2666);
    EXPECT_EQ((1_b / 3_gbps).rem * 3, (1_b / 3_gbps).den * 2);  // 2666 2/3 ps
}

TEST(Units, GivesTheExactTimeAtTheEndsOfTheDocumentedRange) {
    EXPECT_EQ(cycles(9'000'000, 1_hz).ps, 9'000'000'000'000'000'000);
    const Exact slow = Bytes{1'000'000} / BitRate{7};
    EXPECT_EQ(in_parts(slow), static_cast<Uint128>(8'000'000) * 1'000'000'000'000);
    EXPECT_EQ((1_mib / BitRate{1'000'000'000'000'000}).ps, 8'388);
}

TEST(Units, EnergyIsPowerTimesTimeToTheFemtojoule) {
    EXPECT_EQ((1_w * 1_s).value, 1'000'000'000'000'000);
    EXPECT_EQ(3_mw * 7_ps, 21_fj);
    EXPECT_EQ(1_nj, 1000_pj);
    EXPECT_EQ(1_pj, 1000_fj);
}

TEST(Units, LiteralsNameTheirUnit) {
    EXPECT_EQ(1_s, 1000_ms);
    EXPECT_EQ(1_ms, 1000_us);
    EXPECT_EQ(1_us, 1000_ns);
    EXPECT_EQ(1_ns, 1000_ps);
    EXPECT_EQ(1_ghz, 1000_mhz);
    EXPECT_EQ(1_mhz, 1000_khz);
    EXPECT_EQ(1_khz, 1000_hz);
    EXPECT_EQ(1_gbps, 1000_mbps);
    EXPECT_EQ((1_mbps).value, 1'000'000);
    EXPECT_EQ(1_mib, 1024_kib);
    EXPECT_EQ(1_kib, 1024_b);
    EXPECT_EQ((3_per_s).value, 3'000'000);
    EXPECT_DOUBLE_EQ((2_percent).value, 0.02);
}

TEST(Units, QuantitiesOfOneKindAddScaleAndCompare) {
    Duration sum = 2_ns + 3_ps;
    sum += 1_us;
    EXPECT_EQ(sum.value, 1'002'003);
    EXPECT_EQ(sum - 1_us, 2003_ps);
    EXPECT_EQ(3 * 2_ns, 6_ns);
    EXPECT_EQ(2_ns * 3, 6_ns);
    EXPECT_TRUE(1_ns < 2_ns && 1_ns <= 1_ns && 2_ns > 1_ns && 2_ns >= 2_ns && 1_ns != 2_ns);
}

template <class A, class B, class = void>
constexpr bool adds = false;
template <class A, class B>
constexpr bool adds<A, B, std::void_t<decltype(std::declval<A>() + std::declval<B>())>> = true;
template <class A, class B, class = void>
constexpr bool multiplies = false;
template <class A, class B>
constexpr bool multiplies<A, B, std::void_t<decltype(std::declval<A>() * std::declval<B>())>> =
    true;
template <class A, class B, class = void>
constexpr bool divides = false;
template <class A, class B>
constexpr bool divides<A, B, std::void_t<decltype(std::declval<A>() / std::declval<B>())>> = true;

TEST(Units, OnlyPhysicalOperationsCompile) {
    EXPECT_TRUE((adds<Bytes, Bytes>));
    EXPECT_FALSE((adds<Bytes, Duration>));
    EXPECT_FALSE((adds<Bytes, int>));
    EXPECT_FALSE((adds<Frequency, BitRate>));
    EXPECT_TRUE((divides<Bytes, BitRate>));
    EXPECT_FALSE((divides<Bytes, Frequency>));
    EXPECT_FALSE((divides<BitRate, Bytes>));
    EXPECT_TRUE((multiplies<Power, Duration>));
    EXPECT_FALSE((multiplies<Power, Power>));
    EXPECT_FALSE((multiplies<Energy, Duration>));
    EXPECT_FALSE((std::is_convertible_v<std::int64_t, Bytes>));
    EXPECT_FALSE((std::is_convertible_v<Bytes, Duration>));
}

}  // namespace
}  // namespace snsim
