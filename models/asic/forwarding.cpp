#include "models/asic/forwarding.h"

#include "models/base/frame.h"

namespace snsim {

Forwarding::Forwarding(Side side, const MacFilter* filter) : side_(side), filter_(filter) {
    if (side == Side::ingress) {
        program_ = {
            {Primitive::extract, 4, always, 0, 0, "MAC addresses and Ethernet type"},
            {Primitive::compare, 1, always, 0, 0, "ingress port's state"},
            {Primitive::compare, 2, always, 0, 0, "multicast, own address"},
            {Primitive::compare, 2, always, 0, 0, "frame size against the port's limits"},
            {Primitive::rewrite, 1, always, 0, 0, "egress port of the frame"},
            {Primitive::rewrite, 2, always, 0, 0, "port's frame and byte counters"},
        };
        if (filter == nullptr) return;
        tables_ = {filter->table()};
        program_.push_back({Primitive::lookup, 1, always, 0, 0, "interface of the MAC address"});
    } else {
        program_ = {
            {Primitive::extract, 1, always, 0, 0, "egress port's state"},
            {Primitive::compare, 1, always, 0, 0, "frame size against the port's MTU"},
            {Primitive::rewrite, 1, always, 0, 0, "frame length behind the edits"},
            {Primitive::rewrite, 2, always, 0, 0, "port's frame and byte counters"},
        };
    }
}

void Forwarding::begin(FrameView& frame, Execution&) {
    if (side_ != Side::ingress) return;
    const std::uint16_t in = frame.in_port;
    *frame.out_port = static_cast<std::uint16_t>(
        in < host_port ? 1 - in : filter_->wire_of(static_cast<std::uint16_t>(in - host_port)));
}

void Forwarding::lookup(unsigned, FrameView& frame, Execution&, LookupPlan&) {
    const std::uint16_t function = filter_->find(frame.header, frame.parsed->outer_vlan);
    if (function == MacFilter::none) return;
    *frame.out_port = static_cast<std::uint16_t>(host_port + function);
}

}  // namespace snsim
