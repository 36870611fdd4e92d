// A cell that an observer lends for one span of time: what happens in that span is added to it,
// and another one is asked for outside. The model that holds it knows neither bins nor windows.
#pragma once

#include <cstddef>

#include "models/base/check.h"
#include "models/base/units.h"

namespace snsim {

template <class Cell>
class LentCell {
  public:
    /// Who lends. `lend` calls set() with the cell of time t, the one of several that was agreed
    /// on.
    class Lender {
      public:
        virtual ~Lender() = default;
        virtual void lend(LentCell& to, std::size_t which, Picoseconds t) = 0;
    };

    LentCell() = default;
    ~LentCell() = default;
    LentCell(const LentCell&) = delete;
    LentCell& operator=(const LentCell&) = delete;

    /// `which` of the lender's cells is handed back with lend().
    void set_lender(Lender& lender, std::size_t which = 0) {
        lender_ = &lender;
        which_ = which;
        forget();
    }
    void set(Cell& cell, Picoseconds start, Picoseconds end) {
        cell_ = &cell;
        start_ = start;
        end_ = end;
    }
    /// The cell of the span that begins at `start` is taken back, if that is the one.
    void forget(Picoseconds start) {
        if (start_ == start) forget();
    }

    /// The cell of time t; null if nobody lends.
    [[nodiscard]] Cell* at(Picoseconds t) {
        if (unlikely(t < start_ || t >= end_)) {
            if (lender_ == nullptr) return nullptr;
            lender_->lend(*this, which_, t);
            SNSIM_CHECK(t >= start_ && t < end_, "the cell of another time was lent");
        }
        return cell_;
    }

  private:
    void forget() { end_ = start_; }

    Picoseconds start_ = 0;
    Picoseconds end_ = 0;
    Cell* cell_ = nullptr;
    Lender* lender_ = nullptr;
    std::size_t which_ = 0;
};

}  // namespace snsim
