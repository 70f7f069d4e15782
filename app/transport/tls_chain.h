// SPDX-License-Identifier: MIT
// The certificates of a pair: read, and checked against what any client will check (RFC 5280,
// RFC 8446 4.4.2), so that a mistake is found at the start and not by visitors.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "transport/tls_certificate.h"
#include "transport/tls_handles.h"
#include "transport/tls_secret.h"

namespace cloister::transport {

struct Chain {
    Certificate leaf;
    Certificates issuers;              // each vouches for the one before it; may be empty, not null
    std::vector<std::string> names;    // dNSName of subjectAltName, in lower case, "*.a.org" too
    std::chrono::sys_seconds expires;  // the leaf
    KeyType key_type = KeyType::ecdsa;
    std::vector<std::string> warnings;
};

// The certificates in `pem`. Throws base::Failure (EX_CONFIG) naming `path` if there is none or one
// is malformed; if the leaf is not valid at `now`, not for TLS servers, or has another key than
// ECDSA on P-256, P-384 or P-521, RSA of at least 2048 bits, or Ed25519; if any but a root is
// signed with a broken hash; if one does not vouch for the one before it.
//
// Warnings call the certificate `label`: the leaf expires soon, names no host, or comes without its
// issuer; one of the issuers is not valid at `now` (clients may know a better one).
Chain chain_in(const Secret& pem, const std::string& path, const std::string& label,
               std::chrono::sys_seconds now);

}  // namespace cloister::transport
