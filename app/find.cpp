#include "app/find.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "app/find_verdict.h"
#include "app/sweep_axes.h"
#include "models/base/measure.h"
#include "observers/metrics.h"

namespace snsim {

namespace {

/// `64` for `64 B`: the part of a metric's name.
std::string label(const std::string& size) {
    const auto measure = parse_measure(size);
    if (measure && measure->unit == "B") return fmt::format("{:.0f}", measure->si);
    std::string out;
    for (const char c : size) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
        if ((c == ' ' || c == ',') && !out.empty() && out.back() != '-') out += '-';
    }
    while (!out.empty() && out.back() == '-') out.pop_back();
    return out;
}

/// Where a search looks.
struct Range {
    std::vector<std::string> sizes;  ///< as written; empty: the scenario's own
    std::string low;                 ///< as written
    std::string high;
};

Range range_of(const FindParams& find) {
    Range out;
    if (const auto* throughput = std::get_if<ThroughputFindParams>(&find.body)) {
        out = {throughput->frame_sizes, ValueText<OfferedRate>::print(throughput->low),
               ValueText<OfferedRate>::print(throughput->high)};
    } else if (const auto* latency = std::get_if<LatencyFindParams>(&find.body)) {
        out = {latency->frame_sizes, ValueText<OfferedRate>::print(latency->low),
               ValueText<OfferedRate>::print(latency->high)};
    } else if (const auto* connections = std::get_if<ConnectionFindParams>(&find.body)) {
        out = {{}, to_text(connections->low), to_text(connections->high)};
    }
    if (out.sizes.empty()) out.sizes.emplace_back();
    return out;
}

std::vector<std::string> classes_of(const FindParams& find, const Scenario& scenario) {
    if (!find.classes.empty()) return find.classes;
    std::vector<std::string> out;
    for (const TrafficParams& traffic : scenario.traffic) {
        if (traffic.capture.empty()) out.push_back(traffic.name);
    }
    return out;
}

const char* key_of(const FindParams& find) {
    return find.kind == FindKind::connection_rate ? "churn" : "rate";
}

/// `find.<name>.` or, of several frame sizes, `find.<name>.64.`
std::string prefix_of(const FindParams& find, const std::string& size, std::size_t sizes) {
    const std::string head = "find." + find.name + ".";
    return sizes > 1 ? head + label(size) + "." : head;
}

/// What of the highest pass is reported.
constexpr std::array at_pass{"rate.offered",  "rate.delivered",   "throughput.l1",
                             "throughput.l2", "connections.rate", "latency.mean",
                             "latency.p99",   "power.card.mean",  "energy.per_frame"};

}  // namespace

std::vector<std::pair<std::string, std::string>> find_metrics(const FindParams& find) {
    const Range range = range_of(find);
    const auto high = parse_measure(range.high);
    const std::string unit = high ? high->unit : "";
    std::vector<std::pair<std::string, std::string>> out;
    for (const std::string& size : range.sizes) {
        const std::string head = prefix_of(find, size, range.sizes.size());
        out.emplace_back(head + "pass", unit);
        out.emplace_back(head + "fail", unit);
        out.emplace_back(head + "trials", "");
        for (const char* name : at_pass) {
            const auto* const row =
                std::find_if(metric_table.begin(), metric_table.end(),
                             [&](const MetricInfo& metric) { return metric.name == name; });
            out.emplace_back(head + name, row->unit);
        }
    }
    return out;
}

std::vector<std::string> find_settings(const FindParams& find, const Scenario& scenario) {
    std::vector<std::string> out;
    for (const std::string& name : classes_of(find, scenario)) {
        out.push_back(name + "." + key_of(find));
        if (!range_of(find).sizes.front().empty()) out.push_back(name + ".frame_size");
    }
    for (const char* path :
         {"windows.measure", "windows.warmup", "record.interval", "record.frames"}) {
        out.emplace_back(path);
    }
    return out;
}

Find::Find(const std::string& name, Trial prototype, const Library& library)
    : prototype_(std::move(prototype)), library_(library) {
    base_ = load_scenario(prototype_.scenario, library_, prototype_.options);
    diagnostics_ = base_.diagnostics;
    if (!diagnostics_.ok()) return;
    if (!base_.scenario.record.pcap.empty()) {
        const Node* node = find_path(base_.tree, "record.pcap");
        diagnostics_.error(node == nullptr ? Origin{} : node->origin, "record.pcap",
                           "a search writes no captures; --set record.pcap=[] leaves them out");
        return;
    }
    std::vector<std::string> known;
    for (const FindParams& find : base_.scenario.find) {
        known.push_back(find.name);
        if (find.name != name) continue;
        params_ = find;
        plan();
        return;
    }
    diagnostics_.error({}, {},
                       "the scenario has no search '" + name + "'" + did_you_mean(name, known) +
                           (known.empty() ? "; searches stand under 'find:'"
                                          : " (known: " + listing(known) + ")"));
}

const char* Find::key() const { return key_of(params_); }

std::string Find::text(double value) const {
    const auto like = parse_measure(high_);
    return like ? print_measure(value, *like) : std::string();
}

void Find::plan() {
    classes_ = classes_of(params_, base_.scenario);
    const Range range = range_of(params_);
    const std::vector<std::string>& sizes = range.sizes;
    low_ = range.low;
    high_ = range.high;
    const auto low = parse_measure(low_);
    const auto high = parse_measure(high_);
    if (!low || !high) return;
    unit_ = high->unit;
    check_classes();
    if (!diagnostics_.ok()) return;
    for (const std::string& size : sizes) {
        sizes_.push_back({size, Bracket(low->si, high->si, params_.resolution.value), {}});
        found_.push_back({size, false, {}, {}, {}, 0, {}, {}});
        for (const double value : {low->si, high->si}) {
            const auto loaded = load_scenario(prototype_.scenario, library_,
                                              options(sizes_.back(), value, nullptr));
            for (const auto& error : loaded.diagnostics.sorted()) {
                std::string where = std::string(key()) + " " + text(value);
                if (!size.empty()) where += ", " + size;
                diagnostics_.error(
                    error.origin, error.path,
                    error.message + " (search '" + params_.name + "' at " + where + ")");
            }
        }
        if (diagnostics_.ok()) check_windows(sizes_.back(), low->si);
    }
}

/// A class that is not there all the time would offer less than asked for, which says nothing of
/// the card.
void Find::check_classes() {
    for (const TrafficParams& traffic : base_.scenario.traffic) {
        if (std::find(classes_.begin(), classes_.end(), traffic.name) == classes_.end()) continue;
        for (const auto& [name, set] : {std::pair("start", traffic.start.value != 0),
                                        std::pair("stop", traffic.stop.has_value())}) {
            if (!set) continue;
            const std::string path = traffic.name + "." + name;
            const Node* node = find_path(base_.tree, path);
            diagnostics_.error(node == nullptr ? Origin{} : node->origin, path,
                               fmt::format("the search '{}' raises this class, which must be there "
                                           "all the time: leave out '{}'",
                                           params_.name, name));
        }
    }
}

std::vector<std::string> Find::notes() const {
    std::vector<std::string> out;
    for (const std::string& set : prototype_.options.sets) {
        const std::string path = set.substr(0, set.find_first_of(" ="));
        for (const std::string& own : find_settings(params_, base_.scenario)) {
            if (split_path(path).size() < split_path(own).size() ||
                !paths_overlap(path, own, base_.tree)) {
                continue;
            }
            out.push_back(
                fmt::format("--set {} has no effect: every trial of the search '{}' sets {}", set,
                            params_.name, own));
        }
    }
    return out;
}

double Find::cost() const {
    constexpr double trials_each = 12;
    return trials_each *
           static_cast<double>(sizes_.size() * static_cast<std::size_t>(params_.frames));
}

void Find::start(TrialPool& pool, std::function<void()> done) {
    pool_ = &pool;
    done_ = std::move(done);
    open_ = sizes_.size();
    for (std::size_t i = 0; i < sizes_.size(); ++i) add_trials(i);
}

void Find::add_trials(std::size_t size) {
    for (const double value : sizes_[size].bracket.next()) {
        TrialWindow window;
        Trial trial = prototype_;
        trial.options = options(sizes_[size], value, &window);
        // Those of one search in the order they come; earlier searches first.
        pool_->add(std::move(trial), [this, size, value, window](TrialOutcome outcome) {
            finish(size, value, window, std::move(outcome));
        });
    }
    if (sizes_[size].bracket.done()) end_size(size);
}

/// Nothing is derived from a size of which a trial told nothing.
void Find::end_size(std::size_t size) {
    const Bracket& bracket = sizes_[size].bracket;
    FindResult& found = found_[size];
    found.undecided = bracket.given_up();
    if (!found.undecided) {
        auto& results = sizes_[size].results;
        found.pass = bracket.pass();
        found.fail = bracket.fail();
        found.passes_above = bracket.passes_above();
        if (found.pass) found.at_pass = std::move(results[*found.pass]);
        if (found.fail) found.at_fail = std::move(results[*found.fail]);
    }
    sizes_[size].results.clear();
    if (--open_ == 0) close();
}

void Find::finish(std::size_t size, double value, const TrialWindow& window, TrialOutcome outcome) {
    SearchTrial trial = judge(params_, classes_, {value, window.frames}, outcome);
    trial.size = sizes_[size].text;
    trial.setting = text(value);
    trial.value = value;
    trial.window_s = window.length_s;
    for (AuditRow& row : outcome.results.audit) {
        if (row.ok) continue;
        row.where += " at " + std::string(key()) + " " + trial.setting;
        if (!trial.size.empty()) row.where += ", " + trial.size;
        broken_.push_back(row);
    }
    ++found_[size].trials;
    wall_s_ += outcome.wall_s;
    refused_ = refused_ || outcome.end == TrialEnd::refused;
    Bracket& bracket = sizes_[size].bracket;
    if (trial.decided && !refused_) {
        bracket.put(value, trial.passes);
        sizes_[size].results[value] = std::move(outcome.results);
    } else {
        bracket.give_up();
    }
    trials_.push_back(std::move(trial));
    add_trials(size);
}

/// All is known: into an order of its own.
void Find::close() {
    const auto place = [&](const SearchTrial& trial) {
        return std::find_if(found_.begin(), found_.end(),
                            [&](const FindResult& r) { return r.size == trial.size; }) -
               found_.begin();
    };
    std::sort(trials_.begin(), trials_.end(), [&](const SearchTrial& a, const SearchTrial& b) {
        return std::pair(place(a), a.value) < std::pair(place(b), b.value);
    });
    std::sort(broken_.begin(), broken_.end(), [](const AuditRow& a, const AuditRow& b) {
        return std::tie(a.law, a.where) < std::tie(b.law, b.where);
    });
    done_();
}

std::vector<std::string> Find::so_far() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < sizes_.size(); ++i) {
        const Bracket& bracket = sizes_[i].bracket;
        std::string line = sizes_[i].text.empty() ? "" : sizes_[i].text + ": ";
        line += std::string(key()) + " ";
        line += bracket.pass() ? "passes at " + text(*bracket.pass()) : "has not passed";
        line += bracket.fail() ? ", fails at " + text(*bracket.fail()) : ", has not failed";
        out.push_back(
            line + fmt::format(" ({} trials{})", found_[i].trials, bracket.done() ? ", done" : ""));
    }
    return out;
}

/// Metrics and notes of one frame size.
void Find::add_size(const FindResult& one, Results& r) const {
    const auto add = [&](const std::string& name, double value, const std::string& unit) {
        r.summary.push_back({name, value, unit, value, value});
    };
    const std::string head = prefix_of(params_, one.size, found_.size());
    const std::string what = head.substr(0, head.size() - 1);
    if (one.pass) add(head + "pass", *one.pass, unit_);
    if (one.fail) add(head + "fail", *one.fail, unit_);
    add(head + "trials", static_cast<double>(one.trials), "");
    for (const char* name : at_pass) {
        const Metric* metric = one.at_pass ? one.at_pass->find(name) : nullptr;
        if (metric != nullptr) add(head + name, metric->value, metric->unit);
    }
    if (one.undecided) {
        r.notes.push_back(what + ": undecided, for a trial told neither pass nor fail");
    } else if (!one.fail && one.pass) {
        r.notes.push_back(what + ": passes at the upper bound; the limit is at least " +
                          text(*one.pass));
    } else if (!one.pass && one.fail) {
        r.notes.push_back(what + ": fails at the lower bound; the limit is below " +
                          text(*one.fail));
    }
    if (!one.passes_above.empty() && one.fail) {
        std::string all;
        for (const double value : one.passes_above) {
            all += (all.empty() ? "" : ", ") + text(value);
        }
        r.notes.push_back(what + ": not monotone: fails at " + text(*one.fail) + " but passes at " +
                          all + "; the bracket is the lowest failure's");
    }
}

TrialOutcome Find::outcome() const {
    TrialOutcome out;
    out.end = TrialEnd::fine;
    Results& r = out.results;
    r.scenario = base_.scenario.name;
    r.seed = base_.scenario.seed;
    for (const FindResult& one : found_) add_size(one, r);
    std::size_t ran = 0;
    std::size_t held = 0;
    TrialEnd worst = TrialEnd::fine;  // of those that did not run
    for (const SearchTrial& trial : trials_) {
        const bool well = trial.end == TrialEnd::fine || trial.end == TrialEnd::audit_failed;
        if (well) ++ran;
        if (trial.end == TrialEnd::fine) ++held;
        if (trial.decided) continue;
        if (refused_) {  // one of them says it all
            if (trial.end == TrialEnd::refused) out.message = trial.why;
            out.end = TrialEnd::refused;
            continue;
        }
        if (!well) worst = std::max(worst, trial.end);
        out.end = TrialEnd::undecided;
        out.message += (out.message.empty() ? "" : "\n") + std::string(key()) + " " +
                       trial.setting + (trial.size.empty() ? "" : ", " + trial.size) + ": " +
                       trial.why;
    }
    if (worst != TrialEnd::fine) out.end = worst;
    r.audit.push_back({"trials", params_.name, static_cast<double>(ran), static_cast<double>(held),
                       held == ran, "all laws hold in so many of the trials that ran"});
    if (ran < trials_.size()) {
        r.notes.push_back(
            fmt::format("{} of {} trials did not run", trials_.size() - ran, trials_.size()));
    }
    r.audit.insert(r.audit.end(), broken_.begin(), broken_.end());
    if (out.end == TrialEnd::fine && held < ran) out.end = TrialEnd::audit_failed;
    for (const FindResult& one : found_) {
        const auto& limit = one.at_fail ? one.at_fail : one.at_pass;
        if (r.bottlenecks.empty() && limit) r.bottlenecks = limits(*limit, !one.fail);
    }
    out.searched = trials_;
    out.wall_s = wall_s_;
    return out;
}

}  // namespace snsim
