// The process: starts SystemC, which calls sc_main().
#include <cstdlib>
#include <systemc>

#include "app/commands.h"

int sc_main(int argc, char** argv) { return snsim::run_command_line({argv + 1, argv + argc}); }

/// Takes the place of the library's own main(), whose banner would mix with what commands print:
/// the library looks for this variable before it calls sc_main().
int main(int argc, char** argv) {
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
    return sc_core::sc_elab_and_sim(argc, argv);
}
