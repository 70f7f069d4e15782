// SPDX-License-Identifier: MIT
// PEM (RFC 7468) taken apart without a copy that is not wiped. OpenSSL's own readers leave the last
// line of the text, and the whole of the decoded bytes, in memory they have freed.
#pragma once

#include <string>
#include <vector>

#include "transport/tls_secret.h"

namespace cloister::transport {

// -----BEGIN label----- to -----END label-----
struct PemBlock {
    std::string label;
    bool encrypted = false;  // a key behind a password (RFC 5958 3, or RFC 1421 4.6.1.1)
    Secret der;              // decoded; empty if encrypted
};

// All blocks, in order; text around them is ignored. Throws base::Failure (EX_CONFIG) naming `path`
// if there is none, or one is cut off or no base64.
std::vector<PemBlock> pem_blocks(const Secret& file, const std::string& path);

}  // namespace cloister::transport
