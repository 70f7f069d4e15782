// SPDX-License-Identifier: MIT
// What a site with a _redirects file answers.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/test_folder.h"
#include "press/test_site.h"

namespace cloister::press {
namespace {

// A site with a few pages and these rules.
class RedirectedSite {
  public:
    explicit RedirectedSite(const std::string& rules) {
        folder_.write("index.html", "home");
        folder_.write("404.html", "lost");
        folder_.write("docs/index.html", "docs");
        folder_.write("docs/404.html", "lost in docs");
        folder_.write("a.txt", "a");
        folder_.write("_redirects", rules);
        opened_ = open_site(folder_.path());
    }

    [[nodiscard]] TestAnswer ask(std::string_view target) const {
        return press::ask(opened_.site, target);
    }

    [[nodiscard]] TestAnswer ask(const http::Request& request) const {
        return press::ask(opened_.site, request);
    }

    [[nodiscard]] const std::vector<std::string>& warnings() const { return opened_.warnings; }

    [[nodiscard]] const site::Site& site() const { return opened_.site; }

    // The message for a file of rules, from behind the folder's name.
    [[nodiscard]] static std::string complaint(const std::string& rules) {
        try {
            (void)RedirectedSite(rules);
        } catch (const base::Failure& failure) {
            const std::string text = failure.what();
            return text.substr(std::min(text.find("/_redirects"), text.size()));
        }
        return {};
    }

  private:
    base::TestFolder folder_;
    Pressed opened_;
};

TEST(RedirectedSite, LeadsWhereTheFirstRuleSays) {
    const RedirectedSite site(
        "/old /docs/ 302\n/old /a.txt\n/news/:id /docs/:id\n/x/* /y/:splat\n");
    const TestAnswer answer = site.ask("/old?q=1");
    EXPECT_EQ(answer.status, 302);
    EXPECT_TRUE(answer.has("Location: /docs/?q=1")) << answer.fields;
    EXPECT_TRUE(answer.has("X-Content-Type-Options: nosniff")) << answer.fields;
    EXPECT_EQ(answer.body, "302 Found\n");
    EXPECT_TRUE(site.ask("/news/7").has("Location: /docs/7"));
    EXPECT_TRUE(site.ask("/x/a b/c").has("Location: /y/a%20b/c"));
}

TEST(RedirectedSite, GoesBeforeAFileOnlyIfItIsForced) {
    const RedirectedSite site("/a.txt /docs/\n/index.html /docs/ 301!\n/ /docs/ 200!\n");
    EXPECT_EQ(site.ask("/a.txt").body, "a");
    EXPECT_EQ(site.ask("/index.html").status, 301);
    EXPECT_EQ(site.ask("/").body, "docs");
}

TEST(RedirectedSite, ServesAPageInPlaceOfWhatWasAskedFor) {
    const RedirectedSite site("/app/* /index.html 200\n");
    EXPECT_EQ(site.ask("/app/users/7").status, 200);
    EXPECT_EQ(site.ask("/app/users/7").body, "home");
    EXPECT_TRUE(site.ask("/app/users/7").has("Content-Type: text/html; charset=utf-8"));
    http::Request post = request_for("/app/x");
    post.method = http::Method::post;
    EXPECT_EQ(site.ask(post).status, 405);
}

TEST(RedirectedSite, LeadsFromEveryMethod) {
    const RedirectedSite site("/form /docs/ 307\n");
    http::Request post = request_for("/form");
    post.method = http::Method::post;
    EXPECT_EQ(site.ask(post).status, 307);
}

TEST(RedirectedSite, SaysNotFoundWithThePageOfTheRule) {
    const RedirectedSite site("/gone/* /docs/404.html 404\n/a.txt /docs/404.html 404!\n");
    for (const char* const path : {"/gone/x", "/a.txt"}) {
        EXPECT_EQ(site.ask(path).status, 404) << path;
        EXPECT_EQ(site.ask(path).body, "lost in docs") << path;
    }
}

TEST(RedirectedSite, HasNothingWhereTheRuleLeadsToNoPage) {
    const RedirectedSite site("/m/* /docs/:splat 200\n");
    EXPECT_EQ(site.ask("/m/").body, "docs");
    EXPECT_EQ(site.ask("/m/absent").status, 404);
    EXPECT_EQ(site.ask("/m/absent").body, "lost");
}

TEST(RedirectedSite, AsksTheRulesOnce) {
    const RedirectedSite site("/b/* /c/:splat 200\n/c/* /docs/ 301\n");
    EXPECT_EQ(site.ask("/b/x").status, 404);
}

TEST(RedirectedSite, HasNoRulesBeforeRoutes) {
    const RedirectedSite site("/* /index.html 200\n");
    EXPECT_FALSE(site::respond(site.site(), request_for("/api")));
    EXPECT_EQ(site.ask("/api").body, "home");
}

TEST(RedirectedSite, RefusesToServeAPageThatIsNotThere) {
    EXPECT_EQ(RedirectedSite::complaint("# rules\n/app/* /app.html 200\n"),
              "/_redirects:2: there is no page at /app.html; add the file, or remove the line");
    EXPECT_EQ(RedirectedSite::complaint("/gone /nope 404\n"),
              "/_redirects:1: there is no page at /nope; add the file, or remove the line");
    EXPECT_EQ(RedirectedSite::complaint("/guide /docs 200\n"),
              "/_redirects:1: /docs only leads to /docs/; write that");
}

TEST(RedirectedSite, WarnsOfARuleThatAFileGoesBefore) {
    const RedirectedSite site("/docs/ /a.txt\n/b /a.txt\n/a.txt /b 302!\n");
    ASSERT_EQ(site.warnings().size(), 1U);
    EXPECT_NE(site.warnings().front().find(
                  "/_redirects:1: something stands at /docs/ already, and goes before a rule that "
                  "does not end in 301!, ignoring"),
              std::string::npos)
        << site.warnings().front();
}

TEST(RedirectedSite, AnswersWithoutRulesAsIfThereWereNoFile) {
    const RedirectedSite site("# nothing yet\n");
    EXPECT_EQ(site.ask("/").body, "home");
    EXPECT_EQ(site.ask("/x").body, "lost");
}

}  // namespace
}  // namespace cloister::press
