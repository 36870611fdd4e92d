#include "models/base/scheduler.h"

#include "models/base/check.h"

namespace snsim {

std::size_t StrictPriority::next(const std::vector<std::uint32_t>& heads) {
    std::size_t queue = 0;
    while (queue < heads.size() && heads[queue] == 0) ++queue;
    SNSIM_CHECK(queue < heads.size(), "a scheduler was asked when nothing waits");
    return queue;
}

DeficitRoundRobin::DeficitRoundRobin(std::vector<std::uint32_t> weights, std::uint32_t quantum)
    : deficit_(weights.size(), 0) {
    for (const std::uint32_t weight : weights) {
        SNSIM_CHECK(weight > 0 && quantum > 0, "a queue without weight would never be served");
        grant_.push_back(std::uint64_t{weight} * quantum);
    }
}

void DeficitRoundRobin::advance() {
    turn_ = turn_ + 1 == grant_.size() ? 0 : turn_ + 1;
    granted_ = false;
}

std::size_t DeficitRoundRobin::next(const std::vector<std::uint32_t>& heads) {
    bool any = false;
    for (std::size_t queue = 0; queue < heads.size(); ++queue) {
        any = any || heads[queue] != 0;
        if (heads[queue] == 0) deficit_[queue] = 0;  // nothing is saved while nothing waits
    }
    SNSIM_CHECK(any, "a scheduler was asked when nothing waits");
    for (;;) {
        const std::uint32_t head = heads[turn_];
        if (head != 0) {
            if (!granted_) deficit_[turn_] += grant_[turn_];
            granted_ = true;
            if (deficit_[turn_] >= head) {
                deficit_[turn_] -= head;
                return turn_;
            }
        }
        advance();
    }
}

}  // namespace snsim
