#include "models/base/frame_pool.h"

#include <new>

namespace snsim {

void FramePool::grow() {
    chunks_.emplace_back(chunk_frames * sizeof(Frame), true);
    auto* const frames = chunks_.back().as<Frame>();
    for (std::size_t i = chunk_frames; i-- > 0;) release(*new (&frames[i]) Frame);
}

}  // namespace snsim
