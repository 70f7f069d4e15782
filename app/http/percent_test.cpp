// SPDX-License-Identifier: MIT
#include "http/percent.h"

#include <gtest/gtest.h>

#include <string>

namespace cloister::http {
namespace {

TEST(Percent, LeavesInAPathWhatMayStandThere) {
    EXPECT_EQ(encode_path("/a-b._~/c!$&'()*+,;=:@"), "/a-b._~/c!$&'()*+,;=:@");
}

TEST(Percent, EscapesInAPathWhatWouldEndIt) {
    EXPECT_EQ(encode_path("/a b?c#d%e\\f"), "/a%20b%3Fc%23d%25e%5Cf");
    EXPECT_EQ(encode_path("/\xc3\xbc\""), "/%C3%BC%22");
}

TEST(Percent, EscapesInAValueWhatWouldEndIt) {
    EXPECT_EQ(encode_value("a/b&c=d+e f:g"), "a/b%26c%3Dd%2Be%20f%3Ag");
}

TEST(Percent, DecodesEveryEscapeOnce) {
    EXPECT_EQ(decode("/a%20b%2Fc%252f"), "/a b/c%2f");
    EXPECT_EQ(decode("%00").value(), std::string(1, '\0'));
    EXPECT_EQ(decode("a+b"), "a+b");
}

TEST(Percent, RefusesAMalformedEscape) {
    for (const char* text : {"%", "%4", "%4g", "%g4", "a%", "%%41"}) {
        EXPECT_EQ(decode(text), std::nullopt) << text;
    }
}

TEST(Percent, DecodesAValueAsFormsDo) {
    EXPECT_EQ(decode_value("a+b%20c%2B"), "a b c+");
    EXPECT_EQ(decode_value("100%"), "100%");
    EXPECT_EQ(decode_value("%4g%"), "%4g%");
}

TEST(Percent, DecodesWhatItHasEncoded) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) {
        all += static_cast<char>(byte);
    }
    EXPECT_EQ(decode(encode_path(all)), all);
    EXPECT_EQ(decode(encode_value(all)), all);
    EXPECT_EQ(decode_value(encode_value(all)), all);
}

}  // namespace
}  // namespace cloister::http
