// SPDX-License-Identifier: MIT
#include "transport/tls_settings.h"

#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/limits.h"

namespace cloister::transport {

namespace {

// What a client may choose from. Everything here has forward secrecy and authenticated encryption.
// Clients that lack all of it are older than 2014.
struct List {
    std::string_view what;
    int (*set)(SSL_CTX*, const char*);
    const char* names;
    std::string_view reason;
};

constexpr std::array lists = {
    List{"suites of TLS 1.3", SSL_CTX_set_ciphersuites,
         "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256",
         "all that RFC 8446 9.1 names; AES-128 first, the fastest where there is AES hardware"},
    List{"suites of TLS 1.2", SSL_CTX_set_cipher_list,
         "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
         "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
         "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305",
         "RFC 9325 4.2; no DHE, whose key exchange lets a client cost the server more than itself"},
    List{"groups",
         [](SSL_CTX* context, const char* names) -> int {
             return static_cast<int>(SSL_CTX_set1_groups_list(context, names));
         },
         "X25519:P-256:P-384",
         "RFC 9325 4.3; OpenSSL's default has ffdhe2048 to ffdhe8192 too, which are slow"},
    List{"signatures",
         [](SSL_CTX* context, const char* names) -> int {
             return static_cast<int>(SSL_CTX_set1_sigalgs_list(context, names));
         },
         "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:RSA-PSS+SHA256:RSA-PSS+SHA384:"
         "RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512",
         "no SHA-1, which OpenSSL still offers for TLS 1.2"},
};

struct Option {
    std::uint64_t flag;
    std::string_view reason;
};

constexpr std::array options = {
    Option{SSL_OP_NO_RENEGOTIATION, "a client could make the server work for nothing"},
    Option{SSL_OP_NO_COMPRESSION, "compressed secrets can be guessed by length (CRIME)"},
    Option{SSL_OP_CIPHER_SERVER_PREFERENCE, "the order above, whatever the client prefers ..."},
    Option{SSL_OP_PRIORITIZE_CHACHA, "... but for one without AES hardware, which says so"},
};

// The smallest list that is not to be had fails the start: no default steps in for it.
void require(bool done, std::string_view what) {
    if (!done) {
        throw base::Failure(EX_UNAVAILABLE,
                            "this OpenSSL does not offer the " + std::string(what) +
                                " that cloister speaks; install OpenSSL 3.0 or newer");
    }
}

// Names in the form of the extension: a byte of length before each, ours in order of preference.
constexpr std::string_view our_protocols = "\x02h2\x08http/1.1";

// RFC 7301 3.2: a client that offers only what we do not speak is turned away with
// no_application_protocol; one that offers nothing speaks HTTP/1.1.
int choose_protocol(SSL* /*tls*/, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned int offered_length,
                    void* /*argument*/) noexcept {
    const auto* const ours = reinterpret_cast<const unsigned char*>(our_protocols.data());
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, length, ours, our_protocols.size(), offered,
                              offered_length) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

void apply_settings(ssl_ctx_st* context) {
    require(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1, "TLS 1.2");
    require(SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1, "TLS 1.3");
    SSL_CTX_set_security_level(context, 2);  // 112 bits: RSA keys of 2048 bits, no SHA-1
    for (const List& list : lists) {
        require(list.set(context, list.names) == 1, list.what);
    }
    for (const Option& option : options) {
        SSL_CTX_set_options(context, option.flag);
    }
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);

    // Requests could be replayed. OpenSSL's own limit on what is received stays: that much is
    // skipped of a client that comes with a ticket of the server that was here before.
    SSL_CTX_set_max_early_data(context, 0);
    // Clients keep their sessions themselves, in tickets.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(context, std::chrono::seconds(base::limits::ticket_key_time).count());
    // One recv(2) takes all records that are there.
    SSL_CTX_set_read_ahead(context, 1);
    // An idle connection gives back its two buffers of 17 KiB.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
}

}  // namespace cloister::transport
