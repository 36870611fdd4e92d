// What formulas consist of, for those who read and evaluate them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/expression.h"

namespace snsim {

enum class Operation {
    number,
    name,
    add,
    subtract,
    multiply,
    divide,
    negate,
    min,
    max,
    less,
    at_most,
    more,
    at_least,
    equal,
    both
};

struct Expression::Node {
    Operation operation;
    std::string text;    ///< as written
    std::size_t at = 0;  ///< where that stands
    double number = 0;
    std::string name;
    std::string unit;             ///< SI, of a quantity
    std::string unit_as_written;  ///< `Mpps`
    std::vector<std::shared_ptr<const Node>> operands;
};

}  // namespace snsim
