// SPDX-License-Identifier: MIT
// Which folders are listed, and what of them.
#include "press/listings.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"
#include "press/test_site.h"

namespace cloister::press {
namespace {

bool lists(const TestAnswer& page, const std::string& link) {
    return page.body.find("href=\"" + link + "\"") != std::string::npos;
}

class Listings : public ::testing::Test {
  protected:
    Listings() {
        folder_.write("a.txt", "12345");
        folder_.write("about.html", "about");
        folder_.write("docs/index.html", "docs");
        folder_.write("docs/inner/b c.txt", "b");
        folder_.write("own/index.json", "mine");
        folder_.add_folder("empty");
        folder_.write(".secret/x", "x");
        folder_.write(".well-known/security.txt", "contact");
        folder_.write("_headers", "/docs/inner/*\n  X-Inner: yes\n");
    }

    [[nodiscard]] Pressed open() const {
        return open_site(folder_.path(), {.conventions = {.listing = true}});
    }

    base::TestFolder folder_;
};

TEST_F(Listings, ShowFoldersThatHaveNoIndex) {
    const Pressed opened = open();
    const TestAnswer root = ask(opened.site, "/");
    EXPECT_EQ(root.status, 200);
    EXPECT_TRUE(root.has("Content-Type: text/html; charset=utf-8")) << root.fields;
    for (const char* const link : {"a.txt", "about.html", "docs/", "own/", "empty/"}) {
        EXPECT_TRUE(lists(root, link)) << link;
    }
    EXPECT_EQ(ask(opened.site, "/docs/").body, "docs");
    const TestAnswer inner = ask(opened.site, "/docs/inner/");
    EXPECT_TRUE(lists(inner, "b%20c.txt")) << inner.body;
    EXPECT_TRUE(inner.has("X-Inner: yes")) << inner.fields;
    EXPECT_TRUE(ask(opened.site, "/docs/inner").has("Location: /docs/inner/"));
    EXPECT_EQ(ask(opened.site, "/empty/").status, 200);
}

TEST_F(Listings, HideWhatIsPrivateAndWhatIsForPrograms) {
    const Pressed opened = open();
    const std::string root = ask(opened.site, "/").body + ask(opened.site, "/index.json").body;
    for (const char* const name : {"secret", "well-known", "_headers"}) {
        EXPECT_EQ(root.find(name), std::string::npos) << name;
    }
    EXPECT_EQ(ask(opened.site, "/.well-known/").status, 404);
    EXPECT_EQ(ask(opened.site, "/.well-known/security.txt").body, "contact");
}

TEST_F(Listings, AreThereForProgramsToo) {
    const Pressed opened = open();
    const TestAnswer json = ask(opened.site, "/index.json");
    EXPECT_TRUE(json.fields.starts_with("Content-Type: application/json")) << json.fields;
    EXPECT_NE(json.body.find(R"({"name":"a.txt","type":"file")"), std::string::npos) << json.body;
    EXPECT_TRUE(lists(ask(opened.site, "/"), "index.json"));
}

TEST_F(Listings, LeaveAFileOfTheSiteWhereItIs) {
    const Pressed opened = open();
    EXPECT_EQ(ask(opened.site, "/own/index.json").body, "mine");
    const std::string page = ask(opened.site, "/own/").body;
    EXPECT_EQ(page.find("rel=\"alternate\""), std::string::npos);
    EXPECT_NE(page.find("index.json"), std::string::npos);
}

TEST_F(Listings, LetNothingElseIntoTheirPage) {
    const Pressed opened = open();
    const std::string fields = ask(opened.site, "/").fields;
    EXPECT_NE(fields.find("Content-Security-Policy: default-src 'none'"), std::string::npos);
    EXPECT_EQ(fields.find("Content-Security-Policy"), fields.rfind("Content-Security-Policy"));
}

TEST_F(Listings, AreValidatedAsFilesAre) {
    const Pressed opened = open();
    http::Request request = request_for("/");
    const std::string fields = ask(opened.site, request).fields;
    const std::size_t at = fields.find("ETag: ") + 6;
    const std::string tag = fields.substr(at, fields.find('\n', at) - at);
    http::append_field("If-None-Match", tag, request);
    EXPECT_EQ(ask(opened.site, request).status, 304);
    EXPECT_NE(fields.find("Last-Modified: "), std::string::npos);
}

TEST_F(Listings, AreNoFilesOfTheSite) {
    EXPECT_EQ(open().site.file_count(), open_site(folder_.path()).site.file_count());
}

TEST_F(Listings, AreMadeOnlyIfTheyAreWishedFor) {
    EXPECT_EQ(ask(open_site(folder_.path()).site, "/").status, 404);
}

}  // namespace
}  // namespace cloister::press
