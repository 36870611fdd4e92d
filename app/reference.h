// The published figures: what they are, what each may be used for, and which are left out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/diagnostics.h"

namespace snsim {

/// What a figure is used for (results/reference/README.md).
enum class Role { closed, fit, predict, datasheet, unverified };

[[nodiscard]] const char* word_of(Role role);
[[nodiscard]] std::optional<Role> role_of(std::string_view word);
inline constexpr std::size_t role_count = 5;

struct Figure {
    std::string id;
    std::string component;
    std::string quantity;
    std::string condition;
    std::string text;             ///< the value as it stands in the table
    std::optional<double> value;  ///< if it is one number
    std::string unit;
    std::string source;
    std::string machine;
    Role role = Role::unverified;
    std::string excluded;  ///< the reason, or empty
};

struct Reference {
    std::vector<Figure> figures;
    std::map<std::string, std::size_t> index;  ///< by id

    [[nodiscard]] const Figure* find(const std::string& id) const {
        const auto found = index.find(id);
        return found == index.end() ? nullptr : &figures[found->second];
    }
};

/// Reads measurements.csv, roles.csv and excluded.csv of a folder.
[[nodiscard]] Reference read_reference(const std::string& folder, Diagnostics& diagnostics);

/// The number a text is, whole.
[[nodiscard]] std::optional<double> whole_number(const std::string& text);

}  // namespace snsim
