// Which segments of a TCP connection may become one packet: decided by headers, as Linux does
// (tcp_gro_receive), in software (GRO) and on cards (LRO) alike.
//
// Same addresses, ports and options, same acknowledgement and TTL, the sequence number that is
// next, no flags but ACK and PSH, no segment longer than the first. A shorter segment or PSH is the
// last one. Left out: UDP, tunnels, IP options, frames with a tag.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/protocols/flow_key.h"
#include "models/protocols/headers.h"

namespace snsim {

struct TcpSegment {
    FlowKey key;
    std::uint32_t sequence;
    std::uint32_t acknowledgement;
    std::uint32_t payload;
    std::uint16_t l4;
    std::uint16_t header_bytes;
    std::uint8_t flags;
    std::uint8_t ttl;

    /// Reads the headers at `bytes`, of which `available` are at hand, of a frame of so many bytes
    /// without FCS; false if it is no segment, or a fragment, or has a tag.
    [[nodiscard]] bool read(const std::uint8_t* bytes, std::size_t available, std::uint32_t frame);
    /// It carries data and no flags but ACK and PSH.
    [[nodiscard]] bool is_plain() const {
        constexpr std::uint8_t mergeable = tcp_flag::ack | tcp_flag::psh;
        return (flags & ~mergeable) == 0 && payload > 0;
    }
    /// Others may follow it.
    [[nodiscard]] bool may_begin() const { return is_plain() && (flags & tcp_flag::psh) == 0; }
};

/// Segments that follow each other.
class SegmentRun {
  public:
    SegmentRun() = default;
    /// `bytes`: the first one's headers.
    SegmentRun(const TcpSegment& first, const std::uint8_t* bytes);

    [[nodiscard]] const FlowKey& key() const { return key_; }
    /// Whether the segment, which is of the same connection, is the next one.
    [[nodiscard]] bool goes_on_with(const TcpSegment& segment, const std::uint8_t* bytes) const;
    /// Adds it; false if it is the last one.
    bool add(const TcpSegment& segment);

  private:
    static constexpr std::size_t most_options = 40;

    FlowKey key_;
    std::uint32_t next_sequence_ = 0;
    std::uint32_t acknowledgement_ = 0;
    std::uint32_t payload_ = 0;  ///< of the first one
    std::uint16_t header_bytes_ = 0;
    std::uint8_t ttl_ = 0;
    std::uint8_t option_bytes_ = 0;
    std::array<std::uint8_t, most_options> options_{};
};

}  // namespace snsim
