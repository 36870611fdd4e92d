#include "app/mean_interval.h"

#include <cmath>

namespace snsim {

namespace {

constexpr double pi = 3.14159265358979323846;

/// Of x >= 0, by halving the angle until its series is short.
double arc_tangent(double x) {
    double halvings = 1;
    while (x > 0.05) {
        x /= 1 + std::sqrt(1 + x * x);
        halvings *= 2;
    }
    double sum = 0;
    double power = x;
    for (int n = 1; n < 21; n += 4) {
        sum += power / n - power * x * x / (n + 2);
        power *= x * x * x * x;
    }
    return halvings * sum;
}

/// The probability between -t and t (Abramowitz and Stegun, 26.7.3 and 26.7.4).
double between(double t, std::size_t freedom) {
    const auto n = static_cast<double>(freedom);
    const double sine = t / std::sqrt(n + t * t);
    const double cosine2 = n / (n + t * t);
    const bool odd = freedom % 2 == 1;
    double term = odd ? std::sqrt(cosine2) : 1;
    double sum = 0;
    for (std::size_t k = odd ? 1 : 0; k + 2 <= freedom; k += 2) {
        sum += term;
        term *= cosine2 * static_cast<double>(k + 1) / static_cast<double>(k + 2);
    }
    return odd ? 2 / pi * (arc_tangent(t / std::sqrt(n)) + sine * sum) : sine * sum;
}

}  // namespace

double student_t(std::size_t freedom, double confidence) {
    double low = 0;
    double high = 1000;  // of one degree at 99.9 % it is 637
    while (high - low > 1e-13 * high) {
        const double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        (between(middle, freedom) < confidence ? low : high) = middle;
    }
    return high;
}

MeanInterval mean_interval(const std::vector<double>& samples, double confidence) {
    const auto n = static_cast<double>(samples.size());
    MeanInterval out{0, 0, 0};
    for (const double sample : samples) out.sum += sample;
    out.mean = out.sum / n;
    if (samples.size() < 2) return out;
    double squares = 0;
    for (const double sample : samples) squares += (sample - out.mean) * (sample - out.mean);
    out.half = student_t(samples.size() - 1, confidence) * std::sqrt(squares / (n - 1) / n);
    return out;
}

}  // namespace snsim
