// labels: unit
#include "observers/json.h"

#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace snsim {
namespace {

TEST(Json, TextIsEscaped) {
    EXPECT_EQ(json_text("plain – 東京 😀"), "\"plain – 東京 😀\"");
    EXPECT_EQ(json_text("a\"b\\c\nd\te\x01\x7f"), R"("a\"b\\c\nd\te\u0001\u007f")");
    EXPECT_EQ(json_text(std::string_view("a\0b", 3)), R"("a\u0000b")");
}

TEST(Json, BytesThatAreNotUtf8AreReplaced) {
    EXPECT_EQ(json_text("a\xff"), "\"a\uFFFD\"");
    EXPECT_EQ(json_text("\xc3"), "\"\uFFFD\"");
    EXPECT_EQ(json_text("\xc0\xaf"), "\"\uFFFD\uFFFD\"");              // overlong
    EXPECT_EQ(json_text("\xed\xa0\x80!"), "\"\uFFFD\uFFFD\uFFFD!\"");  // surrogate
    EXPECT_EQ(json_text("\xf4\x90\x80\x80"), "\"\uFFFD\uFFFD\uFFFD\uFFFD\"");
}

TEST(Json, WhatIsNoNumberIsNull) {
    EXPECT_EQ(json_number(0.25), "0.25");
    EXPECT_EQ(json_number(std::nullopt), "null");
    EXPECT_EQ(json_number(std::numeric_limits<double>::infinity()), "null");
}

TEST(Json, AListIsInOrder) {
    const auto text = [](int value) { return std::to_string(value); };
    EXPECT_EQ(json_list(std::vector<int>{}, text), "[]");
    EXPECT_EQ(json_list(std::vector<int>{3, 1, 2}, text), "[3, 1, 2]");
}

}  // namespace
}  // namespace snsim
