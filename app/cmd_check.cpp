// snsim check: everything wrong with a scenario, or every value it resolves to.
#include <algorithm>
#include <boost/program_options/value_semantic.hpp>
#include <fmt/core.h>

#include "app/build_error.h"
#include "app/capture_error.h"
#include "app/commands.h"
#include "app/exit_code.h"
#include "app/options.h"
#include "models/base/param_table.h"
#include "models/network/capture_reader.h"
#include "models/system/scenario_loader.h"
#include "models/system/system.h"

namespace snsim {

namespace po = boost::program_options;

namespace {

void print_resolved(const LoadedScenario& loaded) {
    std::vector<ParamValue> values;
    walk_values(Scenario::params(), &loaded.scenario, loaded.tree, {},
                [&](const ParamValue& value) { values.push_back(value); });
    std::size_t path_width = 0;
    std::size_t value_width = 0;
    for (const ParamValue& v : values) {
        constexpr std::size_t widest = 40;  // one long value does not push all origins away
        path_width = std::max(path_width, v.path.size());
        if (v.value.size() <= widest) value_width = std::max(value_width, v.value.size());
    }
    for (const ParamValue& v : values) {
        fmt::print("{:<{}} = {:<{}}  {}\n", v.path, path_width, v.value, value_width,
                   v.origin.short_text());
    }
}

std::string counted(std::size_t count, const char* what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// What the captures to replay are worth; the exit code of the worst.
int check_captures(const LoadedScenario& loaded) {
    int exit = exit_fine;
    for (const TrafficParams& traffic : loaded.scenario.traffic) {
        if (traffic.capture.empty()) continue;
        try {
            (void)read_capture(traffic.capture.path, {traffic.allow_truncated});
        } catch (const CaptureError& e) {
            exit = std::max(exit, report_capture_error(loaded, e));
        }
    }
    return exit;
}

/// Whether everything finds room: builds the system, as a run does, and lets it go.
int check_room(const LoadedScenario& loaded) {
    try {
        const System system(loaded.scenario);
        return exit_fine;
    } catch (const std::invalid_argument& e) {
        return report_build_error(loaded, e);
    }
}

}  // namespace

int cmd_check(const Arguments& arguments) {
    Options options(
        "check", "check SCENARIO [--resolved]",
        "Finds everything wrong with a scenario without running it: unknown keys, values out of\n"
        "range, missing units, references that lead nowhere, captures that cannot be replayed,\n"
        "tables without room. Exit code: 0 nothing is wrong, 2 or 3 as 'snsim run' would say.",
        "  snsim check my.yaml\n"
        "  snsim check my.yaml --resolved                  every value and where it was set\n"
        "  snsim check my.yaml --resolved | grep default   what nothing has set\n"
        "  snsim check my.yaml --set clients.rate='50 %'   with a value changed");
    options.add()("resolved",
                  "print every effective value, with its unit and the file and line "
                  "that set it");
    options.add()("set",
                  po::value<std::vector<std::string>>()->value_name("PATH=VALUE")->composing(),
                  "change one value first; may be repeated");
    options.add()("seed", po::value<std::string>()->value_name("N"), "seed of all random streams");
    options.add_argument("SCENARIO");
    bool help = false;
    const auto values = options.parse(arguments, help);
    if (help) return exit_fine;

    const auto loaded =
        load_scenario(options.required(values, "SCENARIO"), Library(home_directory()),
                      {texts_of(values, "set"), text_of(values, "seed")});
    if (!loaded.ok()) {
        fmt::print(stderr, "{}", loaded.diagnostics.text());
        if (loaded.tree.find("scenario") != nullptr) {
            fmt::print(stderr, "note: a file with 'scenario' is a sweep: snsim sweep {} --check\n",
                       shown_path(loaded.path));
        }
        return exit_usage;
    }
    const int captures = check_captures(loaded);
    if (captures != exit_fine) return captures;
    if (const int room = check_room(loaded); room != exit_fine) return room;
    if (values.count("resolved") > 0) {
        print_resolved(loaded);
    } else {
        fmt::print("{}: fine ({}, {}, {})\n", shown_path(loaded.path),
                   counted(loaded.scenario.hosts.size(), "host"),
                   counted(loaded.scenario.functions.size(), "function"),
                   fmt::format("{} traffic class{}", loaded.scenario.traffic.size(),
                               loaded.scenario.traffic.size() == 1 ? "" : "es"));
    }
    return exit_fine;
}

}  // namespace snsim
