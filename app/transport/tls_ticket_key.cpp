// SPDX-License-Identifier: MIT
#include "transport/tls_ticket_key.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "base/check.h"

namespace cloister::transport {

namespace {

// RFC 5869 2.3, of one block or less.
bool expand(EVP_MAC_CTX* hmac, const ChainKey& chain, std::string_view label,
            std::span<std::byte> into) {
    const unsigned char first = 1;
    Wiped<32> block;
    std::size_t size = 0;
    const bool done =
        ::EVP_MAC_init(hmac, raw(chain.bytes.data()), chain.bytes.size(), nullptr) == 1 &&
        ::EVP_MAC_update(hmac, raw(std::as_bytes(std::span(label)).data()), label.size()) == 1 &&
        ::EVP_MAC_update(hmac, &first, 1) == 1 &&
        ::EVP_MAC_final(hmac, raw(block.bytes.data()), &size, block.bytes.size()) == 1 &&
        size == block.bytes.size();
    std::copy_n(block.bytes.begin(), into.size(), into.begin());
    return done;
}

}  // namespace

void TicketDerivation::Free::operator()(evp_mac_ctx_st* hmac) const {
    ::EVP_MAC_CTX_free(hmac);
}

TicketDerivation::TicketDerivation() {
    EVP_MAC* const mac = ::EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    hmac_.reset(::EVP_MAC_CTX_new(mac));
    ::EVP_MAC_free(mac);
    std::array<char, 7> digest{"SHA256"};
    const std::array<OSSL_PARAM, 2> parameters = {
        ::OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        ::OSSL_PARAM_construct_end()};
    if (!hmac_ || ::EVP_MAC_CTX_set_params(hmac_.get(), parameters.data()) != 1) {
        throw base::Failure(EX_SOFTWARE,
                            "TLS session tickets: OpenSSL has no HMAC-SHA-256; check its "
                            "configuration, openssl.cnf");
    }
}

std::optional<TicketEpoch> TicketDerivation::epoch_of(const ChainKey& chain) {
    TicketEpoch epoch;
    epoch.chain = chain;
    TicketKey& key = epoch.key;
    if (!expand(hmac_.get(), chain, "cloister name", key.name) ||
        !expand(hmac_.get(), chain, "cloister encryption", key.encryption.bytes) ||
        !expand(hmac_.get(), chain, "cloister authentication", key.authentication.bytes)) {
        return std::nullopt;
    }
    return epoch;
}

std::optional<TicketEpoch> TicketDerivation::successor_of(const TicketEpoch& epoch) {
    ChainKey next;
    if (!expand(hmac_.get(), epoch.chain, "cloister next", next.bytes)) {
        return std::nullopt;
    }
    return epoch_of(next);
}

}  // namespace cloister::transport
