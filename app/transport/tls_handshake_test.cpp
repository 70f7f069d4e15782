// SPDX-License-Identifier: MIT
// Handshakes, and what is agreed in them.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "transport/test_tls_client.h"
#include "transport/tls.h"

namespace cloister::transport {
namespace {

using namespace test;

constexpr std::array versions = {TLS1_2_VERSION, TLS1_3_VERSION};

ClientWish of_version(int version) {
    return {.least_version = version, .most_version = version};
}

TEST(TlsHandshake, WorksInBothVersions) {
    for (const int version : versions) {
        Line line(example_keyring(), of_version(version));
        EXPECT_EQ(line.server->protocol(), Protocol::undecided);
        line.settle();
        EXPECT_TRUE(line.client->is_connected());
        EXPECT_EQ(line.server->protocol(), Protocol::http1);
        EXPECT_TRUE(line.server->is_secure());
        EXPECT_FALSE(line.server->has_unsent());
        line.client->write("question");
        line.settle();
        EXPECT_EQ(line.received, "question");
        line.write("answer");
        line.settle();
        EXPECT_EQ(line.client->text, "answer");
        EXPECT_EQ(line.state, State::again);
    }
}

// Sends what the client has to send, byte by byte; the server reads each as its loop would.
void drip(Line& line) {
    for (const char byte : line.client->records()) {
        line.client->send({&byte, 1});
        std::array<char, 64> buffer{};
        Io io;
        do {
            io = line.server->read(buffer);
            line.received.append(buffer.data(), io.bytes);
        } while (io.state == State::ok);
        ASSERT_EQ(io.state, State::again);
    }
}

TEST(TlsHandshake, TakesAByteAtATime) {
    for (const int version : versions) {
        Line line(example_keyring(), of_version(version));
        constexpr int most_flights = 4;
        for (int flight = 0; flight < most_flights && !line.client->is_connected(); ++flight) {
            line.client->receive();
            line.client->think();
            drip(line);
        }
        line.client->write("dripped");
        drip(line);
        EXPECT_EQ(line.received, "dripped") << version;
    }
}

TEST(TlsHandshake, AgreesOnTheProtocol) {
    struct Case {
        std::string offered;
        std::string agreed;
        Protocol protocol;
    };

    const std::vector<Case> cases = {
        {"", "", Protocol::http1},
        {"\x02h2", "h2", Protocol::http2},
        {"\x08http/1.1", "http/1.1", Protocol::http1},
        {"\x08http/1.1\x02h2", "h2", Protocol::http2},
        {"\x02h3\x08http/1.1", "http/1.1", Protocol::http1},
        {"\x03"
         "h2c"
         "\x02h2",
         "h2", Protocol::http2},
    };
    for (const int version : versions) {
        for (const Case& each : cases) {
            ClientWish wish = of_version(version);
            wish.protocols = each.offered;
            Line line(example_keyring(), wish);
            line.settle();
            EXPECT_EQ(line.client->protocol(), each.agreed);
            EXPECT_EQ(line.server->protocol(), each.protocol) << each.offered;
        }
    }
}

TEST(TlsHandshake, AsksForAnotherKeyIfTheFirstIsOfAGroupThatIsNotOurs) {
    ClientWish wish = of_version(TLS1_3_VERSION);
    wish.groups = "X448:P-384";
    Line line(example_keyring(), wish);
    line.settle();
    EXPECT_TRUE(line.client->is_connected());  // after a HelloRetryRequest
}

// The client sees the end at once and nothing that it would take for an answer.
TEST(TlsHandshake, HasDataThatComesTogetherWithItsEnd) {
    for (const int version : versions) {
        Line line(example_keyring(), of_version(version));
        line.client->step();
        line.read();
        line.client->receive();
        line.client->think();
        if (version == TLS1_2_VERSION) {
            // The client has to wait for the server's Finished before it may write.
            line.client->send(line.client->records());
            line.read();
            line.client->receive();
            line.client->think();
        }
        line.client->write("first request");
        line.client->send(line.client->records());
        std::array<char, 65536> buffer{};
        const Io io = line.server->read(buffer);
        EXPECT_EQ(std::string(buffer.data(), io.bytes), "first request");
        EXPECT_EQ(line.server->protocol(), Protocol::http1);
        line.write("first answer");
        line.settle();
        EXPECT_EQ(line.client->text, "first answer");
        EXPECT_EQ(line.client->alert, TlsClient::no_alert);
    }
}

TEST(TlsHandshake, GivesNoTicketForEarlyData) {
    Line line(example_keyring(), of_version(TLS1_3_VERSION));
    line.settle();
    const Session session = line.client->session();
    ASSERT_NE(session, nullptr);
    EXPECT_EQ(::SSL_SESSION_get_max_early_data(session.get()), 0U);
}

// A client may come with a ticket from the server that was here before: what it has sent on the
// strength of that is skipped (RFC 8446 4.2.10), and the handshake goes its usual way.
TEST(TlsHandshake, SkipsEarlyData) {
    Line first(example_keyring(), of_version(TLS1_3_VERSION));
    first.settle();
    const Session session = first.client->session();
    ASSERT_EQ(::SSL_SESSION_set_max_early_data(session.get(), 16384), 1);
    ClientWish wish = of_version(TLS1_3_VERSION);
    wish.session = session.get();
    Line line(example_keyring(), wish);
    std::size_t written = 0;
    ASSERT_EQ(::SSL_write_early_data(line.client->tls(), "early", 5, &written), 1);
    line.settle();
    EXPECT_TRUE(line.client->is_connected());
    EXPECT_EQ(::SSL_get_early_data_status(line.client->tls()), SSL_EARLY_DATA_REJECTED);
    EXPECT_EQ(line.received, "");
    line.client->write("late");
    line.settle();
    EXPECT_EQ(line.received, "late");
}

TEST(TlsHandshake, TellsNoEndBeforeItIsOver) {
    Line line(example_keyring());
    line.server->end();
    line.client->keeps_raw_only = true;
    line.client->receive();
    EXPECT_EQ(line.client->raw, "");
}

}  // namespace
}  // namespace cloister::transport
