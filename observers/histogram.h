// A log-linear histogram of non-negative integers (picoseconds, bytes, depths).
//
// HdrHistogram's scheme: values below 2^11 have a bucket of their own; above, every power of two
// is cut into 1024 equal buckets, so a bucket is never wider than 0.1 % (2^-10) of its lower edge
// and a percentile, given as the middle of its bucket, is off by at most half of that. Count, sum,
// minimum and maximum are exact. The range is 0 .. 2^63 - 1; a negative value is refused. Memory
// is 8 KiB for each power of two that was met, at most 432 KiB, whatever the number of samples.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/base/zero_pages.h"

namespace snsim {

class Histogram {
  public:
    __extension__ typedef unsigned __int128 Sum;  // NOLINT(modernize-use-using)

    void add(std::int64_t value) { add(value, 1); }
    /// `count` samples of one value. Throws std::invalid_argument if `value` is negative.
    void add(std::int64_t value, std::uint64_t count) {
        if (value < 0) refuse(value);
        if (count == 0) return;
        if (memory_.bytes() == 0) reserve();
        cells()[index_of(value)] += count;
        count_ += count;
        sum_ += static_cast<Sum>(value) * count;
        if (value < min_) min_ = value;
        if (value > max_) max_ = value;
    }
    /// `count` values at once; `sum` is theirs. Throws as above.
    void add(const std::int64_t* values, std::size_t count, Sum sum);
    void merge(const Histogram& other);

    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] Sum sum() const { return sum_; }
    // Of an empty histogram these throw std::logic_error: absent is not zero.
    [[nodiscard]] std::int64_t min() const { return empty() ? nothing() : min_; }
    [[nodiscard]] std::int64_t max() const { return empty() ? nothing() : max_; }
    [[nodiscard]] double mean() const;
    /// The smallest value v such that at least the fraction `q` (0 to 1) of all samples is <= v:
    /// exact where buckets hold one value and at both ends, else the middle of v's bucket.
    [[nodiscard]] std::int64_t percentile(double q) const;

    /// f(lower, upper, count) for each bucket that is not empty, in order; lower inclusive, upper
    /// exclusive. The one bucket whose upper edge would be 2^63 reports 2^63 - 1.
    template <class F>
    void for_each(F f) const {
        if (empty()) return;
        for (std::size_t i = index_of(min_); i <= index_of(max_); ++i) {
            if (cells()[i] != 0) f(lower_edge(i), upper_edge(i), cells()[i]);
        }
    }

  private:
    static constexpr int sub_bits = 10;
    static constexpr std::size_t sub_buckets = std::size_t{1} << sub_bits;
    static constexpr std::size_t blocks = 63 - sub_bits + 1;
    static constexpr std::size_t lanes = 4;  ///< values that are worked on at once
    static constexpr std::int64_t most_in_lanes = (std::int64_t{1} << 52) - 1;

    /// Cell 1024 b + s is bucket s of block b: block 0 holds 0 .. 1023, block b the values with
    /// b + 10 significant bits.
    static std::size_t index_of(std::int64_t value) {
        const std::size_t shift = shift_of(value);
        return (shift << sub_bits) + (static_cast<std::uint64_t>(value) >> shift);
    }
    /// Buckets are 2^shift wide: where a value lies, and at an index.
    static std::size_t shift_of(std::int64_t value) {
        const auto bits = static_cast<std::uint64_t>(value);
        const int top = 63 - __builtin_clzll(bits | (2 * sub_buckets - 1));  // >= sub_bits
        return static_cast<std::size_t>(top - sub_bits);
    }
    static void find_indices(const std::int64_t* values, std::array<std::uint64_t, lanes>& indices);
    static int shift_at(std::size_t index) {
        return index < 2 * sub_buckets ? 0 : static_cast<int>(index >> sub_bits) - 1;
    }
    static std::int64_t lower_edge(std::size_t index);
    static std::int64_t upper_edge(std::size_t index);
    void reserve();
    [[nodiscard]] std::uint64_t* cells() const { return memory_.as<std::uint64_t>(); }
    [[noreturn]] static void refuse(std::int64_t value);
    [[noreturn]] static std::int64_t nothing();

    // state
    ZeroPages memory_;  // pages cost nothing until a value falls into them
    std::uint64_t count_ = 0;
    Sum sum_ = 0;
    std::int64_t min_ = INT64_MAX;
    std::int64_t max_ = -1;
};

}  // namespace snsim
