// Credits: a bounded resource as whoever uses it sees it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/base/frame.h"
#include "models/base/ring.h"
#include "models/base/units.h"

namespace snsim {

/// Credits of a bounded resource as its holder sees them: taken now, given back at known times.
///
/// A credit given back for time t serves decisions at t and later. Each giver has a lane of its own
/// and gives back in non-decreasing time (checked).
template <std::size_t lanes = 1>
class CreditPool {
  public:
    explicit CreditPool(std::int64_t issued) : issued_(issued), available_(issued) {}

    /// True if `count` credits can be taken at t.
    [[nodiscard]] bool can_take(Picoseconds t, std::int64_t count = 1) {
        if (available_ >= count && --unlooked_ > 0) return true;
        unlooked_ = look_every;
        return available(t) >= count;
    }
    void take(std::int64_t count = 1) {
        available_ -= count;
        SNSIM_CHECK(available_ >= 0, "a credit was taken that is not there");
    }
    void give_back(Picoseconds t, std::int64_t count = 1, std::size_t lane = 0) {
        Ring<Return>& returns = lanes_[lane];
        if (returns.empty() || t > returns.back().t) {
            returns.push({t, count});
            return;
        }
        SNSIM_CHECK(t == returns.back().t, "credits returned out of order");
        returns.back().count += count;
    }
    /// When the next known return takes effect, or never if none is known. For who was just told
    /// that credits do not suffice.
    [[nodiscard]] Picoseconds next_return() const {
        Picoseconds next = never;
        for (const Ring<Return>& returns : lanes_) {
            if (!returns.empty() && returns.front().t < next) next = returns.front().t;
        }
        return next;
    }
    [[nodiscard]] std::int64_t issued() const { return issued_; }
    /// Credits not taken, those on their way back included.
    [[nodiscard]] std::int64_t here_or_coming() const {
        std::int64_t sum = available_;
        for (const Ring<Return>& returns : lanes_) {
            for (std::size_t i = 0; i < returns.size(); ++i) sum += returns[i].count;
        }
        return sum;
    }
    [[nodiscard]] std::int64_t available(Picoseconds t) {
        for (Ring<Return>& returns : lanes_) {
            while (!returns.empty() && returns.front().t <= t) available_ += returns.pop().count;
        }
        return available_;
    }

  private:
    struct Return {
        Picoseconds t;
        std::int64_t count;
    };

    /// Returns are taken in when credits run short, and now and then, lest the lanes grow long.
    static constexpr int look_every = 32;

    std::int64_t issued_;
    std::int64_t available_;
    int unlooked_ = look_every;
    std::array<Ring<Return>, lanes> lanes_;
};

/// Places, or credits that go out and come back one by one, taken and left in the same order: the
/// n-th taker waits for the (n - places)-th leaver.
class OrderedSlots {
  public:
    explicit OrderedSlots(std::size_t slots) : count_(slots), known_(slots), left_(slots, 0) {}

    /// True if it is known when the next place is free.
    [[nodiscard]] bool known() const { return known_ > 0; }
    /// When it is.
    [[nodiscard]] Picoseconds free_at() const { return left_[taken_]; }
    /// Places of which that is not known.
    [[nodiscard]] std::size_t held() const { return count_ - known_; }
    void take() {
        SNSIM_CHECK(known_ > 0, "a place was taken that is not there");
        --known_;
        taken_ = taken_ + 1 == count_ ? 0 : taken_ + 1;
    }
    /// The first of those inside leaves at t.
    void leave(Picoseconds t) {
        SNSIM_CHECK(known_ < count_, "a place was left that nobody holds");
        SNSIM_CHECK(t >= latest_, "places were left out of order");
        latest_ = left_[leaver_] = t;
        ++known_;
        leaver_ = leaver_ + 1 == count_ ? 0 : leaver_ + 1;
    }

  private:
    std::size_t count_;
    std::size_t known_;
    std::size_t taken_ = 0;   // next to be taken
    std::size_t leaver_ = 0;  // of the next to leave
    Picoseconds latest_ = 0;
    std::vector<Picoseconds> left_;
};

/// One wire of a credit's way back: calls owner.method(frame, t) of whoever issued the credit.
class CreditLink {
  public:
    template <auto method, class Owner>
    void bind(Owner& owner) {
        context_ = &owner;
        function_ = [](void* context, Frame& frame, Picoseconds t) {
            (static_cast<Owner*>(context)->*method)(frame, t);
        };
    }
    void give_back(Frame& frame, Picoseconds t) const { function_(context_, frame, t); }

  private:
    void (*function_)(void*, Frame&, Picoseconds) = nullptr;
    void* context_ = nullptr;
};

}  // namespace snsim
