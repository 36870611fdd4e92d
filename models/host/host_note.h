// What the host keeps with a frame while it has it: stands in the frame's scratch.
#pragma once

#include <cstdint>

#include "models/base/frame.h"

namespace snsim {

struct HostNote {
    std::uint64_t landed = 0;  ///< FramePath::landed() when it came
    Frame* next = nullptr;     ///< that lies behind it in the same buffer
    Frame* last = nullptr;     ///< of a buffer's first frame: the last one behind it
};

/// Calls each(frame) for the frames of one buffer, which it may end.
template <class Each>
void for_each_in_buffer(Frame* frame, Each each) {
    while (frame != nullptr) {
        Frame* const next = frame->note<HostNote>().next;
        each(*frame);
        frame = next;
    }
}

}  // namespace snsim
