#include "observers/one_in.h"

#include <gtest/gtest.h>

#include "models/base/random.h"

namespace snsim {
namespace {

TEST(OneIn, PicksTheMultiples) {
    constexpr std::uint64_t most = ~std::uint64_t{0};
    for (const std::uint64_t n :
         {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{6},
          std::uint64_t{100}, std::uint64_t{1024}, std::uint64_t{12345678}, most / 2 + 1, most}) {
        const OneIn one_in(n);
        for (std::uint64_t i = 0; i < 20000; ++i) {
            const std::uint64_t chance = RandomStream::mix(n + i);
            for (const std::uint64_t number : {i, most - i, chance, chance / n * n}) {
                ASSERT_EQ(one_in.picks(number), number % n == 0) << number << " of " << n;
            }
        }
    }
}

TEST(OneIn, OfZeroPicksNone) {
    const OneIn none(0);
    for (std::uint64_t i = 0; i < 1000; ++i) ASSERT_FALSE(none.picks(i));
}

}  // namespace
}  // namespace snsim
