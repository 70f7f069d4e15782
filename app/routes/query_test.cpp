// SPDX-License-Identifier: MIT
#include "routes/query.h"

#include <gtest/gtest.h>

namespace cloister::routes {
namespace {

std::string shown(std::string_view query) {
    const auto parameters = parse_query(query);
    if (!parameters) {
        return "refused";
    }
    std::string text;
    for (const auto& [name, value] : *parameters) {
        text.append("[").append(name).append("=").append(value).append("]");
    }
    return text;
}

struct Case {
    std::string_view query;
    std::string_view parameters;
};

TEST(Query, ReadsFormsAsTheUrlStandardDoes) {
    const Case cases[] = {
        {"", ""},
        {"a=1", "[a=1]"},
        {"a=1&b=2", "[a=1][b=2]"},
        {"a=1&a=2&a=1", "[a=1][a=2][a=1]"},
        {"a", "[a=]"},
        {"a=", "[a=]"},
        {"a=b=c", "[a=b=c]"},
        {"&&a=1&&b=2&", "[a=1][b=2]"},
        {"=1&a=2", "[a=2]"},
        {"a+b=c+d", "[a b=c d]"},
        {"%61=%62%2b%26%3D", "[a=b+&=]"},
        {"a=%C3%a9", "[a=\xc3\xa9]"},
        {"a=%", "[a=%]"},
        {"a=%4", "[a=%4]"},
        {"a=%zz", "[a=%zz]"},
        {"a=%4z", "[a=%4z]"},
        {"a=%-1", "[a=%-1]"},
        {"a=%+1", "[a=% 1]"},
        {"a=%%41", "[a=%A]"},
        {"a=%2541", "[a=%41]"},
        {"a=%u0041", "[a=%u0041]"},
    };
    for (const Case& row : cases) {
        EXPECT_EQ(shown(row.query), row.parameters) << row.query;
    }
}

TEST(Query, KeepsADecodedZeroByteAsAByte) {
    const auto parameters = parse_query("a=b%00c");
    ASSERT_TRUE(parameters);
    EXPECT_EQ(parameters->front().second, std::string("b\0c", 3));
}

std::string parameters_in_number(std::size_t count) {
    std::string query;
    for (std::size_t i = 0; i < count; ++i) {
        query += "a=1&";
    }
    return query;
}

TEST(Query, TakesParametersUpToTheLimit) {
    const auto parameters = parse_query(parameters_in_number(parameter_count));
    ASSERT_TRUE(parameters);
    EXPECT_EQ(parameters->size(), parameter_count);
}

TEST(Query, RefusesOneParameterMoreThanTheLimit) {
    EXPECT_FALSE(parse_query(parameters_in_number(parameter_count + 1)));
}

}  // namespace
}  // namespace cloister::routes
