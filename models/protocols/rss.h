// Receive-side scaling: the Toeplitz hash over addresses and ports that spreads flows over queues
// (Microsoft, "Verifying the RSS hash calculation").
//
// The hash of an input is the exclusive or, over its set bits, of the 32 key bits that start at the
// bit's position. A table per input byte makes that one look-up a byte.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/protocols/flow_key.h"

namespace snsim {

class ToeplitzHash {
  public:
    static constexpr std::size_t key_bytes = 40;
    static constexpr std::size_t input_bytes = 36;  ///< two IPv6 addresses and two ports
    using Key = std::array<std::uint8_t, key_bytes>;

    /// The key that Microsoft's verification suite, and with it most drivers, use.
    static const Key standard_key;

    explicit ToeplitzHash(const Key& key);

    /// Of up to `input_bytes` bytes.
    [[nodiscard]] std::uint32_t of(const std::uint8_t* input, std::size_t length) const {
        std::uint32_t hash = 0;
        for (std::size_t i = 0; i < length; ++i) hash ^= parts_[i][input[i]];
        return hash;
    }
    /// Of a frame's addresses, with its ports if TCP or UDP; 0 for a key of no IP packet. The key
    /// runs from the frame's source to its destination.
    [[nodiscard]] std::uint32_t of(const FlowKey& key) const;

  private:
    std::array<std::array<std::uint32_t, 256>, input_bytes> parts_;
};

/// True if ports are part of what is hashed.
[[nodiscard]] bool rss_covers_ports(const FlowKey& key);

}  // namespace snsim
