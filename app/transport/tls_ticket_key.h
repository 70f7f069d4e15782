// SPDX-License-Identifier: MIT
// The keys of one epoch, and those that follow from them: each epoch has a chain key, from which
// RFC 5869's HKDF-Expand with SHA-256 makes its ticket key and the next epoch's chain key. Nothing
// leads back: who learns today's keys cannot read the connections of the day before yesterday. But
// all later keys follow from them; after a leak, stop the service, which empties systemd's store.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>

#include "transport/tls_wiped.h"

struct evp_mac_ctx_st;  // OpenSSL's

namespace cloister::transport {

// Stands at the beginning of every ticket, in the clear.
using TicketName = std::array<std::byte, 16>;

struct TicketKey {
    TicketName name{};
    Wiped<32> encryption;      // AES-256-CBC
    Wiped<32> authentication;  // HMAC-SHA-256 over name, initialisation vector and ciphertext
};

using ChainKey = Wiped<32>;

struct TicketEpoch {
    ChainKey chain;
    TicketKey key;
};

// HMAC-SHA-256, looked up once. For one thread at a time.
class TicketDerivation {
  public:
    // Throws base::Failure (EX_SOFTWARE) if OpenSSL does not have it.
    TicketDerivation();

    // Nothing if OpenSSL fails, for lack of memory.
    std::optional<TicketEpoch> epoch_of(const ChainKey& chain);
    std::optional<TicketEpoch> successor_of(const TicketEpoch& epoch);

  private:
    struct Free {
        void operator()(evp_mac_ctx_st* hmac) const;
    };

    std::unique_ptr<evp_mac_ctx_st, Free> hmac_;
};

}  // namespace cloister::transport
