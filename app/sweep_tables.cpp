#include "app/sweep_tables.h"

#include <algorithm>
#include <map>

#include "app/find_report.h"
#include "app/mean_interval.h"

namespace snsim {

namespace {

Column seed_column() { return integer_column("seed", "", "of all random streams"); }

/// What fits a column; the whole is in /messages.
std::string first_line(const std::string& text) {
    constexpr std::size_t most = 200;
    std::string line = text.substr(0, text.find('\n'));
    if (line.size() > most) line = line.substr(0, most - 3) + "...";
    return line;
}

/// A metric as one seed gave it.
struct Seeded {
    std::int64_t seed;
    Metric metric;
};

/// Mean and interval of one metric over seeds, in the order of seeds.
MeanMetric mean_of(const std::vector<Seeded>& values) {
    MeanMetric out{values.front().metric, static_cast<std::int64_t>(values.size())};
    const auto less = [](const Seeded& a, const Seeded& b) {
        return a.metric.value < b.metric.value;
    };
    const auto lowest = std::min_element(values.begin(), values.end(), less);
    const auto highest = std::max_element(values.begin(), values.end(), less);
    out.lowest = lowest->metric.value;
    out.lowest_seed = lowest->seed;
    out.highest = highest->metric.value;
    out.highest_seed = highest->seed;
    if (values.size() == 1) return out;  // with the interval of its own batches
    std::vector<double> samples;
    for (const Seeded& one : values) samples.push_back(one.metric.value);
    const MeanInterval over = mean_interval(samples, 0.95);
    out.metric.value = over.mean;
    out.metric.ci_low = over.mean - over.half;
    out.metric.ci_high = over.mean + over.half;
    return out;
}

/// Metrics over seeds, in the order in which they first appear.
class OverSeeds {
  public:
    void add(std::int64_t seed, const std::vector<Metric>& metrics) {
        for (const Metric& metric : metrics) {
            const auto [at, fresh] = places_.try_emplace(metric.name, values_.size());
            if (fresh) values_.emplace_back();
            values_[at->second].push_back({seed, metric});
        }
    }
    [[nodiscard]] std::vector<MeanMetric> means() const {
        std::vector<MeanMetric> out;
        for (const auto& values : values_) out.push_back(mean_of(values));
        return out;
    }

  private:
    std::map<std::string, std::size_t> places_;
    std::vector<std::vector<Seeded>> values_;
};

}  // namespace

SweepTables::SweepTables(const SweepPlan& plan, const SweepOutcomes& outcomes)
    : plan_(plan), outcomes_(outcomes) {
    add_axes();
    add_points();
    add_metrics();
    add_means();
    add_absent();
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

Column SweepTables::point_column() {
    return integer_column("point", "", "number of the point, from 0");
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
        table.columns.push_back(axis.numeric ? real_column(axis.path, axis.unit, axis.meaning)
                                             : text_column(axis.path, axis.meaning));
    }
}

void SweepTables::add_axis_values(TableRow& row, std::size_t point) const {
    for (std::size_t i = 0; i < plan_.axes().size(); ++i) {
        const SweepAxis& axis = plan_.axes()[i];
        const std::size_t level = plan_.level(point, i);
        if (axis.numeric) {
            row << axis.si[level];
        } else {
            row << axis.texts[level];
        }
    }
}

/// visit(point, seed, outcome) for every simulation, in order; outcome is null where there is none.
template <class Visit>
void SweepTables::for_each(Visit visit) const {
    for (std::size_t point = 0; point < plan_.points(); ++point) {
        for (std::size_t s = 0; s < plan_.seeds().size(); ++s) {
            const auto& outcome = outcomes_[point][s];
            visit(point, plan_.seeds()[s], outcome ? &*outcome : nullptr);
        }
    }
}

void SweepTables::add_axes() {
    Table table{"axes", "What is varied", {}};
    table.columns = {
        text_column("path", "parameter"),
        text_column("unit", "of its values in other tables; empty for texts and numbers"),
        text_column("kind", "grid, list or latin_hypercube"),
        integer_column("values", "", "how many there are"),
        text_column("first", "the first of them, as written in a scenario"),
        text_column("last", "the last"),
        text_column("meaning", "of the parameter")};
    for (const SweepAxis& axis : plan_.axes()) {
        TableRow(table) << axis.path << axis.unit << axis.kind << axis.values.size()
                        << axis.texts.front() << axis.texts.back() << axis.meaning;
    }
    tables_.push_back(std::move(table));
}

void SweepTables::add_points() {
    Table table{"points", "Every simulation: where it stands, and how it ended", {}};
    table.columns = {point_column(), seed_column()};
    add_axis_columns(table);
    table.columns.push_back(text_column("status",
                                        "fine, audit-failed, refused, io-failed, crashed, "
                                        "timed-out, killed or not-run"));
    table.columns.push_back(text_column("message", "why, its first line"));
    table.columns.push_back(text_column("bottleneck", "what limited; empty when it did not run"));
    table.columns.push_back(
        text_column("resource", "parameter that sizes it; empty outside of the card"));
    for_each([&](std::size_t point, std::int64_t seed, const TrialOutcome* outcome) {
        TableRow row(table);
        row << point << seed;
        add_axis_values(row, point);
        const bool limited = outcome != nullptr && !outcome->results.bottlenecks.empty();
        const Bottleneck limit = limited ? outcome->results.bottlenecks.front() : Bottleneck{};
        row << (outcome != nullptr ? word_of(outcome->end) : "not-run")
            << (outcome != nullptr ? first_line(outcome->message) : "") << limit.path
            << limit.resource;
    });
    tables_.push_back(std::move(table));
}

void SweepTables::add_metrics() {
    Table table{"metrics", "Metrics of every simulation; what was not measured has no row", {}};
    table.columns = {point_column(),
                     seed_column(),
                     text_column("metric", "name"),
                     real_column("value", "", "in the row's unit"),
                     text_column("unit", "SI; empty for plain numbers"),
                     real_column("ci_low", "", "95 % interval within the simulation, or the value"),
                     real_column("ci_high", "", "its upper end, or the value")};
    for (std::size_t point = 0; point < plan_.points(); ++point) {
        OverSeeds over_seeds;
        for (std::size_t s = 0; s < plan_.seeds().size(); ++s) {
            const auto& outcome = outcomes_[point][s];
            if (!outcome || !outcome->ran()) continue;
            std::vector<SweepFormulas::Absent> absent;
            const auto metrics =
                plan_.formulas().completed(outcome->results.summary, axis_value(point), absent);
            note_absent(absent);
            over_seeds.add(plan_.seeds()[s], metrics);
            for (const Metric& m : metrics) {
                if (!plan_.formulas().keeps(m.name)) continue;
                TableRow(table) << point << plan_.seeds()[s] << m.name << m.value << m.unit
                                << m.ci_low << m.ci_high;
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
    table.columns.push_back(text_column("metric", "name"));
    table.columns.push_back(real_column("value", "", "mean over the seeds, in the row's unit"));
    table.columns.push_back(text_column("unit", "SI; empty for plain numbers"));
    table.columns.push_back(
        real_column("ci_low", "", "95 % interval: Student's t over seeds; of one seed its own"));
    table.columns.push_back(real_column("ci_high", "", "its upper end"));
    table.columns.push_back(integer_column("seeds", "", "simulations that measured it"));
    table.columns.push_back(real_column("lowest", "", "over the seeds, in the row's unit"));
    table.columns.push_back(integer_column("lowest_seed", "", "the first that gave it"));
    table.columns.push_back(real_column("highest", "", "over the seeds, in the row's unit"));
    table.columns.push_back(integer_column("highest_seed", "", "the first that gave it"));
    for (std::size_t point = 0; point < plan_.points(); ++point) {
        for (const MeanMetric& mean : means_[point]) {
            const Metric& m = mean.metric;
            TableRow row(table);
            row << point;
            add_axis_values(row, point);
            row << m.name << m.value << m.unit << m.ci_low << m.ci_high << mean.seeds << mean.lowest
                << mean.lowest_seed << mean.highest << mean.highest_seed;
        }
    }
    tables_.push_back(std::move(table));
}

void SweepTables::note_absent(const std::vector<SweepFormulas::Absent>& absent) {
    for (const SweepFormulas::Absent& missing : absent) {
        const auto same = std::find_if(absent_.begin(), absent_.end(), [&](const auto& one) {
            return one.metric == missing.metric && one.why == missing.why;
        });
        if (same == absent_.end()) {
            absent_.push_back({missing.metric, missing.why, 1});
        } else {
            ++same->simulations;
        }
    }
}

void SweepTables::add_absent() {
    Table table{"absent", "Metrics that were to be kept or derived and have no value", {}};
    table.columns = {text_column("metric", "name"), text_column("why", "what is missing"),
                     integer_column("simulations", "", "of those that ran")};
    for (const AbsentMetric& one : absent_) {
        TableRow(table) << one.metric << one.why << one.simulations;
    }
    tables_.push_back(std::move(table));
}

void SweepTables::add_bottlenecks() {
    Table table{"bottleneck", "What limited every simulation that ran", {}};
    table.columns = {
        point_column(),
        seed_column(),
        text_column("path", "instance, or wire or traffic when the limit lies outside"),
        text_column("resource", "parameter that sizes it; empty outside"),
        real_column("utilisation", "", "busy share of the measure window, service only"),
        real_column("gain_if_doubled", "", "predicted factor on the delivered rate")};
    for_each([&](std::size_t point, std::int64_t seed, const TrialOutcome* outcome) {
        if (outcome == nullptr || outcome->results.bottlenecks.empty()) return;
        const Bottleneck& limit = outcome->results.bottlenecks.front();
        TableRow(table) << point << seed << limit.path << limit.resource << limit.utilisation
                        << limit.gain_if_doubled;
    });
    tables_.push_back(std::move(table));
}

void SweepTables::add_audit() {
    Table table{"audit", "Laws that were broken, and findings that break none", {}};
    table.columns = {point_column(),
                     seed_column(),
                     text_column("law", "what must hold"),
                     text_column("where", "instance it was checked at"),
                     real_column("expected", "", "one side, in the law's unit"),
                     real_column("found", "", "the other side"),
                     flag_column("ok", "whether the law held"),
                     text_column("note", "findings that break no law")};
    for_each([&](std::size_t point, std::int64_t seed, const TrialOutcome* outcome) {
        if (outcome == nullptr) return;
        for (const AuditRow& row : outcome->results.audit) {
            TableRow(table) << point << seed << row.law << row.where << row.expected << row.found
                            << row.ok << row.note;
        }
    });
    tables_.push_back(std::move(table));
}

/// Messages and notes, whole.
void SweepTables::add_texts() {
    Table messages{"messages", "What simulations said, whole", {}};
    messages.columns = {point_column(), seed_column(), text_column("message", "on standard error")};
    Table notes{"notes", "Notes of simulations: what replays did, what is absent and why", {}};
    notes.columns = {point_column(), seed_column(), text_column("note", "for people")};
    for_each([&](std::size_t point, std::int64_t seed, const TrialOutcome* outcome) {
        if (outcome == nullptr) return;
        if (!outcome->message.empty()) TableRow(messages) << point << seed << outcome->message;
        for (const std::string& note : outcome->results.notes) {
            TableRow(notes) << point << seed << note;
        }
    });
    tables_.push_back(std::move(messages));
    tables_.push_back(std::move(notes));
}

void SweepTables::add_searches() {
    Table table = find_table(true);
    for_each([&](std::size_t point, std::int64_t seed, const TrialOutcome* outcome) {
        if (outcome == nullptr) return;
        add_trials(table, true, static_cast<std::int64_t>(point), seed, plan_.params().find,
                   outcome->searched);
    });
    tables_.push_back(std::move(table));
}

}  // namespace snsim
