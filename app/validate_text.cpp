#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <map>

#include "app/validate_report.h"

namespace snsim {

namespace {

constexpr std::size_t most_worst = 8;
constexpr std::size_t most_drifted = 12;
constexpr std::size_t most_failed = 40;

std::string percent(double share) { return fmt::format("{:.3g} %", share * 100); }

class Page {
  public:
    explicit Page(const ValidateReport& report) : report_(report), v_(report.validation) {}

    std::string text() {
        summary();
        components();
        worst();
        wrong();
        drift();
        no_model();
        return out_;
    }

  private:
    template <class... Args>
    void line(fmt::format_string<Args...> format, Args&&... args) {
        fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
        out_ += '\n';
    }
    void row_line(const RowOutcome& row) {
        line("  {:<9} {:<34} {:>10} {:>12} {:<8} {:>9}  {}", row.id, row.case_name,
             fmt::format("{:.6g}", row.published),
             row.simulated ? fmt::format("{:.6g}", *row.simulated) : "-", row.unit,
             row.simulated ? percent(row.error) : "-", row.problem);
    }

    void summary() {
        const Counts& c = v_.counts;
        line("published   {} figures: {} bound to a case, {} excluded, {} without a model yet",
             c.figures, c.bound, c.excluded, c.no_model);
        const auto with_value = std::count_if(v_.rows.begin(), v_.rows.end(),
                                              [](const auto& row) { return !!row.simulated; });
        line("simulated   {} of {} figures and laws in {} trials, {:.1f} s", with_value,
             v_.rows.size(), c.trials, report_.wall_s);
    }
    void components() {
        line("\n{:<13} {:<11} {:>5} {:>9} {:>9}  {}", "component", "role", "rows", "mean", "worst",
             "at");
        for (const ComponentOutcome& sum : v_.components) {
            line("{:<13} {:<11} {:>5} {:>9} {:>9}  {}{}", sum.component, word_of(sum.role),
                 sum.rows, sum.rows > 0 ? percent(sum.mean) : "-",
                 sum.rows > 0 ? percent(sum.worst) : "-", sum.worst_id,
                 sum.ok ? ""
                 : sum.mean_budget && !(sum.mean <= *sum.mean_budget)
                     ? "  FAILED: mean over " + percent(*sum.mean_budget)
                     : "  FAILED");
        }
    }
    void worst() {
        std::vector<const RowOutcome*> rows;
        for (const RowOutcome& row : v_.rows) {
            if (row.ok && row.role != Role::closed) rows.push_back(&row);
        }
        std::stable_sort(rows.begin(), rows.end(),
                         [](const auto* a, const auto* b) { return a->error > b->error; });
        if (rows.size() > most_worst) rows.resize(most_worst);
        if (rows.empty()) return;
        line("\nlargest errors within budget (published, simulated)");
        for (const RowOutcome* row : rows) row_line(*row);
    }
    void wrong() {
        std::vector<const RowOutcome*> rows;
        for (const RowOutcome& row : v_.rows) {
            if (!row.ok) rows.push_back(&row);
        }
        std::stable_sort(rows.begin(), rows.end(),
                         [](const auto* a, const auto* b) { return a->error > b->error; });
        if (!rows.empty()) line("\nFAILED (published, simulated)");
        const std::size_t all = rows.size();
        if (all > most_failed) rows.resize(most_failed);
        for (const RowOutcome* row : rows) row_line(*row);
        if (all > most_failed) line("  and {} more", all - most_failed);
        for (const CurveOutcome& curve : v_.curves) {
            if (!curve.problem.empty()) line("  curve {}: {}", curve.name, curve.problem);
        }
        std::size_t bare = 0;  // failures of cases whose figures do not stand above
        for (const std::string& failure : v_.failures) {
            const bool told = std::any_of(v_.rows.begin(), v_.rows.end(), [&](const auto& row) {
                return failure.rfind(row.case_name + ": ", 0) == 0;
            });
            if (!told && ++bare <= most_failed) line("  {}", failure);
        }
    }
    void drift() {
        std::size_t bad = 0;
        for (const Drift& drift : report_.drift) bad += drift.ok ? 0 : 1;
        line("\nbaseline    {} values, {} of them drifted more than {}, are new or gone",
             report_.drift.size(), bad, percent(most_drift));
        std::size_t shown = 0;
        for (const Drift& drift : report_.drift) {
            if (drift.ok) continue;
            if (++shown > most_drifted) continue;
            line("  {} {} {}: {}", drift.component, drift.case_name, drift.id,
                 !drift.before ? fmt::format("{:.6g} is new", *drift.now)
                 : !drift.now  ? fmt::format("{:.6g} is gone", *drift.before)
                               : fmt::format("{:.6g} was {:.6g} ({:+.2f} %)", *drift.now,
                                             *drift.before, drift.change * 100));
        }
        if (shown > most_drifted) line("  and {} more", shown - most_drifted);
        if (bad > 0) line("  if that is meant: snsim baseline update --reason '...'");
    }
    void no_model() {
        std::map<std::string, std::size_t> counts;
        for (const Figure* figure : v_.no_model) ++counts[figure->component];
        std::string list;
        for (const auto& [component, count] : counts) {
            list += fmt::format("{}{} {}", list.empty() ? "" : ", ", component, count);
        }
        if (!list.empty()) line("\nno model yet  {}", list);
        if (!report_.output.empty()) line("results     {}", report_.output);
    }

    const ValidateReport& report_;
    const Validation& v_;
    std::string out_;
};

}  // namespace

bool ValidateReport::ok() const {
    return validation.ok() &&
           std::all_of(drift.begin(), drift.end(), [](const Drift& d) { return d.ok; });
}

std::string validate_text(const ValidateReport& report) { return Page(report).text(); }

}  // namespace snsim
