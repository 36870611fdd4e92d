// Counts the frames that pass chosen places, by traffic class, interval by interval.
#pragma once

#include <cstddef>
#include <vector>

#include "models/base/frame_tally.h"
#include "observers/timeline.h"

namespace snsim {

class FrameCounter final : private LentCell<FrameCount>::Lender {
  public:
    FrameCounter(Timeline& timeline, std::size_t classes)
        : timeline_(timeline), classes_(classes) {}
    FrameCounter(const FrameCounter&) = delete;
    FrameCounter& operator=(const FrameCounter&) = delete;

    /// Lends a place its cells, before the first fact; returns its index here.
    std::size_t watch(FrameTally& tally);

    [[nodiscard]] const FrameCount& at(const Bin& bin, std::size_t place,
                                       std::size_t traffic_class) const {
        return bin.frames[places_[place].first_cell + traffic_class];
    }
    /// Takes the cells of a closed bin back.
    void close(const Bin& bin);

  private:
    struct Place {
        FrameTally* tally;
        std::size_t first_cell;
    };

    void lend(LentCell<FrameCount>& to, std::size_t first_cell, Picoseconds t) override;

    Timeline& timeline_;
    std::size_t classes_;
    std::vector<Place> places_;
};

}  // namespace snsim
