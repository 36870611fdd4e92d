#include "observers/frame_counter.h"

namespace snsim {

std::size_t FrameCounter::watch(FrameTally& tally) {
    places_.push_back({&tally, timeline_.add_frame_counts(classes_)});
    tally.cells.set_lender(*this, places_.back().first_cell);
    return places_.size() - 1;
}

void FrameCounter::lend(LentCell<FrameCount>& to, std::size_t first_cell, Picoseconds t) {
    Bin& bin = timeline_.at(t);
    to.set(bin.frames[first_cell], bin.start, bin.start + timeline_.interval());
}

void FrameCounter::close(const Bin& bin) {
    for (const Place& place : places_) place.tally->cells.forget(bin.start);
}

}  // namespace snsim
