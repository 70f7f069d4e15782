// SPDX-License-Identifier: MIT
#include "base/check.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <string>

namespace cloister::base {
namespace {

TEST(Check, PassesEveryResultButMinusOne) {
    EXPECT_EQ(check(0, "zero"), 0);
    EXPECT_EQ(check(7, "seven"), 7);
    EXPECT_EQ(check(-2, "minus two"), -2);
    EXPECT_EQ(check(1L << 40, "wide"), 1L << 40);
}

TEST(Check, ThrowsErrnoWithTheNameOfTheThing) {
    try {
        check(::open("/nowhere/at/all", O_RDONLY | O_CLOEXEC), "open the site");
        FAIL() << "a failed call was passed on";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::error_code(ENOENT, std::generic_category()));
        EXPECT_TRUE(std::string(error.what()).starts_with("open the site")) << error.what();
    }
}

TEST(Failure, CarriesItsExitStatusAndItsWords) {
    const Failure failure(EX_CONFIG, "no key: give --tls-key");
    EXPECT_EQ(failure.exit_status(), EX_CONFIG);
    EXPECT_STREQ(failure.what(), "no key: give --tls-key");
}

}  // namespace
}  // namespace cloister::base
