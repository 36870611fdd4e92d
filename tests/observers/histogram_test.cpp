// labels: unit law
#include "observers/histogram.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <utility>
#include <vector>

namespace snsim {
namespace {

constexpr double bound = 1e-3;
const std::vector<double> fractions = {0,    1e-6, 0.001, 0.01,  0.1,    0.25,    0.5,
                                       0.75, 0.9,  0.99,  0.999, 0.9999, 0.99999, 1};

/// By the definition: the smallest sample with at least q of all samples at or below it.
std::int64_t percentile_of(const std::vector<std::int64_t>& sorted, double q) {
    const auto size = static_cast<double>(sorted.size());
    std::size_t index = 0;
    while (index + 1 < sorted.size() && static_cast<double>(index + 1) < q * size - 1e-6) {
        ++index;
    }
    return sorted[index];
}

Histogram histogram_of(const std::vector<std::int64_t>& samples) {
    Histogram histogram;
    for (const std::int64_t sample : samples) histogram.add(sample);
    return histogram;
}

/// Count, sum, minimum and maximum exact; percentiles and bucket widths within the bound.
void expect_faithful(std::vector<std::int64_t> samples) {
    const Histogram histogram = histogram_of(samples);
    std::sort(samples.begin(), samples.end());
    ASSERT_EQ(histogram.count(), samples.size());
    EXPECT_EQ(histogram.min(), samples.front());
    EXPECT_EQ(histogram.max(), samples.back());
    Histogram::Sum sum = 0;
    for (const std::int64_t sample : samples) sum += static_cast<Histogram::Sum>(sample);
    EXPECT_TRUE(histogram.sum() == sum);
    EXPECT_DOUBLE_EQ(histogram.mean(),
                     static_cast<double>(sum) / static_cast<double>(samples.size()));
    for (const double q : fractions) {
        const std::int64_t exact = percentile_of(samples, q);
        const std::int64_t found = histogram.percentile(q);
        EXPECT_LE(std::abs(static_cast<double>(found - exact)), bound * static_cast<double>(exact))
            << "q = " << q << ", exact " << exact << ", found " << found;
        EXPECT_LE(found, samples.back());
    }
    std::int64_t last_upper = 0;
    std::size_t index = 0;
    histogram.for_each([&](std::int64_t lower, std::int64_t upper, std::uint64_t count) {
        ASSERT_LE(last_upper, lower);
        ASSERT_LT(lower, upper);
        ASSERT_LE(static_cast<double>(upper - lower),
                  std::max(1.0, bound * static_cast<double>(lower)));
        for (std::uint64_t i = 0; i < count; ++i, ++index) {
            ASSERT_LT(index, samples.size());
            ASSERT_GE(samples[index], lower);
            ASSERT_LT(samples[index], upper);
        }
        last_upper = upper;
    });
    EXPECT_EQ(index, samples.size());
}

std::vector<std::int64_t> drawn(std::size_t count, double (*transform)(double uniform)) {
    std::mt19937_64 engine(7);
    std::vector<std::int64_t> samples;
    for (std::size_t i = 0; i < count; ++i) {
        const double uniform = (static_cast<double>(engine() >> 11) + 0.5) * 0x1p-53;
        samples.push_back(static_cast<std::int64_t>(transform(uniform)));
    }
    return samples;
}

TEST(Histogram, UniformSamplesKeepTheBound) {
    expect_faithful(drawn(200'000, [](double u) { return 1 + u * 5e9; }));
}

TEST(Histogram, ExponentialSamplesKeepTheBound) {
    expect_faithful(drawn(200'000, [](double u) { return -2.5e6 * std::log(u); }));
}

TEST(Histogram, HeavyTailedSamplesKeepTheBound) {
    expect_faithful(drawn(200'000, [](double u) { return 1000.0 / std::pow(u, 2); }));
}

TEST(Histogram, SamplesOverTheWholeRangeKeepTheBound) {
    expect_faithful(drawn(200'000, [](double u) { return std::exp2(62.99 * u); }));
}

TEST(Histogram, SmallValuesAreExact) {
    const auto samples = drawn(50'000, [](double u) { return u * 2048; });
    Histogram histogram = histogram_of(samples);
    std::vector<std::int64_t> sorted = samples;
    std::sort(sorted.begin(), sorted.end());
    for (const double q : fractions) {
        EXPECT_EQ(histogram.percentile(q), percentile_of(sorted, q)) << q;
    }
}

TEST(Histogram, AConstantIsItsOwnPercentiles) {
    for (const std::int64_t value :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{2047}, std::int64_t{2049},
          std::int64_t{123'456'789}, std::int64_t{1} << 62, INT64_MAX}) {
        const Histogram histogram = histogram_of(std::vector<std::int64_t>(1000, value));
        for (const double q : fractions) EXPECT_EQ(histogram.percentile(q), value);
        EXPECT_EQ(histogram.min(), value);
        EXPECT_EQ(histogram.mean(), static_cast<double>(value));
    }
}

TEST(Histogram, EdgesOfEveryPowerOfTwoFallIntoTheirBuckets) {
    Histogram histogram;
    std::vector<std::int64_t> samples = {0};
    for (int bit = 0; bit < 63; ++bit) {
        const std::int64_t power = std::int64_t{1} << bit;
        for (const std::int64_t value : {power - 1, power, power + (power - 1)}) {
            samples.push_back(value);
        }
    }
    for (const std::int64_t sample : samples) histogram.add(sample);
    std::sort(samples.begin(), samples.end());
    std::size_t index = 0;
    histogram.for_each([&](std::int64_t lower, std::int64_t upper, std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i, ++index) {
            EXPECT_GE(samples[index], lower);
            EXPECT_TRUE(samples[index] < upper || upper == INT64_MAX);
        }
    });
    EXPECT_EQ(index, samples.size());
}

TEST(Histogram, APercentileIsTheSmallestValueThatCoversTheFraction) {
    Histogram histogram;
    for (std::int64_t value = 1; value <= 100; ++value) histogram.add(value);
    for (int percent = 1; percent <= 100; ++percent) {
        EXPECT_EQ(histogram.percentile(percent / 100.0), percent);
    }
    EXPECT_EQ(histogram.percentile(0), 1);
    EXPECT_EQ(histogram.percentile(0.995), 100);
}

TEST(Histogram, WeightsCountAsThatManySamples) {
    Histogram weighted;
    weighted.add(10'000'000, 99);
    weighted.add(5, 0);
    weighted.add(70'000'000, 1);
    Histogram single;
    for (int i = 0; i < 99; ++i) single.add(10'000'000);
    single.add(70'000'000);
    EXPECT_EQ(weighted.count(), 100U);
    EXPECT_EQ(weighted.min(), 10'000'000);
    EXPECT_TRUE(weighted.sum() == single.sum());
    EXPECT_EQ(weighted.percentile(0.99), single.percentile(0.99));
    EXPECT_EQ(weighted.percentile(0.991), 70'000'000);
}

TEST(Histogram, TheSumDoesNotOverflow) {
    Histogram histogram;
    histogram.add(INT64_MAX, std::uint64_t{1} << 40);
    EXPECT_EQ(histogram.mean(), static_cast<double>(INT64_MAX));
}

TEST(Histogram, MergingEqualsAddingAll) {
    const auto a = drawn(10'000, [](double u) { return u * 3000; });
    const auto b = drawn(10'000, [](double u) { return 1e6 / u; });
    Histogram merged = histogram_of(a);
    merged.merge(histogram_of(b));
    merged.merge(Histogram());
    std::vector<std::int64_t> both = a;
    both.insert(both.end(), b.begin(), b.end());
    const Histogram all = histogram_of(both);
    EXPECT_EQ(merged.count(), all.count());
    EXPECT_TRUE(merged.sum() == all.sum());
    EXPECT_EQ(merged.min(), all.min());
    EXPECT_EQ(merged.max(), all.max());
    for (const double q : fractions) EXPECT_EQ(merged.percentile(q), all.percentile(q));
    Histogram copy;
    copy.merge(all);
    EXPECT_EQ(copy.min(), all.min());
}

TEST(Histogram, ManyValuesAtOnceCountAsEachAlone) {
    std::vector<std::int64_t> edges = {0, 1};
    for (int bit = 1; bit < 63; ++bit) {
        const std::int64_t power = std::int64_t{1} << bit;
        edges.insert(edges.end(), {power - 1, power, power + 1});
    }
    edges.push_back(INT64_MAX);
    std::mt19937_64 engine(3);
    for (const std::size_t most : {std::size_t{31}, std::size_t{52}, std::size_t{62}}) {
        Histogram each;
        Histogram at_once;
        for (int i = 0; i < 20'000; ++i) {
            std::vector<std::int64_t> values(engine() % 13);
            Histogram::Sum sum = 0;
            for (std::int64_t& value : values) {
                value = edges[engine() % (3 * most)];
                each.add(value);
                sum += static_cast<Histogram::Sum>(value);
            }
            at_once.add(values.data(), values.size(), sum);
        }
        EXPECT_EQ(at_once.count(), each.count());
        EXPECT_TRUE(at_once.sum() == each.sum());
        EXPECT_EQ(at_once.min(), each.min());
        EXPECT_EQ(at_once.max(), each.max());
        std::vector<std::pair<std::int64_t, std::uint64_t>> expected;
        std::vector<std::pair<std::int64_t, std::uint64_t>> found;
        each.for_each([&](auto lower, auto, auto count) { expected.emplace_back(lower, count); });
        at_once.for_each([&](auto lower, auto, auto count) { found.emplace_back(lower, count); });
        EXPECT_EQ(found, expected) << most;
    }
}

TEST(Histogram, NothingIsNotZero) {
    const Histogram histogram;
    EXPECT_TRUE(histogram.empty());
    EXPECT_EQ(histogram.count(), 0U);
    EXPECT_THROW((void)histogram.min(), std::logic_error);
    EXPECT_THROW((void)histogram.max(), std::logic_error);
    EXPECT_THROW((void)histogram.mean(), std::logic_error);
    EXPECT_THROW((void)histogram.percentile(0.5), std::logic_error);
}

TEST(Histogram, NonsenseIsRefused) {
    Histogram histogram;
    EXPECT_THROW(histogram.add(-1), std::invalid_argument);
    EXPECT_EQ(histogram.count(), 0U);
    histogram.add(1);
    const std::int64_t negative[] = {1, 1, 1, -1, 1};
    EXPECT_THROW(histogram.add(negative, 5, 3), std::invalid_argument);
    EXPECT_THROW((void)histogram.percentile(-0.1), std::invalid_argument);
    EXPECT_THROW((void)histogram.percentile(1.1), std::invalid_argument);
    EXPECT_THROW((void)histogram.percentile(std::nan("")), std::invalid_argument);
}

}  // namespace
}  // namespace snsim
