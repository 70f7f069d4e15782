// SPDX-License-Identifier: MIT
#include "press/compressor.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>
#include <vector>

#include "press/brotli.h"
#include "press/gzip.h"
#include "press/test_text.h"

namespace cloister::press {
namespace {

using site::Coding;

constexpr Strength quick = {.brotli = 5, .gzip = 6};

TEST(Compressor, DoesEachWorkInItsCoding) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < 100; ++i) {
        texts.push_back(text_of(200 + i * 100));
    }
    std::vector<Work> works;
    for (const std::string& text : texts) {
        works.push_back({.content = text, .coding = Coding::brotli, .coded = {}});
        works.push_back({.content = text, .coding = Coding::gzip, .coded = {}});
    }
    compress(works, quick);
    for (const Work& work : works) {
        ASSERT_TRUE(work.coded) << work.content.size();
        EXPECT_TRUE(work.coding == Coding::brotli ? is_brotli_of(*work.coded, work.content)
                                                  : is_gzip_of(*work.coded, work.content));
    }
}

TEST(Compressor, LeavesAwayWhatSavesNothing) {
    std::string noise;
    for (unsigned i = 0, x = 1; i < 10000; ++i) {
        noise += static_cast<char>((x = x * 1664525 + 1013904223) >> 24U);
    }
    std::vector<Work> works = {{.content = noise, .coding = Coding::brotli, .coded = {}},
                               {.content = noise, .coding = Coding::gzip, .coded = {}},
                               {.content = "short", .coding = Coding::brotli, .coded = {}},
                               {.content = "", .coding = Coding::gzip, .coded = {}}};
    compress(works, quick);
    for (const Work& work : works) {
        EXPECT_FALSE(work.coded) << work.content.size();
    }
}

TEST(Compressor, SavesAtLeastTheFieldsThatTellOfIt) {
    for (std::size_t bytes = 50; bytes < 300; bytes += 7) {
        const std::string text = text_of(bytes);
        Work work{.content = text, .coding = Coding::brotli, .coded = {}};
        compress({&work, 1}, full_strength);
        EXPECT_LE(work.coded.value_or("").size(), text.size() - 50) << bytes;
    }
}

TEST(Compressor, LeavesNoThreadBehind) {
    const std::string text = text_of(50000);
    std::vector<Work> works(20, {.content = text, .coding = Coding::brotli, .coded = {}});
    const auto threads = [] {
        return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
    };
    const auto before = threads();
    compress(works, quick);
    EXPECT_EQ(threads(), before);
}

TEST(Compressor, HasNothingToDoForNothing) {
    compress({}, full_strength);
}

}  // namespace
}  // namespace cloister::press
