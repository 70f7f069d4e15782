// SPDX-License-Identifier: MIT
#include "site/expand.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "site/test_pattern.h"

namespace cloister::site {
namespace {

Captures captures_of(const std::vector<std::string_view>& values) {
    Captures captures;
    for (const std::string_view value : values) {
        captures.values.at(captures.count++) = value;
    }
    return captures;
}

std::string location(std::string_view target, const std::vector<std::string_view>& values = {},
                     std::string_view query = {}, std::size_t first_raw = 16) {
    return expand_location(marked(target), captures_of(values), first_raw, query);
}

TEST(Location, ReplacesItsReferences) {
    EXPECT_EQ(location("/b/$B-$A.html", {"x", "y"}), "/b/y-x.html");
    EXPECT_EQ(location("https://h.example/$A", {"x/y/"}), "https://h.example/x/y/");
}

TEST(Location, EscapesWhatAPathStoodFor) {
    EXPECT_EQ(location("/$A", {"a b?c#d%e"}), "/a%20b%3Fc%23d%25e");
    EXPECT_EQ(location("/?x=$A&y=1", {"a b&y=2"}), "/?x=a%20b%26y%3D2&y=1");
    EXPECT_EQ(location("/#$A", {"a b"}), "/#a%20b");
}

TEST(Location, EscapesWhatAQueryStoodFor) {
    EXPECT_EQ(location("/$A", {"a+b%3fc%"}, "", 0), "/a%20b%3Fc%25");
    EXPECT_EQ(location("/?x=$A", {"a+b%26c"}, "", 0), "/?x=a%20b%26c");
}

TEST(Location, NeverLeadsToAnotherHostByItself) {
    EXPECT_EQ(location("/$A", {"/evil.example"}), "/evil.example");
    EXPECT_EQ(location("/$A", {"//evil.example//x"}), "/evil.example/x");
    EXPECT_EQ(location("/$A", {"\\evil.example"}), "/%5Cevil.example");
    EXPECT_EQ(location("/a/$A/b", {"/"}), "/a/b");
}

TEST(Location, KeepsSlashesOfOthersAndOfQueries) {
    EXPECT_EQ(location("https://h.example/$A", {"/a//b"}), "https://h.example//a//b");
    EXPECT_EQ(location("/?to=https://h.example//a"), "/?to=https://h.example//a");
}

TEST(Location, PassesTheQueryOnWhereItHasNone) {
    EXPECT_EQ(location("/a", {}, "x=1&y"), "/a?x=1&y");
    EXPECT_EQ(location("/a#f", {}, "x=1"), "/a?x=1#f");
    EXPECT_EQ(location("/a?z", {}, "x=1"), "/a?z");
    EXPECT_EQ(location("/a?z#f", {}, "x=1"), "/a?z#f");
    EXPECT_EQ(location("/a#f?g", {}, "x=1"), "/a?x=1#f?g");
}

TEST(Location, TakesAReferenceToNothingForNothing) {
    EXPECT_EQ(location("/a$Bb$", {"x"}), "/ab");
}

TEST(ExpandedPath, IsDecoded) {
    const Captures captures = captures_of({"a b", "c+d%20"});
    EXPECT_EQ(expand_path(marked("/x/$A/$B.html"), captures, 1), "/x/a b/c d .html");
    EXPECT_EQ(expand_path(marked("/x/$B"), captures, 2), "/x/c+d%20");
}

TEST(ExpandedPath, HasNoEmptySegments) {
    EXPECT_EQ(expand_path(marked("/$A/b"), captures_of({"/a//"}), 1), "/a/b");
}

}  // namespace
}  // namespace cloister::site
