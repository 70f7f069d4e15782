// SPDX-License-Identifier: MIT
// The OCSP response that is sent along with a certificate, so that clients need not ask its issuer
// (RFC 6066 8, RFC 8446 4.4.2.1).
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "transport/tls_chain.h"

namespace cloister::transport {

struct Staple {
    std::string der;                                                   // empty if there is none
    std::chrono::sys_seconds until = std::chrono::sys_seconds::max();  // then it is left away
};

// The content of `path`, in DER (RFC 6960 4.2), if it says that the chain's leaf is good at `now`;
// empty, with a warning added, if it is not of today: it is fetched by a timer that may be late.
// Its signature is left to clients, who trust neither it nor us. Throws base::Failure: as
// read_file, and EX_CONFIG if it is malformed, no success, about another certificate, or says that
// this one is revoked or unknown.
Staple staple_in(const std::string& path, const Chain& chain, std::chrono::sys_seconds now,
                 std::vector<std::string>& warnings);

}  // namespace cloister::transport
