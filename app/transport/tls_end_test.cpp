// SPDX-License-Identifier: MIT
// How a connection over TLS ends.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>

#include "base/check.h"
#include "transport/test_tls_client.h"
#include "transport/tls.h"

namespace cloister::transport {
namespace {

using namespace test;

constexpr std::array versions = {TLS1_2_VERSION, TLS1_3_VERSION};

// A line whose handshake is over.
class TlsEndTest : public testing::TestWithParam<int> {
  protected:
    TlsEndTest() { line.settle(); }

    Line line{example_keyring(), {.least_version = GetParam(), .most_version = GetParam()}};
};

INSTANTIATE_TEST_SUITE_P(Versions, TlsEndTest, testing::ValuesIn(versions));

TEST_P(TlsEndTest, TellsTheEndOnce) {
    line.server->end();
    line.client->step();
    EXPECT_TRUE(line.client->was_told_the_end());
    const std::size_t size = line.client->raw.size();
    EXPECT_GT(size, 0U);
    line.server->end();
    line.client->step();
    EXPECT_EQ(line.client->raw.size(), size);
    EXPECT_FALSE(line.client->ended);  // The socket is still there.
}

TEST_P(TlsEndTest, TellsTheEndBehindWhatWaits) {
    const int small = 1;  // The kernel makes it its minimum.
    base::check(
        ::setsockopt(line.server->descriptor(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small),
        "make the buffer small");
    line.write(std::string(60000, 'x'));
    ASSERT_TRUE(line.server->has_unsent());
    line.server->end();
    EXPECT_TRUE(line.server->has_unsent());
    while (line.server->has_unsent()) {
        line.client->step();
        ASSERT_NE(line.write("").state, State::closed);
    }
    line.client->step();
    EXPECT_EQ(line.client->text.size(), 60000U);
    EXPECT_TRUE(line.client->was_told_the_end());
}

TEST_P(TlsEndTest, TellsNoEndAfterAFailure) {
    line.client->keeps_raw_only = true;
    line.client->send("this is no record at all");
    line.read();
    ASSERT_EQ(line.state, State::closed);
    line.client->receive();
    const std::size_t size = line.client->raw.size();
    line.server->end();
    line.client->receive();
    EXPECT_EQ(line.client->raw.size(), size);
    EXPECT_EQ(line.write("text").state, State::closed);
}

TEST_P(TlsEndTest, ReadsOnAfterItsEnd) {
    line.server->end();
    line.client->step();
    line.client->write("late");
    line.client->step();
    line.read();
    EXPECT_EQ(line.received, "late");
    ::SSL_shutdown(line.client->tls());
    line.settle();
    EXPECT_EQ(line.state, State::closed);
}

}  // namespace
}  // namespace cloister::transport
