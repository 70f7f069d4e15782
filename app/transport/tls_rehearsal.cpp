// SPDX-License-Identifier: MIT
#include "transport/tls_rehearsal.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <new>
#include <string>

#include "base/check.h"
#include "transport/tls_handles.h"
#include "transport/tls_pair.h"

namespace cloister::transport {

namespace {

// Flights until a handshake is over, tickets included; more means that it does not get on.
constexpr int flight_count = 8;

const char* signatures_of(KeyType kind) {
    switch (kind) {
        case KeyType::ecdsa:
            return "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512";
        case KeyType::rsa:
            return "RSA-PSS+SHA256:RSA+SHA256";
        case KeyType::ed25519:
            break;
    }
    return "ed25519";
}

// Two ends with a pipe of memory between them.
void connect(SSL& left, SSL& right) {
    BIO* one = nullptr;
    BIO* other = nullptr;
    if (BIO_new_bio_pair(&one, 0, &other, 0) != 1) {
        throw std::bad_alloc();
    }
    SSL_set_bio(&left, one, one);
    SSL_set_bio(&right, other, other);
}

// One turn: how far it gets does not matter before the last.
bool advance(SSL& end) {
    std::array<char, 16> nothing{};
    std::size_t length = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(&end, nothing.data(), nothing.size(), &length);
    return SSL_get_error(&end, result) == SSL_ERROR_WANT_READ;
}

}  // namespace

void rehearse_handshakes(ssl_ctx_st* context, const TlsPair& pair) {
    for (const int version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
        const SslSettings visitor(SSL_CTX_new(TLS_client_method()));
        if (!visitor) {
            throw std::bad_alloc();
        }
        SSL_CTX_set_max_proto_version(visitor.get(), version);
        SSL_CTX_set1_sigalgs_list(visitor.get(), signatures_of(pair.chain.key_type));
        const SslConnection client(SSL_new(visitor.get()));
        const SslConnection server(SSL_new(context));
        if (!client || !server) {
            throw std::bad_alloc();
        }
        connect(*client, *server);
        SSL_set_connect_state(client.get());
        SSL_set_accept_state(server.get());
        bool good = true;
        for (int flight = 0; flight < flight_count && good; ++flight) {
            good = advance(*client) && advance(*server);
        }
        if (!good || SSL_is_init_finished(server.get()) == 0) {
            throw base::Failure(EX_CONFIG, "certificate " + pair.label +
                                               ": a trial handshake failed: " + openssl_reason());
        }
    }
}

}  // namespace cloister::transport
