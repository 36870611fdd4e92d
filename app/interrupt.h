// Ctrl-C and its kin as a flag that the simulation looks at.
#pragma once

#include <csignal>

namespace snsim {

/// From here on SIGINT, SIGTERM or SIGHUP only sets the flag; another one, more than two seconds
/// later, ends the process at once, as if uncaught. A signal the process was told to ignore (nohup)
/// stays ignored. A file that grows beyond its limit fails with an error (EFBIG) instead of ending
/// the process (SIGXFSZ).
void catch_interrupts();

/// Whether one came. Costs a load.
[[nodiscard]] bool interrupted();

/// Holds those signals back while it lives: what is forked meanwhile can decide before one arrives.
class HeldInterrupts {
  public:
    HeldInterrupts();
    ~HeldInterrupts();
    HeldInterrupts(const HeldInterrupts&) = delete;
    HeldInterrupts& operator=(const HeldInterrupts&) = delete;

    /// For a forked child, whose parent decides when it ends: forgets what the parent was told,
    /// ignores SIGINT, which a terminal sends to all, and lets the others end the process.
    static void leave_to_parent();

  private:
    sigset_t before_;
};

}  // namespace snsim
