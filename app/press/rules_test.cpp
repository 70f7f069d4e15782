// SPDX-License-Identifier: MIT
// What becomes of _headers and _redirects that lie in the folder of a site.
#include "press/rules.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/test_folder.h"
#include "press/test_site.h"

namespace cloister::press {
namespace {

constexpr std::string_view nosniff = "X-Content-Type-Options: nosniff";
constexpr std::string_view transport = "Strict-Transport-Security: max-age=15552000";

TEST(Rules, EveryAnswerProtectsVisitorsByDefault) {
    const base::TestFolder folder;
    folder.write("docs/index.html", "docs");
    folder.write("a.txt", "a");
    const site::Site bare = open_site(folder.path()).site;
    folder.write("404.html", "lost");
    const site::Site site = open_site(folder.path()).site;
    http::Request post = request_for("/a.txt");
    post.method = http::Method::post;
    for (const TestAnswer& answer : {ask(site, "/docs/"), ask(site, "/docs"), ask(site, "/a.txt"),
                                     ask(site, "/lost"), ask(bare, "/lost"), ask(site, post)}) {
        EXPECT_TRUE(answer.has(std::string(nosniff))) << answer.status << "\n" << answer.fields;
        EXPECT_TRUE(answer.has("Content-Security-Policy: frame-ancestors 'self'")) << answer.status;
        EXPECT_TRUE(answer.has("Referrer-Policy: strict-origin-when-cross-origin"))
            << answer.status;
        EXPECT_FALSE(answer.has(std::string(transport))) << answer.status;
    }
}

TEST(Rules, EveryAnswerOverTlsAsksForTlsFromNowOn) {
    const base::TestFolder folder;
    folder.write("docs/index.html", "docs");
    const site::Site site = open_site(folder.path()).site;
    for (const char* const path : {"/docs/", "/docs", "/lost"}) {
        EXPECT_TRUE(ask(site, request_for(path, true)).has(std::string(transport))) << path;
    }
}

TEST(Rules, HeadersFileOverrulesWhatTheServerSays) {
    const base::TestFolder folder;
    folder.write("index.html", "home");
    folder.write("docs/a.txt", "a");
    folder.write("_headers",
                 "/docs/*\n  Content-Type: text/markdown\n  ! Referrer-Policy\n"
                 "/*\n  Strict-Transport-Security: max-age=1\n");
    const site::Site site = open_site(folder.path()).site;
    const TestAnswer answer = ask(site, request_for("/docs/a.txt", true));
    EXPECT_TRUE(answer.has("Content-Type: text/markdown")) << answer.fields;
    EXPECT_EQ(answer.fields.find("Referrer-Policy"), std::string::npos) << answer.fields;
    EXPECT_TRUE(answer.has("Strict-Transport-Security: max-age=1")) << answer.fields;
    EXPECT_TRUE(ask(site, "/").has("Content-Type: text/html; charset=utf-8"));
    EXPECT_TRUE(ask(site, request_for("/lost", true)).has("Strict-Transport-Security: max-age=1"));
}

TEST(Rules, HeadersFileGivesAPageThatAnswersForOthersWhatItsOwnPathHas) {
    const base::TestFolder folder;
    folder.write("404.html", "lost");
    folder.write("_headers", "/404.html\n  X-Page: lost\n");
    EXPECT_TRUE(ask(open_site(folder.path()).site, "/absent").has("X-Page: lost"));
}

TEST(Rules, WhatAllPagesSayOfThemselvesIsNotSaidOfARefusal) {
    const base::TestFolder folder;
    folder.write("docs/index.html", "docs");
    folder.write("_headers",
                 "/*\n  Cache-Control: max-age=31536000\n  Content-Type: text/html\n  X-All: yes\n"
                 "/docs\n  X-Docs: yes\n");
    const site::Site site = open_site(folder.path()).site;
    EXPECT_TRUE(ask(site, "/docs/").has("Cache-Control: max-age=31536000"));
    for (const char* const path : {"/absent", "/docs"}) {
        const TestAnswer answer = ask(site, path);
        EXPECT_TRUE(answer.has("X-All: yes")) << answer.fields;
        EXPECT_EQ(answer.fields.find("Cache-Control"), std::string::npos) << answer.fields;
        EXPECT_EQ(answer.fields.find("text/html"), std::string::npos) << answer.fields;
        EXPECT_EQ(answer.fields.find("X-Docs"), std::string::npos) << answer.fields;
    }
}

TEST(Rules, FilesOfRulesAreNoFilesOfTheSite) {
    const base::TestFolder folder;
    folder.write("_headers", "");
    folder.write("_redirects", "# none yet\n");
    folder.write("docs/_headers", "a file like another");
    const site::Site site = open_site(folder.path()).site;
    EXPECT_EQ(site.file_count(), 1U);
    EXPECT_EQ(ask(site, "/_headers").status, 404);
    EXPECT_EQ(ask(site, "/_redirects").status, 404);
    EXPECT_EQ(ask(site, "/docs/_headers").body, "a file like another");
}

TEST(Rules, AMistakeIsNamedWithItsFileAndLine) {
    const base::TestFolder folder;
    folder.write("_headers", "/*\n  X-Good: yes\n  Content-Length: 5\n");
    EXPECT_EQ(complaint_about(folder.path()),
              folder.path() + "/_headers:3: Content-Length cannot be set: it is counted");
    folder.write("_headers", "");
    folder.write("_redirects", "/a /b\n/c nowhere\n");
    EXPECT_TRUE(complaint_about(folder.path()).starts_with(folder.path() + "/_redirects:2: "));
}

TEST(Rules, RulesThatCannotBeReadStopTheStart) {
    for (const std::string name : {"_headers", "_redirects"}) {
        const base::TestFolder folder;
        folder.link(name, "nowhere");
        EXPECT_NE(complaint_about(folder.path()).find(name + " is a link that leads"),
                  std::string::npos);
    }
    const base::TestFolder folder;
    folder.add_folder("_headers");
    EXPECT_NE(complaint_about(folder.path()).find("_headers is no file"), std::string::npos);
}

TEST(Rules, AFileOfRulesMayBeALinkWithinTheSite) {
    const base::TestFolder folder;
    folder.write("a.txt", "a");
    folder.write("rules/headers.txt", "/*\n  X-All: yes\n");
    folder.link("_headers", "rules/headers.txt");
    EXPECT_TRUE(ask(open_site(folder.path()).site, "/a.txt").has("X-All: yes"));
}

TEST(Rules, AFileOfRulesThatIsTooLongIsRefused) {
    const base::TestFolder folder;
    folder.write_sparse("_redirects", base::limits::rules_file_bytes + 1);
    EXPECT_NE(complaint_about(folder.path()).find("_redirects has more than"), std::string::npos);
}

}  // namespace
}  // namespace cloister::press
