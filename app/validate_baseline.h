// The values every case had when the baseline was last updated, and what has drifted since.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/validation.h"

namespace snsim {

/// Relative change of a simulated value that fails.
inline constexpr double most_drift = 0.01;

struct BaselineValue {
    std::string id;  ///< of a figure or law; `between` or a watched name for what has none
    std::string case_name;
    std::string component;
    double value;
};

struct Drift {
    std::string id;
    std::string case_name;
    std::string component;
    std::optional<double> before;  ///< absent: new
    std::optional<double> now;     ///< absent: gone
    double change = 0;             ///< relative
    bool ok = false;
};

/// What a validation simulated, in the order of cases.
[[nodiscard]] std::vector<BaselineValue> baseline_of(const Validation& validation);

/// A file that does not exist holds nothing.
[[nodiscard]] std::vector<BaselineValue> read_baseline(const std::string& path,
                                                       Diagnostics& diagnostics);
/// Looks values up; `values` must live as long.
[[nodiscard]] Recorded recorded_values(const std::vector<BaselineValue>& values);
/// Written whole or not at all; throws std::filesystem::filesystem_error.
void write_baseline(const std::string& path, const std::vector<BaselineValue>& values);

/// Every value on either side; those of the baseline only where `plan` wants their case.
[[nodiscard]] std::vector<Drift> compare(const std::vector<BaselineValue>& baseline,
                                         const std::vector<BaselineValue>& now,
                                         const ValidationPlan& plan);

}  // namespace snsim
