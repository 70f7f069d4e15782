// SPDX-License-Identifier: MIT
#include "press/zstandard.h"

#include <gtest/gtest.h>

#include <string>

namespace cloister::press {
namespace {

using namespace std::string_literals;

constexpr std::string_view magic = "\x28\xb5\x2f\xfd";

std::optional<ZstandardFrame> head(const std::string& bytes) {
    return read_zstandard_head(std::string(magic) + bytes);
}

// What zstd 1.5 of Debian writes: "echo hello > a; zstd a", and "... | zstd".
TEST(ZstandardHead, IsReadAsTheCommandWritesIt) {
    const auto file = head("\x24\x06\x31\0\0hello\n"s);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->content_size, 6U);
    EXPECT_EQ(file->window, 6U);
    EXPECT_FALSE(file->needs_dictionary);
    EXPECT_TRUE(file->has_checksum);
    EXPECT_FALSE(head("\x20\x06\x31\0\0hello\n"s)->has_checksum);
    const auto pipe = head("\x04\x58\x31\0\0hello\n"s);
    ASSERT_TRUE(pipe);
    EXPECT_FALSE(pipe->content_size);
    EXPECT_EQ(pipe->window, 2U << 20U);
}

TEST(ZstandardHead, HasASizeOfEachLength) {
    EXPECT_EQ(head("\x20\xff"s)->content_size, 255U);
    EXPECT_EQ(head("\x60\x01\x02"s)->content_size, 0x0201U + 256U);
    EXPECT_EQ(head("\x40\0\x01\x02"s)->content_size, 0x0201U + 256U);
    EXPECT_EQ(head("\x80\0\x01\x02\x03\x04"s)->content_size, 0x04030201U);
    EXPECT_EQ(head("\xc0\0\x01\x02\x03\x04\x05\x06\x07\x08"s)->content_size, 0x0807060504030201U);
}

// RFC 8878 3.1.1.1.2: an exponent in the upper 5 bits, eighths in the lower 3.
TEST(ZstandardHead, HasAWindow) {
    EXPECT_EQ(head("\0\0"s)->window, 1024U);
    EXPECT_EQ(head("\0\x07"s)->window, 1024U + 7 * 128U);
    EXPECT_EQ(head("\0\x68"s)->window, 8U << 20U);
    EXPECT_EQ(head("\0\xff"s)->window, (1ULL << 41U) + 7 * (1ULL << 38U));
}

TEST(ZstandardHead, NamesADictionary) {
    EXPECT_TRUE(head("\x21\x01\x06"s)->needs_dictionary);
    EXPECT_TRUE(head("\x22\0\x01\x06"s)->needs_dictionary);
    EXPECT_TRUE(head("\x23\0\0\0\x01\x06"s)->needs_dictionary);
    EXPECT_FALSE(head("\x23\0\0\0\0\x06"s)->needs_dictionary);
}

TEST(ZstandardHead, IsNotThereInAnythingElse) {
    for (const std::string& bytes :
         {""s, "\x28\xb5\x2f"s, "PK\x03\x04..."s, "\x28\xb5\x2f\xfc\x20\x01"s}) {
        EXPECT_FALSE(read_zstandard_head(bytes)) << bytes;
    }
}

TEST(ZstandardHead, IsNotThereWhenItIsCutOff) {
    for (const std::string& whole :
         {"\x24\x06"s, "\xe3\x01\x02\x03\x04\x01\x02\x03\x04\x05\x06\x07\x08"s,
          "\x40\0\x01\x02"s}) {
        EXPECT_TRUE(head(whole));
        for (std::size_t length = 0; length < whole.size(); ++length) {
            EXPECT_FALSE(head(whole.substr(0, length))) << length;
        }
    }
}

}  // namespace
}  // namespace cloister::press
