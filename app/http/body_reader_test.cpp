// SPDX-License-Identifier: MIT
#include "http/body_reader.h"

#include <gtest/gtest.h>

#include <array>
#include <initializer_list>
#include <string>

#include "base/limits.h"

namespace cloister::http {
namespace {

namespace limits = base::limits;

constexpr Framing chunked{.chunked = true};

constexpr Framing of_length(std::uint64_t length) {
    return {.content_length = length};
}

struct Read {
    std::string body;
    std::size_t taken = 0;
    bool complete = false;
    int refused = 0;

    bool operator==(const Read&) const = default;
};

// Feeds `input` in two parts, as a session does: until the end or a refusal.
Read read(std::string_view input, const Framing& framing = chunked, std::uint64_t limit = 1000,
          std::size_t split = 0) {
    BodyReader reader(framing, limit, true);
    Read result;
    for (const std::string_view part : {input.substr(0, split), input.substr(split)}) {
        result.taken += reader.take(part, result.body);
    }
    result.complete = reader.complete();
    result.refused = reader.refused();
    return result;
}

void refuse_all(std::initializer_list<std::string> inputs) {
    for (const std::string& input : inputs) {
        EXPECT_EQ(read(input).refused, 400) << input;
        EXPECT_FALSE(read(input).complete) << input;
    }
}

TEST(BodyReader, IsCompleteAtOnceWithoutABody) {
    EXPECT_EQ(read("next", of_length(0)), (Read{.body = "", .taken = 0, .complete = true}));
}

TEST(BodyReader, TakesItsLengthAndNoMore) {
    EXPECT_EQ(read("hello", of_length(5)), (Read{.body = "hello", .taken = 5, .complete = true}));
    EXPECT_EQ(read("helloGET /", of_length(5)),
              (Read{.body = "hello", .taken = 5, .complete = true}));
    EXPECT_EQ(read("hell", of_length(5)), (Read{.body = "hell", .taken = 4, .complete = false}));
}

TEST(BodyReader, TakesChunksAndNoMore) {
    const std::string whole = "5\r\nhello\r\n1;a=\"b\"\r\n \r\n00A\r\n0123456789\r\n0\r\n\r\n";
    const Read expected{.body = "hello 0123456789", .taken = whole.size(), .complete = true};
    EXPECT_EQ(read(whole), expected);
    EXPECT_EQ(read(whole + "GET /"), expected);
}

TEST(BodyReader, ReadsAndDropsTrailers) {
    const std::string whole = "1\r\na\r\n0;last\r\nDigest: x\r\nHost:\r\nX:\t y \r\n\r\n";
    EXPECT_EQ(read(whole), (Read{.body = "a", .taken = whole.size(), .complete = true}));
}

TEST(BodyReader, DoesNotDependOnHowTheInputWasSplit) {
    for (const std::string input :
         {"5\r\nhello\r\n1;a=\"b\"\r\n \r\n00A\r\n0123456789\r\n0\r\nT: v\r\n\r\n",
          "5\r\nhelloX\r\n0\r\n\r\n", "5\nhello", "-1\r\n", "3\r\nabc\r\n3e8\r\n",
          "0\r\nbad trailer\r\n\r\n", "0\r\n\n"}) {
        const Read whole = read(input);
        for (std::size_t split = 1; split <= input.size(); ++split) {
            const Read parts = read(input, chunked, 1000, split);
            EXPECT_EQ(parts.complete, whole.complete) << input << " at " << split;
            EXPECT_EQ(parts.refused, whole.refused) << input << " at " << split;
            EXPECT_EQ(parts.body, whole.body) << input << " at " << split;
        }
        BodyReader reader(chunked, 1000, true);
        std::string body;
        for (const char byte : input) {
            reader.take({&byte, 1}, body);
        }
        EXPECT_EQ(body, whole.body) << input;
        EXPECT_EQ(reader.complete(), whole.complete) << input;
        EXPECT_EQ(reader.refused(), whole.refused) << input;
    }
}

TEST(BodyReader, RefusesMalformedSizes) {
    refuse_all({"\r\n",
                "0x5\r\n",
                "-1\r\n",
                "+5\r\n",
                " 5\r\n",
                "5 \r\n",
                "5\t;a\r\n",
                "5 ;a\r\n",
                "g\r\n",
                ";a\r\n",
                "5,5\r\n",
                "5.0\r\n",
                "\"5\"\r\n",
                "5\r\r\n",
                "5\r;a\r\n",
                "5;a\rb\r\n",
                "5;\x01\r\n",
                "\xef\xbc\x95\r\n",
                std::string("5;\0\r\n", 5),
                std::string("5\0\r\n", 4)});
}

TEST(BodyReader, RefusesSizesThatOverflow) {
    refuse_all({"10000000000000000\r\n", "ffffffffffffffffffffffffffffffff\r\n",
                "fffffffffffffff0\r\n", "00000000000000005\r\n"});
    EXPECT_EQ(read("fffffffffffffff\r\n").refused, 413);
}

TEST(BodyReader, RefusesBareLineFeeds) {
    refuse_all({"5\nhello\r\n0\r\n\r\n", "\n", "5;a\n", "5\r\nhello\n", "5\r\nhello\n0\r\n\r\n",
                "0\r\n\n", "0\r\nT: v\n\r\n", "0\n\n"});
}

TEST(BodyReader, RefusesAChunkThatIsNotAsLongAsItSays) {
    refuse_all({"5\r\nhelloX\r\n", "5\r\nhell\r\n0\r\n\r\n", "5\r\nhello \r\n", "5\r\nhello\r\r\n",
                "5\r\nhello0\r\n\r\n"});
}

TEST(BodyReader, RefusesMalformedTrailers) {
    refuse_all({"0\r\nno colon\r\n", "0\r\n: v\r\n", "0\r\nT : v\r\n", "0\r\nT: v\r\n folded\r\n",
                "0\r\nT: a\rb\r\n", "0\r\nT: \x01\r\n", "0\r\nT: \x7f\r\n",
                "0\r\nGET / HTTP/1.1\r\n", std::string("0\r\nT: \0\r\n", 9)});
}

TEST(BodyReader, LimitsASizeLine) {
    const std::string just = "1;" + std::string(limits::chunk_line_bytes - 4, 'x');
    EXPECT_EQ(read(just + "\r\n").refused, 0);
    EXPECT_EQ(read(just + "x\r\n").refused, 400);
    EXPECT_EQ(read(just + "xxx").refused, 400) << "without waiting for its end";
}

TEST(BodyReader, LimitsATrailerLine) {
    const std::string just = "0\r\nT:" + std::string(limits::trailer_bytes - 4, 'x');
    EXPECT_EQ(read(just + "\r\n").refused, 0);
    EXPECT_EQ(read(just + "x\r\n").refused, 400);
    EXPECT_EQ(read(just + "xxx").refused, 400) << "without waiting for its end";
}

TEST(BodyReader, LimitsAllTrailersTogether) {
    std::string input = "0\r\n";
    for (std::size_t bytes = 0; bytes < limits::trailer_bytes; bytes += 64) {
        input += "T:" + std::string(62, 'x') + "\r\n";
    }
    EXPECT_TRUE(read(input + "\r\n").complete);
    EXPECT_EQ(read(input + "T:\r\n\r\n").refused, 400);
}

TEST(BodyReader, RefusesALengthAboveTheLimitBeforeAnyByte) {
    EXPECT_EQ(BodyReader(of_length(1000), 1000, true).refused(), 0);
    EXPECT_EQ(BodyReader(of_length(1001), 1000, true).refused(), 413);
    EXPECT_EQ(BodyReader(of_length(1), 0, true).refused(), 413);
}

TEST(BodyReader, RefusesChunksAboveTheLimitTogether) {
    EXPECT_TRUE(read("5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n", chunked, 10).complete);
    EXPECT_EQ(read("5\r\nhello\r\n6\r\n", chunked, 10).refused, 413);
    EXPECT_EQ(read("b\r\n", chunked, 10).refused, 413);
    EXPECT_EQ(read("a\r\n0123456789\r\nfffffffffffffff\r\n", chunked, 10).refused, 413);
}

TEST(BodyReader, TakesNothingAfterARefusal) {
    BodyReader reader(chunked, 10, true);
    std::string body;
    reader.take("x\r\n", body);
    EXPECT_EQ(reader.take("5\r\nhello\r\n", body), 0U);
    EXPECT_EQ(reader.refused(), 400);
    EXPECT_EQ(body, "");
}

TEST(BodyReader, DropsWhatIsNotKept) {
    BodyReader reader(chunked, 10, false);
    std::string body;
    EXPECT_EQ(reader.take("5\r\nhello\r\n0\r\n\r\n", body), 15U);
    EXPECT_TRUE(reader.complete());
    EXPECT_EQ(body, "");
}

}  // namespace
}  // namespace cloister::http
