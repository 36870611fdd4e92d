#include "app/text_table.h"

#include <algorithm>

#include "observers/page_text.h"

namespace snsim {

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t c = 0; c < row.size(); ++c) {
            widths[c] = std::max(widths[c], columns_of(row[c]));
        }
    }
    std::string out;
    for (const auto& row : rows) {
        for (std::size_t c = 0; c < row.size(); ++c) {
            out += "  " + right_aligned(row[c], widths[c]);
        }
        out += "\n";
    }
    return out;
}

}  // namespace snsim
