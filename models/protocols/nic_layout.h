// What a NIC function and its driver share in host memory: descriptors and completions.
//
// Rings are arrays of 16-byte entries whose number is a power of two. The driver owns the producer
// index of the descriptor rings, the card that of the completion rings. A completion's last byte
// holds its colour, which the card flips with every turn of the ring, so that a driver sees that an
// entry is new without reading an index: the first turn writes 1 over the zeroed ring. All fields
// are little-endian; bytes that no field names are zero.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/protocols/byte_order.h"

namespace snsim {

inline constexpr std::size_t ring_entry_bytes = 16;
using RingEntry = std::array<std::uint8_t, ring_entry_bytes>;

/// The position of the n-th entry ever in a ring of `entries`, and the colour it is written with.
[[nodiscard]] constexpr std::uint32_t ring_position(std::uint64_t n, std::uint32_t entries) {
    return static_cast<std::uint32_t>(n & (entries - 1U));
}
[[nodiscard]] constexpr bool ring_colour(std::uint64_t n, std::uint32_t entries) {
    return (n / entries) % 2 == 0;
}

/// A buffer for one received frame.
struct RxDescriptor {
    std::uint64_t address = 0;  ///< the function's own (I/O virtual) address
    std::uint16_t length = 0;   ///< of the buffer; a longer frame is dropped
    std::uint32_t cookie = 0;   ///< the driver's own, which the completion hands back

    void store(std::uint8_t* to) const {
        store_le64(to, address);
        store_le32(to + 8, length);
        store_le32(to + 12, cookie);
    }
    [[nodiscard]] static RxDescriptor load(const std::uint8_t* from) {
        return {load_le64(from), load_le16(from + 8), load_le32(from + 12)};
    }
};

/// A received frame, or several merged ones, is in memory.
struct RxCompletion {
    enum Flag : std::uint16_t {
        ip_checksum_ok = 1,
        l4_checksum_ok = 2,
        vlan_stripped = 4,
        hashed = 8,     ///< `hash` is valid
        hash_l4 = 16,   ///< and covers ports
        merged = 32,    ///< `segments` frames were merged (LRO)
        truncated = 64  ///< the payload write faulted: the buffer's content is not valid
    };
    std::uint32_t hash = 0;
    std::uint16_t length = 0;      ///< bytes in the buffer, without FCS
    std::uint16_t vlan = 0;        ///< tag control information that was stripped
    std::uint16_t descriptor = 0;  ///< its cookie
    std::uint16_t segments = 1;
    std::uint16_t flags = 0;

    void store(std::uint8_t* to, bool colour) const {
        store_le32(to, hash);
        store_le16(to + 4, length);
        store_le16(to + 6, vlan);
        store_le16(to + 8, descriptor);
        store_le16(to + 10, segments);
        store_le16(to + 12, flags);
        to[14] = 0;
        to[15] = static_cast<std::uint8_t>(colour);
    }
    [[nodiscard]] static RxCompletion load(const std::uint8_t* from) {
        return {load_le32(from),     load_le16(from + 4),  load_le16(from + 6),
                load_le16(from + 8), load_le16(from + 10), load_le16(from + 12)};
    }
};

/// A card cuts no smaller segments: tiny ones would multiply a sender's frames.
inline constexpr std::uint32_t least_mss = 64;

/// A piece of a packet to send; the last piece has end_of_packet.
struct TxDescriptor {
    enum Flag : std::uint8_t {
        end_of_packet = 1,
        ip_checksum = 2,   ///< the card fills it in
        l4_checksum = 4,   ///< likewise
        segment = 8,       ///< TSO: the card cuts the TCP payload into pieces of `mss`
        insert_vlan = 16,  ///< the card inserts `vlan`
        report = 32        ///< the card writes a completion no later than for this packet
    };
    std::uint64_t address = 0;
    std::uint16_t length = 0;
    std::uint16_t mss = 0;
    std::uint16_t vlan = 0;
    std::uint8_t header_bytes = 0;  ///< Ethernet to TCP, repeated in front of each segment
    std::uint8_t flags = 0;         ///< those of the first piece count for the packet

    void store(std::uint8_t* to) const {
        store_le64(to, address);
        store_le16(to + 8, length);
        store_le16(to + 10, mss);
        store_le16(to + 12, vlan);
        to[14] = header_bytes;
        to[15] = flags;
    }
    [[nodiscard]] static TxDescriptor load(const std::uint8_t* from) {
        return {load_le64(from),
                load_le16(from + 8),
                load_le16(from + 10),
                load_le16(from + 12),
                from[14],
                from[15]};
    }
};

/// Descriptors up to one are done: their buffers are the driver's again.
struct TxCompletion {
    enum Flag : std::uint16_t { read_fault = 1, malformed = 2 };
    std::uint16_t consumed = 0;  ///< ring position behind the last descriptor that is done
    std::uint16_t flags = 0;     ///< of packets since the last completion
    std::uint32_t packets = 0;   ///< since the last completion

    void store(std::uint8_t* to, bool colour) const {
        store_le16(to, consumed);
        store_le16(to + 2, flags);
        store_le32(to + 4, packets);
        store_le64(to + 8, std::uint64_t{colour} << 56);
    }
    [[nodiscard]] static TxCompletion load(const std::uint8_t* from) {
        return {load_le16(from), load_le16(from + 2), load_le32(from + 4)};
    }
};

/// The colour of a completion as it stands in memory.
[[nodiscard]] constexpr bool completion_colour(const std::uint8_t* entry) {
    return (entry[ring_entry_bytes - 1] & 1U) != 0;
}

}  // namespace snsim
