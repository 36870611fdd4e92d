// snsim run: only the options; run() does the rest.
#include <boost/program_options/value_semantic.hpp>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/find_run.h"
#include "app/options.h"
#include "app/run.h"

namespace snsim {

namespace po = boost::program_options;

int cmd_run(const Arguments& arguments) {
    Options options(
        "run", "run SCENARIO [OPTIONS]",
        "Simulates a scenario and writes its results. SCENARIO is a file, or the name of one that\n"
        "'snsim list scenarios' shows.",
        "  snsim run quickstart\n"
        "  snsim run my.yaml -o results/fast.h5 --set host0.card.asic.clock='1 GHz' --seed 2\n"
        "  snsim run my.yaml --set clients.frame_size='[64 B, 1518 B]' --json | jq .metrics\n"
        "  snsim run dsc100-rfc2544 --find throughput    the highest rate without loss\n"
        "  snsim run my.yaml --pcap captures    what passed the points 'record: pcap:' names");
    options.add()("output,o", po::value<std::string>()->value_name("FILE.h5"),
                  "results file (default results/<scenario name>.h5)");
    options.add()("set",
                  po::value<std::vector<std::string>>()->value_name("PATH=VALUE")->composing(),
                  "change one value of the scenario; may be repeated, the last wins");
    options.add()("seed", po::value<std::string>()->value_name("N"), "seed of all random streams");
    options.add()("find", po::value<std::string>()->value_name("NAME"),
                  "search a limit that the scenario names under 'find', instead of one run");
    options.add()("report", po::value<std::string>()->value_name("FILE.html"),
                  "also write a report (not yet available)");
    options.add()("pcap", po::value<std::string>()->value_name("DIR"), "folder for captures");
    options.add()("json", "print the summary as one JSON object");
    options.add()("progress",
                  po::value<std::string>()->value_name("auto|always|never")->default_value("auto"),
                  "show progress; auto only on a terminal");
    options.add_argument("SCENARIO");
    bool help = false;
    const auto values = options.parse(arguments, help);
    if (help) return exit_fine;

    RunOptions run_options;
    run_options.scenario = options.required(values, "SCENARIO");
    run_options.output = text_of(values, "output");
    run_options.sets = texts_of(values, "set");
    run_options.seed = text_of(values, "seed");
    run_options.find = text_of(values, "find");
    run_options.report = text_of(values, "report");
    run_options.pcap_dir = text_of(values, "pcap");
    run_options.json = values.count("json") > 0;
    run_options.progress = progress_of(text_of(values, "progress"));
    if (!run_options.report.empty()) throw UsageError("--report is not yet available");
    if (run_options.find.empty()) return run(run_options);
    if (!run_options.pcap_dir.empty()) {
        throw UsageError(
            "--find runs many trials, of which none writes captures; leave out --pcap");
    }
    return run_find(run_options);
}

}  // namespace snsim
