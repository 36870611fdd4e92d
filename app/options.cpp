#include "app/options.h"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>
#include <sstream>

#include "build_info.h"
#include "models/base/diagnostics.h"

namespace snsim {

namespace po = boost::program_options;

namespace {

constexpr unsigned line_length = 100;

/// `-` and `--` taken off.
std::string bare(const std::string& option) {
    const auto from = option.find_first_not_of('-');
    return from == std::string::npos ? option : option.substr(from);
}

}  // namespace

Options::Options(std::string command, std::string usage, std::string about, std::string examples)
    : command_(std::move(command)),
      usage_(std::move(usage)),
      about_(std::move(about)),
      examples_(std::move(examples)),
      visible_("Options", line_length, line_length / 2) {
    visible_.add_options()("help,h", "show this help");
}

void Options::add_argument(const std::string& name, int most) {
    hidden_.add_options()(name.c_str(), po::value<std::vector<std::string>>()->composing());
    positions_.add(name.c_str(), most);
}

void Options::print_help() const {
    std::ostringstream options;
    options << visible_;
    fmt::print("usage: snsim {}\n\n{}\n\n{}", usage_, about_, options.str());
    if (!examples_.empty()) fmt::print("\nExamples:\n{}\n", examples_);
}

std::string Options::unknown_option(const std::string& name) const {
    std::vector<std::string> known;
    for (const auto& option : visible_.options()) known.push_back(option->long_name());
    const std::string near = nearest(bare(name), known);
    return "unknown option '" + name + "'" +
           (near.empty() ? "" : "; did you mean '--" + near + "'?");
}

po::variables_map Options::parse(const Arguments& arguments, bool& help) const {
    po::options_description all;
    all.add(visible_).add(hidden_);
    po::variables_map values;
    namespace style = po::command_line_style;
    try {
        po::store(po::command_line_parser(arguments)
                      .options(all)
                      .positional(positions_)
                      .style(style::unix_style & ~style::allow_guessing)
                      .run(),
                  values);
    } catch (const po::unknown_option& e) {
        throw UsageError(unknown_option(e.get_option_name()));
    } catch (const po::too_many_positional_options_error&) {
        throw UsageError("too many arguments");
    } catch (const po::error& e) {
        throw UsageError(e.what());
    }
    po::notify(values);
    for (const auto& [name, value] : values) {  // an empty shell variable, as a rule
        const auto* text = boost::any_cast<std::string>(&value.value());
        const auto* option = all.find_nothrow(name, false);
        const bool takes_one = option != nullptr && option->semantic()->max_tokens() > 0;
        if (takes_one && text != nullptr && text->empty())
            throw UsageError("--" + name + " needs a value");
    }
    help = values.count("help") > 0;
    if (help) print_help();
    return values;
}

std::string Options::required(const po::variables_map& values, const std::string& name) const {
    std::string text = text_of(values, name);
    if (text.empty()) throw UsageError("needs " + name + ", as in 'snsim " + usage_ + "'");
    return text;
}

std::string text_of(const po::variables_map& values, const std::string& name) {
    if (values.count(name) == 0) return {};
    const auto& value = values[name].value();
    if (const auto* many = boost::any_cast<std::vector<std::string>>(&value)) {
        return many->empty() ? std::string() : many->front();
    }
    return values[name].as<std::string>();
}

std::vector<std::string> texts_of(const po::variables_map& values, const std::string& name) {
    if (values.count(name) == 0) return {};
    return values[name].as<std::vector<std::string>>();
}

std::size_t jobs_of(const std::string& text) {
    constexpr std::size_t most = 4096;
    if (text.empty()) return 0;
    const bool digits = text.size() <= 4 && text.find_first_not_of("0123456789") == text.npos;
    const std::size_t jobs = digits ? std::stoul(text) : 0;
    if (jobs >= 1 && jobs <= most) return jobs;
    throw UsageError(fmt::format("--jobs is a number from 1 to {}, not '{}'", most, text));
}

ShowProgress progress_of(const std::string& word) {
    if (word == "auto") return ShowProgress::automatic;
    if (word == "always") return ShowProgress::on;
    if (word == "never") return ShowProgress::off;
    throw UsageError("--progress is auto, always or never, not '" + word + "'" +
                     did_you_mean(word, {"auto", "always", "never"}));
}

std::string home_directory() {
    if (const char* set = std::getenv("SNSIM_HOME"); set != nullptr && *set != '\0') return set;
    std::string built_from(build_info::source_dir);
    std::error_code failed;
    return std::filesystem::is_directory(built_from, failed) ? built_from : std::string();
}

}  // namespace snsim
