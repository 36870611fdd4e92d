#include "app/interrupt.h"

#include <atomic>
#include <csignal>
#include <ctime>
#include <initializer_list>

namespace snsim {
namespace {

/// Within this time of the first signal others belong to it: a key hit twice, or a shell and a
/// launcher that both pass it on. A run needs far less to write what it has.
constexpr std::time_t grace_s = 2;

std::atomic<bool> flag{false};
std::atomic<std::time_t> noted_at{0};
static_assert(std::atomic<bool>::is_always_lock_free &&
                  std::atomic<std::time_t>::is_always_lock_free,
              "a signal handler must not wait");

std::time_t wall_seconds() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);  // async-signal-safe
    return now.tv_sec;
}

constexpr std::initializer_list<int> watched{SIGINT, SIGTERM, SIGHUP};

extern "C" void note_signal(int number) {
    if (!flag.exchange(true)) {
        noted_at = wall_seconds();
        return;
    }
    if (wall_seconds() - noted_at <= grace_s) return;
    // It does not come to its end. Blocked until the handler returns; then it ends the process.
    std::signal(number, SIG_DFL);
    std::raise(number);
}

}  // namespace

void catch_interrupts() {
    for (const int number : watched) {
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

HeldInterrupts::HeldInterrupts() : before_() {
    sigset_t held;
    sigemptyset(&held);
    for (const int number : watched) sigaddset(&held, number);
    sigprocmask(SIG_BLOCK, &held, &before_);
}

HeldInterrupts::~HeldInterrupts() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

void HeldInterrupts::leave_to_parent() {
    for (const int number : watched) {
        struct sigaction action = {};
        sigaction(number, nullptr, &action);
        if (action.sa_handler != SIG_IGN) std::signal(number, SIG_DFL);
    }
    std::signal(SIGINT, SIG_IGN);
    flag = false;
}

}  // namespace snsim
