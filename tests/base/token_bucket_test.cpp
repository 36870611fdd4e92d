// labels: unit law
#include "models/base/token_bucket.h"

#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <utility>

#include "models/base/random.h"
#include "models/base/shaper.h"

namespace snsim {
namespace {

TEST(TokenBucket, IsFullAtFirst) {
    TokenBucket bucket(1_gbps, 1000_b);
    EXPECT_TRUE(bucket.conforms(0, 1000_b));
    EXPECT_FALSE(bucket.conforms(0, 1001_b));
}

TEST(TokenBucket, HasTokensAgainAtTheInstantTheRateSaysAndNotAPicosecondBefore) {
    TokenBucket bucket(1_gbps, 1000_b);  // 8 ns a byte
    bucket.take(0, 1000_b);
    EXPECT_EQ(bucket.earliest(0, 125_b), 1'000'000);
    EXPECT_FALSE(bucket.conforms(999'999, 125_b));
    EXPECT_TRUE(bucket.conforms(1'000'000, 125_b));
}

TEST(TokenBucket, DoesNotOverflow) {
    TokenBucket bucket(1_gbps, 1000_b);
    bucket.take(1'000'000'000, 1000_b);
    EXPECT_EQ(bucket.earliest(1'000'000'000, 1000_b), 1'000'000'000 + 8'000'000);
}

TEST(TokenBucket, TakesAnyFrameItHasTokensForWhileFilling) {
    TokenBucket bucket(8_gbps, 100_b);  // 1 ns a byte
    bucket.take(0, 100_b);
    bucket.take(60'000, 60_b);
    EXPECT_EQ(bucket.earliest(60'000, 1_b), 61'000);
    EXPECT_EQ(bucket.earliest(60'000, 100_b), 160'000);
}

TEST(TokenBucket, KeepsTheNominalRateWhenAByteTakesNoWholePicoseconds) {
    const BitRate rate{7'000'000'000};  // 8000/7 ps a byte
    TokenBucket bucket(rate, 64_b);
    Picoseconds t = 0;
    constexpr std::int64_t frames = 7'000'001;
    for (std::int64_t i = 0; i < frames; ++i) {
        t = bucket.earliest(t, 64_b);
        bucket.take(t, 64_b);
    }
    // The first goes at once; each other one waits for 64 bytes.
    EXPECT_EQ(t, 7'000'000LL * 64 * 8000 / 7);
}

TEST(TokenBucket, NeverLetsMoreThanRatePlusBurstThroughInAnySpan) {
    const BitRate rate{3'700'000'000};
    const Bytes burst = 3000_b;
    TokenBucket bucket(rate, burst);
    RandomStream random(1, "sizes");
    std::deque<std::pair<Picoseconds, std::int64_t>> sent;  // times, bytes before and with each
    std::int64_t total = 0;
    Picoseconds t = 0;
    for (int i = 0; i < 3000; ++i) {
        const Bytes size{64 + static_cast<std::int64_t>(random.below(1455))};
        t = bucket.earliest(t + static_cast<Picoseconds>(random.below(4'000'000)), size);
        bucket.take(t, size);
        sent.emplace_back(t, total);
        total += size.value;
        for (const auto& [begin, before] : sent) {
            // bytes * 8 * 1e12 <= rate * (span + 1) + burst * 8 * 1e12, in integers
            const Uint128 bits = static_cast<Uint128>(total - before) * 8'000'000'000'000U;
            const Uint128 allowed =
                static_cast<Uint128>(rate.value) * static_cast<Uint128>(t - begin + 1) +
                static_cast<Uint128>(burst.value) * 8'000'000'000'000U;
            ASSERT_LE(bits, allowed) << "frame " << i;
        }
    }
}

TEST(TokenBucket, RefusesTokensThatAreNotThere) {
    TokenBucket bucket(1_gbps, 100_b);
    bucket.take(0, 100_b);
    EXPECT_THROW(bucket.take(1, 100_b), std::logic_error);
}

TEST(Shaper, SendsABurstAtOnceAndTheRestAtTheRateInOrder) {
    Shaper shaper("shaper", 0, 1_gbps, 250_b);
    const auto frame = std::make_unique<Frame>();
    frame->reset();
    frame->bytes = 125;
    EXPECT_EQ(shaper.pass(*frame, 0), 0);
    EXPECT_EQ(shaper.pass(*frame, 0), 0);
    EXPECT_EQ(shaper.pass(*frame, 0), 1'000'000);
    frame->bytes = 25;  // would conform earlier than those before it
    EXPECT_EQ(shaper.pass(*frame, 0), 1'200'000);
}

}  // namespace
}  // namespace snsim
