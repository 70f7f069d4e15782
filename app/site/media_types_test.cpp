// SPDX-License-Identifier: MIT
#include "site/media_types.h"

#include <gtest/gtest.h>

#include <string>

namespace cloister::site {
namespace {

constexpr std::string_view unknown = "application/octet-stream";

TEST(MediaType, FollowsTheExtension) {
    struct Case {
        std::string_view name;
        std::string_view type;
    };

    for (const Case& row : {
             Case{"index.html", "text/html; charset=utf-8"},
             Case{"style.css", "text/css; charset=utf-8"},
             Case{"app.js", "text/javascript; charset=utf-8"},
             Case{"app.mjs", "text/javascript; charset=utf-8"},
             Case{"data.json", "application/json"},
             Case{"logo.svg", "image/svg+xml"},
             Case{"photo.jpeg", "image/jpeg"},
             Case{"photo.avif", "image/avif"},
             Case{"font.woff2", "font/woff2"},
             Case{"module.wasm", "application/wasm"},
             Case{"notes.txt", "text/plain; charset=utf-8"},
             Case{"feed.xml", "application/xml"},
             Case{"aac.aac", "audio/aac"},
             Case{"pack.zst", "application/zstd"},
         }) {
        EXPECT_EQ(media_type(row.name), row.type) << row.name;
    }
}

TEST(MediaType, GoesByTheLastExtensionOnly) {
    EXPECT_EQ(media_type("backup.html.gz"), "application/gzip");
    EXPECT_EQ(media_type("archive.gz.html"), "text/html; charset=utf-8");
}

TEST(MediaType, IgnoresTheCaseOfTheExtension) {
    EXPECT_EQ(media_type("INDEX.HTML"), "text/html; charset=utf-8");
    EXPECT_EQ(media_type("photo.JpG"), "image/jpeg");
}

TEST(MediaType, IsOctetStreamForWhatNobodyKnows) {
    for (const std::string_view name :
         {"", ".", "..", "html", "README", "page.", "page.htmlx", "page.htm l", "page.ht",
          "page.html ", "page.\xc0html", "trailing.html."}) {
        EXPECT_EQ(media_type(name), unknown) << name;
    }
}

TEST(MediaType, NeedsADotBeforeTheExtension) {
    EXPECT_EQ(media_type("xhtml"), unknown);
}

// A byte that differs from a letter in the bit of its case alone is still another byte.
TEST(MediaType, FoldsLettersOnly) {
    EXPECT_EQ(media_type("a.mp3"), "audio/mpeg");
    EXPECT_EQ(media_type("a.mp\x13"), unknown);
}

// A type is sent as it stands: it may hold no byte that could end its line.
TEST(MediaType, IsPrintable) {
    for (const std::string_view name : {"a.html", "a.docx", "a.none"}) {
        for (const char c : media_type(name)) {
            EXPECT_TRUE(c >= ' ' && c <= '~') << name;
        }
    }
}

}  // namespace
}  // namespace cloister::site
