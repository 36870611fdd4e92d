#include "app/validate_formula.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace snsim {

namespace {

using Names = std::set<std::string>;

bool is_rate(const UnitProduct& unit) {
    return unit.powers[UnitProduct::second] < 0 || unit.powers[UnitProduct::service] < 0;
}

/// Metrics that go up and down together: those of one unit, and counts together with rates (they
/// are one thing, but for the length of the window).
bool moves_with_its_kinds(const Names& names, const Expression::Units& unit_of,
                          const std::function<bool(const Names&)>& moved) {
    std::map<std::string, Names> by_unit;
    Names counts;
    Names rates;
    for (const std::string& name : names) {
        const std::string unit = unit_of(name);
        by_unit[unit].insert(name);
        const UnitProduct product = UnitProduct::parse(unit).value_or(UnitProduct{});
        if (product.plain()) counts.insert(name);
        if (is_rate(product)) rates.insert(name);
    }
    const bool any = std::any_of(by_unit.begin(), by_unit.end(),
                                 [&](const auto& group) { return moved(group.second); });
    if (!any) return false;
    if (!moved(counts) || !moved(rates)) return true;
    rates.merge(counts);
    return moved(rates);
}

}  // namespace

std::string not_simulated(const Expression& expression, const FormulaInputs& inputs, bool given) {
    const std::optional<double> value = inputs.value({});
    if (!value) return {};
    const auto moved = [&](const Names& scaled) {
        const auto other = inputs.value(scaled);
        return other && std::abs(*other - *value) > 0.001 * std::abs(*value);
    };
    const auto all = expression.names();
    const Names names(all.begin(), all.end());
    if (std::none_of(names.begin(), names.end(),
                     [&](const std::string& name) { return moved({name}); })) {
        return "does not follow from what was simulated";
    }
    const auto constants = expression.constants();
    if (constants.empty()) return {};
    if (!moves_with_its_kinds(names, inputs.unit, moved)) {
        return "does not follow from what was simulated: its metrics move together, and it stays";
    }
    if (given) return {};
    // Half of a rate is one of two directions; of a plain number nobody can tell.
    const bool plain_result = expression.unit(inputs.unit).plain();
    for (const Expression::Constant& constant : constants) {
        if (constant.plain && !plain_result) continue;
        return "brings in '" + constant.text + "', which was not simulated: say under 'given' why";
    }
    return {};
}

}  // namespace snsim
