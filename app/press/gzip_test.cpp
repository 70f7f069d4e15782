// SPDX-License-Identifier: MIT
#include "press/gzip.h"

#include <gtest/gtest.h>

#include "press/test_text.h"

namespace cloister::press {
namespace {

std::string compressed(std::string_view content, int level = 9) {
    return compress_gzip(content, level, content.size() + 100).value();
}

TEST(Gzip, HoldsWhatWasCompressed) {
    for (const std::size_t bytes : {0U, 1U, 100U, 65536U, 700000U}) {
        const std::string text = text_of(bytes);
        for (const int level : {1, 6, 9}) {
            EXPECT_TRUE(is_gzip_of(compressed(text, level), text)) << bytes << " " << level;
        }
    }
}

TEST(Gzip, IsSmallerTheHigherItsLevel) {
    const std::string text = text_of(100000);
    EXPECT_LT(compressed(text, 1).size(), text.size() / 3);
    EXPECT_LT(compressed(text, 9).size(), compressed(text, 1).size());
}

// A time in it would make another tag at each start (RFC 1952 2.3.1, MTIME).
TEST(Gzip, HasNoTimeInIt) {
    const std::string coded = compressed("a");
    EXPECT_EQ(coded.substr(0, 8), std::string("\x1f\x8b\x08\0\0\0\0\0", 8));
}

TEST(Gzip, IsNothingWhenItWouldBeTooLong) {
    const std::string text = text_of(5000);
    const std::size_t length = compressed(text).size();
    EXPECT_TRUE(compress_gzip(text, 9, length));
    EXPECT_FALSE(compress_gzip(text, 9, length - 1));
    EXPECT_FALSE(compress_gzip(text, 9, 0));
}

TEST(Gzip, OfSomethingElseIsSeen) {
    const std::string text = text_of(300000);
    const std::string coded = compressed(text);
    std::string other = text;
    other.back() = '!';
    EXPECT_FALSE(is_gzip_of(coded, other));
    EXPECT_FALSE(is_gzip_of(coded, text + "!"));
    EXPECT_FALSE(is_gzip_of(coded, std::string_view(text).substr(0, text.size() - 1)));
    EXPECT_FALSE(is_gzip_of(coded, ""));
    EXPECT_FALSE(is_gzip_of(coded + "!", text));
    EXPECT_FALSE(is_gzip_of(std::string_view(coded).substr(0, coded.size() - 1), text));
    EXPECT_FALSE(is_gzip_of("", text));
    EXPECT_FALSE(is_gzip_of("", ""));
    EXPECT_FALSE(is_gzip_of(text, text));
}

TEST(Gzip, OfTwoMembersIsNotTaken) {
    EXPECT_FALSE(is_gzip_of(compressed("a") + compressed("b"), "ab"));
}

}  // namespace
}  // namespace cloister::press
