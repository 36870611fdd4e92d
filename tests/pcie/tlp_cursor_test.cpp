#include "models/pcie/tlp_cursor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

namespace snsim {
namespace {

using testing::ElementsAre;

std::vector<std::uint32_t> sizes(TlpCursor cursor) {
    std::vector<std::uint32_t> out;
    for (; !cursor.done(); cursor.next()) out.push_back(cursor.bytes());
    return out;
}

TEST(TlpCursor, CutsAWriteIntoFullPayloadsFromItsStart) {
    EXPECT_THAT(sizes(TlpCursor::requests(0x1040, 600, 256)), ElementsAre(256U, 256U, 88U));
    EXPECT_THAT(sizes(TlpCursor::requests(0x1000, 256, 256)), ElementsAre(256U));
    EXPECT_THAT(sizes(TlpCursor::requests(0x1000, 1, 256)), ElementsAre(1U));
}

TEST(TlpCursor, NeverCrossesAPageOf4KiB) {
    EXPECT_THAT(sizes(TlpCursor::requests(0x1fc0, 256, 256)), ElementsAre(64U, 192U));
}

TEST(TlpCursor, EndsCompletionsOnMultiplesOfTheirLimit) {
    EXPECT_THAT(sizes(TlpCursor::completions(0x1000, 200, 64, 512)),
                ElementsAre(64U, 64U, 64U, 8U));
    EXPECT_THAT(sizes(TlpCursor::completions(0x1030, 64, 64, 512)), ElementsAre(16U, 48U));
    EXPECT_THAT(sizes(TlpCursor::completions(0x10c0, 257, 256, 512)), ElementsAre(64U, 193U));
}

TEST(TlpCursor, CompletesEachRequestOnItsOwn) {
    // Two requests of 512 B that begin 64 B into a multiple of 256 B.
    EXPECT_THAT(sizes(TlpCursor::completions(0x1040, 1024, 256, 512)),
                ElementsAre(192U, 256U, 64U, 192U, 256U, 64U));
}

TEST(TlpCursor, AddsUpToTheWholeAndCountsItsTlps) {
    for (std::uint32_t bytes = 1; bytes < 4096; bytes += 37) {
        for (const std::uint64_t address : {0x1000ULL, 0x1fffULL, 0x1123ULL}) {
            for (const std::uint32_t limit : {64U, 128U, 256U}) {
                const TlpCursor cursor = TlpCursor::completions(address, bytes, limit, 512);
                std::uint32_t sum = 0;
                const auto parts = sizes(cursor);
                for (const std::uint32_t part : parts) sum += part;
                EXPECT_EQ(sum, bytes);
                EXPECT_EQ(cursor.count(), parts.size());
                EXPECT_EQ(cursor.extent().last, parts.back());
                EXPECT_EQ(cursor.bytes_left(), bytes);
            }
        }
    }
}

}  // namespace
}  // namespace snsim
