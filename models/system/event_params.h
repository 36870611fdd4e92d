// What happens while a scenario runs: interfaces come, go and change, and their guests try what
// they must not. event_check.h finds out what an event means.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "models/base/params.h"
#include "models/system/interface_params.h"

namespace snsim {

enum class EventAction { attach, detach, set, attempt };

/// attach, detach: nothing else to say.
struct PlainEventParams {};

struct SetEventParams {
    std::string to;
    static const ParamTable& params();
};

/// What a guest tries that owns an interface, and must not succeed in.
enum class Attempt {
    // its function asks for memory that is not its own
    write_rings,
    read_rings,
    write_buffers,
    read_buffers,
    write_memory,
    read_memory,
    write_registers,
    read_registers,
    write_interrupt,
    // its cores write to registers of the card
    doorbell_other,
    doorbell_absent,
    doorbell_beyond,
    completion_future,
    register_policy,
    register_other,
    register_read,
    vector_memory,
    vector_other,
    ring_other,
    ring_size,
    // its driver writes descriptors and frames
    receive_other,
    transmit_other,
    transmit_oversized,
    transmit_endless,
    transmit_segment,
    transmit_spoofed,
    transmit_vlan
};
[[nodiscard]] const std::vector<std::pair<std::string, Attempt>>& attempt_words();

struct AttemptEventParams {
    Attempt attempt;
    std::string against;  ///< the interface whose memory or registers are meant
    std::int64_t count;
    Duration every;
    static const ParamTable& params();
};

struct EventParams {
    Duration at;
    EventAction action;
    std::string target;
    std::variant<PlainEventParams, SetEventParams, AttemptEventParams> body;
    static const ParamTable& params();

    // what it means, once references are resolved
    std::size_t host = 0;
    std::size_t interface = 0;
    std::size_t against = 0;               ///< of an attempt
    std::string key;                       ///< that is set
    std::optional<InterfaceParams> after;  ///< the interface from then on
};

}  // namespace snsim
