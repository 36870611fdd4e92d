// Building the tables of results: empty columns, and rows appended value by value.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "observers/table.h"

namespace snsim {

[[nodiscard]] inline Column text_column(std::string name, std::string description) {
    return {std::move(name), "", std::move(description), std::vector<std::string>{}};
}
[[nodiscard]] inline Column integer_column(std::string name, std::string unit,
                                           std::string description) {
    return {std::move(name), std::move(unit), std::move(description), std::vector<std::int64_t>{}};
}
[[nodiscard]] inline Column real_column(std::string name, std::string unit,
                                        std::string description) {
    return {std::move(name), std::move(unit), std::move(description), std::vector<double>{}};
}
[[nodiscard]] inline Column flag_column(std::string name, std::string description) {
    return {std::move(name), "", std::move(description), std::vector<bool>{}};
}

/// Appends one row, value by value; the values' types must match the columns'.
class TableRow {
  public:
    explicit TableRow(Table& table) : table_(table) {}
    TableRow& operator<<(const std::string& value) {
        table_.texts(column_++).push_back(value);
        return *this;
    }
    TableRow& operator<<(const char* value) { return *this << std::string(value); }
    TableRow& operator<<(std::int64_t value) {
        table_.integers(column_++).push_back(value);
        return *this;
    }
    TableRow& operator<<(std::uint64_t value) { return *this << static_cast<std::int64_t>(value); }
    TableRow& operator<<(double value) {
        table_.reals(column_++).push_back(value);
        return *this;
    }
    TableRow& operator<<(bool value) {
        table_.flags(column_++).push_back(value);
        return *this;
    }

  private:
    Table& table_;
    std::size_t column_ = 0;
};

}  // namespace snsim
