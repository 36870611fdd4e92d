#include "models/protocols/checksum.h"

#include <array>
#include <cstring>

#include "models/protocols/byte_order.h"

namespace snsim {

namespace {

// ---- Internet checksum -----------------------------------------------------------------------

constexpr uint16_t fold(uint64_t sum) {
    sum = (sum & 0xffffffffu) + (sum >> 32);
    sum = (sum & 0xffffffffu) + (sum >> 32);
    sum = (sum & 0xffffu) + (sum >> 16);
    sum = (sum & 0xffffu) + (sum >> 16);
    return static_cast<uint16_t>(sum);
}

constexpr uint16_t swap(uint16_t value) {
    return static_cast<uint16_t>((value << 8) | (value >> 8));
}

// Sum of bytes as big-endian words, the last padded with zero. Words are added as they stand in
// memory and swapped at the end (RFC 1071, 2 (B)).
uint16_t sum_bytes(const uint8_t* bytes, size_t length) {
    uint64_t sum = 0;
    for (; length >= 8; bytes += 8, length -= 8) {
        const uint64_t word = load_word64(bytes);
        sum += (word & 0xffffffffu) + (word >> 32);
    }
    if (length > 0) {
        uint64_t word = 0;
        std::memcpy(&word, bytes, length);
        sum += (word & 0xffffffffu) + (word >> 32);
    }
    return swap(fold(sum));
}

constexpr uint64_t rotate_tag(uint64_t tag, uint64_t offset) {
    const unsigned shift = static_cast<unsigned>(offset & 7) * 8;
    return shift == 0 ? tag : (tag << shift) | (tag >> (64 - shift));
}

// ---- CRC: reflected, register inverted before and after --------------------------------------

constexpr uint32_t reflected_polynomial(Crc kind) {
    return kind == Crc::ethernet ? 0xedb88320u : 0x82f63b78u;
}

using SlicingTables = std::array<std::array<uint32_t, 256>, 8>;
// powers[k] = x^(2^k) modulo the polynomial
using Powers = std::array<uint32_t, 64>;

// Product of two polynomials modulo the CRC's, bit-reflected: bit 31 is x^0.
constexpr uint32_t multiply(uint32_t a, uint32_t b, uint32_t polynomial) {
    uint32_t product = 0;
    for (uint32_t bit = 0x80000000u; bit != 0; bit >>= 1) {
        if ((a & bit) != 0) product ^= b;
        b = (b & 1) != 0 ? (b >> 1) ^ polynomial : b >> 1;
    }
    return product;
}

constexpr SlicingTables make_tables(uint32_t polynomial) {
    SlicingTables tables{};
    for (uint32_t byte = 0; byte < 256; ++byte) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? (crc >> 1) ^ polynomial : crc >> 1;
        tables[0][byte] = crc;
    }
    for (size_t slice = 1; slice < 8; ++slice) {
        for (size_t byte = 0; byte < 256; ++byte) {
            const uint32_t before = tables[slice - 1][byte];
            tables[slice][byte] = (before >> 8) ^ tables[0][before & 0xff];
        }
    }
    return tables;
}

constexpr Powers make_powers(uint32_t polynomial) {
    Powers powers{};
    powers[0] = 0x40000000u;  // x
    for (size_t k = 1; k < powers.size(); ++k) {
        powers[k] = multiply(powers[k - 1], powers[k - 1], polynomial);
    }
    return powers;
}

constexpr SlicingTables tables_of[2] = {make_tables(reflected_polynomial(Crc::ethernet)),
                                        make_tables(reflected_polynomial(Crc::castagnoli))};
constexpr Powers powers_of[2] = {make_powers(reflected_polynomial(Crc::ethernet)),
                                 make_powers(reflected_polynomial(Crc::castagnoli))};

// x^(8 * bytes)
uint32_t shift_by(Crc kind, uint64_t bytes) {
    const Powers& powers = powers_of[static_cast<size_t>(kind)];
    uint32_t power = 0x80000000u;  // 1
    for (size_t k = 3; bytes != 0; ++k, bytes >>= 1) {
        if ((bytes & 1) != 0) power = multiply(powers[k], power, reflected_polynomial(kind));
    }
    return power;
}

}  // namespace

void InternetChecksum::add_folded(uint16_t part, bool odd_length) {
    sum_ += odd_ ? swap(part) : part;
    odd_ = odd_ != odd_length;
}

void InternetChecksum::add(const uint8_t* bytes, size_t length) {
    add_folded(sum_bytes(bytes, length), (length & 1) != 0);
}

void InternetChecksum::add_stamp(uint64_t tag, uint64_t offset, uint64_t length) {
    const uint64_t word = rotate_tag(tag, offset);
    const uint64_t one =
        (word >> 48) + ((word >> 32) & 0xffffu) + ((word >> 16) & 0xffffu) + (word & 0xffffu);
    // fold(one) < 2^16 and length / 8 < 2^61 reduced modulo 2^16 - 1 keep the product exact.
    uint64_t sum = uint64_t{fold(one)} * fold(length / 8);
    const unsigned rest = static_cast<unsigned>(length & 7) * 8;
    if (rest != 0) {
        const uint64_t kept = word & (~uint64_t{0} << (64 - rest));
        sum +=
            (kept >> 48) + ((kept >> 32) & 0xffffu) + ((kept >> 16) & 0xffffu) + (kept & 0xffffu);
    }
    add_folded(fold(sum), (length & 1) != 0);
}

void InternetChecksum::add16(uint16_t value) { add_folded(value, false); }

void InternetChecksum::add32(uint32_t value) {
    add_folded(static_cast<uint16_t>(value >> 16), false);
    add_folded(static_cast<uint16_t>(value), false);
}

uint16_t InternetChecksum::sum() const { return fold(sum_); }

uint16_t internet_checksum(const uint8_t* bytes, size_t length) {
    return static_cast<uint16_t>(~sum_bytes(bytes, length));
}

uint32_t crc32(Crc kind, const uint8_t* bytes, size_t length, uint32_t before) {
    const SlicingTables& t = tables_of[static_cast<size_t>(kind)];
    uint32_t crc = ~before;
    for (; length >= 8; bytes += 8, length -= 8) {
        const uint32_t low = load_word32(bytes) ^ crc;
        const uint32_t high = load_word32(bytes + 4);
        crc = t[7][low & 0xff] ^ t[6][(low >> 8) & 0xff] ^ t[5][(low >> 16) & 0xff] ^
              t[4][low >> 24] ^ t[3][high & 0xff] ^ t[2][(high >> 8) & 0xff] ^
              t[1][(high >> 16) & 0xff] ^ t[0][high >> 24];
    }
    for (; length > 0; ++bytes, --length) crc = (crc >> 8) ^ t[0][(crc ^ *bytes) & 0xff];
    return ~crc;
}

uint32_t crc32_combine(Crc kind, uint32_t first, uint32_t second, uint64_t length_of_second) {
    return multiply(shift_by(kind, length_of_second), first, reflected_polynomial(kind)) ^ second;
}

uint32_t crc32_stamp(Crc kind, uint64_t tag, uint64_t offset, uint64_t length, uint32_t before) {
    const uint32_t polynomial = reflected_polynomial(kind);
    uint8_t word[8];
    store_be64(word, rotate_tag(tag, offset));
    uint32_t crc = before;
    // Binary digits of the repetition count, lowest first: `run` is the CRC of 2^k tags and
    // `shift` the factor by which 2^k tags behind a text multiply that text's CRC.
    uint32_t run = crc32(kind, word, sizeof word);
    uint32_t shift = shift_by(kind, sizeof word);
    for (uint64_t tags = length / 8; tags != 0; tags >>= 1) {
        if ((tags & 1) != 0) crc = multiply(shift, crc, polynomial) ^ run;
        run = multiply(shift, run, polynomial) ^ run;
        shift = multiply(shift, shift, polynomial);
    }
    return crc32(kind, word, length & 7, crc);
}

}  // namespace snsim
