// TCP segmentation: cuts a packet's payload into pieces of at most `mss` bytes, each with the
// packet's headers adjusted (lengths, IPv4 identification, sequence number, flags) and both
// checksums written anew.
//
// The payload is one frame's, or lies in pieces of that size, each a frame of its own.
//
// FIN and PSH stand in the last segment only, CWR in the first (as NDIS and Linux have it).
// Segments keep the packet's class, flow, sequence number and stamps: each is the packet's
// continuation.
#pragma once

#include <array>
#include <cstdint>

#include "models/base/frame.h"
#include "models/protocols/header_writer.h"

namespace snsim {

class Segmentation {
  public:
    /// True for what has TCP headers and a payload.
    [[nodiscard]] static bool can_cut(const Frame& packet);

    /// `packet`: one that can be cut.
    Segmentation(const Frame& packet, std::uint32_t mss);

    [[nodiscard]] std::uint32_t count() const { return count_; }
    /// Makes `segment`, fresh from the pool, the i-th.
    void write(std::uint32_t i, Frame& segment) const;
    /// Writes the headers of the i-th of `count` into a frame that holds its payload.
    void write_headers(std::uint32_t i, std::uint32_t count, Frame& segment) const;

  private:
    const Frame& packet_;
    std::array<std::uint8_t, max_header_bytes> header_;  // the packet's
    std::uint32_t mss_;
    HeaderLayout layout_;
    std::uint32_t payload_;  // bytes
    std::uint32_t count_;
};

}  // namespace snsim
