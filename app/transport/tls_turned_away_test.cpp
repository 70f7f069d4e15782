// SPDX-License-Identifier: MIT
// How those are turned away with whom there can be no handshake.
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

// Alerts (RFC 8446 6.2).
constexpr int unexpected_message = 10;
constexpr int handshake_failure = 40;
constexpr int protocol_version = 70;
constexpr int no_renegotiation = 100;
constexpr int no_application_protocol = 120;

constexpr int record_head_bytes = 5;
constexpr char alert_record = 21;

ClientWish of_version(int version) {
    return {.least_version = version, .most_version = version};
}

TEST(TlsHandshake, TurnsAwayWhoSpeaksNoneOfOurProtocols) {
    for (const int version : versions) {
        ClientWish wish = of_version(version);
        wish.protocols = "\x08http/1.0\x03h2c";
        Line line(example_keyring(), wish);
        line.settle();
        EXPECT_EQ(line.client->alert, no_application_protocol);
        EXPECT_EQ(line.state, State::closed);
        EXPECT_EQ(line.server->protocol(), Protocol::undecided);
    }
}

TEST(TlsHandshake, RefusesTls11) {
    ClientWish wish = of_version(TLS1_1_VERSION);
    wish.ciphers = "ALL:@SECLEVEL=0";
    Line line(example_keyring(), wish);
    line.settle();
    EXPECT_EQ(line.client->alert, protocol_version);
    EXPECT_EQ(line.state, State::closed);
}

TEST(TlsHandshake, RefusesGroupsThatAreNotOurs) {
    for (const int version : versions) {
        ClientWish wish = of_version(version);
        wish.groups = "X448:P-521";
        Line line(example_keyring(), wish);
        line.settle();
        EXPECT_EQ(line.client->alert, handshake_failure);
        EXPECT_EQ(line.state, State::closed);
    }
}

TEST(TlsHandshake, ClosesOnGarbage) {
    for (const std::string& garbage :
         {std::string(100, '\0'), std::string(100, '\xff'),
          std::string("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", 10),
          std::string("\x80\x2e\x01\x03\x01") + std::string(100, 'x'), std::string(70000, 'x')}) {
        Line line(example_keyring());
        line.client->keeps_raw_only = true;
        line.client->send(garbage);
        line.read();
        EXPECT_EQ(line.state, State::closed);
        EXPECT_EQ(line.received, "");
        EXPECT_FALSE(line.server->has_unsent());
    }
}

TEST(TlsHandshake, ClosesOnHttpWithoutTls) {
    Line line(example_keyring());
    line.client->keeps_raw_only = true;
    line.client->send("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");
    line.read();
    line.client->receive();
    EXPECT_EQ(line.state, State::closed);
    EXPECT_EQ(line.client->raw, "");
}

TEST(TlsHandshake, AnswersABrokenHandshakeWithAnAlert) {
    Line line(example_keyring());
    line.client->keeps_raw_only = true;
    line.client->send(std::string("\x16\x03\x01\x00\x05\x0e\x00\x00\x01\x00", 10));
    line.read();
    line.client->receive();
    EXPECT_EQ(line.state, State::closed);
    ASSERT_EQ(line.client->raw.size(), record_head_bytes + 2U);
    EXPECT_EQ(line.client->raw.front(), alert_record);
    EXPECT_EQ(line.client->raw.back(), unexpected_message);
}

TEST(TlsHandshake, EndsWithItsPeer) {
    for (const int version : versions) {
        for (const std::size_t kept : {0U, 1U, 5U, 100U}) {
            Line line(example_keyring(), of_version(version));
            line.client->think();
            line.client->send(line.client->records().substr(0, kept));
            line.read();
            EXPECT_EQ(line.state, State::again);
            line.client->close();
            line.read();
            EXPECT_EQ(line.state, State::closed) << kept;
        }
    }
}

TEST(TlsHandshake, RefusesRenegotiationAndLivesOn) {
    ClientWish wish = of_version(TLS1_2_VERSION);
    Line line(example_keyring(), wish);
    line.settle();
    ASSERT_TRUE(line.client->is_connected());
    ASSERT_EQ(::SSL_renegotiate(line.client->tls()), 1);
    ::SSL_do_handshake(line.client->tls());
    line.client->send(line.client->records());
    line.read();
    EXPECT_EQ(line.state, State::again);
    line.client->step();
    EXPECT_EQ(line.client->alert, no_renegotiation);
}

}  // namespace
}  // namespace cloister::transport
