// The process: starts SystemC, which calls sc_main().
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <systemc>
#include <unistd.h>

#include "app/commands.h"

int sc_main(int argc, char** argv) { return snsim::run_command_line({argv + 1, argv + argc}); }

namespace {

/// A results file must not get the number of a standard stream that is closed (`>&-`): what is
/// printed would end up in it.
void occupy_standard_streams() {
    for (int number = ::open("/dev/null", O_RDWR); number >= 0; number = ::dup(number)) {
        if (number > STDERR_FILENO) {
            ::close(number);
            return;
        }
    }
}

}  // namespace

/// Takes the place of the library's own main(), whose banner would mix with what commands print:
/// the library looks for this variable before it calls sc_main().
int main(int argc, char** argv) {
#ifdef __AVX2__
    if (__builtin_cpu_supports("avx2") == 0) {
        std::fputs("error: built for another processor; remove build/ to build anew\n", stderr);
        return EXIT_FAILURE;
    }
#endif
    occupy_standard_streams();
    std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of writing
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
    return sc_core::sc_elab_and_sim(argc, argv);
}
