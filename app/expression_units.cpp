// Which units a formula's values have, and whether they go together.
#include <algorithm>

#include "app/expression_node.h"

namespace snsim {

namespace {

using NodePtr = std::shared_ptr<const Expression::Node>;

bool is_zero(const Expression::Node& node) {
    return node.operation == Operation::number && !(node.number < 0) && !(node.number > 0);
}

std::string unit_words(const UnitProduct& unit) {
    return unit.plain() ? "a plain number" : "in " + unit.text();
}

[[noreturn]] void fail_units(const Expression::Node& node, const UnitProduct& unit,
                             const Expression::Node& first, const UnitProduct& wanted) {
    if (node.operation == Operation::number && unit.plain()) {
        throw ExpressionError{node.at, "'" + node.text + "' needs a unit, for '" + first.text +
                                           "' is " + unit_words(wanted)};
    }
    std::string more;
    const auto bits = UnitProduct::parse("bit/B");
    if (unit.same_kind(wanted.times(*bits)) || wanted.same_kind(unit.times(*bits))) {
        more = " ('8 bit / 1 B' converts)";
    }
    throw ExpressionError{node.at, "'" + node.text + "' is " + unit_words(unit) + ", '" +
                                       first.text + "' is " + unit_words(wanted) + more};
}

UnitProduct unit_of(const Expression::Node& node, const Expression::Units& units) {
    switch (node.operation) {
        case Operation::number: return UnitProduct::parse(node.unit).value_or(UnitProduct{});
        case Operation::name: return UnitProduct::parse(units(node.name)).value_or(UnitProduct{});
        case Operation::multiply:
        case Operation::divide:
            return unit_of(*node.operands[0], units)
                .times(unit_of(*node.operands[1], units),
                       node.operation == Operation::multiply ? 1 : -1);
        case Operation::both:
            for (const NodePtr& operand : node.operands) (void)unit_of(*operand, units);
            return {};
        default: break;
    }
    // Zero is zero in every unit.
    const auto first = std::find_if_not(node.operands.begin(), node.operands.end(),
                                        [](const NodePtr& operand) { return is_zero(*operand); });
    if (first == node.operands.end()) return {};
    const UnitProduct wanted = unit_of(**first, units);
    for (auto operand = first + 1; operand != node.operands.end(); ++operand) {
        if (is_zero(**operand)) continue;
        const UnitProduct unit = unit_of(**operand, units);
        if (unit.same_kind(wanted)) continue;
        const bool bare = wanted.plain() && (*first)->operation == Operation::number;
        if (bare) fail_units(**first, wanted, **operand, unit);
        fail_units(**operand, unit, **first, wanted);
    }
    const bool compares =
        node.operation == Operation::less || node.operation == Operation::at_most ||
        node.operation == Operation::more || node.operation == Operation::at_least ||
        node.operation == Operation::equal;
    return compares ? UnitProduct{} : wanted;
}

bool is(double value, double other) { return !(value < other) && !(value > other); }

void collect(const Expression::Node& node, std::vector<Expression::Constant>& out) {
    for (const NodePtr& operand : node.operands) collect(*operand, out);
    if (node.operation != Operation::number || is_zero(node)) return;
    const bool one_or_converts = (node.unit.empty() && is(node.number, 1)) ||
                                 (node.unit_as_written == "B" && is(node.number, 1)) ||
                                 (node.unit_as_written == "bit" && is(node.number, 8));
    if (!one_or_converts) out.push_back({node.text, node.unit.empty()});
}

}  // namespace

std::vector<Expression::Constant> Expression::constants() const {
    std::vector<Constant> out;
    const bool to_unit = root_->operation == Operation::divide &&
                         root_->operands[1]->operation == Operation::number &&
                         root_->operands[1]->text == "1 " + root_->operands[1]->unit_as_written;
    collect(to_unit ? *root_->operands[0] : *root_, out);
    return out;
}

UnitProduct Expression::unit(const Units& units) const { return unit_of(*root_, units); }

std::string Expression::divided_by() const {
    if (root_->operation != Operation::divide) return {};
    return root_->operands[1]->unit_as_written;
}

}  // namespace snsim
