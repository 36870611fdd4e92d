// What `snsim validate` and `snsim baseline` have in common: options, files, the run itself.
#pragma once

#include <boost/program_options/variables_map.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/options.h"
#include "app/validate_baseline.h"

namespace snsim {

class ValidateInputs {
  public:
    static void add_options(Options& options);

    /// Throws UsageError.
    explicit ValidateInputs(const boost::program_options::variables_map& values);

    /// Reads figures, cases, budgets and the baseline; false after printing what is wrong.
    [[nodiscard]] bool read();
    /// Simulates and judges; nothing when interrupted.
    [[nodiscard]] std::optional<Validation> run();

    [[nodiscard]] ValidationPlan plan() const;
    [[nodiscard]] const std::vector<BaselineValue>& baseline() const { return baseline_; }
    [[nodiscard]] const std::string& baseline_path() const { return baseline_path_; }
    /// False: there is no baseline, and none was asked for.
    [[nodiscard]] bool compares() const { return compares_; }
    [[nodiscard]] double wall_s() const { return wall_s_; }

    /// PATH=VALUE as given to --set; before read().
    std::vector<std::string> sets;
    /// A baseline that was named must be there; before read().
    bool needs_baseline = false;
    /// Judge what the baseline holds; before run().
    bool recorded = false;

  private:
    void read_sets(Diagnostics& diagnostics);

    // parameters
    Library library_;
    std::vector<std::string> globs_;
    std::string folder_;
    std::string baseline_path_;
    std::size_t jobs_;
    bool compares_ = true;

    // state
    Reference reference_;
    Cases cases_;
    std::vector<Budget> budgets_;
    std::vector<BaselineValue> baseline_;
    std::vector<Setting> settings_;  ///< of `sets`
    double wall_s_ = 0;
};

}  // namespace snsim
