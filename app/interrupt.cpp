#include "app/interrupt.h"

#include <atomic>
#include <csignal>
#include <initializer_list>

namespace snsim {
namespace {

std::atomic<bool> flag{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler must not wait");

extern "C" void note_signal(int number) {
    if (!flag.exchange(true)) return;
    // Blocked until the handler returns; then it ends the process.
    std::signal(number, SIG_DFL);
    std::raise(number);
}

}  // namespace

void catch_interrupts() {
    for (const int number : {SIGINT, SIGTERM}) {
        struct sigaction action = {};
        sigaction(number, nullptr, &action);
        if (action.sa_handler == SIG_IGN) continue;
        action = {};
        action.sa_handler = note_signal;
        action.sa_flags = SA_RESTART;  // files being written never see EINTR
        sigaction(number, &action, nullptr);
    }
    std::signal(SIGXFSZ, SIG_IGN);
}

bool interrupted() { return flag.load(std::memory_order_relaxed); }

}  // namespace snsim
