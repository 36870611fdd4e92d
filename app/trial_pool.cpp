#include "app/trial_pool.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <poll.h>
#include <sched.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "app/interrupt.h"

namespace snsim {

namespace {

constexpr int tick_ms = 200;
/// What takes down parent and child does so within this time.
constexpr auto doubt = std::chrono::milliseconds(500);
/// The loop takes less between two rounds.
constexpr auto standstill = std::chrono::milliseconds(1000);
constexpr std::size_t longest_message = 16 * 1024;

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

struct Pipe {
    int out = -1;
    int in = -1;
};

/// Above the standard streams, so that a child can put its own there.
Pipe new_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("a pipe for a trial");
    return {ends[0], ends[1]};
}

void write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;  // the parent is gone, and so is whoever wants to know
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

/// The child's whole life.
[[noreturn]] void live(const Trial& trial, const TrialBody& body, pid_t parent, int records,
                       int messages) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(EXIT_FAILURE);
    ::dup2(messages, STDOUT_FILENO);
    ::dup2(messages, STDERR_FILENO);
    TrialOutcome outcome;
    try {
        outcome.end = body(trial, outcome.results);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "error: %s\n", error.what());
        outcome.end = TrialEnd::crashed;
    }
    std::fflush(stdout);
    outcome.results.tables.clear();
    if (!outcome.ran()) outcome.results = {};
    RecordWriter record;
    put(record, outcome);
    write_all(records, framed(record.take()));
    ::_exit(EXIT_SUCCESS);
}

void read_some(int& descriptor, std::string& to) {
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) {
            ::close(descriptor);
            descriptor = -1;
            return;
        }
        to.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

std::string signal_text(int number) {
    const char* name = sigabbrev_np(number);
    return name == nullptr ? fmt::format("signal {}", number) : fmt::format("SIG{}", name);
}

/// Lines without their `error: `, since they stand behind a word for it; no newline at the end.
std::string without_prefixes(const std::string& text) {
    constexpr std::string_view prefix = "error: ";
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = std::string_view(text).substr(at, end - at);
        if (line.substr(0, prefix.size()) == prefix) line.remove_prefix(prefix.size());
        out.append(out.empty() ? "" : "\n").append(line);
        at = end + 1;
    }
    return out;
}

}  // namespace

struct TrialPool::Running {
    Done done;
    pid_t pid;
    int records;   ///< -1 at its end
    int messages;  ///< likewise
    Clock::time_point started;
    double limit_s;
    bool late = false;
    std::string bytes;
    std::string text;

    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(Clock::now() - started).count();
    }
    [[nodiscard]] TrialOutcome outcome(int status) const;
};

/// From what the process sent and how it ended.
TrialOutcome TrialPool::Running::outcome(int status) const {
    TrialOutcome out;
    std::string_view rest = bytes;
    std::string fate;
    const auto record = next_record(rest);
    if (record && WIFEXITED(status)) {
        RecordReader reader(*record);
        out = read_outcome(reader);
    } else if (late) {
        out.end = TrialEnd::timed_out;
        fate = fmt::format("took longer than the {:g} s allowed", limit_s);
    } else if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGTERM ||
                                       WTERMSIG(status) == SIGHUP)) {
        out.end = TrialEnd::killed;
        fate = "killed from outside (" + signal_text(WTERMSIG(status)) +
               "), or by the system for want of memory";
    } else if (WIFSIGNALED(status)) {
        out.end = TrialEnd::crashed;
        fate = "crashed with " + signal_text(WTERMSIG(status));
    } else {
        out.end = TrialEnd::crashed;
        fate = fmt::format("ended with exit code {} and without results", WEXITSTATUS(status));
    }
    out.message = without_prefixes(text);
    if (!fate.empty()) out.message = fate + (out.message.empty() ? "" : "\n" + out.message);
    out.wall_s = seconds();
    return out;
}

std::size_t usable_processors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
}

TrialPool::TrialPool(std::size_t jobs, TrialBody body)
    : jobs_(std::max<std::size_t>(1, jobs)), body_(std::move(body)) {}

TrialPool::~TrialPool() { stop(); }

std::size_t TrialPool::running() const { return running_.size(); }

void TrialPool::add(Trial trial, Done done) {
    const double cost = trial.cost;
    waiting_.insert({cost, {std::move(trial), std::move(done)}});
}

bool TrialPool::run(const std::function<void()>& tick) {
    auto next_tick = Clock::now();
    passed_ = next_tick;
    for (;;) {
        if (interrupted()) {
            stop();
            return false;
        }
        start_some();
        if (running_.empty() && killed_.empty()) return true;
        read_children(patience_ms());
        forgive_standstill();
        end_the_late();
        collect();
        believe_the_killed();
        if (const auto now = Clock::now(); tick && now >= next_tick) {
            tick();
            next_tick = now + std::chrono::milliseconds(tick_ms);
        }
    }
}

void TrialPool::start_some() {
    while (running_.size() < jobs_ && !waiting_.empty()) {
        if (start_next()) continue;
        if (running_.empty()) fail("a process for a trial");
        return;  // the system lets there be more when one has ended
    }
}

/// False, with errno set, when there can be no further process now.
bool TrialPool::start_next() {
    std::fflush(nullptr);  // or the child would print it again
    const Pipe records = new_pipe();
    const Pipe messages = new_pipe();
    const pid_t parent = ::getpid();
    std::optional<HeldInterrupts> held(std::in_place);
    const pid_t pid = ::fork();
    if (pid == 0) HeldInterrupts::leave_to_parent();
    held.reset();
    if (pid < 0) {
        const int why = errno;
        for (const int end : {records.in, records.out, messages.in, messages.out}) ::close(end);
        errno = why;
        return false;
    }
    if (pid == 0) live(waiting_.begin()->second.trial, body_, parent, records.in, messages.in);
    auto next = waiting_.extract(waiting_.begin());
    ::close(records.in);
    ::close(messages.in);
    ::fcntl(records.out, F_SETFL, O_NONBLOCK);
    ::fcntl(messages.out, F_SETFL, O_NONBLOCK);
    running_.push_back({std::move(next.mapped().done),
                        pid,
                        records.out,
                        messages.out,
                        Clock::now(),
                        next.mapped().trial.limit_s,
                        false,
                        {},
                        {}});
    return true;
}

/// Until the next deadline, but not longer than ticks are apart.
int TrialPool::patience_ms() const {
    double least_s = tick_ms / 1000.0;
    for (const Running& child : running_) {
        if (child.limit_s > 0) least_s = std::min(least_s, child.limit_s - child.seconds());
    }
    return std::max(0, static_cast<int>(least_s * 1000) + 1);
}

void TrialPool::read_children(int timeout_ms) {
    std::vector<pollfd> ends;
    for (const Running& child : running_) {
        ends.push_back({child.records, POLLIN, 0});
        ends.push_back({child.messages, POLLIN, 0});
    }
    if (::poll(ends.data(), ends.size(), timeout_ms) <= 0) return;
    for (std::size_t i = 0; i < running_.size(); ++i) {
        Running& child = running_[i];
        if (ends[2 * i].revents != 0) read_some(child.records, child.bytes);
        if (ends[2 * i + 1].revents != 0) {
            read_some(child.messages, child.text);
            if (child.text.size() > longest_message) {  // the end tells most
                child.text.erase(0, child.text.size() - longest_message);
            }
        }
    }
}

/// The loop comes by several times a second. When it did not, somebody stopped the process (Ctrl-Z,
/// a scheduler) and with it the trials, whose limits are of time in which they could run.
void TrialPool::forgive_standstill() {
    const auto now = Clock::now();
    if (now - passed_ > standstill) {
        for (Running& child : running_) {
            child.started += now - std::max(passed_, child.started);
        }
    }
    passed_ = now;
}

void TrialPool::end_the_late() {
    for (Running& child : running_) {
        if (child.late || child.limit_s <= 0 || child.seconds() < child.limit_s) continue;
        child.late = true;
        ::kill(child.pid, SIGKILL);
    }
}

void TrialPool::collect() {
    std::vector<std::pair<Done, TrialOutcome>> finished;
    for (auto child = running_.begin(); child != running_.end();) {
        if (child->records >= 0 || child->messages >= 0) {
            ++child;
            continue;
        }
        int status = 0;
        while (::waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
        }
        TrialOutcome outcome = child->outcome(status);
        if (outcome.end == TrialEnd::killed) {
            killed_.push_back({std::move(child->done), std::move(outcome), Clock::now()});
        } else {
            finished.emplace_back(std::move(child->done), std::move(outcome));
        }
        child = running_.erase(child);
    }
    if (finished.empty()) return;
    start_some();  // before what takes time
    for (auto& [done, outcome] : finished) done(std::move(outcome));
}

void TrialPool::believe_the_killed() {
    const auto now = Clock::now();
    while (!killed_.empty() && now - killed_.front().at >= doubt && !interrupted()) {
        Killed killed = std::move(killed_.front());
        killed_.erase(killed_.begin());
        killed.done(std::move(killed.outcome));
    }
}

void TrialPool::stop() {
    for (const Running& child : running_) ::kill(child.pid, SIGKILL);
    for (const Running& child : running_) {
        if (child.records >= 0) ::close(child.records);
        if (child.messages >= 0) ::close(child.messages);
        while (::waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    running_.clear();
    killed_.clear();
    waiting_.clear();
}

}  // namespace snsim
