// SPDX-License-Identifier: MIT
// Session tickets in real handshakes, as OpenSSL's client and server do them in memory.
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "transport/tls_tickets.h"

namespace cloister::transport {
namespace {

using base::limits::ticket_key_time;
using Bytes = std::vector<unsigned char>;

template <auto Function>
struct Free {
    template <class Object>
    void operator()(Object* object) const {
        Function(object);
    }
};

using Context = std::unique_ptr<SSL_CTX, Free<::SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, Free<::SSL_free>>;
using Session = std::unique_ptr<SSL_SESSION, Free<::SSL_SESSION_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<::EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<::X509_free>>;

constexpr std::array versions = {TLS1_2_VERSION, TLS1_3_VERSION};

TicketKeys::Time now() {
    return std::chrono::system_clock::now();
}

// One P-256 key and its own certificate, for all tests.
struct Identity {
    Key key;
    Certificate certificate;

    Identity() : key(EVP_EC_gen("P-256")), certificate(::X509_new()) {
        constexpr long day_seconds = 24L * 60 * 60;
        X509* const x509 = certificate.get();
        ::ASN1_INTEGER_set(::X509_get_serialNumber(x509), 1);
        ::X509_gmtime_adj(::X509_getm_notBefore(x509), -day_seconds);
        ::X509_gmtime_adj(::X509_getm_notAfter(x509), day_seconds);
        ::X509_set_pubkey(x509, key.get());
        EXPECT_GT(::X509_sign(x509, key.get(), ::EVP_sha256()), 0);
    }
};

Context server_context(int version, TicketKeys* keys) {
    static const Identity identity;
    Context context(::SSL_CTX_new(::TLS_server_method()));
    EXPECT_EQ(::SSL_CTX_use_certificate(context.get(), identity.certificate.get()), 1);
    EXPECT_EQ(::SSL_CTX_use_PrivateKey(context.get(), identity.key.get()), 1);
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    if (keys != nullptr) {
        keys->install(context.get());
    }
    return context;
}

Bytes ticket_of(const Session& session) {
    const unsigned char* ticket = nullptr;
    std::size_t size = 0;
    ::SSL_SESSION_get0_ticket(session.get(), &ticket, &size);
    return {ticket, ticket + size};
}

// The key that a ticket names.
TicketName name_in(const Session& session) {
    TicketName name{};
    const Bytes ticket = ticket_of(session);
    for (std::size_t index = 0; index < std::min(ticket.size(), name.size()); ++index) {
        name.at(index) = std::byte{ticket.at(index)};
    }
    return name;
}

struct Visit {
    bool connected = false;
    bool resumed = false;
    Session session;  // what the client takes home
};

// One connection: a handshake, which offers `session` if there is one, and one byte for the client.
Visit visit(SSL_CTX* server_side, SSL_SESSION* session = nullptr) {
    const Context client_side(::SSL_CTX_new(::TLS_client_method()));
    const Connection client(::SSL_new(client_side.get()));
    const Connection server(::SSL_new(server_side));
    BIO* client_end = nullptr;
    BIO* server_end = nullptr;
    ::BIO_new_bio_pair(&client_end, 0, &server_end, 0);
    ::SSL_set_bio(client.get(), client_end, client_end);
    ::SSL_set_bio(server.get(), server_end, server_end);
    ::SSL_set_connect_state(client.get());
    ::SSL_set_accept_state(server.get());
    std::string host = "example.org";
    ::SSL_ctrl(client.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data());
    if (session != nullptr) {
        ::SSL_set_session(client.get(), session);
    }
    constexpr int most_turns = 10;
    char byte = 'x';
    Visit result;
    for (int turn = 0; turn < most_turns && !result.connected; ++turn) {
        ::SSL_do_handshake(client.get());
        if (::SSL_do_handshake(server.get()) == 1 && turn > 0) {
            ::SSL_write(server.get(), &byte, 1);
            result.connected = ::SSL_read(client.get(), &byte, 1) == 1;
        }
    }
    result.resumed = ::SSL_session_reused(server.get()) == 1;
    EXPECT_EQ(::SSL_session_reused(client.get()) == 1, result.resumed);
    // OpenSSL forgets the session of a connection that was not shut down.
    ::SSL_shutdown(client.get());
    result.session.reset(::SSL_get1_session(client.get()));
    return result;
}

// The same session, the last byte of its ticket changed.
Session forged(const Session& session) {
    const Bytes ticket = ticket_of(session);
    Bytes encoded(static_cast<std::size_t>(::i2d_SSL_SESSION(session.get(), nullptr)));
    unsigned char* end = encoded.data();
    ::i2d_SSL_SESSION(session.get(), &end);
    const auto at = std::search(encoded.begin(), encoded.end(), ticket.begin(), ticket.end());
    EXPECT_NE(at, encoded.end());
    at[static_cast<std::ptrdiff_t>(ticket.size()) - 1] ^= 1;
    const unsigned char* begin = encoded.data();
    return Session(::d2i_SSL_SESSION(nullptr, &begin, static_cast<long>(encoded.size())));
}

TEST(Resumption, WorksAcrossARestartThatKeepsTheKeys) {
    for (const int version : versions) {
        const auto keys = TicketKeys::fresh(now());
        const Visit first = visit(server_context(version, keys.get()).get());
        ASSERT_TRUE(first.connected);
        EXPECT_FALSE(first.resumed);
        const auto restored = TicketKeys::restored(keys->serialised().bytes, now());
        const Context after = server_context(version, restored.get());
        const Visit second = visit(after.get(), first.session.get());
        EXPECT_TRUE(second.connected);
        EXPECT_TRUE(second.resumed) << version;
    }
}

TEST(Resumption, GivesWayToAFullHandshakeUnderOtherKeys) {
    for (const int version : versions) {
        const auto keys = TicketKeys::fresh(now());
        const Visit first = visit(server_context(version, keys.get()).get());
        const auto others = TicketKeys::fresh(now());
        const Visit second =
            visit(server_context(version, others.get()).get(), first.session.get());
        EXPECT_TRUE(second.connected);
        EXPECT_FALSE(second.resumed) << version;
        EXPECT_EQ(name_in(second.session), others->current(now())->name);
    }
}

TEST(Resumption, TakesATicketOfThePreviousEpochAndReplacesIt) {
    for (const int version : versions) {
        const auto keys = TicketKeys::fresh(now());
        const Visit first = visit(server_context(version, keys.get()).get());
        const auto later = now() + ticket_key_time;
        const auto next = TicketKeys::restored(keys->serialised().bytes, later);
        const Visit second = visit(server_context(version, next.get()).get(), first.session.get());
        EXPECT_TRUE(second.resumed) << version;
        EXPECT_EQ(name_in(second.session), next->current(later)->name);
    }
}

TEST(Resumption, RefusesATicketThatIsOlder) {
    for (const int version : versions) {
        const auto keys = TicketKeys::fresh(now());
        const Visit first = visit(server_context(version, keys.get()).get());
        const auto later = now() + ticket_key_time * 2;
        const auto next = TicketKeys::restored(keys->serialised().bytes, later);
        const Visit second = visit(server_context(version, next.get()).get(), first.session.get());
        EXPECT_TRUE(second.connected);
        EXPECT_FALSE(second.resumed) << version;
    }
}

TEST(Resumption, RefusesATicketThatWasChanged) {
    for (const int version : versions) {
        const auto keys = TicketKeys::fresh(now());
        const Context context = server_context(version, keys.get());
        const Visit first = visit(context.get());
        const Visit second = visit(context.get(), forged(first.session).get());
        EXPECT_TRUE(second.connected);
        EXPECT_FALSE(second.resumed) << version;
    }
}

TEST(Resumption, GoesOnAndOnAlthoughClientsOfTls13UseATicketOnce) {
    const auto keys = TicketKeys::fresh(now());
    const Context context = server_context(TLS1_3_VERSION, keys.get());
    Session session = visit(context.get()).session;
    for (int time = 0; time < 3; ++time) {
        Visit next = visit(context.get(), session.get());
        EXPECT_TRUE(next.resumed);
        EXPECT_NE(ticket_of(next.session), ticket_of(session));
        session = std::move(next.session);
    }
}

TEST(Resumption, KeepsATicketOfTls12ThatIsCurrent) {
    const auto keys = TicketKeys::fresh(now());
    const Context context = server_context(TLS1_2_VERSION, keys.get());
    const Visit first = visit(context.get());
    const Visit second = visit(context.get(), first.session.get());
    EXPECT_TRUE(second.resumed);
    EXPECT_EQ(ticket_of(second.session), ticket_of(first.session));
}

// What SNI does: the connection moves from one context to another.
int move_to(SSL* connection, int* /*alert*/, void* context) {
    ::SSL_set_SSL_CTX(connection, static_cast<SSL_CTX*>(context));
    return SSL_TLSEXT_ERR_OK;
}

// By their numbers, as the macros cast in an old style.
void move_by_sni(const Context& from, const Context& to) {
    ::SSL_CTX_callback_ctrl(from.get(), SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                            reinterpret_cast<void (*)()>(&move_to));
    ::SSL_CTX_ctrl(from.get(), SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG, 0, to.get());
}

TEST(Resumption, FollowsSniToAContextWithTheSameKeys) {
    for (const int version : versions) {
        const auto keys = TicketKeys::fresh(now());
        const Context other = server_context(version, keys.get());
        const Context context = server_context(version, keys.get());
        move_by_sni(context, other);
        const Visit first = visit(context.get());
        EXPECT_TRUE(first.connected);
        EXPECT_TRUE(visit(context.get(), first.session.get()).resumed) << version;
    }
}

TEST(Resumption, IsNoneWhereSniLeadsToAContextWithoutKeys) {
    for (const int version : versions) {
        const auto keys = TicketKeys::fresh(now());
        const Context other = server_context(version, nullptr);
        const Context context = server_context(version, keys.get());
        move_by_sni(context, other);
        const Visit first = visit(context.get());
        EXPECT_TRUE(first.connected) << version;
        EXPECT_FALSE(visit(context.get(), first.session.get()).resumed) << version;
    }
}

TEST(Resumption, IsSharedByThreads) {
    const auto keys = TicketKeys::fresh(now());
    const Context context = server_context(TLS1_3_VERSION, keys.get());
    std::atomic<int> resumed = 0;
    std::array<std::thread, 4> threads;
    for (std::thread& thread : threads) {
        thread = std::thread([&context, &resumed] {
            for (int time = 0; time < 5; ++time) {
                const Visit first = visit(context.get());
                resumed += visit(context.get(), first.session.get()).resumed ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(resumed, 20);
}

}  // namespace
}  // namespace cloister::transport
