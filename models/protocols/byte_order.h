// Loads and stores of integers at any alignment: network order (big-endian) and that of what lies
// in host memory or behind PCIe (little-endian).
#pragma once

#include <cstdint>
#include <cstring>

namespace snsim {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "hosts are little-endian");

[[nodiscard]] inline uint16_t load_be16(const uint8_t* from) {
    uint16_t value;
    std::memcpy(&value, from, sizeof value);
    return __builtin_bswap16(value);
}

[[nodiscard]] inline uint32_t load_be32(const uint8_t* from) {
    uint32_t value;
    std::memcpy(&value, from, sizeof value);
    return __builtin_bswap32(value);
}

[[nodiscard]] inline uint64_t load_be64(const uint8_t* from) {
    uint64_t value;
    std::memcpy(&value, from, sizeof value);
    return __builtin_bswap64(value);
}

inline void store_be16(uint8_t* to, uint16_t value) {
    value = __builtin_bswap16(value);
    std::memcpy(to, &value, sizeof value);
}

inline void store_be32(uint8_t* to, uint32_t value) {
    value = __builtin_bswap32(value);
    std::memcpy(to, &value, sizeof value);
}

inline void store_be64(uint8_t* to, uint64_t value) {
    value = __builtin_bswap64(value);
    std::memcpy(to, &value, sizeof value);
}

// Little-endian, as descriptors, completions and registers are.
[[nodiscard]] inline uint16_t load_le16(const uint8_t* from) {
    uint16_t value;
    std::memcpy(&value, from, sizeof value);
    return value;
}
[[nodiscard]] inline uint32_t load_le32(const uint8_t* from) {
    uint32_t value;
    std::memcpy(&value, from, sizeof value);
    return value;
}
[[nodiscard]] inline uint64_t load_le64(const uint8_t* from) {
    uint64_t value;
    std::memcpy(&value, from, sizeof value);
    return value;
}
inline void store_le16(uint8_t* to, uint16_t value) { std::memcpy(to, &value, sizeof value); }
inline void store_le32(uint8_t* to, uint32_t value) { std::memcpy(to, &value, sizeof value); }
inline void store_le64(uint8_t* to, uint64_t value) { std::memcpy(to, &value, sizeof value); }

// Bytes as they stand in memory, for hashing and comparing.
[[nodiscard]] inline uint32_t load_word32(const uint8_t* from) {
    uint32_t value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

[[nodiscard]] inline uint64_t load_word64(const uint8_t* from) {
    uint64_t value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

}  // namespace snsim
