// SPDX-License-Identifier: MIT
#include "transport/tls_keyring.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <new>
#include <utility>

#include "base/check.h"
#include "transport/tls_handles.h"
#include "transport/tls_pair.h"
#include "transport/tls_rehearsal.h"
#include "transport/tls_settings.h"
#include "transport/tls_tickets.h"
#include "transport/tls_time.h"

namespace cloister::transport {

namespace {

// A host name in DNS has at most 253 bytes (RFC 1035 2.3.4).
constexpr std::size_t longest_name_bytes = 253;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

}  // namespace

void FreeTls::operator()(ssl_ctx_st* context) const {
    SSL_CTX_free(context);
}

void FreeTls::operator()(ssl_st* connection) const {
    SSL_free(connection);
}

// Called by OpenSSL during handshakes, on every loop: nothing may throw through its frames.
struct KeyringEvents {
    // Chooses the certificate for the name that the client has asked for.
    static int choose(SSL* tls, int* /*alert*/, void* keyring) noexcept {
        const char* const name = SSL_get_servername(tls, TLSEXT_NAMETYPE_host_name);
        SSL_CTX* const found =
            name != nullptr ? static_cast<Keyring*>(keyring)->find(name) : nullptr;
        if (found == nullptr) {
            return SSL_TLSEXT_ERR_NOACK;
        }
        if (found != SSL_get_SSL_CTX(tls)) {
            SSL_set_SSL_CTX(tls, found);
        }
        return SSL_TLSEXT_ERR_OK;
    }

    // Staples the OCSP response of the certificate that was chosen (RFC 6066 8), while it is valid:
    // clients take an old one for a revocation that is being hidden.
    static int staple(SSL* tls, void* keyring) noexcept {
        const X509* const chosen = SSL_get_certificate(tls);
        for (const TlsPair& pair : static_cast<Keyring*>(keyring)->pairs_) {
            const std::string& der = pair.staple.der;
            if (pair.chain.leaf.get() == chosen && !der.empty() &&
                std::chrono::system_clock::now() <= pair.staple.until) {
                void* const copy = OPENSSL_memdup(der.data(), der.size());
                if (copy != nullptr) {
                    SSL_set_tlsext_status_ocsp_resp(tls, copy, static_cast<long>(der.size()));
                    return SSL_TLSEXT_ERR_OK;
                }
            }
        }
        return SSL_TLSEXT_ERR_NOACK;
    }
};

namespace {

// These are macros that cast.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"

void install_events(SSL_CTX* context, void* keyring) {
    SSL_CTX_set_tlsext_servername_callback(context, KeyringEvents::choose);
    SSL_CTX_set_tlsext_servername_arg(context, keyring);
    SSL_CTX_set_tlsext_status_cb(context, KeyringEvents::staple);
    SSL_CTX_set_tlsext_status_arg(context, keyring);
}

#pragma GCC diagnostic pop

}  // namespace

Keyring::Keyring(std::vector<TlsPair> pairs, TicketKeys& tickets) : pairs_(std::move(pairs)) {
    choose_for_names();
    for (const auto& [name, choice] : choices_) {
        by_name_.emplace(name, context_for(choice, tickets));
    }
    // The first pair together with those of other kinds that have its name as well.
    const std::vector<std::string>& names = pairs_.front().chain.names;
    const bool has_companions = !names.empty() && choices_.at(names.front()).front() == 0;
    fallback_ = context_for(has_companions ? choices_.at(names.front()) : Choice{0}, tickets);
    rehearse();
}

Keyring::~Keyring() = default;

void Keyring::choose_for_names() {
    for (std::size_t index = 0; index < pairs_.size(); ++index) {
        const TlsPair& pair = pairs_[index];
        warnings_.insert(warnings_.end(), pair.chain.warnings.begin(), pair.chain.warnings.end());
        for (const std::string& name : pair.chain.names) {
            Choice& choice = choices_[name];
            const auto rival = std::find_if(choice.begin(), choice.end(), [&](std::size_t other) {
                return pairs_[other].chain.key_type == pair.chain.key_type;
            });
            if (rival == choice.end()) {
                choice.push_back(index);
            } else if (*rival != index) {
                warnings_.push_back("certificates " + pairs_[*rival].label + " and " + pair.label +
                                    " are both for " + name + " and of one kind; " +
                                    pairs_[*rival].label + " is used, ignoring the other");
            }
        }
    }
}

ssl_ctx_st* Keyring::context_for(const Choice& choice, TicketKeys& tickets) {
    Context& context = contexts_[choice];
    if (!context) {
        context = make_context(choice, tickets);
    }
    return context.get();
}

Keyring::Context Keyring::make_context(const Choice& choice, TicketKeys& tickets) {
    Context context(SSL_CTX_new(TLS_server_method()));
    if (!context) {
        throw base::Failure(EX_UNAVAILABLE, "OpenSSL cannot be used: " + openssl_reason());
    }
    apply_settings(context.get());
    for (const std::size_t index : choice) {
        const TlsPair& pair = pairs_[index];
        if (SSL_CTX_use_cert_and_key(context.get(), pair.chain.leaf.get(), pair.key.get(),
                                     pair.chain.issuers.get(), 0) != 1) {
            throw base::Failure(EX_CONFIG, "certificate " + pair.label +
                                               " is not accepted by OpenSSL: " + openssl_reason());
        }
    }
    install_events(context.get(), this);
    tickets.install(context.get());
    return context;
}

void Keyring::rehearse() const {
    for (const auto& [choice, context] : contexts_) {
        for (const std::size_t index : choice) {
            rehearse_handshakes(context.get(), pairs_[index]);
        }
    }
}

TlsHandle Keyring::make_connection() const {
    TlsHandle connection(SSL_new(fallback_));
    if (!connection) {
        throw std::bad_alloc();
    }
    return connection;
}

// RFC 9525 6.3: a wildcard stands for one label, the leftmost; the exact name goes before it. Null
// for a name nobody has a certificate for.
ssl_ctx_st* Keyring::find(std::string_view name) const {
    std::array<char, longest_name_bytes + 1> room{};
    if (name.size() > longest_name_bytes) {
        return nullptr;
    }
    std::transform(name.begin(), name.end(), room.begin(), lower);
    const std::string_view exact(room.data(), name.size());
    auto found = by_name_.find(exact);
    const std::size_t dot = exact.find('.');
    if (found == by_name_.end() && dot != std::string_view::npos && dot != 0) {
        room[dot - 1] = '*';
        found = by_name_.find(exact.substr(dot - 1));
    }
    return found == by_name_.end() ? nullptr : found->second;
}

std::string Keyring::text() const {
    const auto first = std::min_element(pairs_.begin(), pairs_.end(),
                                        [](const TlsPair& left, const TlsPair& right) {
                                            return left.chain.expires < right.chain.expires;
                                        });
    const std::string count = pairs_.size() == 1 ? "1 certificate, which expires"
                                                 : std::to_string(pairs_.size()) +
                                                       " certificates, the first of which expires";
    return count + " on " + day_text(first->chain.expires);
}

}  // namespace cloister::transport
