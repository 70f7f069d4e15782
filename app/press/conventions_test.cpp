// SPDX-License-Identifier: MIT
// Paths that a site answers at beside those of its files.
#include "press/conventions.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/test_folder.h"
#include "press/test_site.h"

namespace cloister::press {
namespace {

// "301 /docs/" or "200 text".
std::string answer_at(const site::Site& site, std::string_view target) {
    const TestAnswer answer = ask(site, target);
    const std::size_t at = answer.fields.find("Location: ");
    if (at == std::string::npos) {
        return std::to_string(answer.status) + " " + answer.body;
    }
    const std::size_t begin = at + 10;
    return std::to_string(answer.status) + " " +
           answer.fields.substr(begin, answer.fields.find('\n', begin) - begin);
}

TEST(Conventions, APageAnswersWithoutItsEndingToo) {
    const base::TestFolder folder;
    folder.write("about.html", "about");
    folder.write("docs/a b.html", "spaced");
    const site::Site site = open_site(folder.path()).site;
    EXPECT_EQ(answer_at(site, "/about"), "200 about");
    EXPECT_EQ(answer_at(site, "/about.html"), "200 about");
    EXPECT_EQ(answer_at(site, "/about/?q"), "301 /about?q");
    EXPECT_EQ(answer_at(site, "/docs/a b"), "200 spaced");
    EXPECT_EQ(answer_at(site, "/docs/a b/"), "301 /docs/a%20b");
    EXPECT_TRUE(ask(site, "/about").has("Content-Type: text/html; charset=utf-8"));
}

TEST(Conventions, APageAndAFolderOfOneNameStandSideBySide) {
    const base::TestFolder folder;
    folder.write("both.html", "page");
    folder.write("both/index.html", "folder");
    const site::Site site = open_site(folder.path()).site;
    EXPECT_EQ(answer_at(site, "/both"), "200 page");
    EXPECT_EQ(answer_at(site, "/both/"), "200 folder");
}

TEST(Conventions, AFileGoesBeforeAPageThatWouldTakeItsPath) {
    const base::TestFolder folder;
    folder.write("feed", "file");
    folder.write("feed.html", "page");
    folder.write("x.html", "x");
    folder.write("x.html.html", "twice");
    const site::Site site = open_site(folder.path()).site;
    EXPECT_EQ(answer_at(site, "/feed"), "200 file");
    EXPECT_EQ(answer_at(site, "/x.html"), "200 x");
    EXPECT_EQ(answer_at(site, "/x"), "200 x");
}

TEST(Conventions, NeitherAnIndexNorANotFoundPageAnswersWithoutItsEnding) {
    const base::TestFolder folder;
    folder.write("index.html", "home");
    folder.write("404.html", "lost");
    const site::Site site = open_site(folder.path()).site;
    EXPECT_EQ(answer_at(site, "/index"), "404 lost");
    EXPECT_EQ(answer_at(site, "/404"), "404 lost");
    EXPECT_EQ(answer_at(site, "/404.html"), "200 lost");
}

TEST(Conventions, OnlyHtmlLosesItsEnding) {
    const base::TestFolder folder;
    folder.write("a.txt", "a");
    folder.write("b.HTML", "b");
    folder.write("c.htm", "c");
    const site::Site site = open_site(folder.path()).site;
    for (const char* const path : {"/a", "/b", "/c"}) {
        EXPECT_EQ(ask(site, path).status, 404) << path;
    }
}

TEST(Conventions, ASinglePageAnswersForWhatTheSiteHasNot) {
    const base::TestFolder folder;
    folder.write("index.html", "app");
    folder.write("404.html", "lost");
    folder.write("docs/404.html", "lost in docs");
    folder.write("a.js", "script");
    const site::Site site = open_site(folder.path(), {.conventions = {.single_page = true}}).site;
    EXPECT_EQ(answer_at(site, "/users/7?tab=1"), "200 app");
    EXPECT_EQ(answer_at(site, "/a.js"), "200 script");
    EXPECT_EQ(answer_at(site, "/docs/x"), "404 lost in docs");
    http::Request again = request_for("/users/8");
    const TestAnswer first = ask(site, again);
    const std::size_t at = first.fields.find("ETag: ") + 6;
    const std::string tag = first.fields.substr(at, first.fields.find('\n', at) - at);
    http::append_field("If-None-Match", tag, again);
    EXPECT_EQ(ask(site, again).status, 304);
}

TEST(Conventions, ASinglePageHasToBeThere) {
    const base::TestFolder folder;
    folder.write("a.txt", "a");
    EXPECT_EQ(complaint_about(folder.path(), {.conventions = {.single_page = true}}),
              folder.path() +
                  " has no index.html, which --single-page answers with; add it, or leave the "
                  "flag away");
}

}  // namespace
}  // namespace cloister::press
