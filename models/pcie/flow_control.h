// Flow control: the buffer space a receiver advertised, as the transmitter counts it, and the
// updates that give it back (PCIe Base 5.0, 2.6.1).
#pragma once

#include <cstdint>

#include "models/base/check.h"
#include "models/base/fault.h"
#include "models/base/ring.h"
#include "models/pcie/coalescing.h"
#include "models/protocols/pcie_payload.h"

namespace snsim {

/// Headers and 16-byte units of data of one kind of flow; of either, 0 issued stand for no limit.
///
/// Credits given back for time t serve decisions at t and later, and are given back in
/// non-decreasing time (checked).
class FlowCredits {
  public:
    FlowCredits(std::int64_t headers, std::int64_t data) : issued_{headers, data}, here_(issued_) {}

    [[nodiscard]] bool finite() const { return issued_.headers > 0 || issued_.data > 0; }
    // Of `tlps` TLPs, each with `bytes` of data.
    [[nodiscard]] bool can_take(Picoseconds t, std::uint32_t bytes, std::int64_t tlps = 1) {
        const Amount amount = limited(bytes, tlps);
        if (here_.covers(amount) && returns_.size() < many) return true;
        collect(t);
        return here_.covers(amount);
    }
    void take(std::uint32_t bytes, std::int64_t tlps = 1) {
        const Amount amount = limited(bytes, tlps);
        here_.headers -= amount.headers;
        here_.data -= amount.data;
        SNSIM_CHECK(here_.headers >= 0 && here_.data >= 0, "a credit was taken that is not there");
        held_ += amount.headers + amount.data;
    }
    void give_back(Picoseconds t, std::uint32_t bytes, std::int64_t tlps = 1) {
        Amount amount = limited(bytes, tlps);
        held_ -= amount.headers + amount.data;
        if (amount.headers > 0 && fault::armed("lost_flow_credit")) amount.headers = 0;
        if (returns_.empty() || t > returns_.back().t) {
            returns_.push({t, amount});
            return;
        }
        SNSIM_CHECK(t == returns_.back().t, "credits returned out of order");
        returns_.back().amount.add(amount);
    }
    /// When, after t, more may be there.
    [[nodiscard]] Picoseconds next_return(Picoseconds t) {
        collect(t);
        return returns_.empty() ? never : returns_.front().t;
    }
    // For the audit, headers and data together: what there is, what the transmitter has or will
    // have when all that is on its way is back, and what TLPs hold by a count of their own.
    [[nodiscard]] std::int64_t issued() const { return issued_.headers + issued_.data; }
    [[nodiscard]] std::int64_t here_or_coming() const {
        Amount sum = here_;
        for (std::size_t i = 0; i < returns_.size(); ++i) sum.add(returns_[i].amount);
        return sum.headers + sum.data;
    }
    [[nodiscard]] std::int64_t held() const { return held_; }

    static constexpr std::int64_t unit = 16;
    [[nodiscard]] static std::int64_t units(std::uint32_t bytes) {
        return (static_cast<std::int64_t>(bytes) + unit - 1) / unit;
    }

  private:
    struct Amount {
        std::int64_t headers;
        std::int64_t data;

        [[nodiscard]] bool covers(const Amount& other) const {
            return headers >= other.headers && data >= other.data;
        }
        void add(const Amount& other) {
            headers += other.headers;
            data += other.data;
        }
    };
    struct Return {
        Picoseconds t;
        Amount amount;
    };
    /// Returns are collected when credits run short, and lest they become many.
    static constexpr std::size_t many = 32;

    /// What TLPs take of what has a limit.
    [[nodiscard]] Amount limited(std::uint32_t bytes, std::int64_t tlps) const {
        return {issued_.headers > 0 ? tlps : 0, issued_.data > 0 ? tlps * units(bytes) : 0};
    }
    void collect(Picoseconds t) {
        while (!returns_.empty() && returns_.front().t <= t) here_.add(returns_.pop().amount);
    }

    Amount issued_;
    Amount here_;
    Ring<Return> returns_;
    std::int64_t held_ = 0;
};

/// The credits of one kind of flow at the transmitter, and the updates by which the receiver gives
/// them back.
class FlowControl {
  public:
    /// `way`: of an update, from its first bit until it is read.
    FlowControl(const FlowCredits& issued, Picoseconds interval, Picoseconds way)
        : credits(issued), finite_(issued.finite()), updates_(interval), way_(way) {}

    FlowCredits credits;

    [[nodiscard]] bool finite() const { return finite_; }
    /// Something is drained at t, of which the receiver tells if there is a limit. True if that
    /// takes a packet of its own, which leaves at update_at().
    bool drain(Picoseconds t) { return finite_ && updates_.tell(t); }
    [[nodiscard]] Picoseconds update_at() const { return updates_.at(); }
    /// True if the update that leaves next tells of what is drained at t.
    [[nodiscard]] bool told_of(Picoseconds t) const { return !finite_ || t <= updates_.at(); }
    /// Of `tlps` TLPs with so many bytes each, which that update tells of. Returns when the credits
    /// are there.
    Picoseconds give_back(std::uint32_t bytes, std::uint32_t tlps = 1) {
        const Picoseconds back = updates_.at() + way_;
        if (finite_) credits.give_back(back, bytes, tlps);
        return back;
    }

  private:
    bool finite_;
    Coalescing updates_;
    Picoseconds way_;
};

}  // namespace snsim
