#include "models/asic/forwarding.h"

namespace snsim {

Forwarding::Forwarding(Side side) : side_(side) {
    if (side == Side::ingress) {
        program_ = {
            {Primitive::extract, 4, always, 0, 0, "MAC addresses and Ethernet type"},
            {Primitive::compare, 1, always, 0, 0, "ingress port's state"},
            {Primitive::compare, 2, always, 0, 0, "multicast, own address"},
            {Primitive::compare, 2, always, 0, 0, "frame size against the port's limits"},
            {Primitive::rewrite, 1, always, 0, 0, "egress port of the frame"},
            {Primitive::rewrite, 2, always, 0, 0, "port's frame and byte counters"},
        };
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
    if (side_ == Side::ingress) *frame.out_port = static_cast<std::uint16_t>(1 - frame.in_port);
}

}  // namespace snsim
