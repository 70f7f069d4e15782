// SPDX-License-Identifier: MIT
#include "base/output.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <string>

#include "base/check.h"
#include "base/fd.h"

namespace cloister::base {
namespace {

// Sends all of it, at most `step` bytes at once. Memory only.
std::string sent(Output& output, std::uint64_t step) {
    std::string text;
    while (!output.empty()) {
        const Output::Front front = output.front();
        const std::uint64_t bytes = std::min(step, front.length);
        text.append(front.data, bytes);
        output.consume(bytes);
    }
    return text;
}

TEST(Output, IsEmptyAtFirst) {
    const Output output;
    EXPECT_TRUE(output.empty());
    EXPECT_EQ(output.size(), 0U);
}

TEST(Output, IgnoresPiecesWithoutBytes) {
    Output output;
    output.append("");
    output.lend("");
    output.give("");
    output.append_file(3, 100, 0);
    EXPECT_TRUE(output.empty());
    output.append("a");
    output.lend("");
    EXPECT_TRUE(output.front().last);
}

TEST(Output, KeepsTheOrderHoweverItIsSent) {
    for (const std::uint64_t step : {1U, 2U, 3U, 5U, 100U}) {
        Output output;
        output.append("one ");
        output.lend("two ");
        output.append("three ");
        output.give("four ");
        output.append("five ");
        output.append("six");
        EXPECT_EQ(output.size(), 27U);
        EXPECT_EQ(sent(output, step), "one two three four five six") << step;
        EXPECT_TRUE(output.empty());
    }
}

TEST(Output, JoinsTextThatFollowsText) {
    Output output;
    output.append("head");
    output.append("body");
    EXPECT_EQ(output.front().length, 8U);
    EXPECT_TRUE(output.front().last);
}

TEST(Output, GrowsTextThatIsPartlySent) {
    Output output;
    output.append("head");
    output.consume(3);
    output.append("body");
    const Output::Front front = output.front();
    EXPECT_EQ(std::string(front.data, front.length), "dbody");
}

TEST(Output, CopiesWhatIsAppended) {
    Output output;
    std::string text = "mine";
    output.append(text);
    text = "gone";
    EXPECT_EQ(sent(output, 100), "mine");
}

TEST(Output, LendsWithoutACopy) {
    const std::string page(100, 'p');
    Output output;
    output.append("x");
    output.lend(page);
    EXPECT_FALSE(output.front().last);
    output.consume(1);
    EXPECT_TRUE(output.front().data == page.data());
    output.consume(40);
    EXPECT_TRUE(output.front().data == page.data() + 40);
    EXPECT_EQ(output.front().length, 60U);
}

TEST(Output, TakesOverWithoutACopy) {
    std::string page(100, 'p');
    const char* const bytes = page.data();
    Output output;
    output.give(std::move(page));
    EXPECT_TRUE(output.front().data == bytes);
}

TEST(Output, KeepsShortOwnedBytesWhenMorePiecesCome) {
    Output output;
    std::string expected;
    for (int piece = 0; piece < 100; ++piece) {
        output.give("short");  // Lives inside its string object, which moves when the list grows.
        expected += "short";
    }
    EXPECT_EQ(sent(output, 3), expected);
}

TEST(Output, WalksThroughAFile) {
    Output output;
    output.append_file(7, 1000, 5'000'000'000);
    Output::Front front = output.front();
    EXPECT_EQ(front.data, nullptr);
    EXPECT_EQ(front.fd, 7);
    EXPECT_EQ(front.offset, 1000U);
    EXPECT_EQ(front.length, 5'000'000'000U);
    output.consume(4'999'999'999);
    front = output.front();
    EXPECT_EQ(front.offset, 5'000'000'999U);
    EXPECT_EQ(front.length, 1U);
    EXPECT_EQ(output.size(), 1U);
    output.consume(1);
    EXPECT_TRUE(output.empty());
}

// A file with this text, whose name is gone.
Fd file_of(std::string_view content) {
    Fd file(check(::memfd_create("test", MFD_CLOEXEC), "make a file"));
    check(::write(file.get(), content.data(), content.size()), "write a file");
    return file;
}

// What copy_next() copies into room for `size` bytes.
std::string next(const Output& output, std::size_t size) {
    std::string room(size, '?');
    room.resize(output.copy_next(room));
    return room;
}

TEST(Output, CopiesWhatComesNextAcrossPiecesAndFilesAndKeepsIt) {
    const Fd file = file_of("0123456789");
    Output output;
    output.append("head ");
    output.append_file(file.get(), 2, 4);
    output.lend(" lent");
    EXPECT_EQ(next(output, 0), "");
    EXPECT_EQ(next(output, 3), "hea");
    EXPECT_EQ(next(output, 7), "head 23");
    EXPECT_EQ(next(output, 100), "head 2345 lent");
    EXPECT_EQ(output.size(), 14U);
    output.consume(6);
    EXPECT_EQ(next(output, 100), "345 lent");
    output.consume(8);
    EXPECT_TRUE(output.empty());
}

TEST(Output, CopiesNoMoreThanAFileThatBecameShorterHas) {
    const Fd file = file_of("0123");
    Output output;
    output.append("head ");
    output.append_file(file.get(), 0, 10);
    output.lend(" never");
    EXPECT_EQ(next(output, 100), "head 0123");
    output.consume(9);
    EXPECT_EQ(next(output, 100), "");
}

TEST(Output, ForgetsEverythingWhenCleared) {
    Output output;
    output.append("a");
    output.lend("b");
    output.consume(1);
    output.clear();
    EXPECT_TRUE(output.empty());
    output.append("new");
    EXPECT_EQ(sent(output, 100), "new");
}

// Any mixture of writing and sending against a plain string.
TEST(Output, AgreesWithAString) {
    const std::string memory = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::minstd_rand random(1);  // NOLINT(cert-msc51-cpp): the same run each time.
    const auto any = [&random](std::size_t below) { return random() % below; };
    Output output;
    std::string expected;
    std::string actual;
    for (int turn = 0; turn < 20'000; ++turn) {
        const std::string_view bytes = std::string_view(memory).substr(any(20), any(16));
        switch (any(4)) {
            case 0:
                output.append(bytes);
                expected += bytes;
                break;
            case 1:
                output.lend(bytes);
                expected += bytes;
                break;
            case 2:
                output.give(std::string(bytes));
                expected += bytes;
                break;
            default:
                for (std::size_t times = any(4); times > 0 && !output.empty(); --times) {
                    const std::string some = next(output, 1 + any(40));
                    actual += some;
                    output.consume(some.size());
                }
        }
        ASSERT_EQ(output.size(), expected.size() - actual.size());
    }
    actual += sent(output, 7);
    EXPECT_EQ(actual, expected);
}

}  // namespace
}  // namespace cloister::base
