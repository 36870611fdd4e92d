// A parameter table: the rows of one Params struct, and what is done with them.
//
// The same table binds scenario text to the struct, checks it, prints it back with the origin of
// every value, and is walked by everything that lists parameters.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/base/diagnostics.h"
#include "models/base/param_row.h"

namespace snsim {

/// Where a cross-field check says what is wrong.
class CheckReport {
  public:
    CheckReport(const Node& section, std::string path, Diagnostics& diagnostics)
        : section_(section), path_(std::move(path)), diagnostics_(diagnostics) {}

    /// `key` is relative to the section, dotted when deeper; empty for the section itself.
    void error(std::string_view key, std::string message);
    /// Whether the key was written with a value; false when the value is the default.
    [[nodiscard]] bool given(std::string_view key) const;

  private:
    const Node& section_;
    std::string path_;
    Diagnostics& diagnostics_;
};

class ParamTable {
  public:
    using Check = std::function<void(const void* object, CheckReport& report)>;
    using Derive = std::function<void(void* object)>;

    ParamTable(std::string about, std::vector<RowPtr> rows);

    [[nodiscard]] const std::string& about() const { return about_; }
    [[nodiscard]] const std::vector<RowPtr>& rows() const { return rows_; }
    /// The row of a key, rows of alternatives included; nullptr when unknown.
    [[nodiscard]] const Row* find(std::string_view key) const;
    /// Keys that may be written; of alternatives only those of the choice, all when it is empty.
    [[nodiscard]] std::vector<std::string> keys(std::string_view choice = {}) const;
    /// The key that a scalar in place of the section stands for, or empty.
    [[nodiscard]] const std::string& shorthand() const { return shorthand_; }
    [[nodiscard]] bool named() const { return find("name") != nullptr; }

    void set_defaults(void* object) const;
    /// Fills the struct from a tree; everything wrong goes to `diagnostics`.
    void bind(const Node& section, void* object, const std::string& path,
              Diagnostics& diagnostics) const;

  protected:
    std::string about_;
    std::vector<RowPtr> rows_;
    std::string shorthand_;
    std::vector<Check> checks_;
    std::vector<Derive> derivations_;
};

/// A table that still takes checks, derivations and a shorthand.
template <class P>
class TableOf : public ParamTable {
  public:
    using ParamTable::ParamTable;

    /// A cross-field check `(const P&, CheckReport&)`; runs when every value of the section is
    /// good.
    template <class F>
    TableOf&& check(F f) && {
        checks_.push_back([f](const void* object, CheckReport& report) {
            f(*static_cast<const P*>(object), report);
        });
        return std::move(*this);
    }
    /// `(P&)`: fills what was not given from what was; runs before the checks.
    template <class F>
    TableOf&& derive(F f) && {
        derivations_.push_back([f](void* object) { f(*static_cast<P*>(object)); });
        return std::move(*this);
    }
    /// A scalar in place of the section stands for this key: `flows: 100`.
    TableOf&& shorthand(const std::string& key) && {
        shorthand_ = key;
        return std::move(*this);
    }
};

template <class P>
[[nodiscard]] TableOf<P> make_table(std::string about, std::initializer_list<RowPtr> rows) {
    return TableOf<P>(std::move(about), std::vector<RowPtr>(rows));
}

/// One value of a bound struct.
struct ParamValue {
    std::string path;  ///< canonical: `host0.card.asic.clock`
    const Leaf* row;
    std::string value;  ///< as text, with its unit
    Origin origin;      ///< unknown when it is the default
};

/// Calls `visit` for every value of a struct in table order; `section` is the tree it was bound
/// from.
void walk_values(const ParamTable& table, const void* object, const Node& section,
                 const std::string& path, const std::function<void(const ParamValue&)>& visit);

/// Calls `visit` for every row below a table. Elements stand as `<host>` where they have names and
/// as `routes.<n>` where not; `condition` is `kind: firewall` for rows of an alternative.
void walk_rows(const ParamTable& table, const std::string& path,
               const std::function<void(const std::string& path, const Row& row,
                                        const std::string& condition)>& visit);

/// The path of a list element: its name where it has one, else `<list>.<index>`.
[[nodiscard]] std::string element_path(const std::string& parent, const List& list,
                                       const Node& element, std::size_t index);

/// Rewrites shorthands (`flows: 100` to `flows: {count: 100}`) everywhere below a section.
void expand_shorthands(const ParamTable& table, Node& section);

}  // namespace snsim
