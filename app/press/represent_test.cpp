// SPDX-License-Identifier: MIT
// Which forms of a file there are.
#include "press/represent.h"

#include <gtest/gtest.h>

#include <set>

#include "base/check.h"
#include "base/limits.h"
#include "base/test_folder.h"
#include "press/brotli.h"
#include "press/gzip.h"
#include "press/press.h"
#include "press/test_text.h"

namespace cloister::press {
namespace {

using site::Coding;

std::span<const site::Variant> variants_at(const site::Site& site, std::string_view path) {
    const site::Entry* const entry = site.find(site.hosts().front(), path);
    base::check(entry == nullptr ? -1 : 0, std::string(path));
    return site.variants(*entry);
}

// "identity br" and so on, in their order.
std::string codings_at(const site::Site& site, std::string_view path) {
    std::string names;
    for (const site::Variant& variant : variants_at(site, path)) {
        names += (names.empty() ? "" : " ") + std::string(site::name_of(variant.coding));
    }
    return names;
}

std::string_view body_at(const site::Site& site, std::string_view path, Coding coding) {
    for (const site::Variant& variant : variants_at(site, path)) {
        if (variant.coding == coding) {
            return std::get<std::string_view>(site.body(site.content(variant)));
        }
    }
    return {};
}

TEST(Represent, MakesBothCodingsOfText) {
    const base::TestFolder folder;
    const std::string text = text_of(20'000);
    folder.write("a.html", text);
    const Pressed opened = open_site(folder.path());
    EXPECT_EQ(codings_at(opened.site, "/a.html"), "identity gzip br");
    EXPECT_TRUE(is_gzip_of(body_at(opened.site, "/a.html", Coding::gzip), text));
    EXPECT_TRUE(is_brotli_of(body_at(opened.site, "/a.html", Coding::brotli), text));
}

TEST(Represent, GivesEachCodingAStrongTagOfItsOwn) {
    const base::TestFolder folder;
    folder.write("a.html", text_of(20'000));
    const Pressed opened = open_site(folder.path());
    std::set<std::string> tags;
    for (const site::Variant& variant : variants_at(opened.site, "/a.html")) {
        tags.emplace(opened.site.text(opened.site.content(variant).entity_tag));
    }
    EXPECT_EQ(tags.size(), 3U);
    for (const std::string& tag : tags) {
        EXPECT_TRUE(tag.starts_with('"') && tag.ends_with('"') &&
                    tag.find('"', 1) == tag.size() - 1)
            << tag;
    }
}

TEST(Represent, MakesNoneOfWhatWouldNotBecomeSmaller) {
    const base::TestFolder folder;
    folder.write("small.html", "<p>Hello World!</p>");
    folder.write("empty.html", "");
    folder.write("a.png", text_of(20'000));
    const Pressed opened = open_site(folder.path());
    for (const char* const path : {"/small.html", "/empty.html", "/a.png"}) {
        EXPECT_EQ(codings_at(opened.site, path), "identity") << path;
    }
}

TEST(Represent, CompressesAFileThatStaysOpen) {
    const base::TestFolder folder;
    const std::string text = text_of(base::limits::memory_file_bytes + 1);
    folder.write("a.txt", text);
    const Pressed opened = open_site(folder.path());
    EXPECT_EQ(opened.site.descriptors().size(), 1U);
    EXPECT_TRUE(is_brotli_of(body_at(opened.site, "/a.txt", Coding::brotli), text));
}

TEST(Represent, LeavesALargerFileThanItsLimitAsItIs) {
    const base::TestFolder folder;
    folder.write_sparse("most.txt", base::limits::compressed_file_bytes);
    folder.write_sparse("more.txt", base::limits::compressed_file_bytes + 1);
    const Pressed opened = open_site(folder.path());
    EXPECT_EQ(codings_at(opened.site, "/most.txt"), "identity gzip br");
    EXPECT_EQ(codings_at(opened.site, "/more.txt"), "identity");
}

TEST(Represent, StaysWithinItsMemory) {
    const base::TestFolder folder;
    folder.write("a.txt", text_of(20'000));
    const Pressed opened =
        open_site(folder.path(), {.budget = {.file_bytes = 1, .site_bytes = 1000}});
    EXPECT_EQ(codings_at(opened.site, "/a.txt"), "identity");
}

TEST(Represent, TakesWhatLiesBesideAFile) {
    const base::TestFolder folder;
    const std::string text = text_of(20'000);
    Workspace workspace;
    const std::string coded = *compress_brotli(text, 2, text.size(), workspace);
    folder.write("a.html", text);
    folder.write("a.html.br", coded);
    const Pressed opened = open_site(folder.path());
    EXPECT_TRUE(opened.warnings.empty());
    EXPECT_EQ(codings_at(opened.site, "/a.html"), "identity br gzip");
    EXPECT_EQ(body_at(opened.site, "/a.html", Coding::brotli), coded);
    EXPECT_EQ(body_at(opened.site, "/a.html.br", Coding::identity), coded);
}

TEST(Represent, TakesALargeOneFromItsDescriptor) {
    const base::TestFolder folder;
    const std::string text = text_of(20'000);
    folder.write("a.bin", text);
    folder.write("a.bin.gz", *compress_gzip(text, 1, text.size()));
    const Pressed opened =
        open_site(folder.path(), {.budget = {.file_bytes = 100, .site_bytes = 1000}});
    EXPECT_EQ(codings_at(opened.site, "/a.bin"), "identity gzip");
    EXPECT_EQ(opened.site.descriptors().size(), 3U);
}

TEST(Represent, WarnsOfWhatWasLeftBehind) {
    const base::TestFolder folder;
    const std::string text = text_of(20'000);
    folder.write("a.html", text + "new");
    folder.write("a.html.gz", *compress_gzip(text, 9, text.size()));
    const Pressed opened = open_site(folder.path());
    ASSERT_EQ(opened.warnings.size(), 1U);
    EXPECT_EQ(opened.warnings.front(), folder.path() +
                                           "/a.html.gz is not the file beside it, compressed, "
                                           "ignoring");
    EXPECT_TRUE(is_gzip_of(body_at(opened.site, "/a.html", Coding::gzip), text + "new"));
}

// A tag must be the same wherever a site is served from.
TEST(Represent, MakesTheSameTagsEachTime) {
    const base::TestFolder folder;
    folder.write("a.html", text_of(20'000));
    std::set<std::string> tags;
    for (int time = 0; time < 2; ++time) {
        const Pressed opened = open_site(folder.path());
        for (const site::Variant& variant : variants_at(opened.site, "/a.html")) {
            tags.emplace(opened.site.text(opened.site.content(variant).entity_tag));
        }
    }
    EXPECT_EQ(tags.size(), 3U);
}

}  // namespace
}  // namespace cloister::press
