// snsim validate: the models against published figures.
#include <boost/program_options/value_semantic.hpp>
#include <cstdio>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/output.h"
#include "app/run_record.h"
#include "app/validate_inputs.h"
#include "app/validate_report.h"
#include "observers/results_file.h"

namespace snsim {

namespace po = boost::program_options;

int cmd_validate(const Arguments& arguments) {
    Options options(
        "validate", "validate [--case GLOB]... [OPTIONS]",
        "Simulates what published figures were measured on, or what their formulae describe, and\n"
        "compares. Exit code 1 when an error is over its budget (results/reference/budgets.yaml),\n"
        "a value drifted more than 1 % from results/baseline/validate.csv, or a run failed.\n"
        "Which figure is used for what, and how to add a case: results/reference/README.md.",
        "  snsim validate\n"
        "  snsim validate --case 'queueing/*'            one component\n"
        "  snsim validate --case DSC-008 --json | jq .rows\n"
        "  snsim validate --case 'dsc100-*' --set host0.card.asic.clock='900 MHz'\n"
        "                                                what a parameter does to the errors");
    ValidateInputs::add_options(options);
    options.add()("set",
                  po::value<std::vector<std::string>>()->value_name("PATH=VALUE")->composing(),
                  "change a value in the scenario of every case wanted; may be repeated");
    options.add()("output,o", po::value<std::string>()->value_name("FILE.h5"),
                  "also write a results file with /validate and /drift");
    options.add()("recorded", "judge the values the baseline holds, and simulate nothing");
    options.add()("json", "print one JSON object");
    bool help = false;
    const auto values = options.parse(arguments, help);
    if (help) return exit_fine;

    ValidateInputs inputs(values);
    inputs.sets = texts_of(values, "set");
    inputs.needs_baseline = values.count("baseline") > 0;
    inputs.recorded = values.count("recorded") > 0;
    if (inputs.recorded && !inputs.sets.empty()) {
        throw UsageError("--recorded simulates nothing, so --set has no effect");
    }
    if (!inputs.read()) return exit_usage;
    if (!inputs.compares()) {
        std::fprintf(stderr, "note: there is no baseline '%s': nothing is compared with before\n",
                     inputs.baseline_path().c_str());
    }
    return with_io_errors_reported([&]() -> int {
        const std::string output = text_of(values, "output");
        std::optional<ResultsFile> file;
        if (!output.empty()) file.emplace(output);
        const std::optional<Validation> validation = inputs.run();
        if (!validation) return exit_interrupted;
        const std::vector<Drift> drift =
            inputs.recorded || !inputs.compares()
                ? std::vector<Drift>()
                : compare(inputs.baseline(), baseline_of(*validation), inputs.plan());
        ValidateReport report{*validation, drift, inputs.wall_s(), {}};
        if (file) {
            Results results;
            results.scenario = "validate";
            results.tables = validate_tables(report);
            report.output = file->finish(results, {}, program_provenance());
        }
        const std::string text =
            values.count("json") > 0 ? validate_json(report) : validate_text(report);
        std::fputs(text.c_str(), stdout);
        return report.ok() ? exit_fine : exit_failed;
    });
}

}  // namespace snsim
