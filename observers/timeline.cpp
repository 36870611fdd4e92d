#include "observers/timeline.h"

#include <algorithm>

namespace snsim {

void Timeline::move_to(Picoseconds t) {
    SNSIM_CHECK(t >= first_, "a fact came after its bin was closed");
    const auto index = static_cast<std::size_t>((t - first_) / interval_);
    while (open_.size() <= index) {
        if (spare_.empty()) {
            spare_.push_back(std::make_unique<Bin>());
            spare_.back()->stations.resize(stations_);
            spare_.back()->counters.resize(counters_);
            spare_.back()->frames.resize(frame_counts_);
        }
        open_.push_back(std::move(spare_.back()));
        spare_.pop_back();
        open_.back()->start = first_ + static_cast<Picoseconds>(open_.size() - 1) * interval_;
    }
    current_ = open_[index].get();
    current_start_ = current_->start;
}

void Timeline::recycle() {
    std::unique_ptr<Bin> bin = std::move(open_.front());
    open_.pop_front();
    std::fill(bin->stations.begin(), bin->stations.end(), StationBin{});
    std::fill(bin->counters.begin(), bin->counters.end(), 0);
    std::fill(bin->frames.begin(), bin->frames.end(), FrameCount{});
    spare_.push_back(std::move(bin));
    first_ += interval_;
    current_start_ = -(Picoseconds{1} << 62);
}

}  // namespace snsim
