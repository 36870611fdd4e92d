#include "app/output.h"

#include <cstdio>
#include <filesystem>

#include "app/exit_code.h"
#include "observers/hdf5_output.h"

namespace snsim {

std::string output_or_default(const std::string& given, const std::string& name) {
    if (!given.empty()) return given;
    std::filesystem::create_directories("results");
    return "results/" + name + ".h5";
}

int fail(int code, const std::string& message) {
    std::fprintf(stderr, "error: %s\n", message.c_str());
    return code;
}

int with_io_errors_reported(const std::function<int()>& body) {
    try {
        return body();
    } catch (const OutputRefused& error) {
        return fail(exit_usage, error.what());
    } catch (const ResultsError& error) {
        return fail(exit_io, error.what());
    } catch (const std::filesystem::filesystem_error& error) {
        return fail(exit_io, error.path1().string() + ": " + error.code().message());
    }
}

}  // namespace snsim
