// SPDX-License-Identifier: MIT
#include "site/ranges.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace cloister::site {

void PrintTo(const Part& part, std::ostream* stream) {  // NOLINT: GoogleTest's name
    *stream << part.offset << "+" << part.length;
}

namespace {

using Kind = Ranges::Kind;
using Parts = std::vector<Part>;

Kind kind_of(std::string_view field, std::uint64_t size) {
    return Ranges::of(field, size).kind();
}

// What is to be sent; nothing unless the field is satisfiable.
Parts parts_of(std::string_view field, std::uint64_t size) {
    const Ranges ranges = Ranges::of(field, size);
    EXPECT_EQ(ranges.kind() == Kind::satisfiable, !ranges.parts().empty()) << field;
    return {ranges.parts().begin(), ranges.parts().end()};
}

struct Case {
    std::string_view field;
    Parts expected;
};

// The examples of RFC 9110 14.1.2, for a representation of 10,000 bytes.
TEST(Ranges, ReadsTheExamplesOfTheStandard) {
    for (const Case& row : {
             Case{"bytes=0-499", {{0, 500}}},
             Case{"bytes=500-999", {{500, 500}}},
             Case{"bytes=-500", {{9500, 500}}},
             Case{"bytes=9500-", {{9500, 500}}},
             Case{"bytes=0-0,-1", {{0, 1}, {9999, 1}}},
             Case{"bytes= 0-999, 4500-5499, -1000", {{0, 1000}, {4500, 1000}, {9000, 1000}}},
             Case{"bytes=500-600,601-999", {{500, 500}}},
             Case{"bytes=500-700,601-999", {{500, 500}}},
         }) {
        EXPECT_EQ(parts_of(row.field, 10000), row.expected) << row.field;
    }
}

TEST(Ranges, EndWithTheRepresentation) {
    for (const Case& row : {
             Case{"bytes=0-9", {{0, 10}}},
             Case{"bytes=0-10", {{0, 10}}},
             Case{"bytes=9-9", {{9, 1}}},
             Case{"bytes=9-", {{9, 1}}},
             Case{"bytes=3-18446744073709551615", {{3, 7}}},
             Case{"bytes=3-18446744073709551616", {{3, 7}}},
             Case{"bytes=3-99999999999999999999999999", {{3, 7}}},
             Case{"bytes=-10", {{0, 10}}},
             Case{"bytes=-11", {{0, 10}}},
             Case{"bytes=-99999999999999999999999999", {{0, 10}}},
         }) {
        EXPECT_EQ(parts_of(row.field, 10), row.expected) << row.field;
    }
}

TEST(Ranges, AreUnsatisfiableBehindTheEnd) {
    for (const std::string_view field :
         {"bytes=10-", "bytes=10-10", "bytes=10-20", "bytes=18446744073709551615-",
          "bytes=18446744073709551616-", "bytes=99999999999999999999-99999999999999999999",
          "bytes=10-,11-,-0"}) {
        EXPECT_EQ(kind_of(field, 10), Kind::unsatisfiable) << field;
    }
}

TEST(Ranges, OfTheLastZeroBytesAreUnsatisfiable) {
    EXPECT_EQ(kind_of("bytes=-0", 10), Kind::unsatisfiable);
    EXPECT_EQ(kind_of("bytes=-000", 10), Kind::unsatisfiable);
    EXPECT_EQ(kind_of("bytes=-0", 0), Kind::unsatisfiable);
}

TEST(Ranges, FromAPositionAreUnsatisfiableInNothing) {
    EXPECT_EQ(kind_of("bytes=0-", 0), Kind::unsatisfiable);
    EXPECT_EQ(kind_of("bytes=0-0", 0), Kind::unsatisfiable);
}

// RFC 9110 14.1.2 calls a suffix that is not zero satisfiable, but 206 cannot name a part of
// nothing.
TEST(Ranges, OfTheLastBytesOfNothingAreIgnored) {
    EXPECT_EQ(kind_of("bytes=-5", 0), Kind::ignored);
}

// RFC 9110 14.1.2: one that is satisfiable suffices.
TEST(Ranges, LeaveAwayWhatIsUnsatisfiable) {
    EXPECT_EQ(parts_of("bytes=20000-,0-1,-0", 10000), Parts({{0, 2}}));
    EXPECT_EQ(parts_of("bytes=0-1,10000-", 10000), Parts({{0, 2}}));
}

TEST(Ranges, KeepTheOrderThatTheyWereAskedForIn) {
    EXPECT_EQ(parts_of("bytes=-1,5000-5009,0-0", 10000), Parts({{9999, 1}, {5000, 10}, {0, 1}}));
}

// The gap counts, not the order; what is joined stands where its first part stood.
TEST(Ranges, BecomeOneWhereTheyAreClose) {
    for (const Case& row : {
             Case{"bytes=0-9,137-137", {{0, 138}}},           // 127 bytes between them
             Case{"bytes=0-9,138-138", {{0, 10}, {138, 1}}},  // 128
             Case{"bytes=137-137,0-9", {{0, 138}}},
             Case{"bytes=138-138,0-9", {{138, 1}, {0, 10}}},
             Case{"bytes=0-99,0-99", {{0, 100}}},
             Case{"bytes=0-99,50-59", {{0, 100}}},
             Case{"bytes=50-59,0-99", {{0, 100}}},
             Case{"bytes=0-,-1", {{0, 10000}}},
             Case{"bytes=9000-9009,0-9,9020-9029", {{9000, 30}, {0, 10}}},
             // The third joins the first two.
             Case{"bytes=0-9,400-409,200-300", {{0, 10}, {200, 210}}},
             Case{"bytes=0-9,200-209,5000-5000,100-110", {{0, 210}, {5000, 1}}},
             Case{"bytes=5000-5000,400-409,0-9,100-300", {{5000, 1}, {0, 410}}},
         }) {
        EXPECT_EQ(parts_of(row.field, 10000), row.expected) << row.field;
    }
}

TEST(Ranges, AreIgnoredWhenTheyAreTooMany) {
    std::string field = "bytes=0-0";
    Parts expected = {{0, 1}};
    for (std::size_t i = 1; i < base::limits::range_count; ++i) {
        field += "," + std::to_string(i * 1000) + "-" + std::to_string(i * 1000);
        expected.push_back({i * 1000, 1});
    }
    EXPECT_EQ(parts_of(field, 100000), expected);
    EXPECT_EQ(kind_of(field + ",50-50", 100000), Kind::ignored);
    EXPECT_EQ(kind_of(field + ",", 100000), Kind::satisfiable);
}

TEST(Ranges, ThatEndBeforeTheyBeginAreIgnored) {
    EXPECT_EQ(kind_of("bytes=5-4", 10), Kind::ignored);
    EXPECT_EQ(kind_of("bytes=500-4", 10), Kind::ignored);
    EXPECT_EQ(kind_of("bytes=0-0,5-4", 10), Kind::ignored);
}

TEST(Ranges, LeadingZerosMeanNothing) {
    EXPECT_EQ(parts_of("bytes=0002-05", 10), Parts({{2, 4}}));
}

TEST(Ranges, UnitIsComparedWithoutCase) {
    EXPECT_EQ(parts_of("BYTES=1-2", 10), Parts({{1, 2}}));
    EXPECT_EQ(parts_of("Bytes=1-2", 10), Parts({{1, 2}}));
}

TEST(Ranges, OfAnotherUnitAreIgnored) {
    for (const std::string_view field :
         {"lines=0-4", "byte=0-4", "bytess=0-4", "bytes0-4", "bytes:0-4", "=0-4",
          "bytes\x1d"
          "0-4",
          "bytes", "", "none"}) {
        EXPECT_EQ(kind_of(field, 10), Kind::ignored) << field;
    }
}

// RFC 9110 5.6.1.2: a recipient ignores them.
TEST(Ranges, EmptyMembersMeanNothing) {
    EXPECT_EQ(parts_of("bytes=,0-0", 10), Parts({{0, 1}}));
    EXPECT_EQ(parts_of("bytes=0-0,", 10), Parts({{0, 1}}));
    EXPECT_EQ(parts_of("bytes=0-0 , ,\t5-6", 10), Parts({{0, 7}}));
    EXPECT_EQ(kind_of("bytes=", 10), Kind::ignored);
    EXPECT_EQ(kind_of("bytes=,", 10), Kind::ignored);
    EXPECT_EQ(kind_of("bytes= , ", 10), Kind::ignored);
}

TEST(Ranges, ThatAreMalformedAreIgnored) {
    for (const std::string_view field :
         {"bytes=-",       "bytes=--1",   "bytes=1",    "bytes=a-b",  "bytes=0-b",   "bytes=a-4",
          "bytes=0-4-5",   "bytes=0x1-2", "bytes=+1-2", "bytes=1-+2", "bytes=1.0-2", "bytes==1-2",
          "bytes=1-2;q=1", "bytes=0 -4",  "bytes=0- 4", "bytes=-\t4", "bytes =0-4",  " bytes=0-4",
          "bytes=0-1 2-3", "bytes=0-1,x", "bytes=x,0-1"}) {
        EXPECT_EQ(kind_of(field, 10), Kind::ignored) << field;
    }
}

TEST(Ranges, WorkAtTheTopOfSixtyFourBits) {
    EXPECT_EQ(parts_of("bytes=18446744073709551613-", UINT64_MAX), Parts({{UINT64_MAX - 2, 2}}));
    EXPECT_EQ(parts_of("bytes=0-", UINT64_MAX), Parts({{0, UINT64_MAX}}));
    EXPECT_EQ(parts_of("bytes=0-,-1,5-", UINT64_MAX), Parts({{0, UINT64_MAX}}));
}

TEST(Ranges, SurviveAFieldOfAnyLength) {
    const std::string digits(8000, '9');
    EXPECT_EQ(kind_of("bytes=" + digits + "-", 10), Kind::unsatisfiable);
    EXPECT_EQ(parts_of("bytes=-" + digits, 10), Parts({{0, 10}}));
    EXPECT_EQ(kind_of(std::string(8000, '-'), 10), Kind::ignored);
    EXPECT_EQ(kind_of("bytes=" + std::string(8000, ','), 10), Kind::ignored);
}

}  // namespace
}  // namespace cloister::site
