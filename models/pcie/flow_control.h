// Flow control: the buffer space a receiver advertised, as the transmitter counts it, and the
// updates that give it back (PCIe Base 5.0, 2.6.1).
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/base/credits.h"
#include "models/base/fault.h"
#include "models/pcie/coalescing.h"
#include "models/protocols/pcie_payload.h"

namespace snsim {

/// Headers and 16-byte units of data of one kind of flow.
class FlowCredits {
  public:
    FlowCredits(std::int64_t headers, std::int64_t data) : headers_(headers), data_(data) {}

    [[nodiscard]] bool finite() const { return headers_.issued() > 0 || data_.issued() > 0; }
    // Of `tlps` TLPs, each with `bytes` of data.
    [[nodiscard]] bool can_take(Picoseconds t, std::uint32_t bytes, std::int64_t tlps = 1) {
        return (headers_.issued() == 0 || headers_.can_take(t, tlps)) &&
               (data_.issued() == 0 || data_.can_take(t, tlps * units(bytes)));
    }
    void take(std::uint32_t bytes, std::int64_t tlps = 1) {
        if (headers_.issued() > 0) headers_.take(tlps);
        if (data_.issued() > 0 && bytes > 0) data_.take(tlps * units(bytes));
        held_ += tlps * counted(bytes);
    }
    void give_back(Picoseconds t, std::uint32_t bytes, std::int64_t tlps = 1) {
        held_ -= tlps * counted(bytes);
        if (headers_.issued() > 0 && !fault::armed("lost_flow_credit")) headers_.give_back(t, tlps);
        if (data_.issued() > 0 && bytes > 0) data_.give_back(t, tlps * units(bytes));
    }
    /// When, after t, more may be there.
    [[nodiscard]] Picoseconds next_return(Picoseconds t) {
        (void)headers_.available(t);
        (void)data_.available(t);
        return std::min(headers_.issued() > 0 ? headers_.next_return() : never,
                        data_.issued() > 0 ? data_.next_return() : never);
    }
    // For the audit, headers and data together: what there is, what the transmitter has or will
    // have when all that is on its way is back, and what TLPs hold by a count of their own.
    [[nodiscard]] std::int64_t issued() const { return headers_.issued() + data_.issued(); }
    [[nodiscard]] std::int64_t here_or_coming() const {
        return headers_.here_or_coming() + data_.here_or_coming();
    }
    [[nodiscard]] std::int64_t held() const { return held_; }

    static constexpr std::int64_t unit = 16;
    [[nodiscard]] static std::int64_t units(std::uint32_t bytes) {
        return (static_cast<std::int64_t>(bytes) + unit - 1) / unit;
    }

  private:
    [[nodiscard]] std::int64_t counted(std::uint32_t bytes) const {
        return (headers_.issued() > 0 ? 1 : 0) + (data_.issued() > 0 ? units(bytes) : 0);
    }

    CreditPool<1> headers_;
    CreditPool<1> data_;
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
