// SPDX-License-Identifier: MIT
#include "press/brotli.h"

#include <gtest/gtest.h>

#include "press/test_text.h"

namespace cloister::press {
namespace {

class Brotli : public testing::Test {
  protected:
    std::string compressed(std::string_view content, int quality = 9) {
        return compress_brotli(content, quality, content.size() + 100, workspace_).value();
    }

    Workspace workspace_;
};

TEST_F(Brotli, HoldsWhatWasCompressed) {
    for (const std::size_t bytes : {0U, 1U, 100U, 65536U, 700000U}) {
        const std::string text = text_of(bytes);
        for (const int quality : {0, 5, 9}) {
            EXPECT_TRUE(is_brotli_of(compressed(text, quality), text)) << bytes << " " << quality;
        }
    }
    const std::string text = text_of(20000);
    EXPECT_TRUE(is_brotli_of(compressed(text, 11), text));
}

TEST_F(Brotli, IsSmallerTheHigherItsQuality) {
    const std::string text = text_of(100000);
    EXPECT_LT(compressed(text, 5).size(), text.size() / 4);
    EXPECT_LT(compressed(text, 11).size(), compressed(text, 5).size());
}

TEST_F(Brotli, IsTheSameEachTime) {
    const std::string text = text_of(100000);
    const std::string first = compressed(text);
    EXPECT_EQ(compressed(text), first);  // in memory that another file has left
    Workspace fresh;
    EXPECT_EQ(compress_brotli(text, 9, text.size(), fresh), first);
}

TEST_F(Brotli, IsNothingWhenItWouldBeTooLong) {
    const std::string text = text_of(5000);
    const std::size_t length = compressed(text).size();
    EXPECT_TRUE(compress_brotli(text, 9, length, workspace_));
    EXPECT_FALSE(compress_brotli(text, 9, length - 1, workspace_));
    EXPECT_FALSE(compress_brotli(text, 9, 0, workspace_));
}

TEST_F(Brotli, OfSomethingElseIsSeen) {
    const std::string text = text_of(300000);
    const std::string coded = compressed(text);
    std::string other = text;
    other.back() = '!';
    EXPECT_FALSE(is_brotli_of(coded, other));
    EXPECT_FALSE(is_brotli_of(coded, text + "!"));
    EXPECT_FALSE(is_brotli_of(coded, std::string_view(text).substr(0, text.size() - 1)));
    EXPECT_FALSE(is_brotli_of(coded, ""));
    EXPECT_FALSE(is_brotli_of(coded + "!", text));
    EXPECT_FALSE(is_brotli_of(std::string_view(coded).substr(0, coded.size() - 1), text));
    EXPECT_FALSE(is_brotli_of("", text));
    EXPECT_FALSE(is_brotli_of("", ""));
    EXPECT_FALSE(is_brotli_of(text, text));
}

}  // namespace
}  // namespace cloister::press
