// SPDX-License-Identifier: MIT
#include "site/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace cloister::site {
namespace {

TEST(Hash, TellsPathsApart) {
    std::set<std::uint64_t> seen;
    std::size_t count = 0;
    for (int index = 0; index < 10000; ++index) {
        for (const std::string& path :
             {"/" + std::to_string(index), "/a/" + std::to_string(index) + "/index.html",
              std::string(static_cast<std::size_t>(index), 'x'),
              std::string(static_cast<std::size_t>(index % 64), '\0') + std::to_string(index)}) {
            seen.insert(hash_of(path));
            ++count;
        }
    }
    // "/0" and so on are not made twice; that two 64-bit hashes of 40,000 meet is luck of one in
    // 10^10.
    EXPECT_EQ(seen.size(), count);
}

TEST(Hash, SpreadsTheLowerBitsThatChooseASlot) {
    std::set<std::uint64_t> slots;
    for (int index = 0; index < 1024; ++index) {
        slots.insert(hash_of("/assets/image-" + std::to_string(index) + ".png") & 1023U);
    }
    // Of 1,024 balls thrown into 1,024 slots, 647 slots get one.
    EXPECT_GT(slots.size(), 600U);
}

// What xxhsum of Debian (-H1) says, for lengths on both sides of each step's bound.
TEST(Checksum, IsThatOfTheSpecification) {
    struct Case {
        std::size_t length;
        std::uint64_t sum;
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
        EXPECT_EQ(checksum_of(std::string_view(content).substr(0, row.length)), row.sum)
            << row.length;
    }
    EXPECT_EQ(checksum_of("abc"), 0x44bc2cf5ad770999U);
}

TEST(Checksum, DiffersWhereverOneBitDoes) {
    for (const std::size_t length : {1U, 7U, 8U, 31U, 32U, 33U, 100U}) {
        std::string bytes(length, 'a');
        const std::uint64_t sum = checksum_of(bytes);
        for (std::size_t bit = 0; bit < length * 8; ++bit) {
            std::string damaged = bytes;
            damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
            EXPECT_NE(checksum_of(damaged), sum) << length << ", bit " << bit;
        }
    }
}

TEST(Checksum, DiffersWhereZerosAreAddedOrWordsExchanged) {
    std::set<std::uint64_t> sums;
    for (std::size_t length = 0; length < 200; ++length) {
        sums.insert(checksum_of(std::string(length, '\0')));
    }
    EXPECT_EQ(sums.size(), 200U);
    const std::string one(8, '1');
    const std::string two(8, '2');
    EXPECT_NE(checksum_of(one + two + one + one), checksum_of(two + one + one + one));
    EXPECT_NE(checksum_of(std::string(32, '1') + std::string(32, '2')),
              checksum_of(std::string(32, '2') + std::string(32, '1')));
}

TEST(Checksum, IsTheSameOfParts) {
    const std::string content(1000, 'a');
    for (const std::size_t cut : {0U, 32U, 64U, 992U}) {
        Checksum checksum;
        checksum.add(std::string_view(content).substr(0, cut));
        checksum.add(std::string_view(content).substr(cut));
        EXPECT_EQ(checksum.value(), checksum_of(content)) << cut;
    }
}

}  // namespace
}  // namespace cloister::site
