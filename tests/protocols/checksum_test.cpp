#include "models/protocols/checksum.h"

#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <vector>

#include "models/protocols/byte_order.h"

namespace snsim {
namespace {

std::vector<uint8_t> random_bytes(std::mt19937_64& random, size_t length) {
    std::vector<uint8_t> bytes(length);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
    return bytes;
}

std::vector<uint8_t> materialise(uint64_t tag, uint64_t offset, uint64_t length) {
    std::vector<uint8_t> bytes;
    for (uint64_t i = 0; i < length; ++i) bytes.push_back(stamp_byte(tag, offset + i));
    return bytes;
}

// As RFC 1071 words it: 16-bit words, end-around carry, an odd byte padded with zero.
uint16_t naive_sum(const std::vector<uint8_t>& bytes) {
    uint32_t sum = 0;
    for (size_t i = 0; i < bytes.size(); ++i) {
        sum += i % 2 == 0 ? static_cast<uint32_t>(bytes[i]) << 8 : bytes[i];
        if (sum > 0xffff) sum -= 0xffff;
    }
    return static_cast<uint16_t>(sum);
}

uint32_t naive_crc(uint32_t polynomial, const std::vector<uint8_t>& bytes) {
    uint32_t crc = ~0u;
    for (const uint8_t byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? (crc >> 1) ^ polynomial : crc >> 1;
    }
    return ~crc;
}

constexpr Crc kinds[] = {Crc::ethernet, Crc::castagnoli};

TEST(InternetChecksum, AgreesWithTheExampleOfRfc1071) {
    const uint8_t bytes[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    InternetChecksum sum;
    sum.add(bytes, sizeof bytes);
    EXPECT_EQ(sum.sum(), 0xddf2);
    EXPECT_EQ(sum.value(), 0x220d);
}

TEST(InternetChecksum, AgreesWithANaiveSumAtAllLengths) {
    std::mt19937_64 random(1);
    for (size_t length = 0; length < 200; ++length) {
        const std::vector<uint8_t> bytes = random_bytes(random, length);
        InternetChecksum sum;
        sum.add(bytes.data(), bytes.size());
        EXPECT_EQ(sum.sum(), naive_sum(bytes)) << length;
    }
}

TEST(InternetChecksum, AllOnesDoNotLoseTheirCarries) {
    const std::vector<uint8_t> bytes(9000, 0xff);
    InternetChecksum sum;
    sum.add(bytes.data(), bytes.size());
    EXPECT_EQ(sum.sum(), 0xffff);
}

TEST(InternetChecksum, PartsOfOddLengthContinueWhereTheLastOneEnded) {
    std::mt19937_64 random(2);
    for (int round = 0; round < 500; ++round) {
        std::vector<uint8_t> all;
        InternetChecksum sum;
        for (int part = 0; part < 6; ++part) {
            std::vector<uint8_t> bytes;
            if (random() % 2 == 0) {
                bytes = random_bytes(random, random() % 40);
                sum.add(bytes.data(), bytes.size());
            } else {
                const uint64_t tag = random();
                const uint64_t offset = random() % 16;
                bytes = materialise(tag, offset, random() % 40);
                sum.add_stamp(tag, offset, bytes.size());
            }
            all.insert(all.end(), bytes.begin(), bytes.end());
        }
        EXPECT_EQ(sum.sum(), naive_sum(all));
    }
}

TEST(InternetChecksum, OfAStampAgreesWithItsBytesAtAllAlignments) {
    const uint64_t tags[] = {0, ~uint64_t{0}, 0x0123456789abcdef, 0xff00000000000001};
    for (const uint64_t tag : tags) {
        for (uint64_t offset = 0; offset < 17; ++offset) {
            for (uint64_t length = 0; length < 70; ++length) {
                InternetChecksum sum;
                sum.add_stamp(tag, offset, length);
                EXPECT_EQ(sum.sum(), naive_sum(materialise(tag, offset, length)))
                    << tag << ' ' << offset << ' ' << length;
            }
        }
    }
}

TEST(InternetChecksum, OfALongStampAgreesWithItsBytes) {
    for (const uint64_t length : {65535u * 8u, 65536u * 8u + 5u, 1'000'003u}) {
        InternetChecksum sum;
        sum.add_stamp(0x0123456789abcdef, 3, length);
        EXPECT_EQ(sum.sum(), naive_sum(materialise(0x0123456789abcdef, 3, length)));
    }
}

TEST(ChecksumUpdate, OfAFieldEqualsTheSumComputedAnew) {
    std::mt19937_64 random(3);
    for (int round = 0; round < 20000; ++round) {
        std::vector<uint8_t> bytes = random_bytes(random, 20);
        bytes[0] = 0x45;  // a sum that cannot be zero
        const uint16_t before = internet_checksum(bytes.data(), bytes.size());
        const bool wide = random() % 2 == 0;
        const size_t at = 2 + 2 * (random() % (wide ? 8 : 9));
        uint16_t updated;
        if (wide) {
            const uint32_t from = load_be32(&bytes[at]);
            store_be32(&bytes[at], static_cast<uint32_t>(random()));
            updated = checksum_update32(before, from, load_be32(&bytes[at]));
        } else {
            const uint16_t from = load_be16(&bytes[at]);
            const uint64_t choice = random() % 4;
            store_be16(&bytes[at], choice == 0   ? uint16_t{0}
                                   : choice == 1 ? uint16_t{0xffff}
                                                 : static_cast<uint16_t>(random()));
            updated = checksum_update16(before, from, load_be16(&bytes[at]));
        }
        EXPECT_EQ(updated, internet_checksum(bytes.data(), bytes.size()));
    }
}

TEST(ChecksumUpdate, AgreesWithTheExampleOfRfc1624) {
    EXPECT_EQ(checksum_update16(0xdd2f, 0x5555, 0x3285), 0x0000);
}

TEST(Crc, OfNineDigitsIsThePublishedCheckValue) {
    const auto* const digits = reinterpret_cast<const uint8_t*>("123456789");
    EXPECT_EQ(crc32(Crc::ethernet, digits, 9), 0xcbf43926u);
    EXPECT_EQ(crc32(Crc::castagnoli, digits, 9), 0xe3069283u);
}

TEST(Crc, CastagnoliAgreesWithRfc3720) {
    const std::vector<uint8_t> zeros(32, 0);
    const std::vector<uint8_t> ones(32, 0xff);
    EXPECT_EQ(crc32(Crc::castagnoli, zeros.data(), 32), 0x8a9136aau);
    EXPECT_EQ(crc32(Crc::castagnoli, ones.data(), 32), 0x62a8ab43u);
}

TEST(Crc, AgreesWithALongDivisionAtAllLengths) {
    std::mt19937_64 random(4);
    for (size_t length = 0; length < 100; ++length) {
        const std::vector<uint8_t> bytes = random_bytes(random, length);
        EXPECT_EQ(crc32(Crc::ethernet, bytes.data(), length), naive_crc(0xedb88320u, bytes));
        EXPECT_EQ(crc32(Crc::castagnoli, bytes.data(), length), naive_crc(0x82f63b78u, bytes));
    }
}

TEST(Crc, OfAConcatenationFollowsFromItsParts) {
    std::mt19937_64 random(5);
    for (const Crc kind : kinds) {
        for (int round = 0; round < 300; ++round) {
            const std::vector<uint8_t> first = random_bytes(random, random() % 100);
            const std::vector<uint8_t> second = random_bytes(random, random() % 3000);
            std::vector<uint8_t> all = first;
            all.insert(all.end(), second.begin(), second.end());
            const uint32_t of_first = crc32(kind, first.data(), first.size());
            const uint32_t of_second = crc32(kind, second.data(), second.size());
            const uint32_t whole = crc32(kind, all.data(), all.size());
            EXPECT_EQ(crc32_combine(kind, of_first, of_second, second.size()), whole);
            EXPECT_EQ(crc32(kind, second.data(), second.size(), of_first), whole);
        }
    }
}

TEST(Crc, OfAStampAgreesWithItsBytesAtAllAlignments) {
    for (const Crc kind : kinds) {
        for (uint64_t offset = 0; offset < 9; ++offset) {
            for (uint64_t length = 0; length < 140; ++length) {
                const std::vector<uint8_t> bytes = materialise(0x0123456789abcdef, offset, length);
                EXPECT_EQ(crc32_stamp(kind, 0x0123456789abcdef, offset, length),
                          crc32(kind, bytes.data(), bytes.size()))
                    << offset << ' ' << length;
            }
        }
    }
}

TEST(Crc, OfALongStampContinuesWhatStandsInFront) {
    std::mt19937_64 random(6);
    for (const Crc kind : kinds) {
        for (const uint64_t length : {1446u, 9001u, 1'000'003u}) {
            std::vector<uint8_t> all = random_bytes(random, 54);
            const uint32_t front = crc32(kind, all.data(), all.size());
            const uint64_t tag = random();
            const std::vector<uint8_t> bytes = materialise(tag, 5, length);
            all.insert(all.end(), bytes.begin(), bytes.end());
            EXPECT_EQ(crc32_stamp(kind, tag, 5, length, front),
                      crc32(kind, all.data(), all.size()));
        }
    }
}

}  // namespace
}  // namespace snsim
