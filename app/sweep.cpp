#include "app/sweep.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <optional>

#include "app/exit_code.h"
#include "app/find.h"
#include "app/find_report.h"
#include "app/interrupt.h"
#include "app/options.h"
#include "app/output.h"
#include "app/run_record.h"
#include "app/sweep_journal.h"
#include "app/sweep_plan.h"
#include "app/sweep_progress.h"
#include "app/sweep_tables.h"
#include "app/sweep_text.h"
#include "app/trial_pool.h"
#include "build_info.h"
#include "observers/page_text.h"
#include "observers/table_rows.h"

namespace snsim {

namespace {

/// Results name no path of this machine.
void hide_home(std::string& message) {
    const std::string home = home_directory() + "/";
    for (auto at = message.find(home); at != std::string::npos; at = message.find(home, at)) {
        message.erase(at, home.size());
    }
}

class Sweep {
  public:
    Sweep(const SweepOptions& options, const SweepPlan& plan, const Library& library)
        : options_(options),
          plan_(plan),
          library_(library),
          output_(output_or_default(options.output, plan.name())),
          jobs_(options.jobs > 0 ? options.jobs : usable_processors()),
          outcomes_(plan.points(), std::vector<std::optional<TrialOutcome>>(plan.seeds().size())) {}

    int execute();

  private:
    [[nodiscard]] SweepIdentity identity() const;
    [[nodiscard]] int open_journal(SweepJournal& journal);
    void take_up(const SweepJournal::Resumed& before);
    void take(std::size_t point, std::size_t seed, TrialOutcome outcome);
    [[nodiscard]] Trial trial(std::size_t point, std::size_t seed) const;
    bool simulate(SweepJournal& journal);
    [[nodiscard]] std::string write(const SweepTables& tables, bool complete, double wall_s) const;
    [[nodiscard]] std::string failure(std::size_t point, std::size_t seed,
                                      const TrialOutcome& outcome) const;

    const SweepOptions& options_;
    const SweepPlan& plan_;
    const Library& library_;
    std::string output_;
    std::string journal_path_ = output_ + ".journal";
    std::string failures_path_ = output_ + ".failures";  ///< the journal of one that is finished
    std::size_t jobs_;
    SweepOutcomes outcomes_;
    std::size_t resumed_ = 0;
    std::size_t done_ = 0;
    std::size_t failed_ = 0;
};

SweepIdentity Sweep::identity() const {
    SweepIdentity out;
    out.emplace_back("the program", std::string(build_info::version) + " " +
                                        std::string(build_info::commit) + " " +
                                        file_fingerprint("/proc/self/exe"));
    std::string seeds;
    for (const std::int64_t seed : plan_.seeds()) seeds += fmt::format("{} ", seed);
    out.emplace_back("the list of seeds", seeds);
    for (const auto& [path, text] : plan_.files().texts()) {
        out.emplace_back(shown_path(path), fingerprint(text));
    }
    for (const std::string& path : plan_.captures()) {
        out.emplace_back(shown_path(path), file_fingerprint(path));
    }
    return out;
}

/// Starts a journal or takes up an old one; an exit code when it cannot.
int Sweep::open_journal(SweepJournal& journal) {
    if (!journal.exists()) {
        if (options_.resume) {
            std::fprintf(stderr, "nothing to resume (there is no %s): starting anew%s\n",
                         journal.path().c_str(),
                         !options_.retry && std::filesystem::exists(failures_path_)
                             ? "; --retry failed would run only what failed again"
                             : "");
        }
        journal.create(identity());
        return exit_fine;
    }
    if (!options_.resume) {
        return fail(exit_usage, journal.path() +
                                    ": a sweep to this output was not finished; resume it with "
                                    "--resume, or remove the file to start anew");
    }
    try {
        const SweepJournal::Resumed before = journal.resume(identity());
        if (!before.differences.empty()) {
            std::string all;
            for (const std::string& one : before.differences) {
                all += (all.empty() ? "" : ", ") + one;
            }
            throw UnusableJournal("cannot be resumed: " + all);
        }
        take_up(before);
    } catch (const UnusableJournal& error) {
        return fail(exit_usage,
                    journal.path() + ": " + error.what() + "; remove the file to start anew");
    }
    if (journal.path() != journal_path_) journal.move_to(journal_path_);
    return exit_fine;
}

void Sweep::take_up(const SweepJournal::Resumed& before) {
    std::map<std::pair<std::size_t, std::size_t>, TrialOutcome> found;
    try {
        for (const std::string& record : before.records) {
            RecordReader reader(record);
            const auto point = static_cast<std::size_t>(reader.integer());
            const auto seed = static_cast<std::size_t>(reader.integer());
            if (point >= plan_.points() || seed >= plan_.seeds().size()) throw RecordError();
            found[{point, seed}] = read_outcome(reader);  // of a retry the later one counts
        }
    } catch (const RecordError&) {
        throw UnusableJournal("holds a record that is none of this sweep");
    }
    std::size_t again = 0;
    for (auto& [place, outcome] : found) {
        if (options_.retry && outcome.end != TrialEnd::fine) {
            ++again;
        } else {
            take(place.first, place.second, std::move(outcome));
        }
    }
    resumed_ = done_;
    if (before.torn_bytes > 0) {
        std::fprintf(
            stderr,
            "%s: damaged from some record on; the last %zu bytes are dropped, and run again\n",
            journal_path_.c_str(), before.torn_bytes);
    }
    std::fprintf(stderr, "resuming: %zu of %zu simulations are there", done_,
                 plan_.points() * plan_.seeds().size());
    if (again > 0) std::fprintf(stderr, ", %zu that failed run again", again);
    std::fprintf(stderr, "\n");
}

void Sweep::take(std::size_t point, std::size_t seed, TrialOutcome outcome) {
    ++done_;
    if (outcome.end != TrialEnd::fine) ++failed_;
    outcomes_.at(point).at(seed) = std::move(outcome);
}

std::string Sweep::failure(std::size_t point, std::size_t seed, const TrialOutcome& outcome) const {
    std::string out = fmt::format("failed: point {}", point);
    if (const std::string where = plan_.described(point); !where.empty()) out += " (" + where + ")";
    if (plan_.seeds().size() > 1) out += fmt::format(", seed {}", plan_.seeds()[seed]);
    out += std::string(": ") + word_of(outcome.end);
    std::string laws;
    for (const AuditRow& row : outcome.results.audit) {
        if (!row.ok) laws += (laws.empty() ? "" : ", ") + row.law + "@" + row.where;
    }
    if (!laws.empty()) out += ": " + laws;
    if (!outcome.message.empty()) out += ": " + outcome.message;
    return out;
}

Trial Sweep::trial(std::size_t point, std::size_t seed) const {
    Trial out;
    out.scenario = plan_.base().path;
    out.options = plan_.options(point, plan_.seeds()[seed]);
    out.cost = plan_.cost(point);
    if (const auto& limit = plan_.params().limit.wall_time) {
        out.limit_s = static_cast<double>(limit->value) * 1e-12;
    }
    return out;
}

/// False when somebody interrupted.
bool Sweep::simulate(SweepJournal& journal) {
    double cost = 0;
    double cost_before = 0;
    for (std::size_t p = 0; p < plan_.points(); ++p) {
        for (const auto& outcome : outcomes_[p]) {
            cost += plan_.cost(p);
            if (outcome) cost_before += plan_.cost(p);
        }
    }
    SweepProgress progress(options_.progress, plan_.points() * plan_.seeds().size(), cost);
    progress.resumed(done_, cost_before);
    std::vector<std::unique_ptr<Find>> searches;
    TrialPool pool(jobs_, simulate_trial(library_));
    for (std::size_t p = 0; p < plan_.points(); ++p) {
        for (std::size_t s = 0; s < plan_.seeds().size(); ++s) {
            if (outcomes_[p][s]) continue;
            const auto done = [&, p, s](TrialOutcome outcome) {
                hide_home(outcome.message);
                RecordWriter record;
                record.put(static_cast<std::int64_t>(p));
                record.put(static_cast<std::int64_t>(s));
                put(record, outcome);
                journal.append(record.take());
                const bool well = outcome.end == TrialEnd::fine;
                if (!well) progress.say(failure(p, s, outcome));
                progress.finished(plan_.cost(p), well);
                take(p, s, std::move(outcome));
            };
            if (plan_.params().find.empty()) {
                pool.add(trial(p, s), done);
                continue;
            }
            auto& find = searches.emplace_back(
                std::make_unique<Find>(plan_.params().find, trial(p, s), library_));
            if (find->diagnostics().ok()) {
                find->start(pool, [done, search = find.get()] { done(search->outcome()); });
            } else {
                TrialOutcome refused;
                refused.end = TrialEnd::refused;
                refused.message = find->diagnostics().text();
                done(std::move(refused));
            }
        }
    }
    const bool complete = pool.run([&] { progress.show(pool.running()); });
    journal.synchronise();
    return complete;
}

std::string Sweep::write(const SweepTables& tables, bool complete, double wall_s) const {
    Hdf5Output file(output_);
    file.guarded([&] {
        const ScenarioTexts texts = scenario_texts(plan_.base(), !plan_.params().find.empty());
        hdf5::attribute(file.id(), "schema_version", std::int64_t{1});
        hdf5::attribute(file.id(), "sweep", plan_.name());
        hdf5::attribute(file.id(), "sweep_text", plan_.text());
        hdf5::attribute(file.id(), "scenario", plan_.base().scenario.name);
        hdf5::attribute(file.id(), "scenario_text", texts.resolved);
        hdf5::attribute(file.id(), "complete", complete);
        if (!plan_.notes().empty()) hdf5::attribute(file.id(), "notes", plan_.notes());
        file.write_profiles(texts.profiles);
        for (const Table& table : tables.tables()) file.write(table);
        Provenance provenance = program_provenance();
        provenance.texts["sweep_file"] = plan_.path();
        provenance.texts["scenario_file"] = plan_.base().path;
        provenance.numbers["wall_time"] = wall_s;
        provenance.numbers["jobs"] = static_cast<double>(jobs_);
        provenance.numbers["resumed"] = static_cast<double>(resumed_);
        file.write_provenance(provenance);
        Table times{"provenance/simulations", "What every simulation took", {}};
        times.columns = {
            integer_column("point", "", "number of the point"),
            integer_column("seed", "", "of all random streams"),
            real_column("wall_time", "s", "of its process; of a search, of all its trials")};
        for (std::size_t p = 0; p < plan_.points(); ++p) {
            for (std::size_t s = 0; s < plan_.seeds().size(); ++s) {
                if (!outcomes_[p][s]) continue;
                TableRow(times) << p << plan_.seeds()[s] << outcomes_[p][s]->wall_s;
            }
        }
        if (times.rows() > 0) file.write(times);
    });
    return file.close(complete);
}

int Sweep::execute() {
    const auto started = std::chrono::steady_clock::now();
    { Hdf5Output writable(output_); }  // or it fails now and not after hours
    SweepJournal journal(options_.retry && !std::filesystem::exists(journal_path_) &&
                                 std::filesystem::exists(failures_path_)
                             ? failures_path_
                             : journal_path_);
    if (const int code = open_journal(journal); code != exit_fine) return code;
    const bool complete = simulate(journal);
    const double wall_s =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    const SweepTables tables(plan_, outcomes_);
    const std::string written = write(tables, complete, wall_s);
    const std::size_t all = plan_.points() * plan_.seeds().size();
    const SweepSummary summary{plan_,       outcomes_, tables, failed_, resumed_,
                               all - done_, jobs_,     wall_s, written};
    std::fputs((options_.json ? sweep_json(summary) : sweep_page(summary)).c_str(), stdout);
    if (!complete) {
        std::fprintf(stderr, "interrupted: --resume goes on from %s\n", journal.path().c_str());
        return exit_interrupted;
    }
    if (options_.resume) remove_partial(output_);
    if (failed_ == 0) {
        journal.remove();
        std::filesystem::remove(failures_path_);
        return exit_fine;
    }
    journal.move_to(failures_path_);
    std::fprintf(stderr,
                 "%zu failed: --resume --retry failed runs them again (%s remembers the "
                 "rest)\n",
                 failed_, failures_path_.c_str());
    return exit_failed;
}

}  // namespace

int sweep(const SweepOptions& options) {
    const Library library(home_directory());
    catch_interrupts();
    std::optional<CheckingProgress> checking(options.progress);
    const SweepPlan plan(options.sweep, options.seed, library,
                         [&](std::size_t done, std::size_t all) {
                             checking->show(done, all);
                             return !interrupted();
                         });
    checking.reset();
    if (plan.given_up()) {
        return fail(exit_interrupted,
                    "interrupted while points were checked: nothing is simulated");
    }
    if (!plan.ok()) {
        std::fputs(plan.diagnostics().text().c_str(), stderr);
        return exit_usage;
    }
    for (const std::string& note : plan.notes()) std::fprintf(stderr, "note: %s\n", note.c_str());
    if (options.check) {
        double frames = 0;
        for (std::size_t p = 0; p < plan.points(); ++p) frames += plan.cost(p);
        const auto seeds = plan.seeds().size();
        if (options.json) {
            std::fputs(
                fmt::format(R"({{"ok": true, "points": {}, "simulations": {}, "frames": {}}})"
                            "\n",
                            plan.points(), plan.points() * seeds,
                            frames * static_cast<double>(seeds))
                    .c_str(),
                stdout);
            return exit_fine;
        }
        std::fputs(fmt::format("{}: fine ({} points, {} simulations, which offer {} frames)\n",
                               shown_path(plan.path()), plan.points(), plan.points() * seeds,
                               si_text(frames * static_cast<double>(seeds), ""))
                       .c_str(),
                   stdout);
        return exit_fine;
    }
    return with_io_errors_reported([&] { return Sweep(options, plan, library).execute(); });
}

}  // namespace snsim
