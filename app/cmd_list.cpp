// snsim list: what there is to run, to use and to measure.
#include <algorithm>
#include <fmt/core.h>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/metric_rows.h"
#include "app/options.h"
#include "models/base/diagnostics.h"
#include "models/base/param_table.h"
#include "models/system/function_params.h"
#include "models/system/library.h"

namespace snsim {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

void print_lines(const Lines& lines, const char* nothing) {
    std::size_t width = 0;
    for (const auto& [name, about] : lines) width = std::max(width, name.size());
    for (const auto& [name, about] : lines) {
        if (about.empty()) {
            fmt::print("{}\n", name);
        } else {
            fmt::print("{:<{}}  {}\n", name, width, about);
        }
    }
    if (lines.empty()) fmt::print(stderr, "{}\n", nothing);
}

void list_scenarios(const Library& library) {
    Lines lines;
    for (const auto& name : library.scenarios()) {
        lines.emplace_back(name, file_about(library.find_scenario(name)));
    }
    print_lines(lines, "no scenarios found; SNSIM_HOME names the folder that holds scenarios/");
}

void list_sweeps(const Library& library) {
    Lines lines;
    for (const auto& name : library.sweeps()) {
        lines.emplace_back(name, file_about(library.find_sweep(name)));
    }
    print_lines(lines, "no sweeps found; SNSIM_HOME names the folder that holds scenarios/sweeps/");
}

void list_profiles(const Library& library) {
    Lines lines;
    for (const char* kind : {"cards", "hosts", "drives", "networks", "workloads"}) {
        for (const auto& name : library.profiles(kind, ".")) {
            lines.emplace_back(std::string(kind) + "/" + name,
                               file_about(library.find_profile(kind, name, ".")));
        }
    }
    print_lines(lines, "no profiles found; SNSIM_HOME names the folder that holds scenarios/");
}

void list_functions() {
    Lines lines;
    for (const RowPtr& row : FunctionParams::params().rows()) {
        if (row->kind == Row::Kind::alternative) lines.emplace_back(row->key, row->meaning);
    }
    print_lines(lines, "");
}

void list_metrics() {
    Lines lines;
    for (const MetricRow& metric : metric_rows()) {
        lines.emplace_back(metric.name, fmt::format("{:<8}  {}", metric.unit, metric.meaning));
    }
    print_lines(lines, "this build lists no metrics");
}

}  // namespace

int cmd_list(const Arguments& arguments) {
    Options options("list", "list [scenarios|sweeps|profiles|functions|services|metrics]",
                    "Lists what there is; without a word, scenarios.",
                    "  snsim list scenarios    what 'snsim run' takes by name\n"
                    "  snsim list sweeps       what 'snsim sweep' takes by name\n"
                    "  snsim list profiles     what 'card: {profile: ...}' takes\n"
                    "  snsim list functions    what 'functions: [{kind: ...}]' takes");
    options.add_argument("WHAT");
    bool help = false;
    const auto values = options.parse(arguments, help);
    if (help) return exit_fine;

    const std::string what = text_of(values, "WHAT");
    const Library library(home_directory());
    if (what.empty() || what == "scenarios") {
        list_scenarios(library);
    } else if (what == "sweeps") {
        list_sweeps(library);
    } else if (what == "profiles") {
        list_profiles(library);
    } else if (what == "functions") {
        list_functions();
    } else if (what == "services") {
        fmt::print(stderr, "services of the on-card CPU are not yet modelled\n");
    } else if (what == "metrics") {
        list_metrics();
    } else {
        const std::vector<std::string> known{"scenarios", "sweeps",   "profiles",
                                             "functions", "services", "metrics"};
        throw UsageError("there is no list of '" + what + "'" + did_you_mean(what, known) +
                         " (known: " + listing(known) + ")");
    }
    return exit_fine;
}

}  // namespace snsim
