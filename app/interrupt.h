// Ctrl-C and its kin as a flag that the simulation looks at.
#pragma once

namespace snsim {

/// From here on SIGINT or SIGTERM only sets the flag; another one, more than two seconds later,
/// ends the process at once, as if uncaught. A signal the process was told to ignore (nohup) stays
/// ignored. A file that grows beyond its limit fails with an error (EFBIG) instead of ending the
/// process (SIGXFSZ).
void catch_interrupts();

/// Whether one came. Costs a load.
[[nodiscard]] bool interrupted();

}  // namespace snsim
