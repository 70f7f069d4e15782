// SPDX-License-Identifier: MIT
#include "base/date.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace cloister::base {
namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;

sys_seconds at(std::int64_t seconds) {
    return sys_seconds(std::chrono::seconds(seconds));
}

constexpr std::int64_t example = 784111777;  // of RFC 9110 5.6.7

TEST(HttpDate, WritesTheFixedForm) {
    EXPECT_EQ(http_date(at(example)), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(http_date(at(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(http_date(at(-1)), "Wed, 31 Dec 1969 23:59:59 GMT");
    EXPECT_EQ(http_date(at(951827696)), "Tue, 29 Feb 2000 12:34:56 GMT");
    EXPECT_EQ(http_date(at(253402300799)), "Fri, 31 Dec 9999 23:59:59 GMT");
}

TEST(HttpDate, ReadsAllThreeForms) {
    for (const char* const text : {"Sun, 06 Nov 1994 08:49:37 GMT",
                                   "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
        EXPECT_EQ(parse_http_date(text), at(example)) << text;
    }
    EXPECT_EQ(parse_http_date("Wed Nov 16 08:49:37 1994"), at(example + std::int64_t{10} * 86400));
}

TEST(HttpDate, ReadsBackWhatItWrites) {
    // About every sixth day until the year 2191: all months, week days and sorts of leap year.
    for (std::int64_t time = 0; time < 7'000'000'000; time += 500'009) {
        ASSERT_EQ(parse_http_date(http_date(at(time))), at(time)) << time;
    }
}

TEST(HttpDate, KnowsLeapYears) {
    EXPECT_TRUE(parse_http_date("Tue, 29 Feb 2000 00:00:00 GMT"));
    EXPECT_TRUE(parse_http_date("Thu, 29 Feb 2024 00:00:00 GMT"));
    EXPECT_FALSE(parse_http_date("Mon, 29 Feb 1900 00:00:00 GMT"));
    EXPECT_FALSE(parse_http_date("Tue, 29 Feb 2023 00:00:00 GMT"));
    EXPECT_FALSE(parse_http_date("Mon Feb 29 00:00:00 2100"));
}

TEST(HttpDate, AcceptsALeapSecond) {
    EXPECT_EQ(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT"),
              sys_days(year(2017) / 1 / 1) + std::chrono::seconds(0));
}

// RFC 9110 5.6.7. Holds in whichever year it runs.
TEST(HttpDate, PutsTwoDigitYearsAtMostFiftyYearsAhead) {
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    const int now = static_cast<int>(std::chrono::year_month_day(today).year());
    for (int digits = 0; digits < 100; ++digits) {
        const std::string text = std::to_string(100 + digits).substr(1);
        const auto date = parse_http_date("Monday, 01-Mar-" + text + " 00:00:00 GMT");
        ASSERT_TRUE(date) << text;
        const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(*date));
        const int full = static_cast<int>(day.year());
        EXPECT_EQ(full % 100, digits);
        EXPECT_LE(full, now + 50);
        EXPECT_GT(full, now - 100);
    }
}

TEST(HttpDate, RefusesEverythingElse) {
    for (const std::string text : {
             "",
             ",",
             "0",
             "1994-11-06T08:49:37Z",
             "Sun, 06 Nov 1994 08:49:37",
             "Sun, 06 Nov 1994 08:49:37 UTC",
             "Sun, 06 Nov 1994 08:49:37 GMT ",
             " Sun, 06 Nov 1994 08:49:37 GMT",
             "sun, 06 nov 1994 08:49:37 gmt",
             "Sun,06 Nov 1994 08:49:37 GMT",
             "Sun, 6 Nov 1994 08:49:37 GMT",
             "Sun, 06 Nov 94 08:49:37 GMT",
             "Sun, 06 Nov 19994 08:49:37 GMT",
             "Sun, 06-Nov-94 08:49:37 GMT",
             "Sun, 00 Nov 1994 08:49:37 GMT",
             "Sun, 31 Nov 1994 08:49:37 GMT",
             "Sun, 32 Dec 1994 08:49:37 GMT",
             "Sun, 06 Foo 1994 08:49:37 GMT",
             "Foo, 06 Nov 1994 08:49:37 GMT",
             "Sun, 06 Nov 1994 24:00:00 GMT",
             "Sun, 06 Nov 1994 08:60:37 GMT",
             "Sun, 06 Nov 1994 08:49:61 GMT",
             "Sun, 06 Nov 1994 8:49:37 GMT",
             "Sun, 06 Nov 1994 08:49 GMT",
             "Sun, -6 Nov 1994 08:49:37 GMT",
             "Sun, 06 Nov +994 08:49:37 GMT",
             "Sunday, 06-Nov-1994 08:49:37 GMT",
             "Sunday, 06 Nov 94 08:49:37 GMT",
             "Sunday, 06-Nov-94 08:49:37",
             "Sun Nov 6 08:49:37 1994",
             "Sun Nov   6 08:49:37 1994",
             "Sun Nov  6 08:49:37 94",
             "Sun Nov  6 08:49:37 1994 GMT",
             "Sun Nov  6 08:49:37 19945",
             "Sunday Nov  6 08:49:37 1994",
         }) {
        EXPECT_FALSE(parse_http_date(text)) << text;
    }
    EXPECT_FALSE(parse_http_date(std::string(1 << 20, ',')));
    EXPECT_FALSE(parse_http_date(std::string("Sun, 06 Nov 1994 08:49:37 GMT\0", 30)));
}

TEST(HttpDate, RefusesEveryPrefixOfADate) {
    for (const std::string whole : {"Sun, 06 Nov 1994 08:49:37 GMT",
                                    "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
        for (std::size_t length = 0; length < whole.size(); ++length) {
            EXPECT_FALSE(parse_http_date(whole.substr(0, length))) << whole.substr(0, length);
        }
    }
}

}  // namespace
}  // namespace cloister::base
