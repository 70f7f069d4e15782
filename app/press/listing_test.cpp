// SPDX-License-Identifier: MIT
#include "press/listing.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cloister::press {
namespace {

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::string sorted(const std::vector<std::string>& names) {
    std::vector<ListedName> listed;
    for (const std::string& name : names) {
        const bool is_folder = name.back() == '/';
        listed.push_back({name.substr(0, name.size() - (is_folder ? 1 : 0)), is_folder});
    }
    sort_for_people(listed);
    std::string text;
    for (const ListedName& name : listed) {
        text += name.name + " ";
    }
    return text;
}

TEST(Listing, IsInTheOrderThatPeopleExpect) {
    EXPECT_EQ(sorted({"b", "A", "c/", "a10", "a9", "a09", "B2", "b/"}), "b c A a09 a9 a10 b B2 ");
    EXPECT_EQ(sorted({"1.10.2", "1.9.11", "1.9.2", "2", "10"}), "1.9.2 1.9.11 1.10.2 2 10 ");
    EXPECT_EQ(sorted({"99999999999999999999999", "099999999999999999999998", "x"}),
              "099999999999999999999998 99999999999999999999999 x ");
    EXPECT_EQ(sorted({"a", "A", "a"}), "A a a ");
}

TEST(Listing, PageLinksToEveryName) {
    const std::string page = listing_page(
        "/docs/old/",
        {{"more", true, 0, 0}, {"a b?.txt", false, 1536, 1764012000}, {"x:y", false, 0, 0}}, true);
    EXPECT_TRUE(has(page, "<title>/docs/old/</title>"));
    EXPECT_TRUE(has(page, "<a href=\"../\">"));
    EXPECT_TRUE(has(page, "<a href=\"more/\">"));
    EXPECT_TRUE(has(page, "<a href=\"a%20b%3F.txt\">"));
    EXPECT_TRUE(has(page, "<a href=\"x%3Ay\">"));
    EXPECT_TRUE(has(page, "<td>1.5 KiB</td><td>2025-11-24 19:20</td>"));
    EXPECT_TRUE(has(page, "1 folder, 2 files"));
    EXPECT_TRUE(has(page, "<a href=\"/\">/</a> <a href=\"/docs/\">docs</a><span>/</span>old"));
}

TEST(Listing, RootHasNoFolderAboveIt) {
    const std::string page = listing_page("/", {}, true);
    EXPECT_FALSE(has(page, "../"));
    EXPECT_TRUE(has(page, "<p>empty</p>"));
}

TEST(Listing, NameIsNeverTakenForMarkup) {
    const std::string name = "<script>alert('1')</script>&amp;\"\\\n\x01\xff";
    const std::string page = listing_page("/<b>\"/x/", {{name, false, 0, 0}}, true);
    EXPECT_FALSE(has(page, "<script"));
    EXPECT_FALSE(has(page, "<b>"));
    EXPECT_TRUE(has(page, "&lt;script&gt;alert('1')&lt;/script&gt;&amp;amp;&quot;\\ ??"));
    EXPECT_TRUE(
        has(page, "href=\"%3Cscript%3Ealert%28%271%27%29%3C/script%3E%26amp%3B%22%5C%0A%01%FF\""));
    EXPECT_TRUE(has(page, "<a href=\"/%3Cb%3E%22/\">&lt;b&gt;&quot;</a>"));
}

TEST(Listing, PageNeedsNothingFromElsewhere) {
    const std::string page = listing_page("/a/", {{"b", false, 0, 0}}, true);
    for (const char* part : {"<script", "http:", "https:", "src=", "url(", "@import"}) {
        EXPECT_FALSE(has(page, part)) << part;
    }
}

TEST(Listing, JsonIsThatOfNginxWithTheLink) {
    EXPECT_EQ(listing_json({}), "[\n]\n");
    EXPECT_EQ(
        listing_json({{"more", true, 0, 0}, {"a \"b\\\n\xff", false, 7, 784111777}}),
        "[\n"
        "{\"name\":\"more\",\"type\":\"directory\",\"href\":\"more/\"},\n"
        "{\"name\":\"a \\\"b\\\\ ?\",\"type\":\"file\",\"mtime\":\"Sun, 06 Nov 1994 08:49:37 GMT\","
        "\"size\":7,\"href\":\"a%20%22b%5C%0A%FF\"}\n"
        "]\n");
}

TEST(Listing, SizesAreReadable) {
    struct Case {
        std::uint64_t bytes;
        const char* shown;
    };

    for (const Case& row : {
             Case{0, "0 B"},
             Case{1023, "1023 B"},
             Case{1024, "1.0 KiB"},
             Case{10239, "9.9 KiB"},
             Case{10240, "10 KiB"},
             Case{1048575, "1023 KiB"},
             Case{1048576, "1.0 MiB"},
             Case{UINT64_MAX, "15 EiB"},
         }) {
        const std::string page = listing_page("/", {{"x", false, row.bytes, 0}}, true);
        EXPECT_TRUE(has(page, std::string("<td>") + row.shown + "</td>")) << row.bytes;
    }
}

}  // namespace
}  // namespace cloister::press
