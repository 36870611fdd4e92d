// Invariants that hold in every build: a broken one ends the run with the place and the reason.
#pragma once

namespace snsim {

/// The condition, said to be false nearly always: its consequence is laid out of the way.
[[nodiscard]] constexpr bool unlikely(bool condition) {
    return __builtin_expect(static_cast<long>(condition), 0L) != 0;
}

[[noreturn]] void fail_check(const char* file, int line, const char* condition, const char* why);

}  // namespace snsim

#define SNSIM_CHECK(condition, why)                    \
    (__builtin_expect(static_cast<bool>(condition), 1) \
         ? static_cast<void>(0)                        \
         : ::snsim::fail_check(__FILE__, __LINE__, #condition, why))
