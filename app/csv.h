// Comma-separated values (RFC 4180) with a head line.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/base/diagnostics.h"

namespace snsim {

struct CsvRow {
    Origin origin;
    std::map<std::string, std::string> fields;  ///< by column

    [[nodiscard]] const std::string& at(const std::string& column) const {
        return fields.at(column);
    }
};

/// A file that has at least these columns. What is wrong goes to `diagnostics`.
[[nodiscard]] std::vector<CsvRow> read_csv(const std::string& path,
                                           const std::vector<std::string>& columns,
                                           Diagnostics& diagnostics);
/// One line, without its end; quoted where needed.
[[nodiscard]] std::string csv_line(const std::vector<std::string>& fields);

}  // namespace snsim
