// The results of a sweep as tables (docs/results.md defines them): one row per simulation, metric
// or point, always in the order of points and seeds, whatever order simulations finished in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/sweep_plan.h"
#include "app/trial.h"
#include "observers/table_rows.h"

namespace snsim {

/// A metric of a point over its seeds.
struct MeanMetric {
    Metric metric;           ///< mean and 95 % interval
    std::int64_t seeds = 0;  ///< that measured it
    double lowest = 0;
    std::int64_t lowest_seed = 0;
    double highest = 0;
    std::int64_t highest_seed = 0;
};

/// A metric that some simulations were to have and have not, for one reason.
struct AbsentMetric {
    std::string metric;
    std::string why;
    std::int64_t simulations = 0;
};

/// Outcomes by point and seed; nothing where a simulation did not come to its end.
using SweepOutcomes = std::vector<std::vector<std::optional<TrialOutcome>>>;

struct ParetoPoint {
    std::size_t point;
    std::vector<double> values;  ///< by objective
    bool front;                  ///< no other is at least as good in all and better in one
};

class SweepTables {
  public:
    SweepTables(const SweepPlan& plan, const SweepOutcomes& outcomes);

    [[nodiscard]] const std::vector<Table>& tables() const { return tables_; }
    /// Kept and derived metrics by point.
    [[nodiscard]] const std::vector<std::vector<MeanMetric>>& means() const { return means_; }
    /// In the order in which they appear.
    [[nodiscard]] const std::vector<AbsentMetric>& absent() const { return absent_; }
    /// Points that meet all conditions.
    [[nodiscard]] const std::vector<ParetoPoint>& pareto() const { return pareto_; }

  private:
    void add_axes();
    void add_points();
    void add_metrics();
    void add_means();
    void add_absent();
    void note_absent(const std::vector<SweepFormulas::Absent>& absent);
    void mark_front();
    void add_bottlenecks();
    void add_audit();
    void add_texts();
    void add_searches();
    void compare_points();
    void add_pareto();
    [[nodiscard]] static Column point_column();
    void add_axis_columns(Table& table) const;
    void add_axis_values(TableRow& row, std::size_t point) const;
    template <class Visit>
    void for_each(Visit visit) const;
    [[nodiscard]] SweepFormulas::AxisValue axis_value(std::size_t point) const;

    const SweepPlan& plan_;
    const SweepOutcomes& outcomes_;
    std::vector<Table> tables_;
    std::vector<std::vector<MeanMetric>> means_;
    std::vector<std::vector<Metric>> all_means_;  // of what is not kept, too
    std::vector<AbsentMetric> absent_;
    std::vector<ParetoPoint> pareto_;
    std::vector<std::pair<std::size_t, std::string>> excluded_;
};

}  // namespace snsim
