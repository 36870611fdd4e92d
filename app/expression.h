// Small formulas over named values, as a sweep's `derive:` and `objectives:` hold them:
// `power.card.mean / rate.delivered`, `latency.p99 < 50 us and frames.lost == 0`.
//
// Numbers may carry a unit and count in SI then; so do all values. Known are + - * / with the usual
// precedence, parentheses, min(a, b, ...) and max(a, b, ...), and in conditions < <= > >= == joined
// by `and`. A name is the longest known one that stands there, since names may hold '-' and '.'.
// What is added or compared must be of one unit, which `unit()` finds out.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/unit_product.h"

namespace snsim {

/// What is wrong with a formula, and where: `at` counts bytes from its start.
struct ExpressionError {
    std::size_t at;
    std::string message;
};

class Expression {
  public:
    /// Whether a name is known, and what is nearest to one that is not.
    struct Names {
        std::function<bool(const std::string&)> known;
        std::function<std::string(const std::string&)> hint;  ///< `; did you mean 'x'?`
    };
    /// The value of a name; nothing when it was not measured.
    using Values = std::function<std::optional<double>(const std::string&)>;

    /// Throws ExpressionError.
    [[nodiscard]] static Expression number(std::string_view text, const Names& names);
    [[nodiscard]] static Expression condition(std::string_view text, const Names& names);

    /// Nothing when a value it needs is missing, or for 1 / 0 and its like, and why then. A
    /// condition is 1 or 0.
    [[nodiscard]] std::optional<double> value(const Values& values,
                                              std::string* why = nullptr) const;

    /// The unit of a name, as metrics write it; empty for a plain number.
    using Units = std::function<std::string(const std::string&)>;
    /// That of the value. Throws ExpressionError where units do not go together.
    [[nodiscard]] UnitProduct unit(const Units& units) const;
    /// The unit written with what the value is divided by at last (`Mpps` of `x / 1 Mpps`).
    [[nodiscard]] std::string divided_by() const;

    /// The names it needs, in order of appearance.
    [[nodiscard]] std::vector<std::string> names() const;
    /// The name, when it is nothing else.
    [[nodiscard]] std::optional<std::string> only_name() const;

    /// A number in it that brings something in: none of 0, 1, conversions of bits and bytes, and
    /// what the value is divided by at last when that is one of a unit.
    struct Constant {
        std::string text;
        bool plain;  ///< without a unit
    };
    [[nodiscard]] std::vector<Constant> constants() const;

    struct Node;

  private:
    explicit Expression(std::shared_ptr<const Node> root) : root_(std::move(root)) {}

    std::shared_ptr<const Node> root_;
};

}  // namespace snsim
