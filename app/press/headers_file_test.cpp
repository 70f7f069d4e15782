// SPDX-License-Identifier: MIT
#include "press/headers_file.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/check.h"
#include "base/limits.h"

namespace cloister::press {
namespace {

// What is sent for a path beside what the server has: "Name: value|" each.
std::string applied(const std::string& file, std::string_view path,
                    std::vector<http::ResponseField> fields = {}) {
    apply(parse_headers(file, "_headers"), path, fields);
    std::string text;
    for (const http::ResponseField& field : fields) {
        text += field.name + ": " + field.value + "|";
    }
    return text;
}

std::string refusal(const std::string& file) {
    try {
        parse_headers(file, "/srv/_headers");
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), EX_CONFIG);
        return failure.what();
    }
    return "accepted";
}

// The example of Cloudflare's documentation, but for its block for a host.
constexpr const char* cloudflare_example =
    "# This is a comment\n"
    "/secure/page\n"
    "\tX-Frame-Options: DENY\n"
    "\tX-Content-Type-Options: nosniff\n"
    "\tReferrer-Policy: no-referrer\n"
    "\n"
    "/static/*\n"
    "\tAccess-Control-Allow-Origin: *\n"
    "\tX-Robots-Tag: nosnippet\n"
    "\n"
    "/*\n"
    "\tX-Robots-Tag: noindex\n";

TEST(HeadersFile, ReadsCloudflaresExample) {
    EXPECT_EQ(applied(cloudflare_example, "/secure/page"),
              "X-Frame-Options: DENY|X-Content-Type-Options: nosniff|Referrer-Policy: no-referrer|"
              "X-Robots-Tag: noindex|");
    EXPECT_EQ(applied(cloudflare_example, "/static/styles.css"),
              "Access-Control-Allow-Origin: *|X-Robots-Tag: nosnippet, noindex|");
    EXPECT_EQ(applied(cloudflare_example, "/home"), "X-Robots-Tag: noindex|");
}

TEST(HeadersFile, ReadsNetlifysExample) {
    const std::string file =
        "# a path:\n/templates/index.html\n  # headers for that path:\n  X-Frame-Options: DENY\n"
        "/*\n  cache-control: max-age=0\n  cache-control: no-cache\n  cache-control: no-store\n"
        "  cache-control: must-revalidate\n";
    EXPECT_EQ(
        applied(file, "/templates/index.html"),
        "X-Frame-Options: DENY|cache-control: max-age=0, no-cache, no-store, must-revalidate|");
}

TEST(HeadersFile, FieldTakesThePlaceOfTheServersOwn) {
    EXPECT_EQ(applied("/*\n  cache-control: no-store\n", "/a", {{"Cache-Control", "max-age=60"}}),
              "cache-control: no-store|");
    EXPECT_EQ(applied("/b\n  Cache-Control: no-store\n", "/a", {{"Cache-Control", "max-age=60"}}),
              "Cache-Control: max-age=60|");
}

TEST(HeadersFile, VaryIsAddedToTheServersOwn) {
    EXPECT_EQ(applied("/*\n  Vary: Origin\n", "/a", {{"Vary", "Accept-Encoding"}}),
              "Vary: Accept-Encoding, Origin|");
}

TEST(HeadersFile, FieldIsTakenAwayWhoeverSaidIt) {
    EXPECT_EQ(applied("/*\n  ! referrer-policy\n", "/a", {{"Referrer-Policy", "origin"}}), "");
    const std::string file =
        "/*\n  Content-Security-Policy: default-src 'self';\n/*.jpg\n  ! Content-Security-Policy\n";
    EXPECT_EQ(applied(file, "/a.jpg"), "");
    EXPECT_EQ(applied(file, "/a.png"), "Content-Security-Policy: default-src 'self';|");
}

TEST(HeadersFile, BlockMayReplaceWhatItTakesAway) {
    const std::string file = "/*\n  A: 1\n/b\n  A: 2\n  !A\n";
    EXPECT_EQ(applied(file, "/b"), "A: 2|");
}

TEST(HeadersFile, ValueRefersToThePath) {
    EXPECT_EQ(
        applied("/movies/:title\n  x-movie-name: You are watching \":title\"\n", "/movies/Alien 3"),
        "x-movie-name: You are watching \"Alien 3\"|");
    EXPECT_EQ(applied("/*\n  Link: <https://h.example:8080/:splat>; rel=canonical\n", "/a/b"),
              "Link: <https://h.example:8080/a/b>; rel=canonical|");
    EXPECT_EQ(applied("/:a\n  X: data::a wss://:ab :\n", "/1"), "X: data:1 wss://:ab :|");
}

TEST(HeadersFile, ValueIsNotSaidTwice) {
    EXPECT_EQ(applied("/*\n  X-Robots-Tag: noindex\n/a\n  X-Robots-Tag: noindex\n", "/a"),
              "X-Robots-Tag: noindex|");
}

TEST(HeadersFile, CookiesAreNotJoined) {
    EXPECT_EQ(applied("/*\n  Set-Cookie: a=1\n  Set-Cookie: b=2\n", "/"),
              "Set-Cookie: a=1|Set-Cookie: b=2|");
}

TEST(HeadersFile, WhatIsWrongIsSaidWithFileAndLine) {
    struct Case {
        const char* lines;  // the last one is wrong, but for a block without a field
        const char* message;
    };

    for (const Case& row : {
             Case{"X-A: b", ":1: a field stands below a path"},
             Case{"/a\n  X-A", ":2: a field is \"Name: value\""},
             Case{"/a\n  X A: b", ":2: \"X A\" is no name of a field"},
             Case{"/a\n  : b", ":2: \"\" is no name of a field"},
             Case{"/a\n  !", ":2: \"\" is no name of a field"},
             Case{"/a\n  X-A:", ":2: X-A has no value"},
             Case{"/a\n  Content-Length: 3", ":2: Content-Length cannot be set"},
             Case{"/a\n  transfer-encoding: chunked", ":2: transfer-encoding cannot be set"},
             Case{"/a\n  Connection: close", ":2: Connection cannot be set"},
             Case{"/a\n  Date: now", ":2: Date cannot be set"},
             Case{"/a\n  ETag: \"1\"", ":2: ETag cannot be set"},
             Case{"/a\n  ! ETag", ":2: ETag cannot be set"},
             Case{"/a\n  Basic-Auth: user:password", ":2: Basic-Auth cannot be set"},
             Case{"/a\n  ! Vary", ":2: Vary cannot be taken away"},
             Case{"/a\n/b\n  A: b", ":1: no field follows the path"},
             Case{"/a\n  A: b\n/b", ":3: no field follows the path"},
             Case{"/a b\n  A: b", ":1: a path stands alone in its line"},
             Case{"/*/*\n  A: b", ":1: a path has one * at most"},
             Case{"https://h.example/*\n  A: b", ":1: a block for one host cannot be kept"},
             Case{"/a\n  A: b\x7f", ":2: a control byte stands in the line"},
         }) {
        const std::string message = refusal(row.lines);
        EXPECT_EQ(message.rfind(std::string("/srv/_headers") + row.message, 0), 0U)
            << row.lines << ": " << message;
    }
}

TEST(HeadersFile, IsBounded) {
    std::string file;
    for (std::size_t number = 0; number < base::limits::header_rule_count; ++number) {
        file += "/" + std::to_string(number) + "\n  A: b\n";
    }
    EXPECT_EQ(refusal(file), "accepted");
    EXPECT_NE(refusal(file + "/more\n  A: b\n").find(":2001: there are more than 1000 blocks"),
              std::string::npos);
}

}  // namespace
}  // namespace cloister::press
