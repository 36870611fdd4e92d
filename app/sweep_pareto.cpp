// Which points of a sweep are candidates of its objectives, and which of them no other beats.
#include <algorithm>
#include <map>

#include "app/sweep_tables.h"

namespace snsim {

void SweepTables::compare_points() {
    const auto& objectives = plan_.formulas().objectives();
    if (objectives.empty()) return;
    for (std::size_t point = 0; point < plan_.points(); ++point) {
        const auto value = [&](const std::string& name) {
            return plan_.formulas().value(name, all_means_[point], axis_value(point));
        };
        ParetoPoint candidate{point, {}, true};
        std::string why;
        const bool all_ran =
            std::all_of(outcomes_[point].begin(), outcomes_[point].end(),
                        [](const auto& o) { return o && o->end == TrialEnd::fine; });
        if (!all_ran) why = "not every simulation of it ended well";
        for (const auto& objective : objectives) {
            if (!why.empty()) break;
            const auto found = objective.formula.value(value);
            if (!found) {
                why = "there is no value of '" + objective.title.substr(4) + "'";
            } else {
                candidate.values.push_back(*found);
            }
            if (!why.empty() || !objective.where) continue;
            const auto holds = objective.where->value(value);
            if (!holds) why = "there is no value for '" + objective.where_text + "'";
            if (holds && *holds <= 0) why = "not " + objective.where_text;
        }
        if (why.empty()) {
            pareto_.push_back(std::move(candidate));
        } else {
            excluded_.emplace_back(point, why);
        }
    }
    mark_front();
}

/// In the order from good to bad, a point is beaten, if at all, by one of the front before it.
void SweepTables::mark_front() {
    const auto& objectives = plan_.formulas().objectives();
    const auto gain = [&](const ParetoPoint& a, const ParetoPoint& b, std::size_t i) {
        return objectives[i].maximise ? a.values[i] - b.values[i] : b.values[i] - a.values[i];
    };
    const auto beats = [&](const ParetoPoint& a, const ParetoPoint& b) {
        bool better = false;
        for (std::size_t i = 0; i < objectives.size(); ++i) {
            if (gain(a, b, i) < 0) return false;
            better = better || gain(a, b, i) > 0;
        }
        return better;
    };
    std::vector<ParetoPoint*> order;
    for (ParetoPoint& one : pareto_) order.push_back(&one);
    std::stable_sort(order.begin(), order.end(), [&](const auto* a, const auto* b) {
        for (std::size_t i = 0; i < objectives.size(); ++i) {
            if (const double more = gain(*a, *b, i); more < 0 || more > 0) return more > 0;
        }
        return false;
    });
    std::map<std::vector<std::size_t>, std::vector<const ParetoPoint*>> fronts;  // by load
    for (ParetoPoint* one : order) {
        auto& front = fronts[plan_.load(one->point)];
        one->front = std::none_of(front.begin(), front.end(),
                                  [&](const auto* other) { return beats(*other, *one); });
        if (one->front) front.push_back(one);
    }
}

void SweepTables::add_pareto() {
    const auto& objectives = plan_.formulas().objectives();
    if (objectives.empty()) return;
    Table table{"pareto", "Points that meet all conditions of the objectives", {}};
    table.columns = {point_column()};
    add_axis_columns(table);
    for (const auto& objective : objectives) {
        table.columns.push_back(
            real_column(objective.title, objective.unit,
                        objective.where_text.empty() ? "objective" : objective.where_text));
    }
    table.columns.push_back(
        flag_column("front", "no other point is as good in all objectives and better in one"));
    for (const ParetoPoint& one : pareto_) {
        TableRow row(table);
        row << one.point;
        add_axis_values(row, one.point);
        for (const double value : one.values) row << value;
        row << one.front;
    }
    tables_.push_back(std::move(table));
    Table excluded{"excluded", "Points that are no candidates of the objectives", {}};
    excluded.columns = {point_column(), text_column("why", "which condition it fails")};
    for (const auto& [point, why] : excluded_) {
        TableRow(excluded) << point << why;
    }
    tables_.push_back(std::move(excluded));
}

}  // namespace snsim
