// What the ASIC knows of a frame under way: the parser's findings and each function's state. It
// stands in the frame's scratch from the parser to the traffic manager.
#pragma once

#include <array>
#include <cstdint>

#include "models/base/frame.h"
#include "models/functions/function.h"

namespace snsim {

struct HeaderVector {
    static constexpr std::size_t max_functions = 8;

    ParsedHeaders parsed;
    FlowKey key;
    std::uint64_t key_hash = 0;
    Picoseconds lookup_start = -1;  ///< of the look-up it is in; -1: none
    Picoseconds lookup_stall = 0;   ///< what that look-up has waited for the memory
    std::uint16_t out_port = 0;
    bool key_reversed = false;
    bool dropped = false;
    std::uint8_t begun = 0;                     ///< functions begun so far
    std::array<Execution, max_functions> runs;  ///< by function of the pipeline the frame is in

    /// The frame as a network function sees it at t.
    [[nodiscard]] static FrameView view(Frame& frame, Picoseconds t) {
        auto& hv = frame.note<HeaderVector>();
        FrameView v;
        v.header = frame.header.data();
        v.header_bytes = frame.header_bytes;
        v.frame_bytes = frame.bytes - fcs_bytes;
        v.parsed = &hv.parsed;
        v.key = &hv.key;
        v.key_hash = hv.key_hash;
        v.key_reversed = hv.key_reversed;
        v.in_port = frame.in_port;
        v.out_port = &hv.out_port;
        v.now_ps = t;
        return v;
    }
};
static_assert(sizeof(HeaderVector) <= 256);

}  // namespace snsim
