#include "app/trial.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <type_traits>

#include "app/exit_code.h"
#include "app/progress.h"
#include "app/run_record.h"
#include "app/simulation.h"

namespace snsim {

namespace {

constexpr std::array words{"fine",    "audit-failed", "refused", "io-failed",
                           "crashed", "timed-out",    "killed",  "undecided"};

class NoSeries final : public SeriesSink {
  public:
    virtual ~NoSeries() = default;
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

// What outcomes consist of, in the order of the record: `way` writes or reads each.

template <class Way>
void fields(Way& way, Metric& m) {
    way(m.name, m.value, m.unit, m.ci_low, m.ci_high);
}
template <class Way>
void fields(Way& way, Bottleneck& b) {
    way(b.path, b.resource, b.utilisation, b.gain_if_doubled);
}
template <class Way>
void fields(Way& way, AuditRow& row) {
    way(row.law, row.where, row.expected, row.found, row.ok, row.note);
}
template <class Way>
void fields(Way& way, std::string& text) {
    way(text);
}
template <class Way>
void fields(Way& way, SearchTrial& t) {
    way(t.size, t.setting, t.value, t.window_s, t.decided, t.passes, t.why, t.end, t.offered,
        t.lost, t.growth, t.limit);
}
template <class Way>
void fields(Way& way, TrialOutcome& outcome) {
    Results& r = outcome.results;
    way(outcome.end, outcome.message, outcome.wall_s, r.scenario, r.seed, r.complete);
    way.list(r.summary);
    way.list(r.bottlenecks);
    way.list(r.audit);
    way.list(r.notes);
    way.list(outcome.searched);
}

struct Writing {
    RecordWriter& out;

    template <class... Values>
    void operator()(const Values&... values) {
        (put(values), ...);
    }
    template <class T>
    void list(std::vector<T>& values) {
        put(static_cast<std::int64_t>(values.size()));
        for (T& value : values) fields(*this, value);
    }

  private:
    template <class T>
    void put(const T& value) {
        if constexpr (std::is_enum_v<T>) {
            out.put(static_cast<std::int64_t>(value));
        } else {
            out.put(value);
        }
    }
};

struct Reading {
    RecordReader& in;

    template <class... Values>
    void operator()(Values&... values) {
        (read(values), ...);
    }
    template <class T>
    void list(std::vector<T>& values) {
        for (std::int64_t n = in.integer(); n > 0; --n) fields(*this, values.emplace_back());
    }

  private:
    void read(std::string& value) { value = in.text(); }
    void read(double& value) { value = in.real(); }
    void read(std::int64_t& value) { value = in.integer(); }
    void read(bool& value) { value = in.flag(); }
    void read(TrialEnd& value) { value = static_cast<TrialEnd>(in.integer()); }
};

}  // namespace

const char* word_of(TrialEnd end) { return words.at(static_cast<std::size_t>(end)); }

void put(RecordWriter& out, const TrialOutcome& outcome) {
    TrialOutcome kept = outcome;
    auto& audit = kept.results.audit;
    audit.erase(std::remove_if(audit.begin(), audit.end(),
                               [](const AuditRow& row) { return row.ok && row.note.empty(); }),
                audit.end());
    Writing writing{out};
    fields(writing, kept);
}

TrialOutcome read_outcome(RecordReader& in) {
    TrialOutcome out;
    Reading reading{in};
    fields(reading, out);
    return out;
}

TrialBody simulate_trial(const Library& library) {
    return [&library](const Trial& trial, Results& results) {
        const LoadedScenario loaded = load_scenario(trial.scenario, library, trial.options);
        if (!loaded.ok()) {
            std::fputs(loaded.diagnostics.text().c_str(), stderr);
            return TrialEnd::refused;
        }
        if (!loaded.scenario.record.pcap.empty()) {
            // Side by side they would write the same files.
            std::fputs("error: record.pcap: one simulation of many writes no captures\n", stderr);
            return TrialEnd::refused;
        }
        return end_of(
            with_errors_reported(loaded, [&] { return simulate(trial, loaded, results); }));
    };
}

}  // namespace snsim
