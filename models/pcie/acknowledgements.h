// What the far end tells of the TLPs that have come, and what the transmitter keeps until then.
//
// A lost acknowledgement is made good by the next one, or the replay timer lets all be sent again
// that nothing tells of. By the guideline acknowledgements are a part of the rate and none is told.
#pragma once

#include "models/base/random.h"
#include "models/pcie/coalescing.h"
#include "models/pcie/pcie_params.h"
#include "models/pcie/replay_buffer.h"

namespace snsim {

class Acknowledgements {
  public:
    /// `interval`: between two of them; `way`: of one, from its first bit until it is read;
    /// `latency`: of the link.
    Acknowledgements(const LinkParams& link, Picoseconds interval, Picoseconds way,
                     Picoseconds latency)
        : loss_(link.ack_loss.value),
          way_(way),
          next_(interval),
          told_(link.dll == DllMode::events),
          // Three times the interval (PCIe Base 5.0, 3.6.2.1), and the way there and back.
          replay(link, 3 * interval + 2 * latency) {}

    /// A TLP has come at t. True if that takes a packet of its own, which leaves at packet_at().
    [[nodiscard]] bool tell(Picoseconds t, RandomStream& luck) {
        if (!told_ || !next_.tell(t)) return false;
        lost_ = loss_ > 0 && luck.unit() <= loss_;
        return true;
    }
    [[nodiscard]] Picoseconds packet_at() const { return next_.at(); }
    /// The next one tells the transmitter of all it has sent. Returns when, or never.
    Picoseconds take_effect() {
        if (!told_ || lost_ || !replay.matters()) return never;
        const Picoseconds told = next_.at() + way_;
        return replay.acknowledge(told) ? told : never;
    }

  private:
    double loss_;
    Picoseconds way_;
    Coalescing next_;
    bool told_;
    bool lost_ = false;  ///< the one that tells of what comes now

  public:
    ReplayBuffer replay;
};

}  // namespace snsim
