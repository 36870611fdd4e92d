// The transmitter's copies of what it sent and has not been told has arrived (PCIe Base 5.0, 3.6).
//
// A TLP lies there until an acknowledgement tells of it or of a later one. Where none tells in time
// all that lies there is sent again. Nothing is kept where neither can ever matter.
#pragma once

#include <cstdint>

#include "models/base/credits.h"
#include "models/base/fault.h"
#include "models/pcie/pcie_params.h"

namespace snsim {

class ReplayBuffer {
  public:
    /// `timer`: from a TLP's last bit until it is sent again.
    ReplayBuffer(const LinkParams& link, Picoseconds timer)
        : room_(link.replay_buffer ? link.replay_buffer->value : 0),
          timer_(timer),
          loses_(link.ack_loss.value > 0) {}

    [[nodiscard]] bool matters() const { return loses_ || room_.issued() > 0; }
    [[nodiscard]] bool can_take(Picoseconds t, std::uint32_t bytes) {
        return room_.issued() == 0 || room_.can_take(t, bytes);
    }
    /// When there is more room; not known where no acknowledgement is under way.
    [[nodiscard]] Picoseconds next_return(Picoseconds t) {
        (void)room_.available(t);
        return room_.next_return();
    }
    void sent(std::uint32_t bytes, Picoseconds finish) {
        if (room_.issued() > 0) room_.take(bytes);
        open_ += bytes;
        if (loses_ && deadline_ == never) deadline_ = finish + timer_;
    }
    /// An acknowledgement of all that was sent comes at `told`; false if that is too late.
    bool acknowledge(Picoseconds told) {
        if (told > deadline_) return false;
        if (room_.issued() > 0 && !fault::armed("lost_replay_room")) room_.give_back(told, open_);
        open_ = 0;
        deadline_ = never;
        return true;
    }
    /// When what is open is sent again.
    [[nodiscard]] Picoseconds deadline() const { return deadline_; }
    /// Bytes that no acknowledgement tells of yet.
    [[nodiscard]] std::uint32_t open() const { return open_; }
    void replayed(Picoseconds finish) { deadline_ = finish + timer_; }
    // for the audit
    [[nodiscard]] std::int64_t issued() const { return room_.issued(); }
    [[nodiscard]] std::int64_t here_or_coming() const { return room_.here_or_coming(); }

  private:
    CreditPool<1> room_;  ///< bytes; none: no limit
    Picoseconds timer_;
    bool loses_;
    std::uint32_t open_ = 0;
    Picoseconds deadline_ = never;
};

}  // namespace snsim
