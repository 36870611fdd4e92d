// Options of one command: parsing with suggestions, and help that teaches.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/variables_map.hpp>
#include <stdexcept>
#include <string>

#include "app/commands.h"
#include "app/run.h"

namespace snsim {

/// Wrong use of the command line; ends the process with exit_usage.
class UsageError : public std::runtime_error {
  public:
    explicit UsageError(const std::string& message) : std::runtime_error(message) {}
};

class Options {
  public:
    /// `usage` is the line after `snsim `, `about` and `examples` are shown by --help.
    Options(std::string command, std::string usage, std::string about, std::string examples);

    /// Named options: `options.add()("json", "...")`.
    [[nodiscard]] boost::program_options::options_description_easy_init add() {
        return visible_.add_options();
    }
    /// An argument by position; `most` of them, -1 for any number. Values are texts.
    void add_argument(const std::string& name, int most = 1);

    /// Throws UsageError. `help` is true when --help was asked for and printed.
    [[nodiscard]] boost::program_options::variables_map parse(const Arguments& arguments,
                                                              bool& help) const;
    /// The text of an argument, or a UsageError that names what is missing.
    [[nodiscard]] std::string required(const boost::program_options::variables_map& values,
                                       const std::string& name) const;

  private:
    void print_help() const;
    [[nodiscard]] std::string unknown_option(const std::string& name) const;

    std::string command_;
    std::string usage_;
    std::string about_;
    std::string examples_;
    boost::program_options::options_description visible_;
    boost::program_options::options_description hidden_;
    boost::program_options::positional_options_description positions_;
};

/// The text of an option, or empty.
[[nodiscard]] std::string text_of(const boost::program_options::variables_map& values,
                                  const std::string& name);
[[nodiscard]] std::vector<std::string> texts_of(const boost::program_options::variables_map& values,
                                                const std::string& name);

/// What --jobs says, 0 when it was not given; throws UsageError.
[[nodiscard]] std::size_t jobs_of(const std::string& text);
/// What --progress says; throws UsageError.
[[nodiscard]] ShowProgress progress_of(const std::string& word);

/// The repository's root: SNSIM_HOME, else where the binary was built from; empty if it is gone.
[[nodiscard]] std::string home_directory();

}  // namespace snsim
