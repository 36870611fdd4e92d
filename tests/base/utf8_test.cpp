// labels: unit
#include "models/base/utf8.h"

#include <gtest/gtest.h>

namespace snsim {
namespace {

TEST(Utf8, MeasuresWellFormedSequences) {
    EXPECT_EQ(utf8_length("a"), 1u);
    EXPECT_EQ(utf8_length("\xc3\xa9x"), 2u);
    EXPECT_EQ(utf8_length("\xe2\x82\xac"), 3u);
    EXPECT_EQ(utf8_length("\xf0\x9f\x98\x80"), 4u);
    EXPECT_EQ(utf8_length("\xf4\x8f\xbf\xbf"), 4u);  // U+10FFFF
}

TEST(Utf8, RefusesWhatRfc3629Does) {
    EXPECT_EQ(utf8_length(""), 0u);
    EXPECT_EQ(utf8_length("\x80"), 0u);
    EXPECT_EQ(utf8_length("\xc3"), 0u);              // cut off
    EXPECT_EQ(utf8_length("\xc0\xaf"), 0u);          // overlong
    EXPECT_EQ(utf8_length("\xe0\x80\xaf"), 0u);      // overlong
    EXPECT_EQ(utf8_length("\xed\xa0\x80"), 0u);      // a surrogate
    EXPECT_EQ(utf8_length("\xf4\x90\x80\x80"), 0u);  // beyond U+10FFFF
}

}  // namespace
}  // namespace snsim
