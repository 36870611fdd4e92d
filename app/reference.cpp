#include "app/reference.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <set>
#include <utility>

#include "app/csv.h"

namespace snsim {

namespace {

constexpr std::array<const char*, role_count> roles{"closed", "fit", "predict", "datasheet",
                                                    "unverified"};

}  // namespace

const char* word_of(Role role) { return roles.at(static_cast<std::size_t>(role)); }

std::optional<Role> role_of(std::string_view word) {
    for (std::size_t i = 0; i < roles.size(); ++i) {
        if (word == roles.at(i)) return static_cast<Role>(i);
    }
    return std::nullopt;
}

std::optional<double> whole_number(const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !std::isfinite(value)) return std::nullopt;
    return value;
}

Reference read_reference(const std::string& folder, Diagnostics& diagnostics) {
    Reference reference;
    const auto find = [&](const CsvRow& row) -> Figure* {
        const auto found = reference.index.find(row.at("id"));
        if (found != reference.index.end()) return &reference.figures[found->second];
        diagnostics.error(row.origin, row.at("id"), "is not in measurements.csv");
        return nullptr;
    };
    for (const CsvRow& row :
         read_csv(folder + "/measurements.csv",
                  {"id", "component", "quantity", "condition", "value", "unit", "source"},
                  diagnostics)) {
        Figure figure;
        figure.id = row.at("id");
        figure.component = row.at("component");
        figure.quantity = row.at("quantity");
        figure.condition = row.at("condition");
        figure.text = row.at("value");
        figure.value = whole_number(figure.text);
        figure.unit = row.at("unit");
        figure.source = row.at("source");
        if (!reference.index.emplace(figure.id, reference.figures.size()).second) {
            diagnostics.error(row.origin, figure.id, "stands twice in the table");
            continue;
        }
        reference.figures.push_back(std::move(figure));
    }
    std::set<std::string> with_role;
    for (const CsvRow& row :
         read_csv(folder + "/roles.csv", {"id", "role", "machine"}, diagnostics)) {
        Figure* const figure = find(row);
        if (figure == nullptr) continue;
        if (!with_role.insert(figure->id).second) {
            diagnostics.error(row.origin, figure->id, "stands twice in the table");
        }
        figure->machine = row.at("machine");
        const auto role = role_of(row.at("role"));
        if (role) {
            figure->role = *role;
        } else {
            diagnostics.error(row.origin, figure->id, "'" + row.at("role") + "' is no role");
        }
    }
    if (diagnostics.ok() && with_role.size() != reference.figures.size()) {
        diagnostics.error(labelled(folder + "/roles.csv", "", 0), "",
                          "does not name every figure once: run scripts/reference_roles");
    }
    for (const CsvRow& row : read_csv(folder + "/excluded.csv", {"id", "reason"}, diagnostics)) {
        if (Figure* const figure = find(row)) figure->excluded = row.at("reason");
    }
    return reference;
}

}  // namespace snsim
