// labels: law
#include "models/pcie/link_format.h"

#include <gtest/gtest.h>

namespace snsim {
namespace {

LinkParams link(std::int64_t generation, std::int64_t lanes, DllMode dll, Bytes mps = 256_b) {
    auto params = defaults<LinkParams>();
    params.generation = generation;
    params.lanes = lanes;
    params.dll = dll;
    params.mps = mps;
    return params;
}

double gbps(BitRate rate) { return static_cast<double>(rate.value) / 1e9; }

TEST(LinkFormat, CountsTheEncodingOfEachGeneration) {
    EXPECT_EQ(raw_rate(link(1, 1, DllMode::events)).value, 2'000'000'000);
    EXPECT_EQ(raw_rate(link(2, 16, DllMode::events)).value, 64'000'000'000);
    EXPECT_NEAR(gbps(raw_rate(link(3, 8, DllMode::events))), 63.015385, 1e-6);
    EXPECT_NEAR(gbps(raw_rate(link(4, 16, DllMode::events))), 252.061538, 1e-6);
    EXPECT_NEAR(gbps(raw_rate(link(5, 32, DllMode::events))), 1008.246154, 1e-6);
}

TEST(LinkFormat, TakesTheGuidelinesShareOffBothDirections) {
    EXPECT_NEAR(gbps(tlp_rate(link(3, 8, DllMode::guideline))), 57.8847, 1e-3);
    EXPECT_NEAR(gbps(tlp_rate(link(3, 16, DllMode::guideline))), 113.6998, 1e-3);
    EXPECT_NEAR(gbps(tlp_rate(link(4, 4, DllMode::guideline))), 58.1401, 1e-3);
}

TEST(LinkFormat, LeavesTlpsAllButSkipOrderedSetsWhereDllpsTravelAsSuch) {
    EXPECT_NEAR(gbps(tlp_rate(link(3, 8, DllMode::events))), 63.015385 * (1 - 4.0 / 1538), 1e-6);
}

TEST(LinkFormat, KnowsTheIntervalOfTheSpecificationsTables) {
    EXPECT_EQ(dllp_interval(link(3, 8, DllMode::events)), 203U);
    EXPECT_EQ(dllp_interval(link(3, 16, DllMode::events, 128_b)), 144U);
    EXPECT_EQ(dllp_interval(link(1, 8, DllMode::events, 512_b)), 86U);
    EXPECT_EQ(dllp_interval(link(2, 8, DllMode::events)), 158U);
    EXPECT_EQ(dllp_interval(link(5, 1, DllMode::events, 4096_b)), 4239U);
}

TEST(LinkFormat, CountsFramingHeaderAndDigest) {
    LinkParams params = link(3, 8, DllMode::events);
    EXPECT_EQ(TlpHeaders(params).request, 24U);
    EXPECT_EQ(TlpHeaders(params).completion, 20U);
    params.address = AddressWidth::bits32;
    EXPECT_EQ(TlpHeaders(params).request, 20U);
    params.ecrc = true;
    EXPECT_EQ(TlpHeaders(params).request, 24U);
    EXPECT_EQ(TlpHeaders(params).completion, 24U);
}

}  // namespace
}  // namespace snsim
