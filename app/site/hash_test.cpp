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

}  // namespace
}  // namespace cloister::site
