#include "app/sweep_tables.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "app/find_report.h"
#include "app/student_t.h"

namespace snsim {

namespace {

Column texts(std::string name, std::string description) {
    return {std::move(name), "", std::move(description), std::vector<std::string>()};
}
Column integers(std::string name, std::string description) {
    return {std::move(name), "", std::move(description), std::vector<std::int64_t>()};
}
Column reals(std::string name, std::string unit, std::string description) {
    return {std::move(name), std::move(unit), std::move(description), std::vector<double>()};
}
Column flags(std::string name, std::string description) {
    return {std::move(name), "", std::move(description), std::vector<bool>()};
}

Column point_column() { return integers("point", "number of the point, from 0"); }
Column seed_column() { return integers("seed", "of all random streams"); }

/// What fits a column; the whole is in /messages.
std::string first_line(const std::string& text) {
    constexpr std::size_t most = 200;
    std::string line = text.substr(0, text.find('\n'));
    if (line.size() > most) line = line.substr(0, most - 3) + "...";
    return line;
}

/// Mean and interval of one metric over seeds, in the order of seeds.
MeanMetric mean_of(const std::vector<Metric>& values) {
    MeanMetric out{values.front(), static_cast<std::int64_t>(values.size())};
    if (values.size() == 1) return out;  // with the interval of its own batches
    double sum = 0;
    for (const Metric& m : values) sum += m.value;
    const auto n = static_cast<double>(values.size());
    const double mean = sum / n;
    double squares = 0;
    for (const Metric& m : values) squares += (m.value - mean) * (m.value - mean);
    const double half = student_t(values.size() - 1) * std::sqrt(squares / (n - 1) / n);
    out.metric.value = mean;
    out.metric.ci_low = mean - half;
    out.metric.ci_high = mean + half;
    return out;
}

/// Metrics over seeds, in the order in which they first appear.
class OverSeeds {
  public:
    void add(const std::vector<Metric>& metrics) {
        for (const Metric& metric : metrics) {
            const auto [at, fresh] = places_.try_emplace(metric.name, values_.size());
            if (fresh) values_.emplace_back();
            values_[at->second].push_back(metric);
        }
    }
    [[nodiscard]] std::vector<MeanMetric> means() const {
        std::vector<MeanMetric> out;
        for (const auto& values : values_) out.push_back(mean_of(values));
        return out;
    }

  private:
    std::map<std::string, std::size_t> places_;
    std::vector<std::vector<Metric>> values_;
};

}  // namespace

SweepTables::SweepTables(const SweepPlan& plan, const SweepOutcomes& outcomes)
    : plan_(plan), outcomes_(outcomes) {
    add_axes();
    add_points();
    add_metrics();
    add_means();
    add_bottlenecks();
    add_audit();
    add_texts();
    add_searches();
    compare_points();
    add_pareto();
    // A table without rows is absent: tools that compare files cannot compare empty datasets.
    tables_.erase(std::remove_if(tables_.begin(), tables_.end(),
                                 [](const Table& table) { return table.rows() == 0; }),
                  tables_.end());
}

SweepFormulas::AxisValue SweepTables::axis_value(std::size_t point) const {
    return [this, point](const std::string& path) -> std::optional<double> {
        for (std::size_t i = 0; i < plan_.axes().size(); ++i) {
            const SweepAxis& axis = plan_.axes()[i];
            if (axis.numeric && axis.path == path) return axis.si[plan_.level(point, i)];
        }
        return std::nullopt;
    };
}

void SweepTables::add_axis_columns(Table& table) const {
    for (const SweepAxis& axis : plan_.axes()) {
        table.columns.push_back(axis.numeric ? reals(axis.path, axis.unit, axis.meaning)
                                             : texts(axis.path, axis.meaning));
    }
}

void SweepTables::add_axis_values(Table& table, std::size_t first, std::size_t point) const {
    for (std::size_t i = 0; i < plan_.axes().size(); ++i) {
        const SweepAxis& axis = plan_.axes()[i];
        const std::size_t level = plan_.level(point, i);
        if (axis.numeric) {
            table.reals(first + i).push_back(axis.si[level]);
        } else {
            table.texts(first + i).push_back(axis.texts[level]);
        }
    }
}

void SweepTables::add_axes() {
    Table table{"axes", "What is varied", {}};
    table.columns = {texts("path", "parameter"),
                     texts("unit", "of its values in other tables; empty for texts and numbers"),
                     texts("kind", "grid, list or latin_hypercube"),
                     integers("values", "how many there are"),
                     texts("first", "the first of them, as written in a scenario"),
                     texts("last", "the last"),
                     texts("meaning", "of the parameter")};
    for (const SweepAxis& axis : plan_.axes()) {
        table.texts(0).push_back(axis.path);
        table.texts(1).push_back(axis.unit);
        table.texts(2).push_back(axis.kind);
        table.integers(3).push_back(static_cast<std::int64_t>(axis.values.size()));
        table.texts(4).push_back(axis.texts.front());
        table.texts(5).push_back(axis.texts.back());
        table.texts(6).push_back(axis.meaning);
    }
    tables_.push_back(std::move(table));
}

void SweepTables::add_points() {
    Table table{"points", "Every simulation: where it stands, and how it ended", {}};
    table.columns = {point_column(), seed_column()};
    add_axis_columns(table);
    const std::size_t rest = table.columns.size();
    table.columns.push_back(texts("status",
                                  "fine, audit-failed, refused, io-failed, crashed, "
                                  "timed-out, killed or not-run"));
    table.columns.push_back(texts("message", "why, its first line"));
    table.columns.push_back(texts("bottleneck", "what limited; empty when it did not run"));
    table.columns.push_back(
        texts("resource", "parameter that sizes it; empty outside of the card"));
    for (std::size_t point = 0; point < plan_.points(); ++point) {
        for (std::size_t s = 0; s < plan_.seeds().size(); ++s) {
            const auto& outcome = outcomes_[point][s];
            table.integers(0).push_back(static_cast<std::int64_t>(point));
            table.integers(1).push_back(plan_.seeds()[s]);
            add_axis_values(table, 2, point);
            table.texts(rest).push_back(outcome ? word_of(outcome->end) : "not-run");
            table.texts(rest + 1).push_back(outcome ? first_line(outcome->message) : "");
            const bool limited = outcome && !outcome->results.bottlenecks.empty();
            table.texts(rest + 2).push_back(limited ? outcome->results.bottlenecks.front().path
                                                    : "");
            table.texts(rest + 3).push_back(limited ? outcome->results.bottlenecks.front().resource
                                                    : "");
        }
    }
    tables_.push_back(std::move(table));
}

void SweepTables::add_metrics() {
    Table table{"metrics", "Metrics of every simulation; what was not measured has no row", {}};
    table.columns = {point_column(),
                     seed_column(),
                     texts("metric", "name"),
                     reals("value", "", "in the row's unit"),
                     texts("unit", "SI; empty for plain numbers and derived metrics"),
                     reals("ci_low", "", "95 % interval within the simulation, or the value"),
                     reals("ci_high", "", "its upper end, or the value")};
    for (std::size_t point = 0; point < plan_.points(); ++point) {
        OverSeeds over_seeds;
        for (std::size_t s = 0; s < plan_.seeds().size(); ++s) {
            const auto& outcome = outcomes_[point][s];
            if (!outcome || !outcome->ran()) continue;
            const auto metrics =
                plan_.formulas().completed(outcome->results.summary, axis_value(point));
            over_seeds.add(metrics);
            for (const Metric& m : metrics) {
                if (!plan_.formulas().keeps(m.name)) continue;
                table.integers(0).push_back(static_cast<std::int64_t>(point));
                table.integers(1).push_back(plan_.seeds()[s]);
                table.texts(2).push_back(m.name);
                table.reals(3).push_back(m.value);
                table.texts(4).push_back(m.unit);
                table.reals(5).push_back(m.ci_low);
                table.reals(6).push_back(m.ci_high);
            }
        }
        means_.emplace_back();
        all_means_.emplace_back();
        for (const MeanMetric& mean : over_seeds.means()) {
            all_means_.back().push_back(mean.metric);
            if (plan_.formulas().keeps(mean.metric.name)) means_.back().push_back(mean);
        }
    }
    tables_.push_back(std::move(table));
}

void SweepTables::add_means() {
    Table table{"means", "Metrics of every point, over its seeds", {}};
    table.columns = {point_column()};
    add_axis_columns(table);
    const std::size_t rest = table.columns.size();
    table.columns.push_back(texts("metric", "name"));
    table.columns.push_back(reals("value", "", "mean over the seeds, in the row's unit"));
    table.columns.push_back(texts("unit", "SI; empty for plain numbers and derived metrics"));
    table.columns.push_back(
        reals("ci_low", "", "95 % interval: Student's t over seeds; of one seed its own"));
    table.columns.push_back(reals("ci_high", "", "its upper end"));
    table.columns.push_back(integers("seeds", "simulations that measured it"));
    for (std::size_t point = 0; point < plan_.points(); ++point) {
        for (const MeanMetric& mean : means_[point]) {
            table.integers(0).push_back(static_cast<std::int64_t>(point));
            add_axis_values(table, 1, point);
            table.texts(rest).push_back(mean.metric.name);
            table.reals(rest + 1).push_back(mean.metric.value);
            table.texts(rest + 2).push_back(mean.metric.unit);
            table.reals(rest + 3).push_back(mean.metric.ci_low);
            table.reals(rest + 4).push_back(mean.metric.ci_high);
            table.integers(rest + 5).push_back(mean.seeds);
        }
    }
    tables_.push_back(std::move(table));
}

void SweepTables::add_bottlenecks() {
    Table table{"bottleneck", "What limited every simulation that ran", {}};
    table.columns = {point_column(),
                     seed_column(),
                     texts("path", "instance, or wire or traffic when the limit lies outside"),
                     texts("resource", "parameter that sizes it; empty outside"),
                     reals("utilisation", "", "busy share of the measure window, service only"),
                     reals("gain_if_doubled", "", "predicted factor on the delivered rate")};
    for (std::size_t point = 0; point < plan_.points(); ++point) {
        for (std::size_t s = 0; s < plan_.seeds().size(); ++s) {
            const auto& outcome = outcomes_[point][s];
            if (!outcome || outcome->results.bottlenecks.empty()) continue;
            const Bottleneck& limit = outcome->results.bottlenecks.front();
            table.integers(0).push_back(static_cast<std::int64_t>(point));
            table.integers(1).push_back(plan_.seeds()[s]);
            table.texts(2).push_back(limit.path);
            table.texts(3).push_back(limit.resource);
            table.reals(4).push_back(limit.utilisation);
            table.reals(5).push_back(limit.gain_if_doubled);
        }
    }
    tables_.push_back(std::move(table));
}

void SweepTables::add_audit() {
    Table table{"audit", "Laws that were broken, and findings that break none", {}};
    table.columns = {point_column(),
                     seed_column(),
                     texts("law", "what must hold"),
                     texts("where", "instance it was checked at"),
                     reals("expected", "", "one side, in the law's unit"),
                     reals("found", "", "the other side"),
                     flags("ok", "whether the law held"),
                     texts("note", "findings that break no law")};
    for (std::size_t point = 0; point < plan_.points(); ++point) {
        for (std::size_t s = 0; s < plan_.seeds().size(); ++s) {
            const auto& outcome = outcomes_[point][s];
            if (!outcome) continue;
            for (const AuditRow& row : outcome->results.audit) {
                table.integers(0).push_back(static_cast<std::int64_t>(point));
                table.integers(1).push_back(plan_.seeds()[s]);
                table.texts(2).push_back(row.law);
                table.texts(3).push_back(row.where);
                table.reals(4).push_back(row.expected);
                table.reals(5).push_back(row.found);
                table.flags(6).push_back(row.ok);
                table.texts(7).push_back(row.note);
            }
        }
    }
    tables_.push_back(std::move(table));
}

/// Messages and notes, whole.
void SweepTables::add_texts() {
    Table messages{"messages", "What simulations said, whole", {}};
    messages.columns = {point_column(), seed_column(), texts("message", "on standard error")};
    Table notes{"notes", "Notes of simulations: what replays did, what is absent and why", {}};
    notes.columns = {point_column(), seed_column(), texts("note", "for people")};
    for (std::size_t point = 0; point < plan_.points(); ++point) {
        for (std::size_t s = 0; s < plan_.seeds().size(); ++s) {
            const auto& outcome = outcomes_[point][s];
            if (!outcome) continue;
            const auto add = [&](Table& table, const std::string& text) {
                table.integers(0).push_back(static_cast<std::int64_t>(point));
                table.integers(1).push_back(plan_.seeds()[s]);
                table.texts(2).push_back(text);
            };
            if (!outcome->message.empty()) add(messages, outcome->message);
            for (const std::string& note : outcome->results.notes) add(notes, note);
        }
    }
    tables_.push_back(std::move(messages));
    tables_.push_back(std::move(notes));
}

void SweepTables::add_searches() {
    Table table = find_table(true);
    for (std::size_t point = 0; point < plan_.points(); ++point) {
        for (std::size_t s = 0; s < plan_.seeds().size(); ++s) {
            if (!outcomes_[point][s]) continue;
            add_trials(table, true, static_cast<std::int64_t>(point), plan_.seeds()[s],
                       plan_.params().find, outcomes_[point][s]->searched);
        }
    }
    tables_.push_back(std::move(table));
}

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
    const auto beats = [&](const ParetoPoint& a, const ParetoPoint& b) {
        bool better = false;
        for (std::size_t i = 0; i < objectives.size(); ++i) {
            const double gain =
                objectives[i].maximise ? a.values[i] - b.values[i] : b.values[i] - a.values[i];
            if (gain < 0) return false;
            better = better || gain > 0;
        }
        return better;
    };
    for (ParetoPoint& one : pareto_) {
        one.front = std::none_of(pareto_.begin(), pareto_.end(), [&](const ParetoPoint& other) {
            return plan_.comparable(other.point, one.point) && beats(other, one);
        });
    }
}

void SweepTables::add_pareto() {
    const auto& objectives = plan_.formulas().objectives();
    if (objectives.empty()) return;
    Table table{"pareto", "Points that meet all conditions of the objectives", {}};
    table.columns = {point_column()};
    add_axis_columns(table);
    const std::size_t rest = table.columns.size();
    for (const auto& objective : objectives) {
        table.columns.push_back(
            reals(objective.title, objective.unit,
                  objective.where_text.empty() ? "objective" : objective.where_text));
    }
    table.columns.push_back(
        flags("front", "no other point is as good in all objectives and better in one"));
    for (const ParetoPoint& one : pareto_) {
        table.integers(0).push_back(static_cast<std::int64_t>(one.point));
        add_axis_values(table, 1, one.point);
        for (std::size_t i = 0; i < one.values.size(); ++i) {
            table.reals(rest + i).push_back(one.values[i]);
        }
        table.flags(rest + one.values.size()).push_back(one.front);
    }
    tables_.push_back(std::move(table));
    Table excluded{"excluded", "Points that are no candidates of the objectives", {}};
    excluded.columns = {point_column(), texts("why", "which condition it fails")};
    for (const auto& [point, why] : excluded_) {
        excluded.integers(0).push_back(static_cast<std::int64_t>(point));
        excluded.texts(1).push_back(why);
    }
    tables_.push_back(std::move(excluded));
}

}  // namespace snsim
