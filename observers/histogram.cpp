#include "observers/histogram.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>

namespace snsim {

void Histogram::reserve() { memory_ = ZeroPages(blocks * sub_buckets * sizeof(std::uint64_t)); }

void Histogram::add(const std::int64_t* values, std::size_t count, Sum sum) {
    // Nearly always all values lie between extremes that are known, and not enormous; then no
    // difference is negative.
    std::int64_t outside = most_in_lanes - max_;
    for (std::size_t i = 0; i < count; ++i) outside |= (values[i] - min_) | (max_ - values[i]);
    if (outside < 0 || empty()) {
        for (std::size_t i = 0; i < count; ++i) add(values[i]);
        return;
    }
    std::uint64_t* const counts = cells();
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        std::array<std::uint64_t, lanes> indices;
        find_indices(values + i, indices);
        for (const std::uint64_t index : indices) ++counts[index];
    }
    for (; i < count; ++i) ++counts[index_of(values[i])];
    count_ += count;
    sum_ += sum;
}

/// index_of() for values below 2^52, in operations that work on several at once: a double's
/// exponent and upper mantissa bits are a log-linear index already.
void Histogram::find_indices(const std::int64_t* values,
                             std::array<std::uint64_t, lanes>& indices) {
    using Values [[gnu::vector_size(lanes * sizeof(std::int64_t))]] = std::int64_t;
    using Bits [[gnu::vector_size(lanes * sizeof(std::uint64_t))]] = std::uint64_t;
    using Doubles [[gnu::vector_size(lanes * sizeof(double))]] = double;
    constexpr double two_to_52 = 0x1p52;
    constexpr std::int64_t bits_of_two_to_52 = 0x4330'0000'0000'0000;
    constexpr std::uint64_t bits_of_one = 0x3ff0'0000'0000'0000;
    constexpr Values second_block = Values{} + static_cast<std::int64_t>(sub_buckets);

    Values value;
    std::memcpy(&value, values, sizeof value);
    // The first block's buckets hold one value each: they lie as far below the second block.
    const Values raised = value < second_block ? second_block : value;
    const Doubles number = reinterpret_cast<Doubles>(raised | bits_of_two_to_52) - two_to_52;
    const Bits index = (reinterpret_cast<Bits>(number) >> (52 - sub_bits)) -
                       (bits_of_one >> (52 - sub_bits)) - ((sub_bits - 1) << sub_bits) -
                       reinterpret_cast<Bits>(raised - value);
    std::memcpy(indices.data(), &index, sizeof index);
}

void Histogram::merge(const Histogram& other) {
    if (other.empty()) return;
    if (memory_.bytes() == 0) reserve();
    for (std::size_t i = index_of(other.min_); i <= index_of(other.max_); ++i) {
        cells()[i] += other.cells()[i];
    }
    count_ += other.count_;
    sum_ += other.sum_;
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
}

double Histogram::mean() const {
    if (empty()) nothing();
    return static_cast<double>(sum_) / static_cast<double>(count_);
}

std::int64_t Histogram::percentile(double q) const {
    if (!(q >= 0 && q <= 1)) {
        throw std::invalid_argument("a percentile needs a fraction from 0 to 1, not " +
                                    std::to_string(q));
    }
    if (empty()) nothing();
    // 0.07 of 100 samples is 7.000000000000001 in binary: a rank an ulp or two above an integer
    // is that integer.
    const double exact = q * static_cast<double>(count_);
    const double rank = std::ceil(exact - exact * 4 * std::numeric_limits<double>::epsilon());
    if (rank >= static_cast<double>(count_)) return max_;
    if (rank <= 1) return min_;
    const auto wanted = static_cast<std::uint64_t>(rank);
    std::uint64_t seen = 0;
    for (std::size_t i = index_of(min_); i <= index_of(max_); ++i) {
        seen += cells()[i];
        if (seen < wanted) continue;
        const std::int64_t width = std::int64_t{1} << shift_at(i);
        return std::clamp(lower_edge(i) + width / 2, min_, max_);
    }
    return max_;
}

std::int64_t Histogram::lower_edge(std::size_t index) {
    const auto shift = static_cast<std::size_t>(shift_at(index));
    return static_cast<std::int64_t>((index - (shift << sub_bits)) << shift);
}

std::int64_t Histogram::upper_edge(std::size_t index) {
    const std::int64_t lower = lower_edge(index);
    const std::int64_t width = std::int64_t{1} << shift_at(index);
    return lower > INT64_MAX - width ? INT64_MAX : lower + width;
}

void Histogram::refuse(std::int64_t value) {
    throw std::invalid_argument("a histogram takes no negative value: " + std::to_string(value));
}

std::int64_t Histogram::nothing() { throw std::logic_error("the histogram is empty"); }

}  // namespace snsim
