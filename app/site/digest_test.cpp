// SPDX-License-Identifier: MIT
#include "site/digest.h"

#include <gtest/gtest.h>

#include <string>

namespace cloister::site {
namespace {

// What xxhsum of Debian (-H1) says, for lengths on both sides of each step's bound.
TEST(Digest, IsThatOfTheSpecification) {
    struct Case {
        std::size_t length;
        std::uint64_t digest;
    };

    std::string content;
    for (int i = 0; i < 1000; ++i) {
        content += static_cast<char>(i * 7 + i / 256);
    }
    for (const Case& row : {
             Case{0, 0xef46db3751d8e999U},
             Case{1, 0xe934a84adb052768U},
             Case{3, 0x9ff70a635a6209abU},
             Case{4, 0xae5acdc00a55ac41U},
             Case{5, 0x8ad58ce18a6fd093U},
             Case{7, 0xd734a6b26f3da63eU},
             Case{8, 0x87116b3365b924ebU},
             Case{9, 0x340667a92c4324ffU},
             Case{12, 0x14b8433b9a14e611U},
             Case{31, 0x0f187c62b1e722b7U},
             Case{32, 0x91b0cb0931a8c629U},
             Case{33, 0x931b043cf8d65b94U},
             Case{40, 0x6bc927279e6a3044U},
             Case{63, 0x219110bf13e2fa26U},
             Case{64, 0xbf3052e3445775d0U},
             Case{65, 0xed65e3510df3611dU},
             Case{100, 0x8e2272c08247d5dbU},
             Case{1000, 0x698399d62f9c1695U},
         }) {
        EXPECT_EQ(digest_of(std::string_view(content).substr(0, row.length)), row.digest)
            << row.length;
    }
    EXPECT_EQ(digest_of("abc"), 0x44bc2cf5ad770999U);
}

TEST(Digest, SeesEveryByte) {
    std::string content(200, 'a');
    const std::uint64_t digest = digest_of(content);
    for (char& byte : content) {
        byte = 'b';
        EXPECT_NE(digest_of(content), digest) << &byte - content.data();
        byte = 'a';
    }
    EXPECT_NE(digest_of(std::string(199, 'a')), digest);
    EXPECT_NE(digest_of(std::string(201, 'a')), digest);
}

}  // namespace
}  // namespace cloister::site
