#include "app/validation.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <set>

#include "app/expression.h"
#include "app/kit_trial.h"
#include "app/trial_pool.h"
#include "app/validate_formula.h"

namespace snsim {

namespace {

constexpr const char* kit_prefix = "kit:";
/// What a curve may go the wrong way, of the larger value: windows hold whole frames.
constexpr double curve_noise = 0.001;

/// Runs of a plan, equal ones once.
class Trials {
  public:
    Trials(const ValidationPlan& plan, const Library& library) : plan_(plan), library_(library) {}

    /// The number of the trial a run is.
    std::size_t add(const CaseRun& run) {
        Trial trial;
        trial.options = run.options;
        std::string key = run.options.seed;
        if (run.kit) {
            trial.scenario = kit_prefix + std::to_string(kits_.size());
            trial.cost = static_cast<double>(run.kit->count);
            key += "\n" + run.kit_text;
        } else {
            trial.scenario = run.scenario;
            auto& settings = trial.options.settings;
            settings.insert(settings.end(), plan_.sets.begin(), plan_.sets.end());
            key += "\n" + run.scenario;
            for (const Setting& set : settings) key += "\n" + set.path + "=" + set.value.flow();
        }
        const auto [found, fresh] = by_key_.emplace(key, trials_.size());
        if (fresh) {
            if (run.kit) kits_.push_back(*run.kit);
            trials_.push_back(std::move(trial));
        }
        return found->second;
    }

    /// False when interrupted.
    bool run(const std::function<void(std::size_t, std::size_t)>& progress) {
        TrialPool pool(plan_.jobs, [this](const Trial& trial, Results& results) {
            return body(trial, results);
        });
        outcomes_.resize(trials_.size());
        std::size_t done = 0;
        for (std::size_t i = 0; i < trials_.size(); ++i) {
            pool.add(trials_[i], [this, i, &done, &progress](TrialOutcome outcome) {
                outcomes_[i] = std::move(outcome);
                progress(++done, trials_.size());
            });
        }
        return pool.run();
    }
    [[nodiscard]] const TrialOutcome& outcome(std::size_t trial) const { return outcomes_[trial]; }
    [[nodiscard]] std::size_t size() const { return trials_.size(); }

  private:
    TrialEnd body(const Trial& trial, Results& results) const {
        if (trial.scenario.rfind(kit_prefix, 0) != 0) {
            return simulate_trial(library_)(trial, results);
        }
        const auto kit = std::stoul(trial.scenario.substr(std::string(kit_prefix).size()));
        const std::string& seed = trial.options.seed;
        results = run_kit(kits_[kit], seed.empty() ? 1 : std::stoull(seed));
        return TrialEnd::fine;
    }

    const ValidationPlan& plan_;
    const Library& library_;
    std::vector<Trial> trials_;
    std::vector<QueueBenchParams> kits_;
    std::map<std::string, std::size_t> by_key_;
    std::vector<TrialOutcome> outcomes_;
};

/// The metrics of a case's runs, named as its expressions name them.
class CaseValues {
  public:
    CaseValues(const Case& one, const std::vector<std::size_t>& trials, const Trials& all) {
        for (std::size_t i = 0; i < trials.size(); ++i) {
            const TrialOutcome& outcome = all.outcome(trials[i]);
            const std::string& label = one.runs[i].label;
            if (!outcome.ran()) {
                // The first line says what happened; those behind it, where in the kernel.
                problem_ = std::string(word_of(outcome.end)) + ": " +
                           outcome.message.substr(0, outcome.message.find('\n'));
            } else if (outcome.end == TrialEnd::audit_failed) {
                problem_ = "a law of the audit was broken";
            }
            const Metric* const events = outcome.results.find("sim.events");
            const double decided = events == nullptr ? 0 : events->value;
            events_ = i == 0 ? decided : std::min(events_, decided);
            for (const Metric& metric : outcome.results.summary) {
                metrics_[label.empty() ? metric.name : label + "." + metric.name] = metric;
            }
        }
    }

    [[nodiscard]] const std::string& problem() const { return problem_; }
    [[nodiscard]] std::uint64_t events() const { return static_cast<std::uint64_t>(events_); }
    [[nodiscard]] const Metric* find(const std::string& name) const {
        const auto found = metrics_.find(name);
        return found == metrics_.end() ? nullptr : &found->second;
    }
    /// Throws ExpressionError.
    [[nodiscard]] Expression parse(const std::string& text) const {
        const auto hint = [this](const std::string& unknown) {
            std::vector<std::string> names;
            for (const auto& [name, metric] : metrics_) names.push_back(name);
            return did_you_mean(unknown, names);
        };
        const auto known = [this](const std::string& name) { return find(name) != nullptr; };
        return Expression::number(text, {known, hint});
    }
    /// Throws ExpressionError.
    [[nodiscard]] UnitProduct unit(const Expression& expression) const {
        return expression.unit(units());
    }
    [[nodiscard]] Expression::Units units() const {
        return [this](const std::string& name) { return find(name)->unit; };
    }
    /// `scaled` of the metrics count 1 % more.
    [[nodiscard]] std::optional<double> value(const Expression& expression,
                                              const std::set<std::string>& scaled = {}) const {
        return expression.value([&](const std::string& name) -> std::optional<double> {
            const Metric* const metric = find(name);
            if (metric == nullptr) return std::nullopt;
            return metric->value * (scaled.count(name) > 0 ? 1.01 : 1.0);
        });
    }

  private:
    std::map<std::string, Metric> metrics_;
    std::string problem_;
    double events_ = 0;
};

/// What a value in SI is divided by to be one in a figure's unit: the two must be of one kind. A
/// formula may have divided by that unit itself (`rate.delivered / 1 Mpps`). Throws
/// ExpressionError.
double in_unit(const std::string& wanted_text, const UnitProduct& unit,
               const Expression& expression) {
    const auto wanted = UnitProduct::parse(wanted_text);
    if (!wanted) throw ExpressionError{0, "the figure's unit '" + wanted_text + "' is not known"};
    if (unit.same_kind(*wanted)) return wanted->scale;
    const auto divided = UnitProduct::parse(expression.divided_by());
    const bool already = unit.plain() && divided && divided->same_kind(*wanted) &&
                         std::abs(divided->scale / wanted->scale - 1) < 1e-9;
    if (already) return 1;
    const auto words = [](const UnitProduct& u) {
        return u.plain() ? std::string("a plain number") : "in " + u.text();
    };
    throw ExpressionError{0, "is " + words(unit) + ", and the figure in '" + wanted_text + "'"};
}

class Judge {
  public:
    Judge(const ValidationPlan& plan, Validation& out) : plan_(plan), out_(out) {}

    void judge_row(const Case& one, const CaseRow& row, const CaseValues& values);
    void judge_recorded(const Case& one, const CaseRow& row, std::optional<double> value);
    void watch(const Case& one, const CaseRow& row, const CaseValues& values);
    void judge_curve(const Curve& curve, const std::map<std::size_t, CaseValues>& values);
    void sum_up();

  private:
    [[nodiscard]] RowOutcome row_of(const Case& one, const CaseRow& row) const;
    void judge_error(const CaseRow& row, RowOutcome out);
    [[nodiscard]] std::string simulate(const Case& one, const CaseRow& row,
                                       const CaseValues& values, RowOutcome& out) const;

    const ValidationPlan& plan_;
    Validation& out_;
};

/// Fills in the simulated value; returns what is wrong with how it came about.
std::string Judge::simulate(const Case& one, const CaseRow& row, const CaseValues& values,
                            RowOutcome& out) const {
    if (!values.problem().empty()) return values.problem();
    try {
        const Expression expression = values.parse(row.expression);
        const std::optional<double> found = values.value(expression);
        if (!found) return "'" + row.expression + "' has no value";
        const double scale = plan_.reference.find(row.id) == nullptr
                                 ? 1
                                 : in_unit(out.unit, values.unit(expression), expression);
        out.simulated = *found / scale;
        if (out.role == Role::closed && out.events == 0) {
            return "the simulator decided nothing: a formula was compared with itself";
        }
        const auto value = [&](const std::set<std::string>& scaled) {
            return values.value(expression, scaled);
        };
        const std::string wrong =
            not_simulated(expression, {value, values.units()}, !row.given.empty());
        if (!wrong.empty()) return "'" + row.expression + "' " + wrong;
        // The mean of a random sample: its interval must hold the figure.
        const auto name = expression.only_name();
        const Metric* const metric = name ? values.find(*name) : nullptr;
        if (out.role != Role::closed || metric == nullptr || !one.runs[0].kit) return {};
        const double low = metric->ci_low / scale;
        const double high = metric->ci_high / scale;
        const bool exact = low >= high;
        if (!exact && !(low <= out.published && out.published <= high)) {
            return fmt::format("lies outside the interval {:.6g} to {:.6g}", low, high);
        }
    } catch (const ExpressionError& error) {
        return "'" + row.expression + "': " + error.message;
    }
    return {};
}

/// A row without what was simulated.
RowOutcome Judge::row_of(const Case& one, const CaseRow& row) const {
    RowOutcome out;
    out.id = row.id;
    out.case_name = one.name;
    out.component = one.component;
    if (const Figure* const figure = plan_.reference.find(row.id)) {
        out.component = figure->component;
        out.role = figure->role;
        out.machine = figure->machine;
        out.unit = figure->unit;
        out.published = figure->value.value_or(0);
    }
    out.published = row.value.value_or(out.published);
    return out;
}

void Judge::judge_row(const Case& one, const CaseRow& row, const CaseValues& values) {
    RowOutcome out = row_of(one, row);
    out.events = values.events();
    out.problem = simulate(one, row, values, out);
    judge_error(row, std::move(out));
}

void Judge::judge_recorded(const Case& one, const CaseRow& row, std::optional<double> value) {
    RowOutcome out = row_of(one, row);
    out.simulated = value;
    if (!value) out.problem = "is not in the baseline";
    judge_error(row, std::move(out));
}

void Judge::judge_error(const CaseRow& row, RowOutcome out) {
    if (out.simulated) {
        const double scale = std::abs(out.published) > 0 ? std::abs(out.published) : 1;
        const double beyond = *out.simulated - out.published;
        out.error = (row.limit ? std::max(0.0, beyond) : std::abs(beyond)) / scale;
    }
    const Budget* const budget = find_budget(plan_.budgets, out.component, out.role, row.id);
    if (budget == nullptr) {
        if (out.problem.empty()) out.problem = "has no budget";
    } else {
        out.budget = budget->worst;
        if (out.simulated && out.problem.empty() && !(out.error <= out.budget)) {
            out.problem = "is over its budget";
        }
    }
    out.ok = out.problem.empty();
    out_.rows.push_back(std::move(out));
}

void Judge::watch(const Case& one, const CaseRow& row, const CaseValues& values) {
    PointOutcome out{row.id, one.name, one.component, {}};
    try {
        if (values.problem().empty()) out.simulated = values.value(values.parse(row.expression));
        if (!out.simulated) out_.failures.push_back(one.name + ": " + row.id + " has no value");
    } catch (const ExpressionError& error) {
        out_.failures.push_back(one.name + ": " + row.id + ": " + error.message);
    }
    out_.points.push_back(std::move(out));
}

void Judge::judge_curve(const Curve& curve, const std::map<std::size_t, CaseValues>& values) {
    CurveOutcome out{curve.name, curve.component, {}};
    std::optional<double> before;
    for (const std::size_t index : curve.points) {
        const auto found = values.find(index);
        if (found == values.end()) return;  // not all of it is wanted
    }
    for (const std::size_t index : curve.points) {
        const Case& point = plan_.cases.cases[index];
        const CaseValues& at = values.at(index);
        std::optional<double> value;
        try {
            if (at.problem().empty()) value = at.value(at.parse(curve.value));
        } catch (const ExpressionError& error) {
            out.problem = error.message;
        }
        if (point.rows.empty())
            out_.points.push_back({"between", point.name, point.component, value});
        if (!value) {
            if (out.problem.empty()) out.problem = "has no value at " + point.name;
            continue;
        }
        if (before && out.problem.empty()) {
            const double step = *value - *before;
            const double larger = std::max(std::abs(*value), std::abs(*before));
            const double noise = curve_noise * larger;
            const bool wrong_way = (curve.shape == Curve::Shape::rising && !(step >= -noise)) ||
                                   (curve.shape == Curve::Shape::falling && !(step <= noise));
            if (wrong_way) {
                out.problem =
                    fmt::format("goes from {:.6g} to {:.6g} at {}", *before, *value, point.name);
            } else if (!(std::abs(step) <= curve.jump * larger)) {
                out.problem =
                    fmt::format("jumps from {:.6g} to {:.6g} at {}", *before, *value, point.name);
            }
        }
        before = value;
    }
    out_.curves.push_back(std::move(out));
}

void Judge::sum_up() {
    std::map<std::pair<std::string, Role>, ComponentOutcome> sums;
    for (const RowOutcome& row : out_.rows) {
        auto& sum =
            sums.try_emplace({row.component, row.role},
                             ComponentOutcome{row.component, row.role, 0, 0, 0, {}, {}, true})
                .first->second;
        sum.ok = sum.ok && row.ok;
        if (!row.simulated) continue;  // has no error that could be small or large
        ++sum.rows;
        sum.mean += row.error;
        if (row.error >= sum.worst) {
            sum.worst = row.error;
            sum.worst_id = row.id;
        }
    }
    for (auto& [key, sum] : sums) {
        sum.mean /= std::max(1.0, static_cast<double>(sum.rows));
        for (const Budget& budget : plan_.budgets) {
            if (budget.component == sum.component && budget.role == sum.role && budget.mean) {
                sum.mean_budget = budget.mean;
            }
        }
        if (sum.mean_budget && !(sum.mean <= *sum.mean_budget)) sum.ok = false;
        out_.components.push_back(sum);
    }
}

/// What became of every figure of the table.
void count(const ValidationPlan& plan, Validation& out) {
    std::map<std::string, const Case*> bound;
    for (const Case& one : plan.cases.cases) {
        for (const CaseRow& row : one.rows) {
            bound[row.id] = &one;
            if (plan.reference.find(row.id) == nullptr) ++out.counts.laws;
        }
    }
    for (const Figure& figure : plan.reference.figures) {
        ++out.counts.figures;
        if (bound.count(figure.id) > 0) {
            ++out.counts.bound;
        } else if (!figure.excluded.empty()) {
            ++out.counts.excluded;
        } else {
            ++out.counts.no_model;
            out.no_model.push_back(&figure);
        }
    }
}

}  // namespace

bool Validation::ok() const {
    return !interrupted && failures.empty() &&
           std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.ok; }) &&
           std::all_of(components.begin(), components.end(),
                       [](const auto& sum) { return sum.ok; }) &&
           std::all_of(curves.begin(), curves.end(),
                       [](const auto& curve) { return curve.problem.empty(); });
}

bool wanted(const ValidationPlan& plan, const Case& one) {
    if (plan.globs.empty()) return true;
    return std::any_of(plan.globs.begin(), plan.globs.end(), [&](const std::string& glob) {
        return glob_matches(glob, one.name) || glob_matches(glob, one.component + "/" + one.name) ||
               std::any_of(one.rows.begin(), one.rows.end(),
                           [&](const CaseRow& row) { return glob_matches(glob, row.id); });
    });
}

Validation validate(const ValidationPlan& plan, const Library& library,
                    const std::function<void(std::size_t, std::size_t)>& progress) {
    Validation out;
    Trials trials(plan, library);
    std::map<std::size_t, std::vector<std::size_t>> of_case;
    for (std::size_t i = 0; i < plan.cases.cases.size(); ++i) {
        const Case& one = plan.cases.cases[i];
        if (!wanted(plan, one)) continue;
        for (const CaseRun& run : one.runs) of_case[i].push_back(trials.add(run));
    }
    out.counts.trials = trials.size();
    out.interrupted = !trials.run(progress);
    if (out.interrupted) return out;

    Judge judge(plan, out);
    std::map<std::size_t, CaseValues> values;
    for (const auto& [index, used] : of_case) {
        const Case& one = plan.cases.cases[index];
        const CaseValues& found =
            values.emplace(index, CaseValues(one, used, trials)).first->second;
        if (!found.problem().empty()) out.failures.push_back(one.name + ": " + found.problem());
        for (const CaseRow& row : one.rows) judge.judge_row(one, row, found);
        for (const CaseRow& row : one.watched) judge.watch(one, row, found);
    }
    for (const Curve& curve : plan.cases.curves) judge.judge_curve(curve, values);
    judge.sum_up();
    count(plan, out);
    return out;
}

Validation judge_recorded(const ValidationPlan& plan, const Recorded& recorded) {
    Validation out;
    Judge judge(plan, out);
    for (const Case& one : plan.cases.cases) {
        if (!wanted(plan, one)) continue;
        for (const CaseRow& row : one.rows) judge.judge_recorded(one, row, recorded(one, row));
    }
    judge.sum_up();
    count(plan, out);
    return out;
}

}  // namespace snsim
