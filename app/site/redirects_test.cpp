// SPDX-License-Identifier: MIT
#include "site/redirects.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "site/test_pattern.h"

namespace cloister::site {
namespace {

struct Asked {
    std::string path;
    std::string query;
    std::string authority = "h.example";
    bool secure = false;
    bool is_taken = false;
};

// "301 /target", or "nothing".
std::string judged(const std::string& bytes, const Asked& asked) {
    http::Request request;
    request.path = asked.path;
    request.query = asked.query;
    request.authority = asked.authority;
    request.secure = asked.secure;
    const auto verdict = Redirects(bytes.data()).judge(request, asked.is_taken);
    return verdict ? std::to_string(verdict->status) + " " + verdict->target : "nothing";
}

std::string judged(const std::vector<Redirect>& rules, const Asked& asked) {
    return judged(Redirects::render(rules), asked);
}

TEST(Redirects, NoRulesJudgeNothing) {
    EXPECT_FALSE(Redirects().judge({}, false));
    EXPECT_EQ(judged(std::vector<Redirect>{}, {.path = "/"}), "nothing");
}

TEST(Redirects, FirstRuleInTheFileCounts) {
    const std::string all = marked("/*");
    const std::string segment = marked("/$");
    const std::vector<Redirect> exact_first = {{.pattern = "/a", .target = "/exact"},
                                               {.pattern = all, .target = "/all"}};
    EXPECT_EQ(judged(exact_first, {.path = "/a"}), "301 /exact");
    EXPECT_EQ(judged(exact_first, {.path = "/b"}), "301 /all");
    const std::vector<Redirect> pattern_first = {{.pattern = segment, .target = "/segment"},
                                                 {.pattern = "/a", .target = "/exact"},
                                                 {.pattern = all, .target = "/all"}};
    EXPECT_EQ(judged(pattern_first, {.path = "/a"}), "301 /segment");
    EXPECT_EQ(judged(pattern_first, {.path = "/a/b"}), "301 /all");
    const std::vector<Redirect> twice = {{.pattern = "/a", .target = "/1"},
                                         {.pattern = "/a", .target = "/2"}};
    EXPECT_EQ(judged(twice, {.path = "/a"}), "301 /1");
}

TEST(Redirects, ExactPathsAreFoundAmongMany) {
    std::vector<std::string> paths;
    for (int number = 0; number < 3000; ++number) {
        paths.push_back("/" + std::to_string(number * 7919 % 3000));
    }
    std::vector<Redirect> rules;
    for (const std::string& path : paths) {
        rules.push_back({.pattern = path, .target = path});
    }
    const std::string bytes = Redirects::render(rules);
    for (const std::string& path : paths) {
        ASSERT_EQ(judged(bytes, {.path = path}), "301 " + path);
        ASSERT_EQ(judged(bytes, {.path = path + "/"}), "301 " + path);
    }
    EXPECT_EQ(judged(bytes, {.path = "/3000"}), "nothing");
}

TEST(Redirects, FilesGoBeforeRulesThatAreNotForced) {
    const std::string all = marked("/*");
    const std::vector<Redirect> rules = {{.pattern = "/a", .target = "/x"},
                                         {.is_forced = true, .pattern = all, .target = "/y"}};
    EXPECT_EQ(judged(rules, {.path = "/a", .is_taken = true}), "301 /y");
    EXPECT_EQ(judged(rules, {.path = "/a"}), "301 /x");
    const std::vector<Redirect> gentle = {{.pattern = all, .target = "/x"}};
    EXPECT_EQ(judged(gentle, {.path = "/a", .is_taken = true}), "nothing");
}

TEST(Redirects, SlashAtTheEndCountsIfARuleSaysSo) {
    const std::vector<Redirect> add = {
        {.slash = Redirect::Slash::absent, .pattern = "/a", .target = "/a/"}};
    EXPECT_EQ(judged(add, {.path = "/a"}), "301 /a/");
    EXPECT_EQ(judged(add, {.path = "/a/"}), "nothing");
    const std::vector<Redirect> remove = {
        {.slash = Redirect::Slash::present, .pattern = "/a/", .target = "/a"}};
    EXPECT_EQ(judged(remove, {.path = "/a/"}), "301 /a");
    EXPECT_EQ(judged(remove, {.path = "/a"}), "nothing");
}

TEST(Redirects, HostIsComparedWithoutCaseAndPort) {
    const std::vector<Redirect> rules = {{.host = "www.example", .pattern = "/", .target = "/x"}};
    for (const char* authority : {"www.example", "WWW.Example", "www.example:8080"}) {
        EXPECT_EQ(judged(rules, {.path = "/", .authority = authority}), "301 /x") << authority;
    }
    for (const char* authority : {"", "example", "www.example.org", "www.exampl", "[::1]:80"}) {
        EXPECT_EQ(judged(rules, {.path = "/", .authority = authority}), "nothing") << authority;
    }
    const std::vector<Redirect> literal = {{.host = "[::1]", .pattern = "/", .target = "/x"}};
    EXPECT_EQ(judged(literal, {.path = "/", .authority = "[::1]:80"}), "301 /x");
}

TEST(Redirects, SchemeIsThatOfTheConnection) {
    const std::vector<Redirect> rules = {
        {.scheme = Redirect::Scheme::http, .pattern = "/", .target = "/plain"},
        {.scheme = Redirect::Scheme::https, .pattern = "/", .target = "/secure"}};
    EXPECT_EQ(judged(rules, {.path = "/", .secure = false}), "301 /plain");
    EXPECT_EQ(judged(rules, {.path = "/", .secure = true}), "301 /secure");
}

TEST(Redirects, ParametersAreCapturedAndNotPassedOn) {
    const std::string any = marked("id\n$\n");
    const std::string pattern = marked("/$/list");
    const std::string target = marked("/$A/$B");
    const std::vector<Redirect> rules = {{.pattern = pattern, .parameters = any, .target = target}};
    EXPECT_EQ(judged(rules, {.path = "/shop/list", .query = "a=1&id=7+8&b"}),
              "301 /shop/7%208?a=1&b");
    EXPECT_EQ(judged(rules, {.path = "/shop/list", .query = "a=1"}), "nothing");
}

TEST(Redirects, ExactRuleKeepsItsCapturesWhenPatternsWereTriedSince) {
    const std::string any = marked("id\n$\n");
    const std::string target = marked("/$A");
    const std::string segment = marked("/$");
    const std::vector<Redirect> rules = {
        {.pattern = segment, .parameters = "no\n1\n", .target = target},
        {.pattern = "/a", .parameters = any, .target = target}};
    EXPECT_EQ(judged(rules, {.path = "/a", .query = "id=7"}), "301 /7");
}

TEST(Redirects, PagesAreServedUnderADecodedPath) {
    const std::string pattern = marked("/app/*");
    const std::string target = marked("/pages/$A.html");
    const std::vector<Redirect> rules = {{.status = 200, .pattern = pattern, .target = target}};
    EXPECT_EQ(judged(rules, {.path = "/app/a b", .query = "x"}), "200 /pages/a b.html");
}

TEST(Redirects, DamagedBytesAreNotMeasured) {
    const std::string pattern = marked("/app/*");
    const std::vector<Redirect> rules = {{.pattern = "/a", .target = "/b"},
                                         {.pattern = "/c", .target = "/d"},
                                         {.pattern = pattern, .target = "/e"}};
    const std::string bytes = Redirects::render(rules);
    EXPECT_EQ(Redirects::measure(bytes), bytes.size());
    EXPECT_EQ(Redirects::measure(bytes + "more"), bytes.size());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_EQ(Redirects::measure(bytes.substr(0, size)), 0U) << size;
    }
    std::string unsorted = bytes;
    const std::size_t text = unsorted.find("/a/b");
    ASSERT_NE(text, std::string::npos);
    unsorted[text + 1] = 'z';
    EXPECT_EQ(Redirects::measure(unsorted), 0U);
}

}  // namespace
}  // namespace cloister::site
