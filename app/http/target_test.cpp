// SPDX-License-Identifier: MIT
#include "http/target.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "base/limits.h"

namespace cloister::http {
namespace {

struct Good {
    std::string_view target;
    std::string_view path;
    std::string_view query;
};

bool parse(std::string_view target, Request& request) {
    request.clear();
    return parse_target(target, request);
}

void accept_all(std::initializer_list<Good> rows) {
    Request request;
    for (const Good& row : rows) {
        EXPECT_TRUE(parse(row.target, request)) << row.target;
        EXPECT_EQ(request.path, row.path) << row.target;
        EXPECT_EQ(request.query, row.query) << row.target;
        EXPECT_EQ(request.target, row.target);
        EXPECT_EQ(request.authority, "") << row.target;
    }
}

void refuse_all(std::initializer_list<std::string_view> targets) {
    Request request;
    for (const std::string_view target : targets) {
        EXPECT_FALSE(parse(target, request)) << target;
    }
}

TEST(Target, IsRefusedByLengthThenMethodThenForm) {
    Request request;
    const std::string just = "/" + std::string(base::limits::target_bytes - 1, 'a');
    EXPECT_EQ(parse_method_and_target("GET", just, request), 0);
    EXPECT_EQ(parse_method_and_target("BREW", just + "a", request), 414);
    EXPECT_EQ(parse_method_and_target("BREW", "a", request), 501);
    EXPECT_EQ(parse_method_and_target("GET", "a", request), 400);
}

TEST(Target, SplitsPathAndQuery) {
    accept_all({{"/", "/", ""},
                {"/a/b.html", "/a/b.html", ""},
                {"/a?b=c&d", "/a", "b=c&d"},
                {"/?", "/", ""},
                {"/a?b?c/../d", "/a", "b?c/../d"},
                {"/a?%zz", "/a", "%zz"},
                {"/a/", "/a/", ""},
                {"//a//b", "//a//b", ""},
                {"/a;v=1,2:@!$&'()*+=~", "/a;v=1,2:@!$&'()*+=~", ""}});
}

TEST(Target, DecodesEscapesOnce) {
    accept_all({{"/a%20b", "/a b", ""},
                {"/%41%5a%7E", "/AZ~", ""},
                {"/%c3%A4", "/\xc3\xa4", ""},
                {"/%2541", "/%41", ""},
                {"/%252e%252e/x", "/%2e%2e/x", ""},
                {"/a%3fb%23c", "/a?b#c", ""},
                {"/%5c..%5c", "/\\..\\", ""}});
}

TEST(Target, RefusesMalformedEscapes) {
    refuse_all({"/%", "/%4", "/a%4", "/%zz", "/%4z", "/%z4", "/%u0041", "/%%41", "/%-1", "/% 1"});
}

TEST(Target, RefusesEncodedControlBytes) {
    refuse_all({"/%00", "/a%00.html", "/%0a", "/%0D", "/%1f", "/%7f", "/%09"});
}

TEST(Target, RefusesBytesThatMustBeEncoded) {
    refuse_all({"/a b", " /", "/ ", "/a\tb", "/\xc3\xa4", "/\x80", "/\x7f", "/\x01", "/a#b", "/#",
                "/?a#b", "/?\xff"});
    Request request;
    EXPECT_FALSE(parse(std::string_view("/a\0b", 4), request));
}

TEST(Target, RemovesDotSegments) {
    accept_all({{"/.", "/", ""},
                {"/./", "/", ""},
                {"/a/.", "/a/", ""},
                {"/a/./b", "/a/b", ""},
                {"/a/..", "/", ""},
                {"/a/../", "/", ""},
                {"/a/b/..", "/a/", ""},
                {"/a/b/../c", "/a/c", ""},
                {"/a/b/c/./../../g", "/a/g", ""},
                {"/a//../b", "/a/b", ""},
                {"/a/../b/../c/../d", "/d", ""},
                {"/a/..?x=/../..", "/", "x=/../.."}});
}

TEST(Target, LeavesDotsThatAreNames) {
    accept_all({{"/.hidden", "/.hidden", ""},
                {"/...", "/...", ""},
                {"/..a", "/..a", ""},
                {"/a..", "/a..", ""},
                {"/a./b", "/a./b", ""},
                {"/.a/..b/c..", "/.a/..b/c..", ""}});
}

TEST(Target, TreatsEncodedDotsAndSlashesAsPlainOnes) {
    accept_all({{"/a/%2e%2e/b", "/b", ""},
                {"/a/.%2E/b", "/b", ""},
                {"/a/%2e/b", "/a/b", ""},
                {"/a%2fb", "/a/b", ""},
                {"/a%2f..%2fb", "/b", ""},
                {"/a%2F%2e%2e", "/", ""}});
}

TEST(Target, RefusesToClimbAboveTheRoot) {
    refuse_all({"/..", "/../", "/../etc/passwd", "/a/../..", "/a/../../b", "/./..", "/%2e%2e/x",
                "/%2E./x", "/a/..%2f../x", "/..%2fx", "/a/b/../../../c", "/%2e%2e%2f%2e%2e"});
}

// Whatever dots and slashes a path is made of, encoded or not, nothing of them is left to climb
// with.
TEST(Target, LeavesNoDotSegmentInAnyMixture) {
    const std::initializer_list<std::string_view> parts = {"/", ".", "%2e", "%2f", "a"};
    Request request;
    for (int number = 0; number < 5 * 5 * 5 * 5 * 5 * 5; ++number) {
        std::string target = "/";
        for (int rest = number; rest != 0; rest /= 5) {
            target += *(parts.begin() + rest % 5);
        }
        if (parse(target, request)) {
            const std::string path = std::string(request.path) + "/";
            EXPECT_TRUE(path.starts_with('/')) << target;
            EXPECT_EQ(path.find("/../"), std::string::npos) << target;
            EXPECT_EQ(path.find("/./"), std::string::npos) << target;
        }
    }
}

struct Absolute {
    std::string_view target;
    std::string_view authority;
    std::string_view origin;
    std::string_view path;
    std::string_view query;
};

TEST(Target, AcceptsTheAbsoluteForm) {
    const std::initializer_list<Absolute> rows = {
        {"http://example.org/a?b", "example.org", "/a?b", "/a", "b"},
        {"HTTPS://example.org:8443/", "example.org:8443", "/", "/", ""},
        {"http://example.org", "example.org", "/", "/", ""},
        {"http://example.org?b=/../c", "example.org", "/?b=/../c", "/", "b=/../c"},
        {"http://example.org?", "example.org", "/?", "/", ""},
        {"http://[::1]:80/a/../b", "[::1]:80", "/a/../b", "/b", ""},
        {"http://h/http://other/", "h", "/http://other/", "/http://other/", ""},
    };
    Request request;
    for (const Absolute& row : rows) {
        EXPECT_TRUE(parse(row.target, request)) << row.target;
        EXPECT_EQ(request.authority, row.authority) << row.target;
        EXPECT_EQ(request.target, row.origin) << row.target;
        EXPECT_EQ(request.path, row.path) << row.target;
        EXPECT_EQ(request.query, row.query) << row.target;
    }
}

TEST(Target, RefusesOtherAbsoluteForms) {
    refuse_all({"ftp://example.org/", "http:/example.org/", "http:example.org", "http://",
                "http:///a", "http://?a", "http://user@example.org/", "http://u:p@example.org/",
                "http://h:x/", "http://h:65536/", "http://[::1/", "http://h\\@other/",
                "http://h/..", "http://h/%00", "://h/", "file:///etc/passwd"});
}

TEST(Target, RefusesWhatHasNoForm) {
    refuse_all({"", "a", "a/b", "*a", "**", "?a", "../a", ".", "example.org:443"});
}

TEST(Target, TakesTheAsteriskForOptionsAlone) {
    Request request;
    request.method = Method::options;
    EXPECT_TRUE(parse_target("*", request));
    EXPECT_EQ(request.path, "*");
    EXPECT_EQ(request.target, "*");
    for (const Method method : {Method::get, Method::head, Method::post, Method::trace}) {
        request.clear();
        request.method = method;
        EXPECT_FALSE(parse_target("*", request)) << name_of(method);
    }
}

TEST(Target, TakesAnAuthorityForConnectAlone) {
    Request request;
    for (const std::string_view target : {"example.org:443", "[2001:db8::1]:443"}) {
        request.clear();
        request.method = Method::connect;
        EXPECT_TRUE(parse_target(target, request)) << target;
        EXPECT_EQ(request.authority, target);
    }
    for (const std::string_view target :
         {"/", "http://example.org/", "*", "h", "h:", "h1", "[::1]", "a:b", "u@h:1"}) {
        request.clear();
        request.method = Method::connect;
        EXPECT_FALSE(parse_target(target, request)) << target;
    }
}

TEST(Authority, IsAHostAndPerhapsAPort) {
    for (const std::string_view text :
         {"example.org", "EXAMPLE.org.", "a", "localhost:8080", "h:", "h:0", "h:65535", "h:0000080",
          "192.0.2.1", "192.0.2.1:80", "[::1]", "[::1]:80", "[2001:db8::1]",
          "[::ffff:192.0.2.1]:", "xn--bcher-kva.example", "a_b", "a%20b"}) {
        EXPECT_TRUE(is_authority(text)) << text;
    }
}

TEST(Authority, IsNothingElse) {
    for (const std::string_view text : {"",
                                        ":",
                                        ":80",
                                        "h:65536",
                                        "h:99999",
                                        "h:100000000000000000000",
                                        "h:8 0",
                                        "h:-1",
                                        "h:+1",
                                        "h:80a",
                                        "h:80:80",
                                        "::1",
                                        "a b",
                                        " a",
                                        "a ",
                                        "a/b",
                                        "a?b",
                                        "a#b",
                                        "a@b",
                                        "a,b@c",
                                        "a\\b",
                                        "a\"b",
                                        "<a>",
                                        "a|b",
                                        "a%",
                                        "a%2",
                                        "a%zz",
                                        "[",
                                        "[]",
                                        "]",
                                        "[::1",
                                        "::1]",
                                        "[::1]]",
                                        "[::1]a",
                                        "[::1]:x",
                                        "[::1]80",
                                        "[[::1]]",
                                        "[g::1]",
                                        "[:::1]",
                                        "[1]",
                                        "[...]",
                                        "[192.0.2.1]",
                                        "[fe80::1%eth0]",
                                        "[fe80::1%25eth0]",
                                        "[::1]:65536",
                                        "a\tb",
                                        "\x80",
                                        "a\x7f"}) {
        EXPECT_FALSE(is_authority(text)) << text;
    }
    EXPECT_FALSE(is_authority(std::string_view("a\0b", 3)));
    EXPECT_FALSE(is_authority(std::string_view("[::1\0]", 6)));
}

}  // namespace
}  // namespace cloister::http
