// What a sweep keeps, computes and compares of each point: the metrics it names, with their names
// and units checked against those its scenarios can have.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/expression.h"
#include "app/metric_names.h"
#include "models/system/sweep_params.h"
#include "observers/results.h"

namespace snsim {

class SweepFormulas {
  public:
    struct Objective {
        bool maximise;
        std::string title;  ///< `max rate.delivered`
        std::string unit;
        Expression formula;
        std::optional<Expression> where;
        std::string where_text;
    };
    /// An axis's value at one point; nothing when it is text.
    using AxisValue = std::function<std::optional<double>(const std::string& path)>;

    SweepFormulas() = default;
    /// `tree`: what `params` was read from; `names`: what can be measured; `axes`: paths and units
    /// of those that hold numbers.
    SweepFormulas(const SweepParams& params, const Node& tree, MetricNames names,
                  const std::vector<std::pair<std::string, std::string>>& axes,
                  Diagnostics& diagnostics);

    /// A metric that a simulation was to have and has not.
    struct Absent {
        std::string metric;
        std::string why;
    };
    /// What was measured, with the derived metrics behind it; `absent` gets those that have no
    /// value, and what was to be kept by name and was not measured.
    [[nodiscard]] std::vector<Metric> completed(const std::vector<Metric>& measured,
                                                const AxisValue& axis,
                                                std::vector<Absent>& absent) const;
    /// Whether tables show a metric; derived ones they do.
    [[nodiscard]] bool keeps(const std::string& name) const;
    [[nodiscard]] const std::vector<Objective>& objectives() const { return objectives_; }
    /// A metric, derived value or axis by name, as formulas see it.
    [[nodiscard]] std::optional<double> value(const std::string& name,
                                              const std::vector<Metric>& metrics,
                                              const AxisValue& axis) const;

  private:
    struct DerivedMetric {
        std::string name;
        std::string unit;
        Expression formula;
    };

    std::vector<std::string> keep_;
    std::vector<DerivedMetric> derived_;
    std::vector<Objective> objectives_;
};

}  // namespace snsim
