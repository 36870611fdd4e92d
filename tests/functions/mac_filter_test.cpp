#include "models/functions/mac_filter.h"

#include <gtest/gtest.h>

namespace snsim {
namespace {

MacAddress mac(int last) {
    return {2, 0, 0, 0, static_cast<std::uint8_t>(last >> 8), static_cast<std::uint8_t>(last)};
}

TEST(MacFilter, FindsEveryFunctionByItsMacAndVlan) {
    MacFilter filter;
    for (int i = 0; i < 256; ++i) {
        filter.add(mac(i), static_cast<std::uint16_t>(i % 3), static_cast<std::uint8_t>(i % 2));
    }
    for (int i = 0; i < 256; ++i) {
        EXPECT_EQ(filter.find(mac(i).data(), static_cast<std::uint16_t>(i % 3)), i);
        EXPECT_EQ(filter.find(mac(i).data(), static_cast<std::uint16_t>(i % 3 + 1)),
                  MacFilter::none);
        EXPECT_EQ(filter.wire_of(static_cast<std::uint16_t>(i)), i % 2);
    }
    EXPECT_EQ(filter.find(mac(256).data(), 0), MacFilter::none);
}

TEST(MacFilter, AFunctionThatIsOffIsNotFound) {
    MacFilter filter;
    filter.add(mac(1), 0, 0);
    filter.add(mac(2), 0, 0);
    filter.enable(0, false);
    EXPECT_EQ(filter.find(mac(1).data(), 0), MacFilter::none);
    EXPECT_EQ(filter.find(mac(2).data(), 0), 1);
    filter.enable(0, true);
    EXPECT_EQ(filter.find(mac(1).data(), 0), 0);
}

}  // namespace
}  // namespace snsim
