// SPDX-License-Identifier: MIT
// The socket below TLS, tried through its BIO.
#include "transport/tls_wire.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <string>

#include "base/check.h"
#include "transport/tls_handles.h"

namespace cloister::transport {
namespace {

class WireTest : public testing::Test {
  protected:
    WireTest() : WireTest(ends()) {}

    static std::array<int, 2> ends() {
        std::array<int, 2> made{};
        base::check(
            ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, made.data()),
            "make a socket pair");
        return made;
    }

    explicit WireTest(std::array<int, 2> ends) : peer(ends[1]), wire(base::Fd(ends[0])) {
        wire.attach(tls.get());
        bio = ::SSL_get_rbio(tls.get());
    }

    void send(std::string_view text) const {
        base::check(::send(peer.get(), text.data(), text.size(), MSG_NOSIGNAL), "send");
    }

    // What OpenSSL gets when it asks for `size` bytes; "again" or "failed" if none.
    [[nodiscard]] std::string read(std::size_t size) const {
        std::string text(size, '\0');
        const int count = ::BIO_read(bio, text.data(), static_cast<int>(size));
        if (count < 0) {
            return BIO_should_retry(bio) != 0 ? "again" : "failed";
        }
        text.resize(static_cast<std::size_t>(count));
        return text;
    }

    [[nodiscard]] int write(std::string_view text) const {
        return ::BIO_write(bio, text.data(), static_cast<int>(text.size()));
    }

    [[nodiscard]] std::string arrived() const {
        std::string text(1 << 20, '\0');
        const ssize_t count = ::recv(peer.get(), text.data(), text.size(), 0);
        text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        return text;
    }

    // Writes until the kernel takes no more. Returns what was written.
    std::string fill() {
        std::string all;
        while (!wire.has_unsent()) {
            const std::string piece(1000, static_cast<char>('a' + all.size() / 1000 % 26));
            EXPECT_EQ(write(piece), 1000);
            all += piece;
        }
        return all;
    }

    base::Fd peer;
    Wire wire;
    SslSettings settings{::SSL_CTX_new(::TLS_server_method())};
    SslConnection tls{::SSL_new(settings.get())};
    BIO* bio = nullptr;
};

TEST_F(WireTest, DoesNotAskASocketThatItHasEmptied) {
    send("abc");
    EXPECT_EQ(read(2), "ab");
    EXPECT_FALSE(wire.was_spared());
    EXPECT_EQ(read(2), "c");
    send("d");
    EXPECT_EQ(read(2), "again");
    EXPECT_TRUE(wire.was_spared());
    wire.refresh();
    EXPECT_EQ(read(2), "d");
    EXPECT_FALSE(wire.was_spared());
}

TEST_F(WireTest, AsksAgainAfterAReadThatWasFilled) {
    send("ab");
    EXPECT_EQ(read(2), "ab");
    EXPECT_EQ(read(2), "again");
    EXPECT_FALSE(wire.was_spared());  // It was the kernel that had no more.
}

TEST_F(WireTest, FindsTheEnd) {
    send("ab");
    peer = base::Fd();
    EXPECT_EQ(read(2), "ab");
    EXPECT_EQ(read(2), "");
    EXPECT_EQ(BIO_should_retry(bio), 0);
}

TEST_F(WireTest, SendsAtOnceUnlessHeld) {
    EXPECT_EQ(write("now"), 3);
    EXPECT_FALSE(wire.has_unsent());
    EXPECT_EQ(arrived(), "now");
    wire.hold(true);
    EXPECT_EQ(write("one"), 3);
    EXPECT_EQ(write("two"), 3);
    EXPECT_TRUE(wire.has_unsent());
    EXPECT_EQ(arrived(), "");
    wire.hold(false);
    EXPECT_EQ(wire.flush(), State::ok);
    EXPECT_EQ(arrived(), "onetwo");
    EXPECT_EQ(wire.sent_bytes(), 9U);
}

TEST_F(WireTest, KeepsTheOrderWhenTheKernelTakesNoMore) {
    std::string all = fill();
    EXPECT_EQ(write("more"), 4);
    all += "more";
    std::string got;
    State state = State::again;
    while (state == State::again) {
        got += arrived();
        state = wire.flush();
    }
    EXPECT_EQ(state, State::ok);
    for (std::string part = arrived(); !part.empty(); part = arrived()) {
        got += part;
    }
    EXPECT_TRUE(got == all);
    EXPECT_EQ(wire.sent_bytes(), all.size());
    EXPECT_FALSE(wire.has_unsent());
}

TEST_F(WireTest, SaysAgainWhileThePeerDoesNotRead) {
    fill();
    EXPECT_EQ(wire.flush(), State::again);
    EXPECT_TRUE(wire.has_unsent());
}

TEST_F(WireTest, IsClosedOnceThePeerHasGone) {
    peer = base::Fd();
    EXPECT_EQ(write("text"), -1);
    EXPECT_EQ(BIO_should_retry(bio), 0);
    EXPECT_EQ(wire.flush(), State::closed);
    EXPECT_FALSE(wire.has_unsent());
}

TEST_F(WireTest, IsClosedOnceItHasGivenUp) {
    send("text");
    wire.give_up();
    EXPECT_EQ(read(2), "failed");
    EXPECT_EQ(write("text"), -1);
    EXPECT_EQ(wire.flush(), State::closed);
    EXPECT_EQ(arrived(), "");
}

TEST_F(WireTest, HasNothingToFlushItself) {
    EXPECT_EQ(::BIO_ctrl(bio, BIO_CTRL_FLUSH, 0, nullptr), 1);
    EXPECT_EQ(::BIO_ctrl(bio, BIO_CTRL_GET_KTLS_SEND, 0, nullptr), 0);
}

}  // namespace
}  // namespace cloister::transport
