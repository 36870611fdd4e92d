#include "app/bracket.h"

#include <cmath>

namespace snsim {

double Bracket::rounded(double value, double width) {
    double steps = 1;  // in one
    while (1 / steps > width / 8) steps *= 10;
    double step = 1;
    while (steps <= 1 && step * 10 <= width / 8) step *= 10;
    return steps > 1 ? std::round(value * steps) / steps : std::round(value / step) * step;
}

std::vector<double> Bracket::next() {
    if (done_ || under_way_ > 0) return {};
    std::vector<double> out;
    if (given_up_) {
        done_ = true;
    } else if (round_ == 0) {
        out = {high_, low_};
    } else if (!pass() || !fail()) {
        done_ = true;  // one end has the verdict of the whole range
    } else if (round_ == 1) {
        for (const double part : {0.25, 0.5, 0.75}) {
            out.push_back(rounded(low_ + part * (high_ - low_), (high_ - low_) / 4));
        }
    } else {
        const double width = *fail() - *pass();
        const double middle = rounded(*pass() + width / 2, width);
        done_ = width <= resolution_ * *fail() || tried(middle);
        if (!done_) out.push_back(middle);
    }
    ++round_;
    under_way_ = out.size();
    return out;
}

void Bracket::put(double value, bool passes) {
    verdicts_[value] = passes;
    --under_way_;
}

void Bracket::give_up() {
    given_up_ = true;
    --under_way_;
}

std::optional<double> Bracket::pass() const {
    std::optional<double> out;
    for (const auto& [value, passes] : verdicts_) {
        if (!passes) break;
        out = value;
    }
    return out;
}

std::optional<double> Bracket::fail() const {
    for (const auto& [value, passes] : verdicts_) {
        if (!passes) return value;
    }
    return std::nullopt;
}

std::vector<double> Bracket::passes_above() const {
    std::vector<double> out;
    bool failed = false;
    for (const auto& [value, passes] : verdicts_) {
        if (failed && passes) out.push_back(value);
        failed = failed || !passes;
    }
    return out;
}

}  // namespace snsim
