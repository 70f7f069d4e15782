// SPDX-License-Identifier: MIT
#include "site/asset.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <ctime>
#include <limits>

#include "base/date.h"
#include "site/test_folder.h"

namespace cloister::site {
namespace {

constexpr std::uint64_t memory_bytes = 16;

Asset asset_of(const TestFolder& folder, const std::string& name) {
    return {folder.open(name), folder.at(name), name, memory_bytes};
}

void set_modified(const TestFolder& folder, const std::string& name, std::time_t seconds,
                  long nanoseconds = 0) {
    const timespec time{.tv_sec = seconds, .tv_nsec = nanoseconds};
    const std::array times = {time, time};
    base::check(::utimensat(AT_FDCWD, folder.at(name).c_str(), times.data(), 0), name);
}

std::string_view text_of(const http::Body& body) {
    return std::get<std::string_view>(body);
}

TEST(Asset, KeepsASmallFileInMemory) {
    const TestFolder folder;
    folder.write("a.txt", "0123456789abcdef");
    const Asset asset = asset_of(folder, "a.txt");
    EXPECT_EQ(asset.descriptor(), -1);
    EXPECT_EQ(asset.size(), 16U);
    EXPECT_EQ(text_of(asset.body()), "0123456789abcdef");
    EXPECT_EQ(text_of(asset.body(10, 3)), "abc");
}

TEST(Asset, KeepsALargerFileOpen) {
    const TestFolder folder;
    folder.write("a.txt", "0123456789abcdefg");
    const Asset asset = asset_of(folder, "a.txt");
    ASSERT_GE(asset.descriptor(), 0);
    EXPECT_EQ(asset.size(), 17U);
    const auto window = std::get<http::FileWindow>(asset.body(10, 3));
    EXPECT_EQ(window.fd, asset.descriptor());
    EXPECT_EQ(window.offset, 10U);
    EXPECT_EQ(window.length, 3U);
}

TEST(Asset, ClosesTheFileThatItKeepsInMemory) {
    const TestFolder folder;
    folder.write("a.txt", "x");
    base::Fd file = folder.open("a.txt");
    const int number = file.get();
    const Asset asset(std::move(file), "a.txt", "a.txt", memory_bytes);

    struct stat status {};

    EXPECT_EQ(::fstat(number, &status), -1);
}

TEST(Asset, OfNothingIsInMemoryWhateverTheBound) {
    const TestFolder folder;
    folder.write("a.txt", "");
    const Asset asset(folder.open("a.txt"), "a.txt", "a.txt", 0);
    EXPECT_EQ(asset.descriptor(), -1);
    EXPECT_EQ(asset.size(), 0U);
    EXPECT_EQ(text_of(asset.body()), "");
}

TEST(Asset, KeepsEveryByteOfItsFile) {
    const TestFolder folder;
    const std::string content("a\0b\r\n\xff", 6);
    folder.write("a.bin", content);
    EXPECT_EQ(text_of(asset_of(folder, "a.bin").body()), content);
}

// Reproducible builds give every file of every version one date.
TEST(Asset, TagDiffersWithTheContentThoughDateAndSizeAreEqual) {
    const TestFolder folder;
    folder.write("a.txt", "version 1");
    folder.write("b.txt", "version 2");
    set_modified(folder, "a.txt", 1);
    set_modified(folder, "b.txt", 1);
    const Asset first = asset_of(folder, "a.txt");
    const Asset second = asset_of(folder, "b.txt");
    EXPECT_EQ(first.modified(), second.modified());
    EXPECT_NE(first.entity_tag(), second.entity_tag());
}

TEST(Asset, TagOfOneContentIsOneTag) {
    const TestFolder folder;
    folder.write("a.txt", "same");
    folder.write("b.txt", "same");
    set_modified(folder, "a.txt", 1);
    set_modified(folder, "b.txt", 2);
    EXPECT_EQ(asset_of(folder, "a.txt").entity_tag(), asset_of(folder, "b.txt").entity_tag());
}

TEST(Asset, TagOfAnOpenFileDiffersWithSizeAndDateToTheNanosecond) {
    const TestFolder folder;
    folder.write_sparse("a.bin", 1000);
    folder.write_sparse("b.bin", 1000);
    folder.write_sparse("c.bin", 1001);
    set_modified(folder, "a.bin", 1, 1);
    set_modified(folder, "b.bin", 1, 2);
    set_modified(folder, "c.bin", 1, 1);
    EXPECT_NE(asset_of(folder, "a.bin").entity_tag(), asset_of(folder, "b.bin").entity_tag());
    EXPECT_NE(asset_of(folder, "a.bin").entity_tag(), asset_of(folder, "c.bin").entity_tag());
}

TEST(Asset, TagIsQuotedAndStrong) {
    const TestFolder folder;
    folder.write("a.txt", "x");
    const std::string tag = asset_of(folder, "a.txt").entity_tag();
    ASSERT_GE(tag.size(), 3U);
    EXPECT_EQ(tag.front(), '"');
    EXPECT_EQ(tag.find('"', 1), tag.size() - 1);
}

TEST(Asset, FieldsAreRenderedOnce) {
    const TestFolder folder;
    folder.write("a.html", "x");
    set_modified(folder, "a.html", 784111777);  // the example of RFC 9110 5.6.7
    const Asset asset = asset_of(folder, "a.html");
    EXPECT_EQ(asset.fields().lines(),
              "Content-Type: text/html; charset=utf-8\r\nETag: " + asset.entity_tag() +
                  "\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                  "Accept-Ranges: bytes\r\n");
    EXPECT_EQ(
        asset.validators().lines(),
        "ETag: " + asset.entity_tag() + "\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
}

// RFC 9110 8.8.2.1: never later than the answer's own date.
TEST(Asset, IsNeverModifiedInTheFuture) {
    const TestFolder folder;
    folder.write("a.txt", "x");
    const auto now = std::chrono::system_clock::now();
    set_modified(folder, "a.txt", std::chrono::system_clock::to_time_t(now) + 86400);
    EXPECT_LE(asset_of(folder, "a.txt").modified(), std::chrono::system_clock::now());
}

// File systems keep dates that HTTP has no words for: years have four digits there.
TEST(Asset, DateIsOneThatHttpCanSay) {
    const TestFolder folder;
    folder.write("a.txt", "x");
    for (const std::time_t seconds : {std::numeric_limits<std::time_t>::max(),
                                      std::numeric_limits<std::time_t>::min(), std::time_t{-1}}) {
        set_modified(folder, "a.txt", seconds);
        const Asset asset = asset_of(folder, "a.txt");
        EXPECT_EQ(base::parse_http_date(base::http_date(asset.modified())), asset.modified())
            << seconds;
    }
}

TEST(Asset, ThatCannotBeReadIsAnErrorThatNamesIt) {
    const TestFolder folder;
    folder.write("a.txt", "x");
    try {
        const Asset asset(folder.open("a.txt", O_WRONLY), folder.at("a.txt"), "a.txt", 16);
        FAIL() << "read a file that is open for writing only";
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string(error.what()).find(folder.at("a.txt")), std::string::npos);
    }
}

}  // namespace
}  // namespace cloister::site
