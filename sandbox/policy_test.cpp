// SPDX-License-Identifier: MIT
#include "sandbox/policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "sandbox/filter_survey.h"
#include "sandbox/seccomp.h"

namespace cloister::sandbox {
namespace {

// The rows' numbers: those without rules, or those with.
std::vector<int> numbers(std::span<const Row> rows, bool with_rules) {
    std::vector<int> found;
    for (const Row& row : rows) {
        if (row.rules.empty() != with_rules) {
            found.push_back(row.number);
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

void expect_exactly(std::span<const Row> rows) {
    const Survey found = survey(compile_filter(rows, {}));
    EXPECT_EQ(found.x86_64.always, numbers(rows, false));
    EXPECT_EQ(found.x86_64.sometimes, numbers(rows, true));
    EXPECT_EQ(found.x32.count(), 0U);
    EXPECT_EQ(found.i386.count(), 0U);
}

TEST(Policy, CompilesToExactlyTheShippedTable) {
    expect_exactly(shipped_rows());
}

TEST(Policy, CompilesToExactlyTheTableOfThisBuild) {
    expect_exactly(rows());
}

TEST(Policy, ShipsNoMoreCallsThanTheBudget) {
    EXPECT_LE(survey(compile_filter(shipped_rows())).x86_64.count(), system_call_budget);
}

TEST(Policy, InstallsMoreThanIsShippedInASanitizerBuildAlone) {
    EXPECT_EQ(rows().size() > shipped_rows().size(), is_sanitizer_build);
}

TEST(Policy, GivesEachCallOnceAndWithAReason) {
    std::set<int> seen;
    for (const Row& row : rows()) {
        EXPECT_TRUE(seen.insert(row.number).second) << row.name;
        EXPECT_FALSE(row.reason.empty()) << row.name;
        for (const ArgumentRule& rule : row.rules) {
            EXPECT_FALSE(rule.text.empty()) << row.name;
        }
    }
}

TEST(Policy, AnswersNoCallThatItLetsThrough) {
    for (const Answer& answer : answers()) {
        EXPECT_FALSE(answer.reason.empty()) << answer.name;
        EXPECT_TRUE(std::none_of(rows().begin(), rows().end(), [&](const Row& row) {
            return row.number == answer.number;
        })) << answer.name;
    }
}

TEST(Policy, LetsOnlyTheTwoKernelDefencesBeWaived) {
    std::set<std::string> waivable;
    for (const Defence& defence : defences()) {
        if (defence.may_be_waived) {
            waivable.insert(std::string(defence.name));
        }
    }
    EXPECT_EQ(waivable, (std::set<std::string>{"landlock", "seccomp"}));
}

TEST(PolicyText, NamesEveryCallRuleReasonAndDefence) {
    const std::string text = policy_text();
    for (const Row& row : rows()) {
        EXPECT_NE(text.find("  " + std::string(row.name) + " "), std::string::npos) << row.name;
        EXPECT_NE(text.find(std::string(row.reason) + "\n"), std::string::npos) << row.name;
    }
    for (const Defence& defence : defences()) {
        EXPECT_NE(text.find("  " + std::string(defence.name) + " "), std::string::npos)
            << defence.name;
    }
    for (const Answer& answer : answers()) {
        EXPECT_NE(text.find("  " + std::string(answer.name) + " "), std::string::npos)
            << answer.name;
        EXPECT_NE(text.find(std::string(answer.reason) + "\n"), std::string::npos) << answer.name;
    }
    const std::string by_argument = is_sanitizer_build ? "1" : "0";
    EXPECT_NE(text.find(std::to_string(rows().size()) + " calls reachable of at most 14 (" +
                        by_argument + " by argument), 0 on x32, 0 on i386"),
              std::string::npos)
        << text;
}

TEST(PolicyText, SaysThatABuildIsForSanitizersIfItIs) {
    EXPECT_EQ(policy_text().find("SANITIZER BUILD") != std::string::npos, is_sanitizer_build);
}

TEST(PolicyText, AlignsItsColumns) {
    const std::string text = policy_text();
    const auto column_of = [&](std::string_view reason) {
        const auto at = text.find(reason);
        return at - text.rfind('\n', at);
    };
    EXPECT_EQ(column_of(rows().front().reason), column_of(rows().back().reason));
}

TEST(PolicyJson, IsOneObjectWithEveryCallAndDefence) {
    const std::string json = policy_json();
    EXPECT_EQ(json.front(), '{');
    EXPECT_EQ(json.substr(json.size() - 2), "}\n");
    EXPECT_EQ(std::count(json.begin(), json.end(), '{'), std::count(json.begin(), json.end(), '}'));
    for (const Row& row : rows()) {
        EXPECT_NE(json.find("\"name\":\"" + std::string(row.name) +
                            "\",\"number\":" + std::to_string(row.number)),
                  std::string::npos)
            << row.name;
    }
    for (const Defence& defence : defences()) {
        EXPECT_NE(json.find("{\"name\":\"" + std::string(defence.name) + "\""), std::string::npos)
            << defence.name;
    }
    for (const Answer& answer : answers()) {
        EXPECT_NE(json.find("{\"name\":\"" + std::string(answer.name) + "\""), std::string::npos)
            << answer.name;
    }
    EXPECT_NE(json.find("\"x32\":0,\"i386\":0"), std::string::npos) << json;
}

}  // namespace
}  // namespace cloister::sandbox
