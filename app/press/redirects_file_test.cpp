// SPDX-License-Identifier: MIT
#include "press/redirects_file.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/check.h"
#include "base/limits.h"

namespace cloister::press {
namespace {

using site::Redirects;

struct Asked {
    std::string path;
    std::string query = {};
    bool is_taken = false;
    bool secure = false;
};

// What a site with this file answers: "301 /target", or "nothing".
std::string judged(const std::string& file, const Asked& asked) {
    const std::string bytes = render(parse_redirects(file, "_redirects"));
    EXPECT_EQ(Redirects::measure(bytes), bytes.size());
    http::Request request;
    request.path = asked.path;
    request.query = asked.query;
    request.authority = "www.example.com";
    request.secure = asked.secure;
    const auto verdict = Redirects(bytes.data()).judge(request, asked.is_taken);
    return verdict ? std::to_string(verdict->status) + " " + verdict->target : "nothing";
}

std::string judged(const std::string& file, const char* path) {
    return judged(file, Asked{.path = path});
}

// What is wrong with a file.
std::string refusal(const std::string& file) {
    try {
        parse_redirects(file, "/srv/_redirects");
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), EX_CONFIG);
        return failure.what();
    }
    return "accepted";
}

// The complete example of Cloudflare's documentation, but for the comment in its last line.
constexpr const char* cloudflare_example = R"(
/home301 / 301
/home302 / 302
/querystrings /?query=string 301
/twitch https://twitch.tv
/trailing /trailing/ 301
/notrailing/ /nottrailing 301
/page/ /page2/#fragment 301
/blog/* https://blog.my.domain/:splat # Blog migration
/products/:code/:name /products?code=:code&name=:name
)";

TEST(RedirectsFile, ReadsCloudflaresExample) {
    struct Case {
        const char* path;
        const char* answer;
    };

    for (const Case& row : {
             Case{"/home301", "301 /"},
             Case{"/home302", "302 /"},
             Case{"/querystrings", "301 /?query=string"},
             Case{"/twitch", "301 https://twitch.tv"},
             Case{"/trailing", "301 /trailing/"},
             Case{"/trailing/", "nothing"},
             Case{"/notrailing/", "301 /nottrailing"},
             Case{"/page/", "301 /page2/#fragment"},
             Case{"/blog/2026/a b", "301 https://blog.my.domain/2026/a%20b"},
             Case{"/products/7/red shoe", "301 /products?code=7&name=red%20shoe"},
             Case{"/products/7", "nothing"},
         }) {
        EXPECT_EQ(judged(cloudflare_example, row.path), row.answer) << row.path;
    }
}

// Examples of Netlify's documentation.
TEST(RedirectsFile, ReadsNetlifysExamples) {
    EXPECT_EQ(judged("/news/:month/:date/:year/:slug  /blog/:year/:month/:date/:slug",
                     "/news/02/12/2004/my-story"),
              "301 /blog/2004/02/12/my-story");
    EXPECT_EQ(judged("/news/*  /blog/:splat", "/news/2004/01/10/my-story"),
              "301 /blog/2004/01/10/my-story");
    EXPECT_EQ(judged("/store id=:id  /blog/:id  301", {"/store", "id=my-blog-post"}),
              "301 /blog/my-blog-post");
    EXPECT_EQ(judged("/*    /index.html   200", "/partials/chat.html"), "200 /index.html");
    EXPECT_EQ(judged("/*    /index.html   200", {.path = "/partials/chat.html", .is_taken = true}),
              "nothing");
    EXPECT_EQ(judged("/app/*  /app/index.html  200!", {.path = "/app/x", .is_taken = true}),
              "200 /app/index.html");
    EXPECT_EQ(judged("/en/*  /en/404.html  404\n/de/*  /de/404.html  404", "/de/x"),
              "404 /de/404.html");
    EXPECT_EQ(judged("http://www.example.com/* https://example.com/:splat 301!",
                     {.path = "/a", .is_taken = true}),
              "301 https://example.com/a");
    EXPECT_EQ(judged("http://www.example.com/* https://example.com/:splat 301!",
                     {.path = "/a", .is_taken = true, .secure = true}),
              "nothing");
}

TEST(RedirectsFile, ChoosesByTheParametersOfTheQuery) {
    const std::string file =
        "/path/* param1=:value1 param2=:value2 /otherpath/:value1/:value2/:splat 301\n"
        "/path/* param1=:value1 /otherpath/:value1/:splat 301\n"
        "/path/* kind=a%26b /special 301\n"
        "/path/* /otherpath/:splat 301\n";
    EXPECT_EQ(judged(file, {"/path/x", "param2=b&param1=a"}), "301 /otherpath/a/b/x");
    EXPECT_EQ(judged(file, {"/path/x", "param1=a"}), "301 /otherpath/a/x");
    EXPECT_EQ(judged(file, {"/path/x", "kind=a%26b"}), "301 /special");
    EXPECT_EQ(judged(file, {"/path/x", "kind=a"}), "301 /otherpath/x?kind=a");
}

TEST(RedirectsFile, EveryStatusIsKept) {
    for (const std::string status : {"301", "302", "303", "307", "308", "200", "404"}) {
        EXPECT_EQ(judged("/a /b " + status, "/a"), status + " /b");
        EXPECT_EQ(judged("/a /b " + status + "!", {.path = "/a", .is_taken = true}),
                  status + " /b");
    }
}

TEST(RedirectsFile, CommentsAndWhiteSpaceDoNotCount) {
    EXPECT_EQ(judged("\xef\xbb\xbf# one\r\n\r\n \t# two\r\n\t/a \t /b#c\t302 # three\r\n", "/a"),
              "302 /b#c");
    EXPECT_TRUE(parse_redirects("", "").empty());
    EXPECT_TRUE(parse_redirects("# only this", "").empty());
}

TEST(RedirectsFile, PathsAreComparedDecoded) {
    EXPECT_EQ(judged("/some%20page /b", "/some page"), "301 /b");
    EXPECT_EQ(judged("/gr\xc3\xbc\xc3\x9f"
                     "e /b",
                     "/gr\xc3\xbc\xc3\x9f"
                     "e"),
              "301 /b");
    EXPECT_EQ(judged("/Talk%3APage%2A /b", "/Talk:Page*"), "301 /b");
    EXPECT_EQ(judged("/12:30 /b", "/12:30"), "301 /b");
}

TEST(RedirectsFile, TargetsAreEscapedAsUrisAre) {
    EXPECT_EQ(judged("/a /gr\xc3\xbc\xc3\x9f"
                     "e|\"%20",
                     "/a"),
              "301 /gr%C3%BC%C3%9Fe%7C%22%20");
    EXPECT_EQ(judged("/a /gr%C3%BCn 200", "/a"), "200 /gr\xc3\xbcn");
    EXPECT_EQ(judged("/a https://h.example:8080/x?y=[1]#z", "/a"),
              "301 https://h.example:8080/x?y=[1]#z");
}

TEST(RedirectsFile, SlashesAreMeantWhereBothAreThere) {
    const std::string file = "/a /x\n/a/ /y\n/b /z\n/c/:d /1\n/c/:d/ /2\n";
    EXPECT_EQ(judged(file, "/a"), "301 /x");
    EXPECT_EQ(judged(file, "/a/"), "301 /y");
    EXPECT_EQ(judged(file, "/b/"), "301 /z");
    EXPECT_EQ(judged(file, "/c/e"), "301 /1");
    EXPECT_EQ(judged(file, "/c/e/"), "301 /2");
}

TEST(RedirectsFile, KnowsWhichPagesItServesForCertain) {
    const auto rules = parse_redirects("/a /b 200\n/a/* /:splat 200\n/c /d 404\n/e /f\n", "");
    ASSERT_EQ(rules.size(), 4U);
    EXPECT_TRUE(rules[0].is_fixed_page());
    EXPECT_FALSE(rules[1].is_fixed_page());
    EXPECT_TRUE(rules[2].is_fixed_page());
    EXPECT_FALSE(rules[3].is_fixed_page());
    EXPECT_EQ(rules[3].line, 4U);
}

TEST(RedirectsFile, WhatIsWrongIsSaidWithFileAndLine) {
    struct Case {
        const char* line;
        const char* message;  // its beginning
    };

    for (const Case& row : {
             Case{"/a", "there is no target"},
             Case{"/a 301", "\"301\" is neither a target"},
             Case{"a /b", "\"a\" is no path"},
             Case{"ftp://h/a /b", "\"ftp://h/a\" is no path"},
             Case{"/a b", "\"b\" is neither a target"},
             Case{"/a =b /c", "\"=b\" is neither a target"},
             Case{"/a /b 300", "\"300\" is no status"},
             Case{"/a /b 3o1", "\"3o1\" is no status"},
             Case{"/a /b !", "\"\" is no status"},
             Case{"/a /b Country=au", "\"Country=au\" is no status"},
             Case{"/a /b 302 Country=au Language=en", "\"Country=au Language=en\" is a condition"},
             Case{"/a mailto:x", "\"mailto:x\" is neither a target"},
             Case{"/a //b", "\"//\" at the beginning leads to another host"},
             Case{"/a https:// 301", "\"\" is no host"},
             Case{"/a https://h_\\/ 301", "\"h_\\\" is no host"},
             Case{"/:a https://:a/ 301", "a placeholder in the host"},
             Case{"/* https://h.example:splat 301", "a placeholder in the host"},
             Case{"/* https://h.example/:splat 200", "a page of another host cannot be served"},
             Case{"/* /b?c 200", "a page that is served has no query"},
             Case{"/a/* /b/* 200", "what a * stood for is :splat"},
             Case{"/*/* /b", "a path has one * at most"},
             Case{"/:a/:a /b", "the placeholder :a stands there twice"},
             Case{"/:a-:b /b", "between placeholders"},
             Case{"/:a* /b", "between placeholders"},
             Case{"/*:a /b", "between placeholders"},
             Case{"/:splat/* /b", "a path has one * at most"},
             Case{"/a /:b", "the path has no \":b\""},
             Case{"/a x=:b y=:b /:b", "the placeholder :b is one too many"},
             Case{"/a x=%zz /b", "\"%zz\" has a malformed escape"},
             Case{"/a%2 /b", "a % has two hexadecimal digits"},
             Case{"/a%0a /b", "a control byte is in no path"},
             Case{"/a?b=c /d", "a path ends before ? and #"},
             Case{"/a/../b /c", "requests come without . and .."},
             Case{"/a/. /c", "requests come without . and .."},
             Case{"/a /b%2", "a % has two hexadecimal digits"},
             Case{"/a /b%0d%0aSet-Cookie:x=y 200", "a % has two hexadecimal digits"},
             Case{"/a /a", "the rule leads to where it comes from"},
             Case{"/a /a 200", "the rule leads to where it comes from"},
             Case{"https://h.example:443/a /b", "\"h.example:443\" is no host"},
             Case{"https://*.example/a /b", "\"*.example\" is no host"},
             Case{"https:///a /b", "\"\" is no host"},
             Case{"/a\x01 /b", "a control byte stands in the line"},
         }) {
        const std::string message = refusal(std::string("# comment\n\n") + row.line + "\n/b /c\n");
        EXPECT_EQ(message.rfind(std::string("/srv/_redirects:3: ") + row.message, 0), 0U)
            << row.line << ": " << message;
    }
}

TEST(RedirectsFile, IsBounded) {
    std::string exact;
    for (std::size_t number = 0; number <= base::limits::exact_redirect_count; ++number) {
        exact += "/" + std::to_string(number) + " /x\n";
    }
    EXPECT_NE(refusal(exact).find(":20001: there are more than 20000 rules with an exact path"),
              std::string::npos);
    std::string patterns;
    for (std::size_t number = 0; number <= base::limits::pattern_redirect_count; ++number) {
        patterns += "/" + std::to_string(number) + "/* /x\n";
    }
    EXPECT_NE(refusal(patterns).find(":501: there are more than 500 rules with * or :name"),
              std::string::npos);
    const std::string longest(base::limits::rule_line_bytes - 2, 'a');
    EXPECT_EQ(refusal("/ /" + longest), "/srv/_redirects:1: a line has at most 8192 bytes");
    EXPECT_EQ(refusal("/ /" + longest.substr(1)), "accepted");
    EXPECT_EQ(refusal(std::string(base::limits::rules_file_bytes + 1, '\n'))
                  .rfind("/srv/_redirects has", 0),
              0U);
    std::string many = "/a";
    for (std::size_t count = 0; count < base::limits::rule_parameter_count; ++count) {
        many += " x" + std::to_string(count) + "=1";
    }
    EXPECT_EQ(refusal(many + " /b"), "accepted");
    EXPECT_EQ(refusal(many + " y=1 /b"),
              "/srv/_redirects:1: a rule asks for at most 8 query parameters");
}

}  // namespace
}  // namespace cloister::press
