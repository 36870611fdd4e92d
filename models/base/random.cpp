#include "models/base/random.h"

#include <cstring>

namespace snsim {

namespace {

std::uint64_t bits_of(double x) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
}

double double_of(std::uint64_t bits) {
    double x = 0;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}

/// In integer steps and without branches, so that a loop over it becomes vector code.
inline double log_of(double x) {
    // x = m * 2^exponent, m in (sqrt(1/2), sqrt(2)]; with a bias of 1023 the exponent is positive.
    constexpr std::uint64_t half_sqrt_2 = 0x3FE6A09E667F3BCDULL;
    constexpr std::uint64_t bias = 1023;
    const std::uint64_t bits = bits_of(x);
    const std::uint64_t biased = (bits - (half_sqrt_2 + 1) + (bias << 52)) >> 52;
    const double m = double_of(bits + (bias << 52) - (biased << 52));
    constexpr std::uint64_t two_to_52 = 0x4330000000000000ULL;
    const double exponent = double_of(two_to_52 | biased) - (4503599627370496.0 + 1023.0);
    // ln m = 2 atanh(s), s = (m - 1) / (m + 1), |s| <= 0.1716
    const double s = (m - 1.0) / (m + 1.0);
    const double q = s * s;
    double sum = 1.0 / 19.0;
    sum = sum * q + 1.0 / 17.0;
    sum = sum * q + 1.0 / 15.0;
    sum = sum * q + 1.0 / 13.0;
    sum = sum * q + 1.0 / 11.0;
    sum = sum * q + 1.0 / 9.0;
    sum = sum * q + 1.0 / 7.0;
    sum = sum * q + 1.0 / 5.0;
    sum = sum * q + 1.0 / 3.0;
    sum = sum * q + 1.0;
    return exponent * 0.6931471805599453 + 2.0 * s * sum;
}

}  // namespace

double fixed_log(double x) { return log_of(x); }

void Exponentials::refill() {
    for (double& x : drawn_) x = random_.unit();
    for (double& x : drawn_) x = -log_of(x);
    at_ = 0;
}

double fixed_exp(double x) {
    const auto n = static_cast<std::int64_t>(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
    const double r = (x - static_cast<double>(n) * 0.693147180369123816490) -
                     static_cast<double>(n) * 1.90821492927058770002e-10;
    double sum = 1.0;
    for (int k = 16; k >= 1; --k) sum = 1.0 + sum * r / static_cast<double>(k);
    return sum * double_of(static_cast<std::uint64_t>(n + 1023) << 52);
}

RandomStream::RandomStream(std::uint64_t seed, std::string_view instance)
    : key_(mix(seed + 0x9E3779B97F4A7C15ULL)) {
    for (const char c : instance) {
        key_ = mix(key_ ^ static_cast<std::uint64_t>(static_cast<unsigned char>(c)));
    }
}

AliasTable::AliasTable(const std::vector<double>& weights) : columns_(weights.size()) {
    double sum = 0;
    for (const double w : weights) sum += w;
    const auto n = static_cast<double>(weights.size());
    std::vector<double> scaled(weights.size());
    std::vector<std::uint32_t> small;
    std::vector<std::uint32_t> large;
    for (std::uint32_t i = 0; i < weights.size(); ++i) {
        scaled[i] = weights[i] * n / sum;
        (scaled[i] < 1.0 ? small : large).push_back(i);
    }
    constexpr std::uint64_t always = ~0ULL;
    for (std::uint32_t i = 0; i < weights.size(); ++i) columns_[i] = {always, i};
    while (!small.empty() && !large.empty()) {
        const std::uint32_t s = small.back();
        small.pop_back();
        const std::uint32_t l = large.back();
        columns_[s] = {static_cast<std::uint64_t>(scaled[s] * 18446744073709549568.0), l};
        scaled[l] -= 1.0 - scaled[s];
        if (scaled[l] < 1.0) {
            large.pop_back();
            small.push_back(l);
        }
    }
}

std::vector<double> zipf_weights(std::uint32_t count, double exponent) {
    std::vector<double> weights(count);
    for (std::uint32_t k = 0; k < count; ++k) {
        weights[k] = fixed_exp(-exponent * fixed_log(static_cast<double>(k) + 1.0));
    }
    return weights;
}

}  // namespace snsim
