// SPDX-License-Identifier: MIT
// Every attempt of the table, under each lock: outside it does what its row says (so that its
// denial means something), and under the lock it is denied, whatever the thread.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <string>

#include "sandbox/audit/attempt.h"
#include "sandbox/audit/test_nobody.h"
#include "sandbox/audit/trial.h"
#include "sandbox/policy.h"

namespace cloister::sandbox::audit {

// For the message of a failed test.
std::ostream& operator<<(std::ostream& out, const Attempt& attempt) {
    return out << attempt.name;
}

namespace {

Outcome outcome_under(std::string_view key, const Attempt& attempt) {
    test::become_nobody();
    const std::vector<Lock> all = locks(sandbox::confine);
    const auto lock =
        std::find_if(all.begin(), all.end(), [key](const Lock& one) { return one.key == key; });
    return try_out(attempt, *lock);
}

// A call that only sanitizer builds permit, for their reports.
bool is_for_reports(long number) {
    const auto extra = rows().subspan(shipped_rows().size());
    return std::any_of(extra.begin(), extra.end(),
                       [number](const sandbox::Row& row) { return row.number == number; });
}

class Escape : public testing::TestWithParam<Attempt> {};

INSTANTIATE_TEST_SUITE_P(Attempts, Escape, testing::ValuesIn(attempts()), [](const auto& tested) {
    std::string name(tested.param.name);
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST_P(Escape, DoesOutsideWhatItsRowSays) {
    const Outcome outcome = outcome_under("outside", GetParam());
    EXPECT_NE(outcome.end, End::broken) << outcome.reason;
    if (GetParam().control != Control::depends) {
        EXPECT_EQ(outcome.end == End::succeeded, GetParam().control == Control::works)
            << outcome.text();
    }
}

// The filter kills, or the kernel has no such entry; where a permitted call could be abused, it is
// denied with an error.
TEST_P(Escape, IsDeniedOnEveryThreadOfALockedProcess) {
    const Attempt& attempt = GetParam();
    for (const Lock& lock : locks(sandbox::confine)) {
        if (!lock.is_full) {
            continue;
        }
        const Outcome outcome = outcome_under(lock.key, attempt);
        if (is_for_reports(attempt.call)) {
            // What is permitted for reports may even succeed, in a build that is never shipped.
            EXPECT_TRUE(outcome.end == End::denied || outcome.end == End::succeeded ||
                        outcome.end == End::refused || outcome.end == End::killed)
                << outcome.text();
        } else if (attempt.actor == Actor::elder) {
            EXPECT_EQ(outcome.end, End::refused) << lock.title << ": " << outcome.text();
            EXPECT_NE(outcome.reason.find("2 threads"), std::string::npos) << outcome.reason;
        } else {
            EXPECT_TRUE(outcome.end == End::killed || outcome.end == End::absent ||
                        outcome.end == End::denied)
                << lock.title << ": " << outcome.text() << ' ' << outcome.reason;
        }
    }
}

TEST(Attempts, HaveEachANameOfTheirOwn) {
    std::set<std::string_view> names;
    for (const Attempt& attempt : attempts()) {
        EXPECT_TRUE(names.insert(attempt.name).second) << attempt.name;
        EXPECT_EQ(attempt.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_"),
                  std::string_view::npos)
            << attempt.name;
    }
}

TEST(Attempts, FillEveryTheme) {
    std::set<unsigned> filled;
    for (const Attempt& attempt : attempts()) {
        filled.insert(attempt.theme);
    }
    unsigned number = 0;
    for (const Theme& theme : themes()) {
        EXPECT_EQ(theme.number, ++number);
        EXPECT_TRUE(filled.contains(theme.number)) << theme.title;
    }
    EXPECT_EQ(filled.size(), themes().size());
}

}  // namespace
}  // namespace cloister::sandbox::audit
