// Whether a case's formula gives what was simulated, or what it says itself.
//
// `42 Gb/s * rate.delivered / rate.offered` moves with each of its metrics, and is 42 Gb/s whatever
// a card can do as long as nothing is lost. So the size of a value must come from metrics:
// constants that bring it in are declared (`given`), and metrics that move together must move it.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "app/expression.h"

namespace snsim {

struct FormulaInputs {
    /// The value when some metrics count 1 % more.
    std::function<std::optional<double>(const std::set<std::string>& scaled)> value;
    Expression::Units unit;  ///< of a metric
};

/// What is wrong with how the value comes about; empty if nothing is. `given`: its constants are
/// declared. Throws ExpressionError where units do not go together.
[[nodiscard]] std::string not_simulated(const Expression& expression, const FormulaInputs& inputs,
                                        bool given);

}  // namespace snsim
