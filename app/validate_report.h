// What `snsim validate` leaves: a page, one JSON object, tables of a results file.
#pragma once

#include <string>
#include <vector>

#include "app/validate_baseline.h"
#include "observers/table.h"

namespace snsim {

struct ValidateReport {
    const Validation& validation;
    const std::vector<Drift>& drift;
    double wall_s;
    std::string output;  ///< results file; may be empty

    [[nodiscard]] bool ok() const;
};

[[nodiscard]] std::string validate_text(const ValidateReport& report);
[[nodiscard]] std::string validate_json(const ValidateReport& report);
/// /validate, /validate_components, /validate_points and /drift.
[[nodiscard]] std::vector<Table> validate_tables(const ValidateReport& report);

}  // namespace snsim
