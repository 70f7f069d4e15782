// SPDX-License-Identifier: MIT
#include "transport/plain.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <utility>

#include "base/check.h"

namespace cloister::transport {
namespace {

// A transport and the peer's end of its connection, which is non-blocking as well.
struct Pair {
    Plain plain;
    base::Fd peer;
};

Pair socket_pair() {
    std::array<int, 2> ends{};
    base::check(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()),
                "make a socket pair");
    return {Plain(base::Fd(ends[0])), base::Fd(ends[1])};
}

Pair loopback_pair() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const name = reinterpret_cast<sockaddr*>(&address);
    socklen_t length = sizeof address;
    const base::Fd listener(
        base::check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    base::check(::bind(listener.get(), name, length), "bind");
    base::check(::listen(listener.get(), 1), "listen");
    base::check(::getsockname(listener.get(), name, &length), "getsockname");
    base::Fd peer(base::check(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    base::check(::connect(peer.get(), name, length), "connect");
    base::Fd own(base::check(
        ::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC), "accept"));
    return {Plain(std::move(own)), std::move(peer)};
}

base::Fd file_of(std::string_view content) {
    base::Fd file(base::check(::memfd_create("test", MFD_CLOEXEC), "make a file"));
    base::check(::write(file.get(), content.data(), content.size()), "write a file");
    return file;
}

// All that has arrived at the peer; waits for nothing.
std::string arrived(const base::Fd& peer) {
    std::string text;
    std::array<char, 65536> buffer{};
    ssize_t count = 0;
    while ((count = ::recv(peer.get(), buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0) {
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
}

void send_from(const base::Fd& peer, std::string_view bytes) {
    base::check(::send(peer.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), "send");
}

// Closes with a reset instead of an end (SO_LINGER of zero, socket(7)).
void reset(base::Fd peer) {
    const linger none{.l_onoff = 1, .l_linger = 0};
    base::check(::setsockopt(peer.get(), SOL_SOCKET, SO_LINGER, &none, sizeof none), "linger");
}

// --- Reading -----------------------------------------------------------------------------------

TEST(PlainRead, TakesWhatCameAndSaysAgainWhenThatWasAll) {
    Pair pair = socket_pair();
    send_from(pair.peer, "hello");
    std::array<char, 16> buffer{};
    const Io io = pair.plain.read(buffer);
    EXPECT_EQ(io.state, State::again);
    EXPECT_EQ(std::string(buffer.data(), io.bytes), "hello");
}

TEST(PlainRead, SaysOkWhenThereMayBeMore) {
    Pair pair = socket_pair();
    send_from(pair.peer, "hello");
    std::array<char, 5> buffer{};
    const Io io = pair.plain.read(buffer);
    EXPECT_EQ(io.state, State::ok);
    EXPECT_EQ(io.bytes, 5U);
}

TEST(PlainRead, SaysAgainWhenNothingCame) {
    Pair pair = socket_pair();
    std::array<char, 5> buffer{};
    const Io io = pair.plain.read(buffer);
    EXPECT_EQ(io.state, State::again);
    EXPECT_EQ(io.bytes, 0U);
}

TEST(PlainRead, SaysClosedAtTheEndAndNotBefore) {
    Pair pair = socket_pair();
    send_from(pair.peer, "last words");
    base::check(::shutdown(pair.peer.get(), SHUT_WR), "shutdown");
    std::array<char, 64> buffer{};
    EXPECT_EQ(pair.plain.read(buffer).bytes, 10U);
    const Io io = pair.plain.read(buffer);
    EXPECT_EQ(io.state, State::closed);
    EXPECT_EQ(io.bytes, 0U);
}

TEST(PlainRead, SaysClosedAfterAReset) {
    Pair pair = loopback_pair();
    reset(std::move(pair.peer));
    std::array<char, 64> buffer{};
    EXPECT_EQ(pair.plain.read(buffer).state, State::closed);
}

// --- Writing -----------------------------------------------------------------------------------

TEST(PlainWrite, SendsEveryKindOfPieceInOrder) {
    for (Pair (*const make)() : {&socket_pair, &loopback_pair}) {
        Pair pair = make();
        const base::Fd file = file_of("0123456789");
        base::Output output;
        output.append("text,");
        output.lend("lent,");
        output.give("owned,");
        output.append_file(file.get(), 2, 3);
        output.append(",text");
        const Io io = pair.plain.write(output, {});
        EXPECT_EQ(io.state, State::ok);
        EXPECT_EQ(io.bytes, 24U);
        EXPECT_TRUE(output.empty());
        EXPECT_EQ(arrived(pair.peer), "text,lent,owned,234,text");
    }
}

// Datagrams, because they keep apart what was sent by two calls.
TEST(PlainWrite, SendsAHeadTogetherWithTheBeginningOfWhatFollows) {
    std::array<int, 2> ends{};
    base::check(
        ::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()),
        "make a socket pair");
    Plain plain((base::Fd(ends[0])));
    const base::Fd peer(ends[1]);
    const base::Fd file = file_of(std::string(40'000, 'f'));
    const std::string lent(50'000, 'l');
    std::array<char, 65536> scratch{};
    for (const bool is_file : {true, false}) {
        base::Output output;
        output.append("head");
        if (is_file) {
            output.append_file(file.get(), 0, 40'000);
        } else {
            output.lend(lent);
        }
        const std::uint64_t all = output.size();
        EXPECT_EQ(plain.write(output, scratch).bytes, all);
        std::array<char, 65536> got{};
        const ssize_t first = ::recv(peer.get(), got.data(), got.size(), 0);
        EXPECT_EQ(first, 16 * 1024);
        EXPECT_EQ(std::string_view(got.data(), 5), is_file ? "headf" : "headl");
        EXPECT_EQ(arrived(peer).size(), all - 16 * 1024);
    }
}

TEST(PlainWrite, DoesNotMoveTheOffsetOfTheFile) {
    Pair pair = socket_pair();
    const base::Fd file = file_of("0123456789");
    base::check(::lseek(file.get(), 1, SEEK_SET), "seek");
    base::Output output;
    output.append_file(file.get(), 5, 5);
    output.append_file(file.get(), 0, 5);
    pair.plain.write(output, {});
    EXPECT_EQ(arrived(pair.peer), "5678901234");
    EXPECT_EQ(::lseek(file.get(), 0, SEEK_CUR), 1);
}

TEST(PlainWrite, OfNothingIsOk) {
    Pair pair = socket_pair();
    base::Output output;
    const Io io = pair.plain.write(output, {});
    EXPECT_EQ(io.state, State::ok);
    EXPECT_EQ(io.bytes, 0U);
}

// A peer that reads late gets everything, and nothing twice, whatever the pieces were.
TEST(PlainWrite, GoesOnWhereAFullSocketStoppedIt) {
    for (Pair (*const make)() : {&socket_pair, &loopback_pair}) {
        Pair pair = make();
        std::string big(8 * 1024 * 1024, '\0');
        for (std::size_t index = 0; index < big.size(); ++index) {
            big[index] = static_cast<char>('a' + index % 23);
        }
        const base::Fd file = file_of(big);
        base::Output output;
        output.append("begin");
        output.lend(big);
        output.append_file(file.get(), 0, big.size());
        output.give(big);
        output.append("end");
        std::string received;
        int crowded = 0;
        while (!output.empty()) {
            const std::uint64_t before = output.size();
            const Io io = pair.plain.write(output, {});
            ASSERT_NE(io.state, State::closed);
            ASSERT_EQ(before - output.size(), io.bytes);
            if (io.state == State::again) {
                ++crowded;
                received += arrived(pair.peer);
            }
        }
        // Loopback may hand over its last bytes a moment later: the blocking peer waits for them.
        std::array<char, 65536> buffer{};
        base::check(::shutdown(pair.plain.descriptor(), SHUT_WR), "shutdown");
        base::check(::fcntl(pair.peer.get(), F_SETFL, 0), "block");
        ssize_t count = 0;
        while ((count = ::recv(pair.peer.get(), buffer.data(), buffer.size(), 0)) > 0) {
            received.append(buffer.data(), static_cast<std::size_t>(count));
        }
        EXPECT_GT(crowded, 0);
        EXPECT_TRUE(received == "begin" + big + big + big + "end") << received.size();
    }
}

TEST(PlainWrite, GivesOthersATurnAfterItsShare) {
    Pair pair = socket_pair();
    base::Output output;
    for (int piece = 0; piece < 100; ++piece) {
        output.give("0123456789");
    }
    const Io io = pair.plain.write(output, {});
    EXPECT_EQ(io.state, State::ok);
    EXPECT_GT(io.bytes, 0U);
    EXPECT_LT(io.bytes, 500U);
    EXPECT_FALSE(output.empty());
}

TEST(PlainWrite, SaysClosedWithoutASignalWhenThePeerHasGone) {
    Pair pair = socket_pair();
    pair.peer = base::Fd();
    base::Output output;
    output.append("text");
    EXPECT_EQ(pair.plain.write(output, {}).state,
              State::closed);  // SIGPIPE would end this process.
}

TEST(PlainWrite, SaysClosedForAFileToo) {
    Pair pair = socket_pair();
    pair.peer = base::Fd();
    const base::Fd file = file_of("0123456789");
    base::Output output;
    output.append_file(file.get(), 0, 10);
    EXPECT_EQ(pair.plain.write(output, {}).state, State::closed);
}

TEST(PlainWrite, SaysClosedAfterAReset) {
    Pair pair = loopback_pair();
    reset(std::move(pair.peer));
    base::Output output;
    output.append("text");
    EXPECT_EQ(pair.plain.write(output, {}).state, State::closed);
}

// The length was promised in the head: an answer that cannot be completed must not look complete.
TEST(PlainWrite, SaysClosedWhenAFileHasBecomeShorter) {
    Pair pair = socket_pair();
    const base::Fd file = file_of("0123456789");
    base::check(::ftruncate(file.get(), 4), "truncate");
    base::Output output;
    output.append_file(file.get(), 0, 10);
    const Io io = pair.plain.write(output, {});
    EXPECT_EQ(io.state, State::closed);
    EXPECT_EQ(arrived(pair.peer), "0123");
}

TEST(PlainWrite, WorksOnAfterThePeerHasEndedItsSide) {
    Pair pair = loopback_pair();
    base::check(::shutdown(pair.peer.get(), SHUT_WR), "shutdown");
    base::Output output;
    output.append("answer");
    EXPECT_EQ(pair.plain.write(output, {}).state, State::ok);
    EXPECT_EQ(arrived(pair.peer), "answer");
}

TEST(Plain, ClosesItsSocketWhenItGoes) {
    base::Fd peer;
    {
        Pair pair = socket_pair();
        peer = std::move(pair.peer);
    }
    char byte = 0;
    EXPECT_EQ(::recv(peer.get(), &byte, 1, 0), 0);
}

}  // namespace
}  // namespace cloister::transport
