#include "models/base/frame_pool.h"

#include <new>

namespace snsim {

void FramePool::grow() {
    chunks_.emplace_back(chunk_frames * sizeof(Frame), true);
    auto* const frames = chunks_.back().as<Frame>();
    for (std::size_t i = chunk_frames; i-- > 0;) put_back(*new (&frames[i]) Frame);
}

void FramePool::begin_leg(Frame& frame) {
    if (free_legs_.empty()) free_legs_.push_back(&legs_.emplace_back());
    FrameLeg& leg = *free_legs_.back();
    free_legs_.pop_back();
    leg.left = frame.left;
    leg.visited = frame.visited;
    leg.earlier = frame.earlier;
    frame.visited = Frame::later_leg;
    frame.earlier = &leg;
}

void FramePool::release_legs(const Frame& frame) {
    std::uint64_t visited = frame.visited;
    FrameLeg* leg = frame.earlier;
    while ((visited & Frame::later_leg) != 0) {
        visited = leg->visited;
        free_legs_.push_back(leg);
        leg = leg->earlier;
    }
}

}  // namespace snsim
