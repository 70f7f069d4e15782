// SPDX-License-Identifier: MIT
#include "press/media_types.h"

#include <gtest/gtest.h>

#include "http/fields.h"
#include "press/media_type_table.h"

namespace cloister::press {
namespace {

constexpr std::string_view unknown = "application/octet-stream";

struct Case {
    std::string_view name;
    std::string_view type;
};

TEST(MediaType, FollowsTheExtension) {
    for (const Case& row : {
             Case{"index.html", "text/html"},
             Case{"style.css", "text/css"},
             Case{"app.js", "text/javascript"},
             Case{"app.mjs", "text/javascript"},
             Case{"data.json", "application/json"},
             Case{"logo.svg", "image/svg+xml"},
             Case{"photo.jpeg", "image/jpeg"},
             Case{"photo.avif", "image/avif"},
             Case{"font.woff2", "font/woff2"},
             Case{"module.wasm", "application/wasm"},
             Case{"notes.txt", "text/plain"},
             Case{"feed.xml", "application/xml"},
             Case{"aac.aac", "audio/aac"},
             Case{"pack.zst", "application/zstd"},
             Case{"favicon.ico", "image/vnd.microsoft.icon"},
             Case{"site.webmanifest", "application/manifest+json"},
             Case{"film.mp4", "video/mp4"},
             Case{"feed.atom", "application/atom+xml"},
             Case{"paper.pdf", "application/pdf"},
         }) {
        EXPECT_EQ(media_type(row.name), row.type) << row.name;
    }
}

TEST(MediaType, IsOursWhereDebiansMeansAnother) {
    for (const Case& row : {
             Case{"feed.rss", "application/rss+xml"},
             Case{"segment.ts", "video/mp2t"},
             Case{"app.js.map", "application/json"},
             Case{"film.mkv", "video/matroska"},
             Case{"openapi.yaml", "application/yaml"},
             Case{"drawing.svgz", "application/gzip"},
         }) {
        EXPECT_EQ(media_type(row.name), row.type) << row.name;
    }
}

TEST(MediaType, IsTheOneOfTextWhereDebianHasTwo) {
    EXPECT_EQ(media_type("install.sh"), "text/x-sh");
}

TEST(MediaType, GoesByTheLongestExtensionThatIsKnown) {
    EXPECT_EQ(media_type("backup.html.gz"), "application/gzip");
    EXPECT_EQ(media_type("archive.gz.html"), "text/html");
    EXPECT_EQ(media_type("jquery.min.js"), "text/javascript");
    EXPECT_EQ(media_type("bom.spdx.json"), "application/spdx+json");
    EXPECT_EQ(media_type("spdx.json"), "application/json");
}

TEST(MediaType, IgnoresTheCaseOfTheExtension) {
    EXPECT_EQ(media_type("INDEX.HTML"), "text/html");
    EXPECT_EQ(media_type("photo.JpG"), "image/jpeg");
}

TEST(MediaType, IsOctetStreamForWhatNobodyKnows) {
    for (const std::string_view name :
         {"", ".", "..", "html", "README", "page.", "page.htmlx", "page.htm l", "page.ht",
          "page.html ", "page.\xc0html", "trailing.html.", "xhtml", "a.mp\x13"}) {
        EXPECT_EQ(media_type(name), unknown) << name;
    }
}

TEST(MediaType, TableIsSortedAndFitForAField) {
    EXPECT_GT(registered_types().size(), 1000U);
    std::string_view before;
    for (const MediaType& row : registered_types()) {
        EXPECT_LT(before, row.extension);
        before = row.extension;
        const std::size_t slash = row.type.find('/');
        ASSERT_NE(slash, std::string_view::npos) << row.type;
        EXPECT_TRUE(http::is_token(row.type.substr(0, slash))) << row.type;
        EXPECT_TRUE(http::is_token(row.type.substr(slash + 1))) << row.type;
    }
}

TEST(ContentType, NamesTheCharsetOfTextThatIsUtf8) {
    EXPECT_EQ(content_type("text/html", "na\xc3\xafve", true), "text/html; charset=utf-8");
    EXPECT_EQ(content_type("text/css", "", true), "text/css; charset=utf-8");
    EXPECT_EQ(content_type("text/html", "na\xc3", false), "text/html; charset=utf-8");
}

// A page of the nineties, with its own <meta charset>.
TEST(ContentType, LeavesOtherTextToItself) {
    EXPECT_EQ(content_type("text/html", "na\xefve", true), "text/html");
    EXPECT_EQ(content_type("text/html", "na\xc3", true), "text/html");
    EXPECT_EQ(content_type("text/plain", "\xff\xfeh\0i\0", false), "text/plain");
}

// RFC 8259 8.1, RFC 7303 3: JSON is UTF-8 always, and XML says what it is.
TEST(ContentType, HasNoCharsetForWhatIsNoText) {
    EXPECT_EQ(content_type("application/json", "{}", true), "application/json");
    EXPECT_EQ(content_type("image/svg+xml", "<svg/>", true), "image/svg+xml");
    EXPECT_EQ(content_type("image/png", "", true), "image/png");
}

}  // namespace
}  // namespace cloister::press
