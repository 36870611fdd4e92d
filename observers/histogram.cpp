#include "observers/histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace snsim {

void Histogram::add(const std::int64_t* values, std::size_t count, Sum sum) {
    if (count == 0) return;
    std::int64_t least = values[0];
    std::int64_t most = values[0];
    for (std::size_t i = 1; i < count; ++i) {
        least = values[i] < least ? values[i] : least;
        most = values[i] > most ? values[i] : most;
    }
    if (least < 0) refuse(least);
    if (least == most) {
        add(least, count);
        return;
    }
    const std::size_t first = place_of(least).block;
    const std::size_t last = place_of(most).block;
    for (std::size_t b = first; b <= last; ++b) {
        if (blocks_[b].empty()) blocks_[b].resize(sub_buckets);
    }
    if (first == last) {  // most batches
        std::uint64_t* const counts = blocks_[first].data();
        const int shift = shift_of(first);
        for (std::size_t i = 0; i < count; ++i) {
            ++counts[(static_cast<std::uint64_t>(values[i]) >> shift) & (sub_buckets - 1)];
        }
    } else {
        for (std::size_t i = 0; i < count; ++i) {
            const Place place = place_of(values[i]);
            ++blocks_[place.block].data()[place.sub];
        }
    }
    count_ += count;
    sum_ += sum;
    if (least < min_) min_ = least;
    if (most > max_) max_ = most;
}

void Histogram::merge(const Histogram& other) {
    for (std::size_t block = 0; block < blocks; ++block) {
        const std::vector<std::uint64_t>& from = other.blocks_[block];
        std::vector<std::uint64_t>& to = blocks_[block];
        if (from.empty()) continue;
        if (to.empty()) to.resize(sub_buckets);
        std::transform(from.begin(), from.end(), to.begin(), to.begin(), std::plus<>());
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
    for (std::size_t block = 0; block < blocks; ++block) {
        for (std::size_t sub = 0; sub < blocks_[block].size(); ++sub) {
            seen += blocks_[block][sub];
            if (seen < wanted) continue;
            const std::int64_t lower = lower_edge(block, sub);
            const std::int64_t width = std::int64_t{1} << shift_of(block);
            return std::clamp(width == 1 ? lower : lower + width / 2, min_, max_);
        }
    }
    return max_;
}

std::int64_t Histogram::lower_edge(std::size_t block, std::size_t sub) {
    const std::size_t leading = block == 0 ? 0 : sub_buckets;
    return static_cast<std::int64_t>((leading | sub) << shift_of(block));
}

std::int64_t Histogram::upper_edge(std::size_t block, std::size_t sub) {
    const std::int64_t lower = lower_edge(block, sub);
    const std::int64_t width = std::int64_t{1} << shift_of(block);
    return lower > INT64_MAX - width ? INT64_MAX : lower + width;
}

void Histogram::refuse(std::int64_t value) {
    throw std::invalid_argument("a histogram takes no negative value: " + std::to_string(value));
}

std::int64_t Histogram::nothing() { throw std::logic_error("the histogram is empty"); }

}  // namespace snsim
