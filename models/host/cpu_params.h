// Parameters of a host's processor: cores, idle states, and what the steps of drivers, network
// stack and applications cost in cycles.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/base/params.h"
#include "models/base/units.h"

namespace snsim {

/// A state a core sleeps in.
struct IdleStateParams {
    std::string name;
    Duration exit;
    Duration residency;
    std::optional<Duration> awake_exit{};  ///< where the package is awake already
    static const ParamTable& params();
};

/// Cycles of a driver in the application that polls (DPDK).
struct PollCostParams {
    std::int64_t look;
    std::int64_t burst;
    std::int64_t packet;
    std::int64_t send;
    static const ParamTable& params();
};

/// Cycles of interrupts and of a driver in the kernel.
struct InterruptCostParams {
    std::int64_t entry;
    std::int64_t softirq;
    std::int64_t poll;
    std::int64_t rearm;
    std::int64_t packet;
    std::int64_t program;
    std::int64_t redirect;
    std::int64_t transmit;
    std::int64_t route;
    std::int64_t node;
    std::int64_t balance;
    static const ParamTable& params();
};

/// Cycles of the kernel's receive path.
struct StackCostParams {
    std::int64_t buffer;
    std::int64_t receive;
    std::int64_t gro;
    std::int64_t merge;
    std::int64_t fragment_kib;
    std::int64_t rule;
    std::int64_t input;
    std::int64_t filter;
    std::int64_t connection;
    std::int64_t forward;
    std::int64_t tcp;
    std::int64_t udp;
    std::int64_t socket;
    std::int64_t acknowledge;
    std::int64_t wakeup;
    std::int64_t context_switch;
    std::int64_t system_call;
    std::int64_t transfer;
    std::int64_t connection_lines;
    std::int64_t packet_lines;
    std::int64_t frame_lines;
    std::int64_t copy_hit_kib;
    std::int64_t copy_miss_kib;
    static const ParamTable& params();
};

/// Cycles of the kernel's transmit path.
struct SendCostParams {
    std::int64_t buffer;
    std::int64_t fragment_kib;
    std::int64_t tcp;
    std::int64_t udp;
    std::int64_t ip;
    std::int64_t segment;
    std::int64_t acknowledgement;
    std::int64_t queue;
    std::int64_t complete;
    static const ParamTable& params();
};

struct CpuParams {
    Frequency clock;
    std::int64_t cores;
    std::vector<IdleStateParams> idle_states;  ///< shallow to deep
    std::int64_t doorbell;
    std::int64_t refill;
    PollCostParams poll;
    InterruptCostParams interrupt;
    StackCostParams stack;
    SendCostParams send;
    static const ParamTable& params();
};

}  // namespace snsim
