// SPDX-License-Identifier: MIT
#include "systemd/decimal.h"

#include <gtest/gtest.h>

#include <limits>
#include <string_view>

namespace cloister::systemd {
namespace {

TEST(Decimal, TakesDigitsUpToTheHighestNumber) {
    EXPECT_EQ(parse_decimal("0"), 0U);
    EXPECT_EQ(parse_decimal("3"), 3U);
    EXPECT_EQ(parse_decimal("2147483647"), 2147483647U);
    EXPECT_EQ(parse_decimal("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
}

TEST(Decimal, RefusesAnythingElse) {
    for (const std::string_view text :
         {"", " ", "-1", "-0", "+1", " 1", "1 ", "1\n", "3x", "x3", "0x3", "03", "00", "1.0", "1e3",
          "18446744073709551616", "99999999999999999999999999"}) {
        EXPECT_FALSE(parse_decimal(text)) << '"' << text << '"';
    }
    EXPECT_FALSE(parse_decimal(std::string_view("1\0", 2)));
}

}  // namespace
}  // namespace cloister::systemd
