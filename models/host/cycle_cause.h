// What a core's cycles are spent on. One list, one set of names: results, docs and tests use it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace snsim {

enum class CycleCause : std::uint8_t {
    polling,
    interrupt,
    softirq,
    driver,
    refill,
    doorbell,
    program,
    buffer,
    gro,
    ip,
    filter,
    transport,
    socket,
    acknowledge,
    wakeup,
    context_switch,
    system_call,
    transfer,
    copy,
    application,
    transmit,
    checksum,
    count_,
};
inline constexpr std::size_t cycle_causes = static_cast<std::size_t>(CycleCause::count_);

struct CycleCauseInfo {
    std::string_view name;
    std::string_view meaning;
};

inline constexpr std::array<CycleCauseInfo, cycle_causes> cycle_cause_table{{
    {"polling", "looking into empty rings"},
    {"interrupt", "entering and leaving interrupt handlers"},
    {"softirq", "entering the deferred part of interrupts, calling drivers, re-arming"},
    {"driver", "taking completions off rings"},
    {"refill", "writing receive descriptors"},
    {"doorbell", "writing the card's registers"},
    {"program", "the early hook and what its program does"},
    {"buffer", "allocating and freeing packet buffers and their headers"},
    {"gro", "merging received segments"},
    {"ip", "the network layer, routing included"},
    {"filter", "packet filter rules and connection tracking"},
    {"transport", "TCP and UDP, cache lines of theirs that another core wrote included"},
    {"socket", "queueing at sockets"},
    {"acknowledge", "acknowledging TCP segments"},
    {"wakeup", "waking a thread"},
    {"context_switch", "switching to another thread"},
    {"system_call", "entering and leaving the kernel"},
    {"transfer", "fetching other cache lines that another core wrote"},
    {"copy", "moving bytes between kernel and application"},
    {"application", "the application itself"},
    {"transmit", "queueing, sending and completing frames"},
    {"checksum", "summing what the card does not"},
}};

[[nodiscard]] constexpr std::string_view name_of(CycleCause cause) {
    return cycle_cause_table[static_cast<std::size_t>(cause)].name;
}

}  // namespace snsim
