// Reading the tables of results row by row.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "observers/results.h"

namespace snsim {

/// The table of that path, or null.
[[nodiscard]] inline const Table* table_at(const Results& results, std::string_view path) {
    for (const Table& table : results.tables) {
        if (table.path == path) return &table;
    }
    return nullptr;
}

/// Row by row access to a table's columns by name; a missing column reads as empty or 0.
class TableReader {
  public:
    explicit TableReader(const Table* table) : table_(table) {}

    [[nodiscard]] std::size_t rows() const { return table_ == nullptr ? 0 : table_->rows(); }
    [[nodiscard]] std::string text(std::string_view column, std::size_t row) const {
        const Column* found = find(column);
        const auto* texts =
            found == nullptr ? nullptr : std::get_if<std::vector<std::string>>(&found->values);
        return texts == nullptr ? "" : (*texts)[row];
    }
    [[nodiscard]] double number(std::string_view column, std::size_t row) const {
        const Column* found = find(column);
        if (found == nullptr) return 0;
        if (const auto* reals = std::get_if<std::vector<double>>(&found->values)) {
            return (*reals)[row];
        }
        const auto* integers = std::get_if<std::vector<std::int64_t>>(&found->values);
        return integers == nullptr ? 0 : static_cast<double>((*integers)[row]);
    }
    /// Rows by falling value of a column, equal ones in the table's order.
    [[nodiscard]] std::vector<std::size_t> ranked(std::string_view column) const {
        std::vector<std::size_t> order(rows());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return number(column, a) > number(column, b);
        });
        return order;
    }

  private:
    [[nodiscard]] const Column* find(std::string_view name) const {
        for (const Column& column : table_->columns) {
            if (column.name == name) return &column;
        }
        return nullptr;
    }

    const Table* table_;
};

}  // namespace snsim
