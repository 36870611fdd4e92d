#include "models/base/scheduler.h"

#include "models/base/check.h"

namespace snsim {

std::size_t StrictPriority::next(const std::vector<std::uint32_t>& heads) {
    std::size_t queue = 0;
    while (queue < heads.size() && heads[queue] == 0) ++queue;
    SNSIM_CHECK(queue < heads.size(), "a scheduler was asked when nothing waits");
    return queue;
}

}  // namespace snsim
