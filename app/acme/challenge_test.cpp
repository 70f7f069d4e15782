// SPDX-License-Identifier: MIT
// RFC 8555 8.1 and 8.3.
#include "acme/challenge.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/limits.h"

namespace cloister::acme {
namespace {

// The examples of RFC 8555 8.3.
const std::string token = "LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0";
const std::string thumbprint = "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI";
constexpr std::size_t most = base::limits::challenge_token_bytes;

TEST(Challenge, KnowsTheExampleOfTheStandard) {
    EXPECT_TRUE(is_token(token));
    EXPECT_EQ(token_of(token + "." + thumbprint), token);
}

TEST(Challenge, TokenIsBase64urlOfBoundedLength) {
    EXPECT_TRUE(is_token("a"));
    EXPECT_TRUE(is_token("AZaz09-_"));
    EXPECT_TRUE(is_token(std::string(most, 'x')));
    EXPECT_FALSE(is_token(""));
    EXPECT_FALSE(is_token(std::string(most + 1, 'x')));
    for (const char letter :
         {'.', '/', '+', '=', ' ', '\n', '%', '@', '[', '`', '{', '\xc4', '\0'}) {
        EXPECT_FALSE(is_token(std::string("a") + letter)) << static_cast<int>(letter);
    }
}

TEST(Challenge, LongestTokenStillHasAnAnswer) {
    const std::string longest(most, 'x');
    EXPECT_EQ(token_of(longest + "." + thumbprint), longest);
    EXPECT_EQ(token_of(longest + "x." + thumbprint), "");
}

TEST(Challenge, AnswerIsTokenDotThumbprintAndNothingElse) {
    const std::string whole = token + "." + thumbprint;
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_EQ(token_of(whole.substr(0, length)), "") << "written in part: " << length;
    }
    const std::array wrong_ones = {whole + "x",
                                   whole + "\n",
                                   "." + thumbprint,
                                   token + ".." + thumbprint,
                                   token + "." + thumbprint.substr(1) + ".",
                                   token + "." + thumbprint.substr(1) + "=",
                                   token + " ." + thumbprint,
                                   token + "/" + thumbprint,
                                   thumbprint};
    for (const std::string& wrong : wrong_ones) {
        EXPECT_EQ(token_of(wrong), "") << wrong;
    }
}

}  // namespace
}  // namespace cloister::acme
