// SPDX-License-Identifier: MIT
#include "http/allowance.h"

#include <gtest/gtest.h>

namespace cloister::http {
namespace {

namespace limits = base::limits;
using namespace std::chrono_literals;

constexpr std::chrono::steady_clock::time_point began{1000h};

Allowance fresh() {
    Allowance allowance;
    allowance.refresh(began);
    return allowance;
}

TEST(Allowance, IsSpentOnce) {
    Allowance allowance = fresh();
    EXPECT_TRUE(allowance.spend(limits::http2_allowance));
    EXPECT_FALSE(allowance.spend(1));
}

TEST(Allowance, RefillsWithTime) {
    Allowance allowance = fresh();
    EXPECT_TRUE(allowance.spend(limits::http2_allowance));
    allowance.refresh(began + 999ms);
    allowance.refresh(began + 1s);
    EXPECT_TRUE(allowance.spend(limits::http2_allowance_per_second));
    allowance.refresh(began + 1999ms);
    EXPECT_FALSE(allowance.spend(1));
}

TEST(Allowance, LosesNoTimeToFrequentTurns) {
    Allowance allowance = fresh();
    EXPECT_TRUE(allowance.spend(limits::http2_allowance));
    for (auto now = began; now < began + 10s; now += 300ms) {
        allowance.refresh(now);
    }
    EXPECT_TRUE(allowance.spend(9 * limits::http2_allowance_per_second));
    EXPECT_FALSE(allowance.spend(1));
}

TEST(Allowance, RefillsWithAnswers) {
    Allowance allowance = fresh();
    EXPECT_TRUE(allowance.spend(limits::http2_allowance));
    allowance.earn(limits::answer_gain);
    EXPECT_TRUE(allowance.spend(limits::answer_gain));
    EXPECT_FALSE(allowance.spend(1));
}

TEST(Allowance, NeverGrowsAboveItsBeginning) {
    Allowance allowance = fresh();
    allowance.earn(1000 * limits::http2_allowance);
    allowance.refresh(began + 100000h);
    EXPECT_TRUE(allowance.spend(limits::http2_allowance));
    EXPECT_FALSE(allowance.spend(1));
}

}  // namespace
}  // namespace cloister::http
