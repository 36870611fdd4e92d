#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fmt/core.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/options.h"
#include "build_info.h"
#include "models/base/diagnostics.h"

namespace snsim {
namespace {

std::string help_text() {
    std::string out =
        "usage: snsim COMMAND [ARGUMENTS...]\n\n"
        "Simulates a SmartNIC in its host and network, and measures what it forwards, at what\n"
        "latency and power, and what limits it.\n\nCommands:\n";
    for (const Command& command : commands()) {
        out += fmt::format("  {:<11} {}\n", command.name, command.summary);
    }
    return out +
           "\nFirst steps:\n"
           "  snsim list scenarios                         what there is to run\n"
           "  snsim run quickstart                         run one\n"
           "  snsim run quickstart --set background.rate='50 %'\n"
           "                                               with one value changed\n"
           "  snsim sweep dsc100-frame-size                run it at many points\n"
           "  snsim run dsc100-rfc2544 --find throughput   search for its limit\n"
           "  snsim params traffic                         what can be changed, and within what\n"
           "\nsnsim COMMAND --help explains a command. Exit code: 0 fine, 1 an audit or "
           "comparison\n"
           "failed, 2 wrong usage or scenario, 3 a file or resource failed, 130 interrupted.\n";
}

int unknown_command(const std::string& name) {
    const auto& planned = planned_commands();
    if (std::find(planned.begin(), planned.end(), name) != planned.end()) {
        fmt::print(stderr, "error: snsim {}: not yet available\n", name);
        return exit_usage;
    }
    std::vector<std::string> known;
    for (const Command& command : commands()) known.push_back(command.name);
    const char* what = name.front() == '-' ? "option" : "command";
    fmt::print(stderr, "error: unknown {} '{}'{} (snsim --help lists the commands)\n", what, name,
               did_you_mean(name, known));
    return exit_usage;
}

int dispatch(const Arguments& arguments) {
    if (arguments.empty()) {
        fmt::print(stderr, "{}", help_text());
        return exit_usage;
    }
    const std::string& name = arguments.front();
    if (name == "--help" || name == "-h" || name == "help") {
        if (name == "help" && arguments.size() > 1) return dispatch({arguments[1], "--help"});
        fmt::print("{}", help_text());
        return exit_fine;
    }
    if (name == "--version") {
        fmt::print("snsim {} ({}, {}, {})\n", build_info::version, build_info::commit,
                   build_info::compiler, build_info::build_type);
        return exit_fine;
    }
    for (const Command& command : commands()) {
        if (command.name != name) continue;
        try {
            return command.function({arguments.begin() + 1, arguments.end()});
        } catch (const UsageError& e) {
            fmt::print(stderr, "error: snsim {}: {} (snsim {} --help explains)\n", name, e.what(),
                       name);
            return exit_usage;
        }
    }
    return unknown_command(name);
}

}  // namespace

const std::vector<Command>& commands() {
    static const std::vector<Command> table{
        {"run", "simulate a scenario and write its results", cmd_run},
        {"sweep", "simulate a scenario at many points, side by side", cmd_sweep},
        {"check", "find everything wrong with a scenario, without running it", cmd_check},
        {"validate", "the models against published figures", cmd_validate},
        {"baseline", "take what is simulated now as what to compare with", cmd_baseline},
        {"params", "what can be set: defaults, ranges, meanings, sources", cmd_params},
        {"schema", "a JSON schema of scenario files, for editors", cmd_schema},
        {"list", "scenarios, sweeps, profiles, functions, services or metrics", cmd_list},
        {"new", "start a scenario from a template", cmd_new},
        {"completion", "tab completion for bash or zsh", cmd_completion},
    };
    return table;
}

const std::vector<std::string>& planned_commands() {
    static const std::vector<std::string> names{"report", "compare"};
    return names;
}

namespace {

/// Whoever reads, as in `snsim params | head`, has seen enough; an earlier write found that.
bool reader_is_gone() {
    pollfd end{STDOUT_FILENO, 0, 0};
    return ::poll(&end, 1, 0) > 0 && (end.revents & POLLERR) != 0;
}

}  // namespace

int run_command_line(const Arguments& arguments) {
    try {
        const int code = dispatch(arguments);
        errno = 0;
        if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
        if (errno == EPIPE || reader_is_gone()) return code;
        fmt::print(stderr, "error: standard output: {}\n",
                   errno == 0 ? "not all was written" : std::strerror(errno));
        return exit_io;
    } catch (const std::system_error& e) {
        // Whoever reads, as in `snsim params | head`, has seen enough.
        if (e.code() == std::errc::broken_pipe) return exit_fine;
        fmt::print(stderr, "error: {}\n", e.what());
        return exit_io;
    } catch (const std::exception& e) {
        fmt::print(stderr, "error: {}\n", e.what());
        return exit_io;
    }
}

}  // namespace snsim
