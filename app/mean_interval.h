// The mean of equal samples and its confidence interval, without the library's transcendental
// functions, whose last bits differ between machines.
#pragma once

#include <cstddef>
#include <vector>

namespace snsim {

/// Quantile of Student's distribution that leaves (1 - confidence) / 2 beyond it, to 1e-12;
/// `freedom` is at least 1, `confidence` between 0.5 and 0.999.
[[nodiscard]] double student_t(std::size_t freedom, double confidence);

struct MeanInterval {
    double sum;
    double mean;
    double half;  ///< of the interval's width; 0 for a single sample
};

/// Samples, at least one, in the order given.
[[nodiscard]] MeanInterval mean_interval(const std::vector<double>& samples, double confidence);

}  // namespace snsim
