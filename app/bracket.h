// The bracket of one search: between the highest value that passes and the lowest that fails.
//
// Both ends are tried first, then the quarters between them (which shows whether passing is a
// matter of a threshold at all), then the middle of what is left, until it is narrow enough. Which
// values are tried follows from the verdicts alone, not from the order in which they come.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace snsim {

class Bracket {
  public:
    /// 0 <= low < high; `resolution`: (fail - pass) / fail at which the search ends.
    Bracket(double low, double high, double resolution)
        : low_(low), high_(high), resolution_(resolution) {}

    /// Values to try next, side by side; none while some are under way, or when it is done.
    [[nodiscard]] std::vector<double> next();
    void put(double value, bool passes);
    /// A value tried told nothing: the search ends without a bracket.
    void give_up();

    [[nodiscard]] bool done() const { return done_; }
    [[nodiscard]] bool given_up() const { return given_up_; }
    /// The highest value that passes with no failure below it.
    [[nodiscard]] std::optional<double> pass() const;
    /// The lowest value that fails.
    [[nodiscard]] std::optional<double> fail() const;
    /// Values that pass although a lower one fails, ascending: no single threshold.
    [[nodiscard]] std::vector<double> passes_above() const;

  private:
    /// To a decimal near enough for a bracket of that width, so that values read well.
    [[nodiscard]] static double rounded(double value, double width);
    [[nodiscard]] bool tried(double value) const { return verdicts_.count(value) > 0; }

    double low_;
    double high_;
    double resolution_;
    std::map<double, bool> verdicts_;
    std::size_t under_way_ = 0;
    int round_ = 0;
    bool done_ = false;
    bool given_up_ = false;
};

}  // namespace snsim
