// SPDX-License-Identifier: MIT
#include "press/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace cloister::press {
namespace {

TEST(Utf8, IsWhatTheStandardHasRowsFor) {
    for (const std::string_view bytes :
         {"", "plain", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
          "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
          "na\xc3\xafve \xe2\x82\xac \xf0\x9f\x98\x80!"}) {
        EXPECT_TRUE(is_utf8(bytes)) << bytes;
        EXPECT_TRUE(begins_as_utf8(bytes)) << bytes;
    }
}

TEST(Utf8, IsNoOtherByte) {
    for (const std::string_view bytes :
         {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf",              // no first byte, or not the shortest
          "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf",                  // not the shortest
          "\xed\xa0\x80", "\xed\xbf\xbf",                      // surrogates
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",      // beyond Unicode
          "\xc3(", "\xe2\x82(", "\xe2(\xac", "\xf0\x9f\x98(",  // cut off by another character
          "caf\xe9", "caf\xe9 au lait"}) {                     // Latin-1
        EXPECT_FALSE(is_utf8(bytes)) << bytes;
    }
    EXPECT_FALSE(begins_as_utf8("\x80"));
    EXPECT_FALSE(begins_as_utf8("\xed\xa0"));
    EXPECT_FALSE(begins_as_utf8("caf\xe9 au lait"));
}

TEST(Utf8, MayBeCutOffInABeginning) {
    const std::string text = "na\xc3\xafve \xe2\x82\xac \xf0\x9f\x98\x80";
    for (std::size_t length = 0; length < text.size(); ++length) {
        EXPECT_TRUE(begins_as_utf8(text.substr(0, length))) << length;
    }
    EXPECT_FALSE(is_utf8(text.substr(0, text.size() - 1)));
}

}  // namespace
}  // namespace cloister::press
