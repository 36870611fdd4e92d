// snsim new: files to start from.
#include <algorithm>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/options.h"
#include "models/base/diagnostics.h"
#include "models/system/library.h"

namespace snsim {
namespace {

bool is_name(const std::string& name) {
    return !name.empty() && name.front() >= 'a' && name.front() <= 'z' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
           });
}

std::string scenario_text(const std::string& name, const std::string& card) {
    return fmt::format(
        "# What this scenario asks, in a sentence.\n"
        "name: {0}\n"
        "seed: 1\n"
        "windows: {{measure: 1 ms, drain: 200 us}}    # warm-up ends when queues are steady\n"
        "hosts:\n"
        "  - name: host0\n"
        "    card: {{{1}}}    # any key of the card can be set in place: asic: {{clock: 1 GHz}}\n"
        "functions:    # in processing order\n"
        "  - {{name: route, kind: routing, where: asic, at: host0.card}}\n"
        "  - name: fw\n"
        "    kind: firewall\n"
        "    where: asic\n"
        "    at: host0.card\n"
        "    rules:\n"
        "      - {{action: allow, protocol: tcp}}\n"
        "    default_action: deny\n"
        "routes:\n"
        "  - {{prefix: 0.0.0.0/0, to: host0.wire1}}\n"
        "traffic:\n"
        "  - {{name: clients, from: host0.wire0, to: host0.wire1, frame_size: 64 B, rate: 50 %,\n"
        "     flows: 1000}}\n"
        "record: {{interval: 10 us, frames: 1/1000}}\n",
        name, card.empty() ? std::string() : "profile: " + card);
}

}  // namespace

int cmd_new(const Arguments& arguments) {
    Options options("new", "new scenario NAME",
                    "Writes NAME.yaml, a small scenario to change, into the working directory.",
                    "  snsim new scenario my-firewall\n"
                    "  snsim check my-firewall.yaml --resolved");
    options.add_argument("WHAT");
    options.add_argument("NAME");
    bool help = false;
    const auto values = options.parse(arguments, help);
    if (help) return exit_fine;

    const std::string what = options.required(values, "WHAT");
    if (what != "scenario") {
        throw UsageError("can start a scenario, not '" + what + "'" +
                         did_you_mean(what, {"scenario"}));
    }
    const std::string name = options.required(values, "NAME");
    if (!is_name(name)) {
        throw UsageError("'" + name +
                         "' is no name; names are small letters, digits, '_' and '-', "
                         "a letter first");
    }
    const std::string file = name + ".yaml";
    if (std::filesystem::exists(file)) throw UsageError(file + " exists already");
    const auto cards = Library(home_directory()).profiles("cards", ".");
    std::ofstream out(file);
    out << scenario_text(name, cards.empty() ? std::string() : cards.front());
    if (!out.flush()) {
        fmt::print(stderr, "error: cannot write {}\n", file);
        return exit_io;
    }
    fmt::print("wrote {0}; next: snsim check {0} --resolved\n", file);
    return exit_fine;
}

}  // namespace snsim
