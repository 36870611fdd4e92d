// Seeded faults: deliberate defects, compiled in only by the `faults` preset, that prove each audit
// law can fail. In every other build `fault::armed` is the constant false.
#pragma once

#include <cstdlib>
#include <string_view>

namespace snsim::fault {

/// True once every `period` calls of one site when SNSIM_FAULT names this fault.
#ifdef SNSIM_FAULTS
inline bool armed(std::string_view name) {
    static const char* const chosen = std::getenv("SNSIM_FAULT");
    if (chosen == nullptr || name != chosen) return false;
    static int calls = 0;
    constexpr int period = 1000;
    return ++calls % period == 0;
}
#else
constexpr bool armed(std::string_view) { return false; }
#endif

}  // namespace snsim::fault
