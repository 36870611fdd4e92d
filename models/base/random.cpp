#include "models/base/random.h"

#include <cstring>

namespace snsim {

double fixed_log(double x) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &x, sizeof bits);
    auto exponent = static_cast<std::int64_t>(bits >> 52) - 1023;
    bits = (bits & 0x000FFFFFFFFFFFFFULL) | 0x3FF0000000000000ULL;
    double m = 0;
    std::memcpy(&m, &bits, sizeof m);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        ++exponent;
    }
    // ln m = 2 atanh(s), s = (m - 1) / (m + 1), |s| <= 0.1716
    const double s = (m - 1.0) / (m + 1.0);
    const double q = s * s;
    double sum = 1.0 / 19.0;
    for (int k = 17; k >= 1; k -= 2) sum = sum * q + 1.0 / static_cast<double>(k);
    return static_cast<double>(exponent) * 0.6931471805599453 + 2.0 * s * sum;
}

double fixed_exp(double x) {
    const auto n = static_cast<std::int64_t>(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
    const double r = (x - static_cast<double>(n) * 0.693147180369123816490) -
                     static_cast<double>(n) * 1.90821492927058770002e-10;
    double sum = 1.0;
    for (int k = 16; k >= 1; --k) sum = 1.0 + sum * r / static_cast<double>(k);
    const std::uint64_t bits = static_cast<std::uint64_t>(n + 1023) << 52;
    double scale = 0;
    std::memcpy(&scale, &bits, sizeof scale);
    return sum * scale;
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
