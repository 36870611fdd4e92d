// What the ASIC knows of a frame under way: the parser's findings and each function's state. It
// stands in the frame's scratch from the parser to the traffic manager.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "models/base/frame.h"
#include "models/functions/function.h"

namespace snsim {

struct HeaderVector {
    static constexpr std::size_t max_functions = 8;

    // Three lines of the host's cache for pipelines of two functions.
    FrameView view;  ///< the frame as functions see it
    ParsedHeaders parsed;
    Picoseconds lookup_start;  ///< of the look-up it is in; -1: none
    Picoseconds lookup_stall;  ///< what that look-up has waited for the memory
    std::uint16_t out_port;    ///< view.out_port
    bool dropped;
    FlowKey key;
    std::array<Execution, max_functions> runs;  ///< by function of the pipeline the frame is in

    /// What parse() and make_canonical_key() do not fill in.
    void start(Frame& frame) {
        view.header = frame.header.data();
        view.header_bytes = frame.header_bytes;
        view.frame_bytes = frame.bytes - fcs_bytes;
        view.parsed = &parsed;
        view.key = &key;
        view.in_port = static_cast<std::uint16_t>(frame.in_port + frame.function);
        view.out_port = &out_port;
        lookup_start = -1;
        out_port = 0;
        dropped = false;
    }
    /// Nothing more is executed for the frame, and it is dropped behind the pipeline.
    void condemn(Frame& frame, DropReason reason, std::uint8_t place) {
        dropped = true;
        frame.drop_reason = static_cast<std::uint8_t>(reason);
        frame.drop_place = place;
    }
    /// The same for a frame that a function does not forward.
    void condemn(Frame& frame, const Execution& run, std::uint8_t place) {
        condemn(frame, run.verdict == Verdict::drop ? run.drop : DropReason::header_too_long,
                place);
    }
    /// The view at t.
    [[nodiscard]] FrameView& at(Picoseconds t) {
        view.now_ps = t;
        return view;
    }
};
static_assert(sizeof(HeaderVector) <= sizeof(Frame::scratch));
static_assert(std::is_trivially_destructible_v<HeaderVector>);

}  // namespace snsim
