// Tables of results: named, typed columns with unit and description, whoever writes them out.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace snsim {

/// Texts that are made when they are written: many long ones need no memory.
struct TextsOnDemand {
    using value_type = std::string;

    std::size_t rows;
    std::function<std::string(std::size_t row)> text;

    [[nodiscard]] std::size_t size() const { return rows; }
    [[nodiscard]] std::string operator[](std::size_t row) const { return text(row); }
};

struct Column {
    using Values = std::variant<std::vector<std::string>, TextsOnDemand, std::vector<std::int64_t>,
                                std::vector<double>, std::vector<bool>>;

    std::string name;
    std::string unit;  ///< SI; empty for text and dimensionless numbers
    std::string description;
    Values values;

    [[nodiscard]] std::size_t size() const {
        return std::visit([](const auto& v) { return v.size(); }, values);
    }
};

/// All columns have the same number of rows.
struct Table {
    std::string path;  ///< in the results file: "stations", "latency/east"
    std::string description;
    std::vector<Column> columns;

    [[nodiscard]] std::size_t rows() const { return columns.empty() ? 0 : columns[0].size(); }
    [[nodiscard]] std::vector<std::string>& texts(std::size_t column) {
        return std::get<std::vector<std::string>>(columns[column].values);
    }
    [[nodiscard]] std::vector<std::int64_t>& integers(std::size_t column) {
        return std::get<std::vector<std::int64_t>>(columns[column].values);
    }
    [[nodiscard]] std::vector<double>& reals(std::size_t column) {
        return std::get<std::vector<double>>(columns[column].values);
    }
    [[nodiscard]] std::vector<bool>& flags(std::size_t column) {
        return std::get<std::vector<bool>>(columns[column].values);
    }
};

}  // namespace snsim
