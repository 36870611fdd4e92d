// One end of a link that a block stands at: makes TLPs of its requests and answers, and requests
// and answers of the TLPs that come.
//
// Responses travel against their requests. A posted write is answered when its last TLP has left.
#pragma once

#include "models/base/memory_stream.h"
#include "models/pcie/link_direction.h"

namespace snsim {

class LinkEnd {
  public:
    struct Settings {
        const char* in;
        const char* out;
        const LinkParams& link;
        std::uint32_t completion_limit;  ///< bytes at whose multiples completions end
        std::uint8_t device;             ///< that asks here, by its number on the bus; 0: the host
    };
    LinkEnd(Agenda& agenda, LinkDirection& outgoing, LinkDirection& incoming,
            const Settings& settings);
    LinkEnd(const LinkEnd&) = delete;
    LinkEnd& operator=(const LinkEnd&) = delete;

    MemoryIn in;    ///< what goes to the far end
    MemoryOut out;  ///< what the far end asks for

  private:
    enum Sender : std::size_t { requests = 0, answers = 1 };

    void asked(Payload& payload, Picoseconds t);
    void answered(Payload& payload, Picoseconds t);
    void arrived(Payload& payload, PcieFlow flow, Picoseconds t);
    void left(Payload& payload, Picoseconds t);

    // parameters
    std::uint32_t mps_;
    std::uint32_t mrrs_;
    std::uint32_t completion_limit_;
    std::uint8_t device_;

    // wiring
    LinkDirection& outgoing_;
};

}  // namespace snsim
