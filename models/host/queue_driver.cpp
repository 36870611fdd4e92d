#include "models/host/queue_driver.h"

#include "models/protocols/header_writer.h"
#include "models/protocols/headers.h"
#include "models/protocols/reflection.h"

namespace snsim {

DropReason QueueDriver::address(Frame& frame, Hop hop) const {
    std::uint8_t* const header = frame.header.data();
    const NextHops& hops = queue_.next_hops;
    const std::optional<MacAddress> to = frame.traffic_class < hops.of_class.size()
                                             ? hops.of_class[frame.traffic_class]
                                             : std::nullopt;
    if (!to) {
        swap_ends(header, frame.header_bytes);
        return DropReason::none;
    }
    if (hop == Hop::route) {
        ParsedHeaders parsed;
        parse(header, frame.header_bytes, frame.bytes - fcs_bytes, parsed);
        if (parsed.ip_version == 0) return DropReason::no_route;
        if (parsed.ttl <= 1) return DropReason::ttl_expired;
        decrement_ttl(header, parsed.l3, parsed.ip_version);
    }
    std::copy(to->begin(), to->end(), header);
    std::copy(hops.own.begin(), hops.own.end(), header + to->size());
    return DropReason::none;
}

}  // namespace snsim
