// Generic receive offload: segments of a TCP connection that follow each other become one packet.
//
// Decided by headers, as Linux does (tcp_gro_receive): same addresses, ports and options, same
// acknowledgement, the sequence number that is next, no flags but ACK and PSH, no segment longer
// than the first. A shorter segment or PSH ends the packet, so do 64 KiB. A few connections are
// held at a time; the oldest makes room. Everything held goes on when the driver is done. Left out:
// UDP, tunnels, IP options.
#pragma once

#include <array>
#include <cstdint>

#include "models/host/packet.h"
#include "models/protocols/flow_key.h"

namespace snsim {

class ReceiveMerger {
  public:
    static constexpr std::size_t held_max = 8;
    static constexpr std::uint32_t packet_max = 65535;

    explicit ReceiveMerger(PacketPool& pool) : pool_(pool) {}

    /// Up to two packets go on: `done` before `also`, which is the frame by itself.
    struct Result {
        Packet* done = nullptr;
        Packet* also = nullptr;
        bool merged = false;
    };
    [[nodiscard]] Result add(Frame& frame);
    /// All that is held, the oldest first.
    template <class Each>
    void flush(Each each) {
        for (std::size_t i = 0; i < count_; ++i) each(*held_[i].packet);
        count_ = 0;
    }
    [[nodiscard]] std::size_t held() const { return count_; }

    /// A packet of one frame.
    [[nodiscard]] static Packet& single(PacketPool& pool, Frame& frame);

  private:
    struct Held {
        Packet* packet;
        FlowKey key;
        std::uint32_t next_sequence;
        std::uint32_t acknowledgement;
        std::uint32_t segment;  ///< payload of the first one
        std::uint16_t l4;
        std::uint16_t header_bytes;
        std::uint8_t ttl;
    };
    [[nodiscard]] Packet* remove(std::size_t index);

    PacketPool& pool_;
    std::array<Held, held_max> held_{};  ///< the oldest first
    std::size_t count_ = 0;
};

}  // namespace snsim
