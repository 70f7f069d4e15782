// SPDX-License-Identifier: MIT
#include "press/siblings.h"

#include <gtest/gtest.h>

#include "press/brotli.h"
#include "press/gzip.h"

namespace cloister::press {
namespace {

using namespace std::string_literals;
using site::Coding;

// As "zstd" of Debian writes it.
const std::string zstandard_of_hello = "\x28\xb5\x2f\xfd\x24\x05\x29\0\0hello\xa3\x6d\x9f\x88"s;

TEST(Sibling, IsKnownByTheEndOfItsName) {
    struct Case {
        std::string_view name;
        Coding coding;
        std::string_view holds;
    };

    for (const Case& row : {
             Case{"page.html.br", Coding::brotli, "page.html"},
             Case{"page.html.gz", Coding::gzip, "page.html"},
             Case{"page.html.zst", Coding::zstandard, "page.html"},
             Case{"a.tar.gz", Coding::gzip, "a.tar"},
             Case{"x.br.gz", Coding::gzip, "x.br"},
         }) {
        const auto sibling = sibling_named(row.name);
        ASSERT_TRUE(sibling) << row.name;
        EXPECT_EQ(sibling->coding, row.coding) << row.name;
        EXPECT_EQ(sibling->name, row.holds) << row.name;
    }
    for (const std::string_view name :
         {"page.html", "page.br.html", ".br", "br", "page.BR", "page.zstd", "page.identity", ""}) {
        EXPECT_FALSE(sibling_named(name)) << name;
    }
}

TEST(Sibling, IsTakenIfItHoldsTheFile) {
    Workspace workspace;
    EXPECT_EQ(objection_to(Coding::brotli, *compress_brotli("hello", 5, 100, workspace), "hello"),
              "");
    EXPECT_EQ(objection_to(Coding::gzip, *compress_gzip("hello", 5, 100), "hello"), "");
    EXPECT_EQ(objection_to(Coding::zstandard, zstandard_of_hello, "hello"), "");
}

// As it is left behind when a page is published anew without it.
TEST(Sibling, OfWhatTheFileOnceWasIsRefused) {
    Workspace workspace;
    const std::string expected = "is not the file beside it, compressed";
    EXPECT_EQ(objection_to(Coding::brotli, *compress_brotli("hello", 5, 100, workspace), "world"),
              expected);
    EXPECT_EQ(objection_to(Coding::gzip, *compress_gzip("hello", 5, 100), "world"), expected);
    EXPECT_EQ(objection_to(Coding::gzip, "hello", "hello"), expected);
    EXPECT_EQ(objection_to(Coding::zstandard, zstandard_of_hello, "world"), expected);
    EXPECT_EQ(objection_to(Coding::zstandard, zstandard_of_hello, "hello!"), expected);
}

TEST(Sibling, ThatABrowserCouldNotReadIsRefused) {
    const std::string magic = "\x28\xb5\x2f\xfd";
    const std::string long_content(8'388'609, 'a');
    for (const std::string& coded : {"hello"s, magic + "\x04\x58...", magic + "\x21\x01\x05...",
                                     magic + "\x04\x70...", magic + "\x20\x05\x29\0\0hello"s}) {
        EXPECT_NE(objection_to(Coding::zstandard, coded, "hello"), "");
    }
    EXPECT_NE(objection_to(Coding::zstandard, magic + "\xa0\x01\x00\x80\x00"s, long_content), "");
}

}  // namespace
}  // namespace cloister::press
