// Rows of text as aligned columns, for pages that people read.
#pragma once

#include <string>
#include <vector>

namespace snsim {

/// Columns are right-aligned; the first row holds their titles, and decides how many there are.
[[nodiscard]] std::string aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace snsim
