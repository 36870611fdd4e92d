// Where a command's results go, and what is said when that fails.
#pragma once

#include <functional>
#include <string>

namespace snsim {

/// `given`, or results/NAME.h5, whose folder is made; throws std::filesystem::filesystem_error.
[[nodiscard]] std::string output_or_default(const std::string& given, const std::string& name);

/// Prints an error and returns the exit code.
int fail(int code, const std::string& message);

/// Calls `body` and returns its exit code; a file that fails is told and becomes exit_io.
int with_io_errors_reported(const std::function<int()>& body);

}  // namespace snsim
