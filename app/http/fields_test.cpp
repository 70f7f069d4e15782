// SPDX-License-Identifier: MIT
#include "http/fields.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

namespace cloister::http {
namespace {

TEST(Fields, KnowTokens) {
    for (const std::string_view text : {"a", "Z", "0", "!#$%&'*+-.^_`|~", "content-length"}) {
        EXPECT_TRUE(is_token(text)) << text;
    }
    for (const std::string_view text :
         {"",    " ",   "a b", "a:",  ":a",   "a\t",   "a\r", "(a)", "a,b",  "a/b",  "a;b",
          "a=b", "a?b", "a@b", "[a]", "a\\b", "\"a\"", "{a}", "<a>", "\x7f", "\x80", "\xc3\xa4"}) {
        EXPECT_FALSE(is_token(text)) << text;
    }
    EXPECT_FALSE(is_token(std::string_view("a\0", 2)));
}

TEST(Fields, LetNoControlIntoAValueButTheTab) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string value = {'a', static_cast<char>(byte), 'b'};
        const bool control = (byte < 0x20 && byte != '\t') || byte == 0x7f;
        EXPECT_EQ(is_field_value(value), !control) << byte;
    }
    EXPECT_TRUE(is_field_value(""));
}

TEST(Fields, CompareWithoutCase) {
    EXPECT_TRUE(equals_ignoring_case("CoNNection", "connection"));
    EXPECT_TRUE(equals_ignoring_case("", ""));
    EXPECT_FALSE(equals_ignoring_case("connectio", "connection"));
    EXPECT_FALSE(equals_ignoring_case("connection", "connectiom"));
    EXPECT_FALSE(equals_ignoring_case("[", "{")) << "one bit apart, as letters of two cases are";
    EXPECT_FALSE(equals_ignoring_case("\xc4", "\xe4")) << "ASCII only";
}

TEST(Fields, BecomeLowerCase) {
    EXPECT_EQ(lower_case("X-Frame-Options@[`{\xc4"), "x-frame-options@[`{\xc4");
    EXPECT_EQ(lower_case(""), "");
}

TEST(Fields, LoseTheWhiteSpaceAround) {
    EXPECT_EQ(trim(" \t a \t b\t "), "a \t b");
    EXPECT_EQ(trim("\ra\n"), "\ra\n") << "spaces and tabs only";
    EXPECT_EQ(trim(" \t "), "");
    EXPECT_EQ(trim(""), "");
}

TEST(Fields, KnowWhatBelongsToAConnection) {
    for (const std::string_view name :
         {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"}) {
        EXPECT_TRUE(is_connection_specific(name)) << name;
    }
    for (const std::string_view name : {"", "te", "trailer", "host", "upgrade-insecure-requests"}) {
        EXPECT_FALSE(is_connection_specific(name)) << name;
    }
}

TEST(Fields, AreKnownByTheirNames) {
    constexpr std::array<std::pair<std::string_view, Known>, 6> rows = {{
        {"Host", Known::host},
        {"TE", Known::te},
        {"te", Known::te},
        {"IF-Modified-SINCE", Known::if_modified_since},
        {"if-modified-sinc", Known::other},
        {"x", Known::other},
    }};
    for (const auto& [name, known] : rows) {
        EXPECT_EQ(classify(name), known) << name;
    }
}

TEST(Fields, AreFoundInTheRequestTheyWereAppendedTo) {
    Request request;
    append_field("Range", "bytes=0-", request);
    append_field("X-Other", "", request);
    ASSERT_EQ(request.fields.size(), 2U);
    EXPECT_EQ(request.fields[1].name, "X-Other");
    EXPECT_EQ(request.field(Known::range), "bytes=0-");
    EXPECT_FALSE(request.field(Known::host));
}

TEST(ContentLength, IsDigits) {
    std::uint64_t length = 9;
    EXPECT_TRUE(parse_content_length("0", length));
    EXPECT_EQ(length, 0U);
    EXPECT_TRUE(parse_content_length("005", length));
    EXPECT_EQ(length, 5U);
    EXPECT_TRUE(parse_content_length("999999999999999999", length));
    EXPECT_EQ(length, 999'999'999'999'999'999U);
}

TEST(ContentLength, IsNothingElse) {
    std::uint64_t length = 0;
    for (const std::string_view value : {"", " ", "5 ", " 5", "+5", "-5", "5,5", "5x", "0x5", "5.0",
                                         "9999999999999999999", "18446744073709551617"}) {
        EXPECT_FALSE(parse_content_length(value, length)) << value;
    }
}

TEST(Expectation, IsA100OrNone) {
    Request request;
    bool expects_continue = true;
    EXPECT_EQ(decide_expectation(request, expects_continue), 0);
    EXPECT_FALSE(expects_continue);
    append_field("Expect", "100-Continue", request);
    EXPECT_EQ(decide_expectation(request, expects_continue), 0);
    EXPECT_TRUE(expects_continue);
    append_field("Expect", "200-ok", request);
    EXPECT_EQ(decide_expectation(request, expects_continue), 417);
}

}  // namespace
}  // namespace cloister::http
