// Random streams that give the same bits on every machine.
//
// Counter-based: value i of a stream is a function of (seed, instance name, i), so streams never
// share state and any value can be drawn again. Distributions use only IEEE operations that are
// exact or correctly rounded (no libm), in the order written (-ffp-contract=off).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace snsim {

__extension__ using Uint128 = unsigned __int128;

/// Natural logarithm of x > 0, relative error < 1e-14, the same bits everywhere.
[[nodiscard]] double fixed_log(double x);
/// e^x for |x| < 700, relative error < 1e-13, the same bits everywhere.
[[nodiscard]] double fixed_exp(double x);

class RandomStream {
  public:
    RandomStream(std::uint64_t seed, std::string_view instance);

    [[nodiscard]] std::uint64_t next() { return mix(key_ + ++counter_ * 0x9E3779B97F4A7C15ULL); }
    /// Uniform in [0, bound), by multiplication: bias < bound / 2^64.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) {
        return static_cast<std::uint64_t>((static_cast<Uint128>(next()) * bound) >> 64);
    }
    /// Uniform in (0, 1].
    [[nodiscard]] double unit() {
        const auto steps = static_cast<std::int64_t>((next() >> 11) + 1);  // signed converts faster
        return static_cast<double>(steps) * (1.0 / 9007199254740992.0);
    }
    /// Exponential with mean 1.
    [[nodiscard]] double exponential() { return -fixed_log(unit()); }

    /// Stafford's mix 13 of MurmurHash3's finaliser, as in SplitMix64.
    static constexpr std::uint64_t mix(std::uint64_t z) {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }

  private:
    std::uint64_t key_;
    std::uint64_t counter_ = 0;
};

/// Draws from a stream of its own that are exponential with mean 1, as exponential() would draw
/// them one by one; made in batches, where several at a time take little more than one.
class Exponentials {
  public:
    explicit Exponentials(RandomStream random) : random_(random) {}

    [[nodiscard]] double next() {
        if (at_ == batch) refill();
        return drawn_[at_++];
    }

  private:
    static constexpr std::size_t batch = 32;
    void refill();

    RandomStream random_;
    std::size_t at_ = batch;
    std::array<double, batch> drawn_;
};

/// Draws index i with probability weights[i] / sum in constant time (Vose's alias method).
class AliasTable {
  public:
    explicit AliasTable(const std::vector<double>& weights);
    [[nodiscard]] std::uint32_t draw(RandomStream& random) const {
        const std::uint64_t bits = random.next();
        const auto column =
            static_cast<std::uint32_t>((static_cast<Uint128>(bits) * columns_.size()) >> 64);
        const std::uint64_t fraction = bits * columns_.size();
        const Column& c = columns_[column];
        return fraction < c.keep ? column : c.alias;
    }
    [[nodiscard]] std::size_t size() const { return columns_.size(); }

  private:
    struct Column {
        std::uint64_t keep;
        std::uint32_t alias;
    };
    std::vector<Column> columns_;
};

/// Weights of a Zipf distribution: weight of rank k (from 0) is (k + 1)^-exponent.
[[nodiscard]] std::vector<double> zipf_weights(std::uint32_t count, double exponent);

}  // namespace snsim
