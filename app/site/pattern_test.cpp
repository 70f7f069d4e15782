// SPDX-License-Identifier: MIT
#include "site/pattern.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "site/test_pattern.h"

namespace cloister::site {
namespace {

using Values = std::vector<std::string>;

// What the marks stood for, or {"no"}.
Values captured(std::string_view pattern, std::string_view path) {
    Captures captures;
    if (!matches(marked(pattern), path, captures)) {
        return {"no"};
    }
    return {captures.values.begin(), captures.values.begin() + captures.count};
}

const Values no = {"no"};

TEST(Pattern, WithoutMarksMeansItself) {
    EXPECT_EQ(captured("/a/b", "/a/b"), Values{});
    for (const char* other : {"/a/bc", "/a", "/a/b/c", "/A/b", "/", "x/a/b"}) {
        EXPECT_EQ(captured("/a/b", other), no) << other;
    }
}

TEST(Pattern, DoesNotCountASlashAtTheEnd) {
    EXPECT_EQ(captured("/a", "/a/"), Values{});
    EXPECT_EQ(captured("/a/", "/a"), Values{});
    EXPECT_EQ(captured("/a/$", "/a/x/"), Values{"x"});
    EXPECT_EQ(captured("/a/$/", "/a/x"), Values{"x"});
    EXPECT_EQ(captured("/", "/"), Values{});
    EXPECT_EQ(captured("/a", "/a//"), no);
}

TEST(Pattern, SplatStandsForAnythingOrNothing) {
    EXPECT_EQ(captured("/*", "/"), Values{""});
    EXPECT_EQ(captured("/*", "/a/b.c"), Values{"a/b.c"});
    EXPECT_EQ(captured("/news/*", "/news/"), Values{""});
    EXPECT_EQ(captured("/news/*", "/news/2026/11/"), Values{"2026/11/"});
    EXPECT_EQ(captured("/img-*", "/img-"), Values{""});
    EXPECT_EQ(captured("/news/*", "/new"), no);
    EXPECT_EQ(captured("/news/*", "/newsletter"), no);
}

TEST(Pattern, SplatAtTheEndTakesTheFolderItselfToo) {
    EXPECT_EQ(captured("/news/*", "/news"), Values{""});
    EXPECT_EQ(captured("/$/*", "/news"), (Values{"news", ""}));
    EXPECT_EQ(captured("/news*", "/new"), no);
}

TEST(Pattern, SplatMayHaveSomethingBehindIt) {
    EXPECT_EQ(captured("/*.jpg", "/a/b.jpg"), Values{"a/b"});
    EXPECT_EQ(captured("/*.jpg", "/.jpg"), Values{""});
    EXPECT_EQ(captured("/*.jpg", "/a.jpg.jpg"), Values{"a.jpg"});
    EXPECT_EQ(captured("/a/*/z", "/a/b/c/z"), Values{"b/c"});
    EXPECT_EQ(captured("/*.jpg", "/a.jpeg"), no);
    EXPECT_EQ(captured("/a/*/a", "/a/a"), no);
    EXPECT_EQ(captured("/ab*ba", "/aba"), no);
}

TEST(Pattern, PlaceholderStandsForASegment) {
    EXPECT_EQ(captured("/$/$", "/2026/november"), (Values{"2026", "november"}));
    EXPECT_EQ(captured("/$", "/"), no);
    EXPECT_EQ(captured("/a/$/b", "/a//b"), no);
    EXPECT_EQ(captured("/$", "/a/b"), no);
}

TEST(Pattern, PlaceholderMayHaveSomethingAroundIt) {
    EXPECT_EQ(captured("/post-$.html", "/post-a.b.html"), Values{"a.b"});
    EXPECT_EQ(captured("/post-$.html", "/post-.html"), no);
    EXPECT_EQ(captured("/post-$.html", "/post-a/b.html"), no);
    EXPECT_EQ(captured("/$.html/$.txt", "/a.html/b.txt"), (Values{"a", "b"}));
}

TEST(Pattern, PlaceholdersMayBeOnBothSidesOfTheSplat) {
    EXPECT_EQ(captured("/$/x/*/y-$/$.z", "/a/x/b/c/y-d/e.z"), (Values{"a", "b/c", "d", "e"}));
    EXPECT_EQ(captured("/*/$/$", "/a/b/c/d"), (Values{"a/b", "c", "d"}));
    EXPECT_EQ(captured("/*/$", "/a/"), no);
    EXPECT_EQ(captured("/*/$", "/a"), no);
}

TEST(Pattern, TakesNoMoreCapturesThanThereIsRoomFor) {
    std::string pattern;
    std::string path;
    for (std::size_t count = 0; count < base::limits::capture_count; ++count) {
        pattern += "/$";
        path += "/a";
    }
    EXPECT_EQ(captured(pattern, path).size(), base::limits::capture_count);
    EXPECT_EQ(captured(pattern + "/$", path + "/a"), no);
    EXPECT_EQ(captured(pattern + "/*", path), no);
    EXPECT_EQ(captured(pattern + "/*", path + "/a"), no);
}

}  // namespace
}  // namespace cloister::site
