// SPDX-License-Identifier: MIT
#include "base/one_line.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace cloister::base {
namespace {

struct Case {
    std::string_view text;
    std::string_view line;
};

TEST(OneLine, KeepsCharactersOfEveryLength) {
    for (const std::string_view text : {"", "plain", "caf\xc3\xa9", "\xe2\x82\xac 5",
                                        "\xf0\x9f\x8f\x9b", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_EQ(one_line(text), text);
    }
}

TEST(OneLine, ReplacesLineBreaksBySpaces) {
    EXPECT_EQ(one_line("ready\nREADY=1\r\n\t\v\fx"), "ready READY=1     x");
}

TEST(OneLine, ReplacesControlBytesAndWhatIsNotUtf8) {
    constexpr std::array<Case, 12> cases = {{
        {std::string_view("a\0b", 3), "a?b"},
        {"\x1b[31m", "?[31m"},
        {"\x7f", "?"},
        {"\xc2\x9b", "?"},  // a control character of two bytes (CSI)
        {"\x80", "?"},      // a continuation without a lead
        {"\xc3", "?"},      // a lead without a continuation
        {"\xc3(", "?("},
        {"\xc0\xaf", "??"},            // '/' in two bytes
        {"\xe0\x80\xaf", "???"},       // '/' in three
        {"\xed\xa0\x80", "???"},       // a surrogate
        {"\xf4\x90\x80\x80", "????"},  // above U+10FFFF
        {"\xff\xfe", "??"},
    }};
    for (const Case& row : cases) {
        EXPECT_EQ(one_line(row.text), row.line);
    }
}

TEST(OneLine, CutsBetweenCharacters) {
    EXPECT_EQ(one_line("abc", 3), "abc");
    EXPECT_EQ(one_line("abcd", 3), "abc");
    EXPECT_EQ(one_line("ab\xc3\xa9", 3), "ab");
    EXPECT_EQ(one_line(std::string(1025, 'x')).size(), 1024U);
}

}  // namespace
}  // namespace cloister::base
