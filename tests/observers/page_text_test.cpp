#include "observers/page_text.h"

#include <cstdlib>
#include <gmock/gmock.h>

namespace snsim {
namespace {

TEST(PageText, ColumnsAreCharactersNotBytes) {
    EXPECT_EQ(columns_of("häuser"), 6u);
    EXPECT_EQ(left_aligned("häuser", 8), "häuser  ");
    EXPECT_EQ(right_aligned("häuser", 8), "  häuser");
    EXPECT_EQ(right_aligned("häuser", 3), "häuser");
}

TEST(PageText, WhatIsTooLongIsCutBetweenCharacters) {
    EXPECT_EQ(shortened("größer", 6), "größer");
    EXPECT_EQ(shortened("größere", 6), "grö...");
    EXPECT_EQ(left_aligned("größere", 6), "grö...");
}

TEST(PageText, ThousandsAreSetApart) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(1234567.4), "1,234,567");
    EXPECT_EQ(grouped(-1000), "-1,000");
    EXPECT_EQ(grouped(-999), "-999");
}

TEST(PageText, ValuesTakeSiPrefixes) {
    EXPECT_EQ(si_text(0, "s"), "0 s");
    EXPECT_EQ(si_text(1, ""), "1");
    EXPECT_EQ(si_text(2500, "1"), "2.5 k");
    EXPECT_EQ(si_text(12.345678e6, "1/s"), "12.35 M/s");
    EXPECT_EQ(si_text(999.94, "W"), "999.9 W");
    EXPECT_EQ(si_text(999.96, "W"), "1 kW");
    EXPECT_EQ(si_text(100e9, "bit/s"), "100 Gb/s");
    EXPECT_EQ(si_text(3.5e-15, "J"), "3.5 fJ");
    EXPECT_EQ(si_text(-2e-6, "s"), "-2 us");
    EXPECT_EQ(si_text(1e-9, "s"), "1 ns");
    EXPECT_EQ(si_text(850e-9, "s"), "850 ns");
    EXPECT_EQ(si_text(2.5e-20, "J"), "2.5e-05 fJ");
}

TEST(PageText, TheLocaleTellsWhetherBlocksCanBeShown) {
    unsetenv("LC_ALL");
    unsetenv("LC_CTYPE");
    setenv("LANG", "C.UTF-8", 1);
    EXPECT_TRUE(utf8_locale());
    setenv("LC_ALL", "C", 1);
    EXPECT_FALSE(utf8_locale());
    setenv("LC_ALL", "de_DE.utf8", 1);
    EXPECT_TRUE(utf8_locale());
}

}  // namespace
}  // namespace snsim
