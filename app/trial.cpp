#include "app/trial.h"

#include <array>
#include <cstdio>
#include <exception>
#include <memory>

#include "app/exit_code.h"
#include "app/progress.h"
#include "app/run_record.h"
#include "app/simulation.h"

namespace snsim {

namespace {

constexpr std::array words{"fine",    "audit-failed", "refused", "io-failed",
                           "crashed", "timed-out",    "killed"};

class NoSeries final : public SeriesSink {
  public:
    void declare(const std::vector<SeriesInfo>&, double) override {}
    void append(double, const std::vector<double>&) override {}
};

int simulate(const Trial& trial, const LoadedScenario& loaded, Results& results) {
    Simulation simulation(loaded, ".");
    Progress progress(ShowProgress::off);
    if (trial.output.empty()) {
        NoSeries series;
        simulation.run(series, progress);
        results = simulation.results();
    } else {
        ResultsFile file(trial.output);
        simulation.run(file, progress);
        const double wall_s = simulation.wall_s();
        results = simulation.results();
        write_results(file, simulation, results, wall_s);
    }
    return results.audit_ok() ? exit_fine : exit_failed;
}

TrialEnd end_of(int code) {
    switch (code) {
        case exit_fine: return TrialEnd::fine;
        case exit_failed: return TrialEnd::audit_failed;
        case exit_usage: return TrialEnd::refused;
        default: return TrialEnd::io_failed;
    }
}

}  // namespace

const char* word_of(TrialEnd end) { return words.at(static_cast<std::size_t>(end)); }

void put(RecordWriter& out, const TrialOutcome& outcome) {
    out.put(static_cast<std::int64_t>(outcome.end));
    out.put(outcome.message);
    out.put(outcome.wall_s);
    const Results& r = outcome.results;
    out.put(r.scenario);
    out.put(r.seed);
    out.put(r.complete);
    out.put(static_cast<std::int64_t>(r.summary.size()));
    for (const Metric& m : r.summary) {
        out.put(m.name);
        out.put(m.value);
        out.put(m.unit);
        out.put(m.ci_low);
        out.put(m.ci_high);
    }
    out.put(static_cast<std::int64_t>(r.bottlenecks.size()));
    for (const Bottleneck& b : r.bottlenecks) {
        out.put(b.path);
        out.put(b.resource);
        out.put(b.utilisation);
        out.put(b.gain_if_doubled);
    }
    std::vector<const AuditRow*> findings;
    for (const AuditRow& row : r.audit) {
        if (!row.ok || !row.note.empty()) findings.push_back(&row);
    }
    out.put(static_cast<std::int64_t>(findings.size()));
    for (const AuditRow* row : findings) {
        out.put(row->law);
        out.put(row->where);
        out.put(row->expected);
        out.put(row->found);
        out.put(row->ok);
        out.put(row->note);
    }
    out.put(static_cast<std::int64_t>(r.notes.size()));
    for (const std::string& note : r.notes) out.put(note);
    out.put(static_cast<std::int64_t>(outcome.searched.size()));
    for (const SearchTrial& t : outcome.searched) {
        out.put(t.size);
        out.put(t.setting);
        out.put(t.value);
        out.put(t.window_s);
        out.put(t.passes);
        out.put(t.why);
        out.put(static_cast<std::int64_t>(t.end));
        out.put(t.offered);
        out.put(t.lost);
        out.put(t.growth);
        out.put(t.limit);
    }
}

TrialOutcome read_outcome(RecordReader& in) {
    TrialOutcome out;
    out.end = static_cast<TrialEnd>(in.integer());
    out.message = in.text();
    out.wall_s = in.real();
    Results& r = out.results;
    r.scenario = in.text();
    r.seed = in.integer();
    r.complete = in.flag();
    // The order of evaluation inside braces is that of writing.
    for (std::int64_t n = in.integer(); n > 0; --n) {
        r.summary.push_back(Metric{in.text(), in.real(), in.text(), in.real(), in.real()});
    }
    for (std::int64_t n = in.integer(); n > 0; --n) {
        r.bottlenecks.push_back(Bottleneck{in.text(), in.text(), in.real(), in.real()});
    }
    for (std::int64_t n = in.integer(); n > 0; --n) {
        r.audit.push_back(
            AuditRow{in.text(), in.text(), in.real(), in.real(), in.flag(), in.text()});
    }
    for (std::int64_t n = in.integer(); n > 0; --n) r.notes.push_back(in.text());
    for (std::int64_t n = in.integer(); n > 0; --n) {
        out.searched.push_back(SearchTrial{in.text(), in.text(), in.real(), in.real(), in.flag(),
                                           in.text(), static_cast<TrialEnd>(in.integer()),
                                           in.real(), in.real(), in.real(), in.text()});
    }
    return out;
}

TrialBody simulate_trial(const Library& library) {
    return [&library](const Trial& trial, Results& results) {
        LoadedScenario loaded = load_scenario(trial.scenario, library, trial.options);
        if (!loaded.ok()) {
            std::fputs(loaded.diagnostics.text().c_str(), stderr);
            return TrialEnd::refused;
        }
        // Trials side by side would write the same files.
        if (trial.output.empty()) loaded.scenario.record.pcap.clear();
        return end_of(
            with_errors_reported(loaded, [&] { return simulate(trial, loaded, results); }));
    };
}

}  // namespace snsim
