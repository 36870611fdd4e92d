// The compiler: from the functions' counted primitives to what each match-action stage does.
//
// The operations of all functions stand in processing order. Each is priced in engine cycles by
// the card's cost table; the list is cut into at most `stages` consecutive pieces so that the
// longest piece, on the usual path of an established IPv4 connection, is as short as possible
// (primitives of one operation may be split; a look-up belongs to one stage). A frame then costs,
// in each stage, `dispatch` plus the operations whose condition it meets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/asic/asic_params.h"
#include "models/asic/table_memory.h"
#include "models/functions/function.h"

namespace snsim {

/// One function as placed on the ASIC.
struct PlacedFunction {
    std::string name;
    Function* function = nullptr;
    Placement memory = Placement::automatic;
};

struct LookupSite {
    std::uint8_t function = 0;
    std::uint8_t step = 0;
    Condition when = always;
    std::uint8_t table = 0;
};

/// Cycles that a frame costs when the function's condition holds.
struct Term {
    std::uint8_t function = 0;
    Condition when = always;
    std::uint32_t cycles = 0;
};

struct StageProgram {
    std::vector<LookupSite> lookups;
    std::vector<Term> terms;
    std::uint32_t usual_cycles = 0;
};

/// Fails with std::invalid_argument if there are more functions than a header vector holds.
[[nodiscard]] std::vector<StageProgram> compile(const std::vector<PlacedFunction>& functions,
                                                const CostParams& cost, std::size_t stages);

}  // namespace snsim
