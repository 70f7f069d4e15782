// SPDX-License-Identifier: MIT
// Reading through TLS: records and their parts, in whatever portions they come.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/limits.h"
#include "transport/test_tls_client.h"
#include "transport/tls.h"

namespace cloister::transport {
namespace {

using namespace test;

constexpr std::array versions = {TLS1_2_VERSION, TLS1_3_VERSION};

// A line whose handshake is over.
class TlsReadTest : public testing::TestWithParam<int> {
  protected:
    TlsReadTest() { line.settle(); }

    Io read() { return line.server->read(buffer); }

    [[nodiscard]] std::string text(const Io& io) const { return {buffer.data(), io.bytes}; }

    Line line{example_keyring(), {.least_version = GetParam(), .most_version = GetParam()}};
    std::array<char, 65536> buffer{};
};

INSTANTIATE_TEST_SUITE_P(Versions, TlsReadTest, testing::ValuesIn(versions));

TEST_P(TlsReadTest, TakesWhatCameAndSaysAgainWhenThatWasAll) {
    line.client->write("hello");
    line.client->step();
    const Io io = read();
    EXPECT_EQ(io.state, State::again);
    EXPECT_EQ(text(io), "hello");
}

TEST_P(TlsReadTest, SaysAgainWhenNothingCame) {
    const Io io = read();
    EXPECT_EQ(io.state, State::again);
    EXPECT_EQ(io.bytes, 0U);
}

TEST_P(TlsReadTest, TakesManyRecordsAtOnce) {
    std::string all;
    for (int record = 0; record < 100; ++record) {
        line.client->write(std::to_string(record));
        all += std::to_string(record);
    }
    line.client->step();
    const Io io = read();
    EXPECT_EQ(io.state, State::again);
    EXPECT_EQ(text(io), all);
}

TEST_P(TlsReadTest, KeepsWhatDoesNotFit) {
    line.client->write("0123456789abcdef");
    line.client->step();
    std::array<char, 5> small{};
    std::string all;
    Io io;
    do {
        io = line.server->read(small);
        all.append(small.data(), io.bytes);
    } while (io.state == State::ok);
    EXPECT_EQ(io.state, State::again);
    EXPECT_EQ(all, "0123456789abcdef");
}

// The loop waits for the next edge after `again`: so nothing may be left where no edge will come.
TEST_P(TlsReadTest, LeavesNothingBehindWhenItSaysAgain) {
    std::string all;
    for (std::size_t size = 1; size < 60000; size = size * 3 + 1) {
        all.append(size, static_cast<char>('a' + size % 26));
        line.client->write(std::string(size, static_cast<char>('a' + size % 26)));
    }
    const std::string records = line.client->records();
    std::size_t step = 1;
    for (std::size_t at = 0; at < records.size(); at += step, step = step * 7 % 50021 + 1) {
        line.client->send(std::string_view(records).substr(at, step));
        Io io;
        do {
            io = read();
            line.received += text(io);
        } while (io.state == State::ok);
        ASSERT_EQ(io.state, State::again);
        char byte = 0;
        ASSERT_LT(::recv(line.server->descriptor(), &byte, 1, MSG_PEEK), 0);
    }
    EXPECT_TRUE(line.received == all) << line.received.size();
}

TEST_P(TlsReadTest, WaitsForTheRestOfARecord) {
    line.client->write("whole");
    const std::string record = line.client->records();
    for (const char byte : record.substr(0, record.size() - 1)) {
        line.client->send({&byte, 1});
        Io io;
        do {
            io = read();
            ASSERT_EQ(io.bytes, 0U);
        } while (io.state == State::ok);
        ASSERT_EQ(io.state, State::again);
    }
    line.client->send(record.substr(record.size() - 1));
    EXPECT_EQ(text(read()), "whole");
}

// Both have come before the first read: no edge will tell of the end.
TEST_P(TlsReadTest, FindsTheEndBehindACutRecord) {
    line.client->write("whole");
    const std::string record = line.client->records();
    for (std::size_t size = 1; size < record.size(); ++size) {
        Line other(example_keyring(), {.least_version = GetParam(), .most_version = GetParam()});
        other.settle();
        other.client->write("whole");
        other.client->send(other.client->records().substr(0, size));
        other.client->close();
        Io io;
        int reads = 0;
        do {
            io = other.server->read(buffer);
            EXPECT_EQ(io.bytes, 0U);
        } while (io.state == State::ok && ++reads < 10);
        EXPECT_EQ(io.state, State::closed) << size;
    }
}

TEST_P(TlsReadTest, HasTheLastWordsAndThenTheEnd) {
    for (const bool told : {true, false}) {
        Line other(example_keyring(), {.least_version = GetParam(), .most_version = GetParam()});
        other.settle();
        other.client->write("last words");
        if (told) {
            ::SSL_shutdown(other.client->tls());
        }
        other.client->step();
        other.client->end_sending();
        const Io first = other.server->read(buffer);
        EXPECT_EQ(text(first), "last words");
        if (first.state != State::closed) {
            EXPECT_EQ(other.server->read(buffer).state, State::closed);
        }
        const Io last = other.server->read(buffer);  // It stays so.
        EXPECT_EQ(last.state, State::closed);
        EXPECT_EQ(last.bytes, 0U);
    }
}

TEST_P(TlsReadTest, AnswersAfterThePeerHasSaidItsEnd) {
    ::SSL_shutdown(line.client->tls());
    line.settle();
    EXPECT_EQ(line.state, State::closed);
    EXPECT_EQ(line.write("answer").state, State::ok);
    line.server->end();
    line.settle();
    EXPECT_EQ(line.client->text, "answer");
    EXPECT_TRUE(line.client->was_told_the_end());
}

TEST_P(TlsReadTest, ClosesOnAForgedRecordAndKeepsWhatCameBefore) {
    line.client->write("good");
    line.client->write("forged");
    std::string records = line.client->records();
    records.back() ^= 1;
    line.client->send(records);
    Io io = read();
    EXPECT_EQ(text(io), "good");
    EXPECT_EQ(io.state, State::closed);
    line.client->step();
    constexpr int bad_record_mac = 20;
    EXPECT_EQ(line.client->alert, bad_record_mac);
    io = read();
    EXPECT_EQ(io.state, State::closed);
    EXPECT_EQ(io.bytes, 0U);
}

// As seqpacket sockets keep calls of send(2) apart: what came in two needs two of recv(2).
TEST_P(TlsReadTest, AsksTheKernelOnceForASmallRequest) {
    Line other(example_keyring(), {.least_version = GetParam(), .most_version = GetParam()},
               SOCK_SEQPACKET);
    other.settle();
    ASSERT_TRUE(other.client->is_connected());
    for (const char* const text : {"first", "second"}) {
        other.client->write(text);
        other.client->send(other.client->records());
    }
    Io io = other.server->read(buffer);
    EXPECT_EQ(text(io), "first");
    EXPECT_EQ(io.state, State::again);
    io = other.server->read(buffer);
    EXPECT_EQ(text(io), "second");
}

}  // namespace
}  // namespace cloister::transport
