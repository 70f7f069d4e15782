// SPDX-License-Identifier: MIT
#include "site/range.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace cloister::site {

bool operator==(const Range& left, const Range& right) {
    return left.kind == right.kind && left.offset == right.offset && left.length == right.length;
}

void PrintTo(const Range& range, std::ostream* stream) {  // NOLINT: GoogleTest's name
    *stream << static_cast<int>(range.kind) << " " << range.offset << "+" << range.length;
}

namespace {

constexpr Range ignored{};
constexpr Range unsatisfiable{Range::Kind::unsatisfiable};

constexpr Range part(std::uint64_t offset, std::uint64_t length) {
    return {Range::Kind::satisfiable, offset, length};
}

struct Case {
    std::string_view field;
    Range expected;
};

// The examples of RFC 9110 14.1.2, for a representation of 10,000 bytes.
TEST(Range, ReadsTheExamplesOfTheStandard) {
    for (const Case& row : {
             Case{"bytes=0-499", part(0, 500)},
             Case{"bytes=500-999", part(500, 500)},
             Case{"bytes=-500", part(9500, 500)},
             Case{"bytes=9500-", part(9500, 500)},
             Case{"bytes=0-0", part(0, 1)},
             Case{"bytes=-1", part(9999, 1)},
         }) {
        EXPECT_EQ(parse_range(row.field, 10000), row.expected) << row.field;
    }
}

TEST(Range, EndsWithTheRepresentation) {
    for (const Case& row : {
             Case{"bytes=0-9", part(0, 10)},
             Case{"bytes=0-10", part(0, 10)},
             Case{"bytes=9-9", part(9, 1)},
             Case{"bytes=9-", part(9, 1)},
             Case{"bytes=3-18446744073709551615", part(3, 7)},
             Case{"bytes=3-18446744073709551616", part(3, 7)},
             Case{"bytes=3-99999999999999999999999999", part(3, 7)},
             Case{"bytes=-10", part(0, 10)},
             Case{"bytes=-11", part(0, 10)},
             Case{"bytes=-99999999999999999999999999", part(0, 10)},
         }) {
        EXPECT_EQ(parse_range(row.field, 10), row.expected) << row.field;
    }
}

TEST(Range, IsUnsatisfiableBehindTheEnd) {
    for (const std::string_view field :
         {"bytes=10-", "bytes=10-10", "bytes=10-20", "bytes=18446744073709551615-",
          "bytes=18446744073709551616-", "bytes=99999999999999999999-99999999999999999999"}) {
        EXPECT_EQ(parse_range(field, 10), unsatisfiable) << field;
    }
}

TEST(Range, OfTheLastZeroBytesIsUnsatisfiable) {
    EXPECT_EQ(parse_range("bytes=-0", 10), unsatisfiable);
    EXPECT_EQ(parse_range("bytes=-000", 10), unsatisfiable);
    EXPECT_EQ(parse_range("bytes=-0", 0), unsatisfiable);
}

TEST(Range, FromAPositionIsUnsatisfiableInNothing) {
    EXPECT_EQ(parse_range("bytes=0-", 0), unsatisfiable);
    EXPECT_EQ(parse_range("bytes=0-0", 0), unsatisfiable);
}

// RFC 9110 14.1.2 calls a suffix that is not zero satisfiable, but 206 cannot name a part of
// nothing.
TEST(Range, OfTheLastBytesOfNothingIsIgnored) {
    EXPECT_EQ(parse_range("bytes=-5", 0), ignored);
}

TEST(Range, ThatEndsBeforeItBeginsIsIgnored) {
    EXPECT_EQ(parse_range("bytes=5-4", 10), ignored);
    EXPECT_EQ(parse_range("bytes=500-4", 10), ignored);
}

TEST(Range, LeadingZerosMeanNothing) {
    EXPECT_EQ(parse_range("bytes=0002-05", 10), part(2, 4));
}

TEST(Range, UnitIsComparedWithoutCase) {
    EXPECT_EQ(parse_range("BYTES=1-2", 10), part(1, 2));
    EXPECT_EQ(parse_range("Bytes=1-2", 10), part(1, 2));
}

TEST(Range, OfAnotherUnitIsIgnored) {
    for (const std::string_view field :
         {"lines=0-4", "byte=0-4", "bytess=0-4", "bytes0-4", "bytes:0-4", "=0-4",
          "bytes\x1d"
          "0-4",
          "bytes", "", "none"}) {
        EXPECT_EQ(parse_range(field, 10), ignored) << field;
    }
}

TEST(Range, OfSeveralIsIgnored) {
    for (const std::string_view field : {"bytes=0-0,-1", "bytes=0-0, 5-6", "bytes=0-0,",
                                         "bytes=,0-0", "bytes=-1,0-0", "bytes=500-600,601-999"}) {
        EXPECT_EQ(parse_range(field, 10000), ignored) << field;
    }
}

TEST(Range, ThatIsMalformedIsIgnored) {
    for (const std::string_view field :
         {"bytes=", "bytes=-", "bytes=--1", "bytes=1", "bytes=a-b", "bytes=0-b", "bytes=a-4",
          "bytes=0-4-5", "bytes=0x1-2", "bytes=+1-2", "bytes=1-+2", "bytes=1.0-2", "bytes==1-2",
          "bytes=1-2;q=1"}) {
        EXPECT_EQ(parse_range(field, 10), ignored) << field;
    }
}

TEST(Range, WithWhiteSpaceInItIsIgnored) {
    for (const std::string_view field : {"bytes= 0-4", "bytes =0-4", "bytes=0 -4", "bytes=0- 4",
                                         "bytes=0-4 ", " bytes=0-4", "bytes=\t0-4", "bytes=-\t4"}) {
        EXPECT_EQ(parse_range(field, 10), ignored) << field;
    }
}

TEST(Range, WorksAtTheTopOfSixtyFourBits) {
    EXPECT_EQ(parse_range("bytes=18446744073709551613-", UINT64_MAX), part(UINT64_MAX - 2, 2));
    EXPECT_EQ(parse_range("bytes=0-", UINT64_MAX), part(0, UINT64_MAX));
}

TEST(Range, SurvivesAFieldOfAnyLength) {
    const std::string digits(8000, '9');
    EXPECT_EQ(parse_range("bytes=" + digits + "-", 10), unsatisfiable);
    EXPECT_EQ(parse_range("bytes=-" + digits, 10), part(0, 10));
    EXPECT_EQ(parse_range(std::string(8000, '-'), 10), ignored);
}

}  // namespace
}  // namespace cloister::site
