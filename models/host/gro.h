// Generic receive offload: segments of a TCP connection that follow each other become one packet.
//
// Which ones is decided by their headers (models/protocols/tcp_merge.h); a packet ends with 64 KiB.
// A few connections are held at a time; the oldest makes room. Everything held goes on when the
// driver is done. What a card has merged is not merged again: it lets go on what is held of its
// connection, and follows it.
#pragma once

#include <array>
#include <cstdint>

#include "models/host/packet.h"
#include "models/protocols/tcp_merge.h"

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
    /// For a packet that the card has merged.
    [[nodiscard]] Result pass(Packet& packet);
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
        SegmentRun run;
    };
    /// Index of what is held of a connection, or as many as are held.
    [[nodiscard]] std::size_t find(const FlowKey& key) const;
    [[nodiscard]] Packet* remove(std::size_t index);

    PacketPool& pool_;
    std::array<Held, held_max> held_{};  ///< the oldest first
    std::size_t count_ = 0;
};

}  // namespace snsim
