// SPDX-License-Identifier: MIT
// What becomes of the files of a folder: their bytes, their tags, their dates.
#include "press/reader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <ctime>
#include <limits>

#include "base/date.h"
#include "base/test_folder.h"
#include "press/press.h"
#include "press/walk.h"

namespace cloister::press {
namespace {

constexpr Budget small{.file_bytes = 16, .site_bytes = 1024};

// A site of one folder, by the path of a file.
class Opened {
  public:
    explicit Opened(const base::TestFolder& folder)
        : site_(open_site(folder.path(), {.budget = small}).site) {}

    [[nodiscard]] const site::Content& at(std::string_view path) const {
        return site_.content(variant_at(path));
    }

    [[nodiscard]] std::string tag(std::string_view path) const {
        return std::string(site_.text(at(path).entity_tag));
    }

    [[nodiscard]] std::string text(std::string_view path, std::uint64_t offset = 0,
                                   std::uint64_t length = UINT64_MAX) const {
        const site::Content& content = at(path);
        return std::string(std::get<std::string_view>(
            site_.body(content, offset, std::min(length, content.length))));
    }

    [[nodiscard]] const site::Variant& variant_at(std::string_view path) const {
        const site::Entry* const entry = site_.find(site_.hosts().front(), path);
        base::check(entry == nullptr ? -1 : 0, std::string(path));
        return site_.variants(*entry).front();
    }

    [[nodiscard]] const site::Site& site() const { return site_; }

  private:
    site::Site site_;
};

std::chrono::sys_seconds modified(const site::Content& content) {
    return std::chrono::sys_seconds(std::chrono::seconds(content.modified));
}

void set_modified(const base::TestFolder& folder, const std::string& name, std::time_t seconds,
                  long nanoseconds = 0) {
    const timespec time{.tv_sec = seconds, .tv_nsec = nanoseconds};
    const std::array times = {time, time};
    base::check(::utimensat(AT_FDCWD, folder.at(name).c_str(), times.data(), 0), name);
}

TEST(Reader, KeepsASmallFileInMemory) {
    const base::TestFolder folder;
    folder.write("a.txt", "0123456789abcdef");
    const Opened opened(folder);
    EXPECT_TRUE(opened.site().descriptors().empty());
    EXPECT_EQ(opened.at("/a.txt").length, 16U);
    EXPECT_EQ(opened.text("/a.txt"), "0123456789abcdef");
    EXPECT_EQ(opened.text("/a.txt", 10, 3), "abc");
}

TEST(Reader, KeepsALargerFileOpen) {
    const base::TestFolder folder;
    folder.write("a.txt", "0123456789abcdefg");
    const Opened opened(folder);
    ASSERT_EQ(opened.site().descriptors().size(), 1U);
    EXPECT_EQ(opened.at("/a.txt").length, 17U);
    const auto window = std::get<http::FileWindow>(opened.site().body(opened.at("/a.txt"), 10, 3));
    EXPECT_EQ(window.fd, opened.site().descriptors().front());
    EXPECT_EQ(window.offset, 10U);
    EXPECT_EQ(window.length, 3U);
}

// 64 files of 16 bytes fill the budget.
TEST(Reader, TakesTheSmallerFilesFirst) {
    const base::TestFolder folder;
    for (int index = 10; index < 80; ++index) {
        folder.write("a" + std::to_string(index), "0123456789abcdef");
    }
    folder.write("z", "small");
    const Opened opened(folder);
    EXPECT_EQ(opened.text("/z"), "small");
    EXPECT_EQ(opened.site().descriptors().size(), 7U);
}

// While the site is opened, somebody may write to it.
TEST(Reader, KeepsAFileOpenThatHasGrownSinceTheWalk) {
    const base::TestFolder folder;
    folder.write("a.txt", "short");
    std::vector<Draft> drafts;
    drafts.push_back(walk(folder.path(), [](auto...) {}));
    folder.write_sparse("a.txt", off_t{1} << 42);
    Store store;
    read(drafts, store, {}, [](auto...) {});
    const Content& content = drafts.front().assets.front().representations.front().content;
    ASSERT_TRUE(std::holds_alternative<OpenFile>(content));
    EXPECT_EQ(size_of(content), std::uint64_t{1} << 42U);
}

TEST(Reader, KeepsAFileOfNothingInMemory) {
    const base::TestFolder folder;
    folder.write("a.txt", "");
    const Opened opened(folder);
    EXPECT_EQ(opened.at("/a.txt").length, 0U);
    EXPECT_EQ(opened.text("/a.txt"), "");
}

TEST(Reader, KeepsEveryByteOfAFile) {
    const base::TestFolder folder;
    const std::string content("a\0b\r\n\xff", 6);
    folder.write("a.bin", content);
    EXPECT_EQ(Opened(folder).text("/a.bin"), content);
}

// Reproducible builds give every file of every version one date.
TEST(Reader, TagDiffersWithTheContentThoughDateAndSizeAreEqual) {
    const base::TestFolder folder;
    folder.write("a.txt", "version 1");
    folder.write("b.txt", "version 2");
    set_modified(folder, "a.txt", 1);
    set_modified(folder, "b.txt", 1);
    const Opened opened(folder);
    EXPECT_EQ(opened.at("/a.txt").modified, opened.at("/b.txt").modified);
    EXPECT_NE(opened.tag("/a.txt"), opened.tag("/b.txt"));
}

TEST(Reader, TagOfOneContentIsOneTag) {
    const base::TestFolder folder;
    folder.write("a.txt", "same");
    folder.write("b.txt", "same");
    set_modified(folder, "a.txt", 1);
    set_modified(folder, "b.txt", 2);
    const Opened opened(folder);
    EXPECT_EQ(opened.tag("/a.txt"), opened.tag("/b.txt"));
}

TEST(Reader, TagOfAnOpenFileDiffersWithSizeAndDateToTheNanosecond) {
    const base::TestFolder folder;
    folder.write_sparse("a.bin", 1000);
    folder.write_sparse("b.bin", 1000);
    folder.write_sparse("c.bin", 1001);
    set_modified(folder, "a.bin", 1, 1);
    set_modified(folder, "b.bin", 1, 2);
    set_modified(folder, "c.bin", 1, 1);
    const Opened opened(folder);
    EXPECT_NE(opened.tag("/a.bin"), opened.tag("/b.bin"));
    EXPECT_NE(opened.tag("/a.bin"), opened.tag("/c.bin"));
}

TEST(Reader, TagIsQuotedAndStrong) {
    const base::TestFolder folder;
    folder.write("a.txt", "x");
    const std::string tag = Opened(folder).tag("/a.txt");
    ASSERT_GE(tag.size(), 3U);
    EXPECT_EQ(tag.front(), '"');
    EXPECT_EQ(tag.find('"', 1), tag.size() - 1);
}

TEST(Reader, RendersWhatTellsAFileFromAnother) {
    const base::TestFolder folder;
    folder.write("a.html", "x");
    set_modified(folder, "a.html", 784111777);  // the example of RFC 9110 5.6.7
    const Opened opened(folder);
    const std::string_view lines =
        opened.site().fields(opened.variant_at("/a.html").fields).lines();
    EXPECT_TRUE(
        lines.starts_with("Content-Type: text/html; charset=utf-8\r\nCache-Control: no-cache\r\n"))
        << lines;
    EXPECT_TRUE(lines.ends_with("Accept-Ranges: bytes\r\n")) << lines;
    EXPECT_EQ(
        opened.site().fields(opened.at("/a.html").validators).lines(),
        "ETag: " + opened.tag("/a.html") + "\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
}

// RFC 9110 8.8.2.1: never later than the answer's own date.
TEST(Reader, KnowsNoFileThatWasModifiedInTheFuture) {
    const base::TestFolder folder;
    folder.write("a.txt", "x");
    const auto now = std::chrono::system_clock::now();
    set_modified(folder, "a.txt", std::chrono::system_clock::to_time_t(now) + 86400);
    EXPECT_LE(modified(Opened(folder).at("/a.txt")), std::chrono::system_clock::now());
}

// File systems keep dates that HTTP has no words for: years have four digits there.
TEST(Reader, DatesAFileSoThatHttpCanSayIt) {
    const base::TestFolder folder;
    folder.write("a.txt", "x");
    for (const std::time_t seconds : {std::numeric_limits<std::time_t>::max(),
                                      std::numeric_limits<std::time_t>::min(), std::time_t{-1}}) {
        set_modified(folder, "a.txt", seconds);
        const Opened opened(folder);
        const auto date = modified(opened.at("/a.txt"));
        EXPECT_EQ(base::parse_http_date(base::http_date(date)), date) << seconds;
    }
}

}  // namespace
}  // namespace cloister::press
