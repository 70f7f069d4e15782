// SPDX-License-Identifier: MIT
#include "site/query.h"

#include <gtest/gtest.h>

#include <string>

#include "site/test_pattern.h"

namespace cloister::site {
namespace {

// What is captured, or "no".
std::string captured(std::string_view query, std::string_view parameters) {
    Captures captures;
    if (!Query(query).has(marked(parameters), captures)) {
        return "no";
    }
    std::string values;
    for (std::size_t index = 0; index < captures.count; ++index) {
        values += "[" + std::string(captures.values.at(index)) + "]";
    }
    return values;
}

TEST(Query, HasWhatIsAskedForInAnyOrderAndMore) {
    EXPECT_EQ(captured("", ""), "");
    EXPECT_EQ(captured("a=1", ""), "");
    EXPECT_EQ(captured("a=1", "a\n1\n"), "");
    EXPECT_EQ(captured("c=3&b=2&a=1", "a\n1\nb\n2\n"), "");
}

TEST(Query, LacksWhatIsMissingOrOther) {
    for (const char* query : {"", "a", "a=", "a=2", "a=11", "A=1", "b=1", "aa=1", "=1"}) {
        EXPECT_EQ(captured(query, "a\n1\n"), "no") << query;
    }
    EXPECT_EQ(captured("a=1", "a\n1\nb\n2\n"), "no");
}

TEST(Query, IsComparedDecoded) {
    EXPECT_EQ(captured("%61=b+c%26", "a\nb c&\n"), "");
    EXPECT_EQ(captured("a", "a\n\n"), "");
    EXPECT_EQ(captured("a=", "a\n\n"), "");
}

TEST(Query, CapturesAValueAsSent) {
    EXPECT_EQ(captured("id=7%20&tag=x", "tag\n$\nid\n$\n"), "[x][7%20]");
    EXPECT_EQ(captured("id=", "id\n$\n"), "no");
    EXPECT_EQ(captured("id", "id\n$\n"), "no");
}

TEST(Query, ChoosesTheParameterThatFits) {
    EXPECT_EQ(captured("a=1&a=2", "a\n2\n"), "");
    EXPECT_EQ(captured("a=&a=2", "a\n$\n"), "[2]");
}

TEST(Query, LosesWhatIsAskedForAndKeepsTheRestAsSent) {
    const std::string parameters = marked("a\n1\nb\n$\n");
    EXPECT_EQ(Query("x=%20&a=1&y&b=2").without(parameters), "x=%20&y");
    EXPECT_EQ(Query("a=1").without(parameters), "");
    EXPECT_EQ(Query("").without(parameters), "");
    EXPECT_EQ(Query("x=1&&y").without(""), "x=1&&y");
}

TEST(Query, IsReadUpToALimit) {
    std::string query;
    for (std::size_t count = 1; count < base::limits::query_parameter_count; ++count) {
        query += "x&";
    }
    EXPECT_EQ(captured(query + "a=1", "a\n1\n"), "");
    EXPECT_EQ(captured(query + "x&a=1", "a\n1\n"), "no");
    EXPECT_EQ(Query(query + "x&a=1&b").without(""), query + "x&a=1&b");
}

}  // namespace
}  // namespace cloister::site
