// SPDX-License-Identifier: MIT
// What the answers say of the files.
#include "press/describe.h"

#include <gtest/gtest.h>

#include <array>

#include "base/limits.h"
#include "base/test_folder.h"
#include "press/press.h"

namespace cloister::press {
namespace {

constexpr std::string_view kept = "\r\nCache-Control: no-cache\r\n";

// The fields of the answer for `path`.
std::string fields_at(const site::Site& site, std::string_view path) {
    const site::Entry* const entry = site.find(site.hosts().front(), path);
    base::check(entry == nullptr ? -1 : 0, std::string(path));
    return std::string(site.fields(site.variants(*entry).front().fields).lines());
}

TEST(Describe, SaysTheTypeAndTheCharsetOfText) {
    struct Case {
        const char* name;
        const char* content;
        const char* type;
    };

    for (const Case& row : {
             Case{"a.html", "<p>gr\xc3\xbc\xc3\x9f", "text/html; charset=utf-8"},
             Case{"a.html", "<p>gr\xfc\xdf", "text/html"},
             Case{"a.txt", "", "text/plain; charset=utf-8"},
             Case{"a.json", "{}", "application/json"},
             Case{"a.none", "text", "application/octet-stream"},
             Case{"v1.html/README", "text", "application/octet-stream"},
         }) {
        const base::TestFolder folder;
        folder.write(row.name, row.content);
        const Pressed opened = open_site(folder.path());
        EXPECT_TRUE(fields_at(opened.site, std::string("/") + row.name)
                        .starts_with("Content-Type: " + std::string(row.type) + std::string(kept)))
            << row.name << ": " << fields_at(opened.site, std::string("/") + row.name);
    }
}

TEST(Describe, SaysTheSameOfAFileThatStaysOpen) {
    const base::TestFolder folder;
    folder.write("a.txt", std::string(100, 'a'));
    folder.write("b.txt", std::string(100, '\xff'));
    const Pressed opened =
        open_site(folder.path(), {.budget = {.file_bytes = 10, .site_bytes = 1000}});
    ASSERT_EQ(opened.site.descriptors().size(), 2U);
    EXPECT_TRUE(fields_at(opened.site, "/a.txt").starts_with("Content-Type: text/plain; charset="));
    EXPECT_TRUE(fields_at(opened.site, "/b.txt").starts_with("Content-Type: text/plain\r\n"));
}

// A character of two bytes lies across the end of what is looked at.
TEST(Describe, LooksAtTheBeginningOfALongText) {
    const base::TestFolder folder;
    std::string text(base::limits::charset_probe_bytes - 1, 'a');
    text += "\xc3\xbc";
    folder.write("a.txt", text + "\xff");
    folder.write("b.txt", "\xff" + text);
    const Pressed opened = open_site(folder.path());
    EXPECT_TRUE(fields_at(opened.site, "/a.txt").starts_with("Content-Type: text/plain; charset="));
    EXPECT_TRUE(fields_at(opened.site, "/b.txt").starts_with("Content-Type: text/plain\r\n"));
}

TEST(Describe, SaysTheSameAtEveryPathOfAFile) {
    const base::TestFolder folder;
    folder.write("docs/index.html", "x");
    folder.write("404.html", "y");
    const Pressed opened = open_site(folder.path());
    EXPECT_EQ(fields_at(opened.site, "/docs/"), fields_at(opened.site, "/docs/index.html"));
    const site::Entry* const missing =
        opened.site.fallback(opened.site.hosts().front(), "/missing");
    ASSERT_NE(missing, nullptr);
    EXPECT_TRUE(opened.site.fields(opened.site.variants(*missing).front().fields)
                    .lines()
                    .starts_with("Content-Type: text/html; charset=utf-8" + std::string(kept)));
}

TEST(Describe, KeepsForAYearWhatIsNamedByItsContent) {
    const base::TestFolder folder;
    folder.write("app.3f2a9c1b.js", "x");
    const Pressed opened = open_site(folder.path());
    EXPECT_NE(fields_at(opened.site, "/app.3f2a9c1b.js")
                  .find("Cache-Control: public, max-age=31536000, immutable\r\n"),
              std::string::npos);
}

TEST(Describe, LeavesAwayWhatAStepHasSaidAlready) {
    Store store;
    std::vector<Draft> drafts(1);
    Representation own;
    own.content = store.add("x");
    drafts[0].assets.resize(1);
    drafts[0].assets[0].path = "/a/";
    drafts[0].assets[0].representations.push_back(std::move(own));
    drafts[0].paths["/a/"] = {.asset = 0, .fields = {{"content-type", "text/html"}}};
    drafts[0].paths["/b"] = {.asset = {}, .status = 301, .location = "/a/"};
    describe(drafts, store);
    EXPECT_EQ(drafts[0].paths["/a/"].fields.size(), 1U);
    EXPECT_TRUE(drafts[0].paths["/b"].fields.empty());
}

}  // namespace
}  // namespace cloister::press
