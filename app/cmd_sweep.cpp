// snsim sweep: only the options; sweep() does the rest.
#include <boost/program_options/value_semantic.hpp>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/options.h"
#include "app/sweep.h"
#include "models/base/diagnostics.h"

namespace snsim {

namespace po = boost::program_options;

namespace {

bool retry_of(const std::string& word, bool resume) {
    if (word.empty()) return false;
    if (word != "failed") throw UsageError("--retry is failed, not '" + word + "'");
    if (!resume) throw UsageError("--retry failed goes with --resume");
    return true;
}

void check_executor(const std::string& word) {
    if (word == "local") return;
    if (word == "slurm") throw UsageError("--executor slurm is not yet available");
    throw UsageError("--executor is local or slurm, not '" + word + "'" +
                     did_you_mean(word, {"local", "slurm"}));
}

}  // namespace

int cmd_sweep(const Arguments& arguments) {
    Options options(
        "sweep", "sweep SWEEP [OPTIONS]",
        "Simulates every point of a study, side by side on all processors, into one results file.\n"
        "SWEEP is a file that names a scenario and the values of what is varied:\n\n"
        "  scenario: dsc100-line-rate\n"
        "  seeds: 3\n"
        "  grid:                       # all with all\n"
        "    host0.card.asic.ingress.engines: [2, 4, 8]\n"
        "    east.frame_size: {log: [64 B, 1518 B], steps: 6}\n"
        "  keep: [rate.delivered, latency.p99, power.card.mean]\n"
        "  objectives: [{max: rate.delivered}, {min: power.card.mean}]\n\n"
        "Killed or interrupted, it goes on with --resume where it was. Exit code: 0 fine, 1 some\n"
        "simulation failed (the others are there), 2 a mistake in SWEEP, found before simulating.",
        "  snsim sweep dsc100-frame-size\n"
        "  snsim sweep my.yaml -j 8 -o results/study.h5\n"
        "  snsim sweep my.yaml --check         every mistake, and how many simulations there are\n"
        "  snsim sweep my.yaml --resume\n"
        "  snsim sweep my.yaml --resume --retry failed    when what they failed of is gone\n"
        "  snsim sweep my.yaml --json | jq '.pareto'");
    options.add()("output,o", po::value<std::string>()->value_name("FILE.h5"),
                  "results file (default results/<sweep name>.h5)");
    options.add()("jobs,j", po::value<std::string>()->value_name("N"),
                  "simulations at once (default: the number of processors)");
    options.add()("check", "check every point, and simulate nothing");
    options.add()("resume", "go on where a killed or interrupted sweep ended");
    options.add()("retry", po::value<std::string>()->value_name("failed"),
                  "with --resume: also run again what failed, if the sweep was finished or not");
    options.add()("executor",
                  po::value<std::string>()->value_name("local|slurm")->default_value("local"),
                  "where to simulate (slurm: not yet available)");
    options.add()("seed", po::value<std::string>()->value_name("N"),
                  "the first seed, in place of the sweep's");
    options.add()("json", "print the summary as one JSON object");
    options.add()("progress",
                  po::value<std::string>()->value_name("auto|always|never")->default_value("auto"),
                  "show progress; auto only on a terminal");
    options.add_argument("SWEEP");
    bool help = false;
    const auto values = options.parse(arguments, help);
    if (help) return exit_fine;

    check_executor(text_of(values, "executor"));
    SweepOptions sweep_options;
    sweep_options.sweep = options.required(values, "SWEEP");
    sweep_options.output = text_of(values, "output");
    sweep_options.seed = text_of(values, "seed");
    sweep_options.jobs = jobs_of(text_of(values, "jobs"));
    sweep_options.check = values.count("check") > 0;
    sweep_options.resume = values.count("resume") > 0;
    sweep_options.retry = retry_of(text_of(values, "retry"), sweep_options.resume);
    sweep_options.json = values.count("json") > 0;
    sweep_options.progress = progress_of(text_of(values, "progress"));
    return sweep(sweep_options);
}

}  // namespace snsim
