// Internet checksum (RFC 1071, RFC 1624) and the two 32-bit CRCs of a card: Ethernet FCS (CRC-32)
// and CRC-32C (iSCSI, NVMe/TCP digests).
//
// All of them are defined for real bytes and for stamps. A stamp is an 8-byte tag repeated; byte i
// of it is stamp_byte(tag, i), the most significant byte first, and (tag, offset, length) denotes
// its bytes offset .. offset + length - 1 at any alignment. A stamp's Internet checksum costs O(1)
// and its CRC O(log length).
#pragma once

#include <cstddef>
#include <cstdint>

namespace snsim {

[[nodiscard]] constexpr uint8_t stamp_byte(uint64_t tag, uint64_t index) {
    return static_cast<uint8_t>(tag >> (56 - 8 * (index & 7)));
}

// A running one's-complement sum. Parts may have odd lengths: the position of the next byte within
// its 16-bit word carries over.
class InternetChecksum {
  public:
    void add(const uint8_t* bytes, size_t length);
    void add_stamp(uint64_t tag, uint64_t offset, uint64_t length);
    void add16(uint16_t value);  // big-endian words of a pseudo header
    void add32(uint32_t value);

    // Sum folded to 16 bits, not complemented: 0xffff over data that includes a right checksum.
    [[nodiscard]] uint16_t sum() const;
    // The value to store into a checksum field (host order).
    [[nodiscard]] uint16_t value() const { return static_cast<uint16_t>(~sum()); }

  private:
    void add_folded(uint16_t part, bool odd_length);

    uint64_t sum_ = 0;
    bool odd_ = false;  // the next byte is the low one of its word
};

// Checksum of bytes alone; 0 over a header whose stored checksum is right.
[[nodiscard]] uint16_t internet_checksum(const uint8_t* bytes, size_t length);

// The stored checksum after a field changed from `before` to `after` (RFC 1624, equation 3).
// The field must start at an even offset of the summed data.
[[nodiscard]] constexpr uint16_t checksum_update16(uint16_t checksum, uint16_t before,
                                                   uint16_t after) {
    uint32_t sum = static_cast<uint32_t>(static_cast<uint16_t>(~checksum)) +
                   static_cast<uint16_t>(~before) + after;
    sum = (sum & 0xffffu) + (sum >> 16);
    sum = (sum & 0xffffu) + (sum >> 16);
    return static_cast<uint16_t>(~sum);
}

[[nodiscard]] constexpr uint16_t checksum_update32(uint16_t checksum, uint32_t before,
                                                   uint32_t after) {
    return checksum_update16(checksum_update16(checksum, static_cast<uint16_t>(before >> 16),
                                               static_cast<uint16_t>(after >> 16)),
                             static_cast<uint16_t>(before), static_cast<uint16_t>(after));
}

enum class Crc : uint8_t {
    ethernet,    // CRC-32, polynomial 0x04c11db7 (IEEE 802.3, 3.2.9); an FCS is sent low byte first
    castagnoli,  // CRC-32C, polynomial 0x1edc6f41 (RFC 3720, 12.1)
};

// CRC of bytes; `before` is the CRC of what stands in front of them (0 for nothing).
[[nodiscard]] uint32_t crc32(Crc kind, const uint8_t* bytes, size_t length, uint32_t before = 0);
// CRC of a concatenation from the CRCs of its parts, O(log length_of_second).
[[nodiscard]] uint32_t crc32_combine(Crc kind, uint32_t first, uint32_t second,
                                     uint64_t length_of_second);
[[nodiscard]] uint32_t crc32_stamp(Crc kind, uint64_t tag, uint64_t offset, uint64_t length,
                                   uint32_t before = 0);

}  // namespace snsim
