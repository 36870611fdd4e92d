// A packet on its way through the kernel: one frame, or received segments of a connection that
// were merged. Frames stay what they are; the packet is what costs are counted by.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/base/frame.h"
#include "models/base/units.h"

namespace snsim {

struct Packet {
    std::vector<Frame*> frames;
    std::uint32_t bytes = 0;         ///< of the frames, FCS excluded
    std::uint32_t buffers = 0;       ///< in which they lie, or pages of what the card has merged
    std::uint32_t data_packets = 0;  ///< of TCP, those that carry data
    bool tcp = false;
    std::uint32_t core = 0;  ///< that queued it at its socket
    Picoseconds t = 0;       ///< when it came to where it is
};

/// Packets, used again and again.
class PacketPool {
  public:
    [[nodiscard]] Packet& take() {
        if (free_.empty()) {
            all_.push_back(std::make_unique<Packet>());
            free_.push_back(all_.back().get());
        }
        Packet& packet = *free_.back();
        free_.pop_back();
        return packet;
    }
    void release(Packet& packet) {
        packet.frames.clear();
        packet.bytes = 0;
        packet.buffers = 0;
        packet.data_packets = 0;
        packet.tcp = false;
        free_.push_back(&packet);
    }

  private:
    std::vector<std::unique_ptr<Packet>> all_;
    std::vector<Packet*> free_;
};

}  // namespace snsim
