// The commands of snsim: one function each, and the table that lists them.
#pragma once

#include <string>
#include <vector>

namespace snsim {

using Arguments = std::vector<std::string>;

// Each takes what follows the command's name and returns the exit code.
int cmd_run(const Arguments& arguments);
int cmd_sweep(const Arguments& arguments);
int cmd_check(const Arguments& arguments);
int cmd_validate(const Arguments& arguments);
int cmd_baseline(const Arguments& arguments);
int cmd_params(const Arguments& arguments);
int cmd_schema(const Arguments& arguments);
int cmd_list(const Arguments& arguments);
int cmd_new(const Arguments& arguments);
int cmd_completion(const Arguments& arguments);

struct Command {
    std::string name;
    std::string summary;
    int (*function)(const Arguments&);
};

/// The table of contents of the command line, in the order help shows it.
[[nodiscard]] const std::vector<Command>& commands();

/// Commands kept for later work; using one says so.
[[nodiscard]] const std::vector<std::string>& planned_commands();

/// Runs `snsim ARGUMENTS...`; returns the exit code and lets no exception out.
int run_command_line(const Arguments& arguments);

}  // namespace snsim
