#include "app/find_report.h"

#include <algorithm>
#include <fmt/format.h>

#include "app/find_verdict.h"
#include "app/text_table.h"
#include "observers/json.h"
#include "observers/page_text.h"
#include "observers/summary_json.h"
#include "observers/table_rows.h"

namespace snsim {

namespace {

const char* asked(FindKind kind) {
    switch (kind) {
        case FindKind::throughput: return "the highest rate without loss";
        case FindKind::latency_bound: return "the highest rate within a latency";
        case FindKind::connection_rate: break;
    }
    return "the highest rate of new connections";
}

std::string metric_text(const FindResult& result, const char* name) {
    const Metric* metric = result.at_pass && result.pass ? result.at_pass->find(name) : nullptr;
    return metric == nullptr ? "-" : si_text(metric->value, metric->unit);
}

std::string fewer_ran(std::size_t others) {
    return others == 0 ? "" : fmt::format(", {} did not run", others);
}

std::string threshold(const Find& find, const FindResult& result, std::optional<double> value) {
    if (result.undecided) return "undecided";
    return value ? find.text(*value) : "nowhere";
}

std::string limit_of(const FindResult& result) {
    const auto& at = result.fail ? result.at_fail : result.at_pass;
    return at ? limit_text(*at, !result.fail) : "-";
}

}  // namespace

Table find_table(bool in_sweep) {
    Table table{"find", "Every trial of the search", {}};
    if (in_sweep) {
        table.columns.push_back(integer_column("point", "", "number of the point"));
        table.columns.push_back(integer_column("seed", "", "of all random streams"));
    }
    for (Column& column : std::vector<Column>{
             text_column("search", "name"),
             text_column("frame_size", "as written; empty: the scenario's own"),
             text_column("setting", "what the classes were raised to, as written in a scenario"),
             real_column("value", "", "the same in SI"),
             real_column("window", "s", "simulated time that was measured"),
             flag_column("decided", "it ran, and could tell"),
             flag_column("passes", "the verdict, if decided"),
             text_column("why", "it does not pass, or is not decided"),
             real_column("offered", "", "frames of the classes in the window"),
             real_column("lost", "", "of them"),
             real_column("growth", "",
                         "frames more inside at the end of the window than at its start"),
             text_column("limit", "bottleneck")}) {
        table.columns.push_back(std::move(column));
    }
    return table;
}

void add_trials(Table& table, bool in_sweep, std::int64_t point, std::int64_t seed,
                const std::string& name, const std::vector<SearchTrial>& trials) {
    for (const SearchTrial& trial : trials) {
        TableRow row(table);
        if (in_sweep) row << point << seed;
        row << name << trial.size << trial.setting << trial.value << trial.window_s << trial.decided
            << trial.passes << trial.why.substr(0, trial.why.find('\n')) << trial.offered
            << trial.lost << trial.growth << trial.limit;
    }
}

std::string find_page(const Find& find, const TrialOutcome& outcome, const std::string& output,
                      std::size_t jobs, double wall_s) {
    const auto& trials = find.trials();
    const auto [shortest, longest] = std::minmax_element(
        trials.begin(), trials.end(),
        [](const SearchTrial& a, const SearchTrial& b) { return a.window_s < b.window_s; });
    std::string out = fmt::format("search      {} of {}: {}, to {:g} %\n", find.params().name,
                                  find.base().scenario.name, asked(find.params().kind),
                                  find.params().resolution.value * 100);
    out += fmt::format("trials      {} in {} with {} job{}; windows of {} frames, {} to {}\n",
                       trials.size(), si_text(wall_s, "s"), jobs, jobs == 1 ? "" : "s",
                       find.params().frames, si_text(shortest->window_s, "s"),
                       si_text(longest->window_s, "s"));
    const bool connections = find.params().kind == FindKind::connection_rate;
    std::vector<std::vector<std::string>> rows{{"frame size", "passes", "fails",
                                                connections ? "connections" : "delivered", "L2",
                                                "latency.p99", "limited by"}};
    for (const FindResult& one : find.found()) {
        rows.push_back({one.size.empty() ? "scenario's" : one.size, threshold(find, one, one.pass),
                        threshold(find, one, one.fail),
                        metric_text(one, connections ? "connections.rate" : "rate.delivered"),
                        metric_text(one, "throughput.l2"), metric_text(one, "latency.p99"),
                        limit_of(one)});
    }
    out += "\n" + aligned(rows) + "\n";
    for (const std::string& note : outcome.results.notes) out += "notes       " + note + "\n";
    for (const AuditRow& row : outcome.results.audit) {
        if (row.law != "trials" && !row.ok)
            out += "audit       " + row.law + " " + row.where + "\n";
    }
    const AuditRow& audit = outcome.results.audit.front();
    out += fmt::format("audit       all laws hold in {:.0f} of the {:.0f} trials that ran{}\n",
                       audit.found, audit.expected,
                       fewer_ran(trials.size() - static_cast<std::size_t>(audit.expected)));
    return out + "results     " + output + "\n";
}

std::string find_json(const Find& find, const TrialOutcome& outcome, const std::string& output,
                      double wall_s) {
    const auto size_text = [](const std::string& size) {
        return size.empty() ? "null" : json_text(size);
    };
    const std::string sizes = json_list(find.found(), [&](const FindResult& one) {
        return fmt::format(
            R"({{"frame_size": {}, "pass": {}, "fail": {}, "unit": {}, "monotone": {}, "undecided": {}}})",
            size_text(one.size), json_number(one.pass), json_number(one.fail),
            json_text(find.unit()), !one.undecided && one.passes_above.empty(), one.undecided);
    });
    const std::string trials = json_list(find.trials(), [&](const SearchTrial& t) {
        return fmt::format(
            R"({{"frame_size": {}, "setting": {}, "value": {}, "window": {}, "decided": {}, "passes": {}, )"
            R"("why": {}, "offered": {}, "lost": {}, "growth": {}, "limit": {}}})",
            size_text(t.size), json_text(t.setting), t.value, t.window_s, t.decided, t.passes,
            json_text(t.why), t.offered, t.lost, t.growth, json_text(t.limit));
    });
    const std::string more =
        fmt::format(R"(, "find": {{"name": {}, "results": {}, "trials": {}}}}})"
                    "\n",
                    json_text(find.params().name), sizes, trials);
    std::string out =
        summary_json(outcome.results, {{"sim.wall_time", wall_s, "s", wall_s, wall_s}}, output);
    out.erase(out.rfind('}'));
    return out + more;
}

}  // namespace snsim
