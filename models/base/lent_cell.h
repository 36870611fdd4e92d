// A cell that an observer lends for one span of time: what happens in that span is added to it,
// and another one is asked for outside. The model that holds it knows neither bins nor windows.
#pragma once

#include "models/base/check.h"
#include "models/base/units.h"

namespace snsim {

template <class Cell>
class LentCell {
  public:
    /// Who lends. `lend` calls set() with the cell of time t.
    class Lender {
      public:
        virtual ~Lender() = default;
        virtual void lend(LentCell& to, Picoseconds t) = 0;
    };

    LentCell() = default;
    ~LentCell() = default;
    LentCell(const LentCell&) = delete;
    LentCell& operator=(const LentCell&) = delete;

    void set_lender(Lender& lender) {
        lender_ = &lender;
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
            lender_->lend(*this, t);
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
};

}  // namespace snsim
