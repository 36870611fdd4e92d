#include "models/asic/stage_program.h"

#include <algorithm>
#include <stdexcept>

#include "models/asic/header_vector.h"

namespace snsim {

namespace {

/// One primitive of one operation: the unit that a cut cannot split.
struct Unit {
    std::uint8_t function;
    const Op* op;
    std::uint32_t cycles;
    std::uint32_t usual_cycles;  // 0 off the usual path
};

std::uint32_t price(Primitive kind, const CostParams& cost) {
    switch (kind) {
        case Primitive::extract: return static_cast<std::uint32_t>(cost.extract);
        case Primitive::lookup: return static_cast<std::uint32_t>(cost.lookup);
        case Primitive::compare: return static_cast<std::uint32_t>(cost.compare);
        case Primitive::rewrite: return static_cast<std::uint32_t>(cost.rewrite);
    }
    return 0;
}

std::vector<Unit> units_of(const std::vector<PlacedFunction>& functions, const CostParams& cost) {
    std::vector<Unit> units;
    for (std::size_t f = 0; f < functions.size(); ++f) {
        const ConditionMask usual = functions[f].function->usual_path();
        for (const Op& op : functions[f].function->program()) {
            const std::uint32_t cycles = price(op.kind, cost);
            const bool on_path = (usual & mask_of(op.when)) != 0;
            for (std::uint16_t i = 0; i < op.count; ++i) {
                units.push_back({static_cast<std::uint8_t>(f), &op, cycles, on_path ? cycles : 0});
            }
        }
    }
    return units;
}

/// Pieces needed when none may exceed `limit` on the usual path; their ends go to `cuts`.
std::size_t cut(const std::vector<Unit>& units, std::uint32_t limit,
                std::vector<std::size_t>* cuts) {
    std::size_t pieces = 1;
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < units.size(); ++i) {
        if (sum + units[i].usual_cycles > limit) {
            if (cuts != nullptr) cuts->push_back(i);
            ++pieces;
            sum = 0;
        }
        sum += units[i].usual_cycles;
    }
    if (cuts != nullptr) cuts->push_back(units.size());
    return pieces;
}

void append(StageProgram& stage, const Unit& unit) {
    if (unit.op->kind == Primitive::lookup) {
        stage.lookups.push_back({unit.function, unit.op->step, unit.op->when, unit.op->table});
    }
    stage.usual_cycles += unit.usual_cycles;
    for (Term& term : stage.terms) {
        if (term.function == unit.function && term.when == unit.op->when) {
            term.cycles += unit.cycles;
            return;
        }
    }
    stage.terms.push_back({unit.function, unit.op->when, unit.cycles});
}

}  // namespace

std::vector<StageProgram> compile(const std::vector<PlacedFunction>& functions,
                                  const CostParams& cost, std::size_t stages) {
    if (functions.size() > HeaderVector::max_functions) {
        throw std::invalid_argument(
            "functions: the ASIC runs at most " + std::to_string(HeaderVector::max_functions - 1) +
            " beside its forwarding, not " + std::to_string(functions.size() - 1));
    }
    const std::vector<Unit> units = units_of(functions, cost);
    std::uint32_t low = 1;
    std::uint32_t high = 1;
    for (const Unit& unit : units) {
        low = std::max(low, unit.usual_cycles);
        high += unit.usual_cycles;
    }
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        if (cut(units, middle, nullptr) <= stages) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    std::vector<std::size_t> cuts;
    cut(units, low, &cuts);
    std::vector<StageProgram> program(stages);
    std::size_t unit = 0;
    for (std::size_t stage = 0; stage < cuts.size(); ++stage) {
        for (; unit < cuts[stage]; ++unit) append(program[stage], units[unit]);
    }
    for (StageProgram& stage : program) {
        stage.usual_cycles += static_cast<std::uint32_t>(cost.dispatch);
    }
    return program;
}

}  // namespace snsim
